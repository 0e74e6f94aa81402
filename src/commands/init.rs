//! `ecsctl init`

use std::fs;
use std::io::ErrorKind;

use camino::{Utf8Path, Utf8PathBuf};

use super::exit::{Exit, Failure};
use crate::cli::Global;
use crate::model::resolve;
use crate::report::terminal::Terminal;

const SCHEMA_FILE: &str = ".ecsctl.schema.json";

/// Write a small application that runs: an App and a Service behind a load balancer
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Name of the application; asked for on a terminal, otherwise that of the current directory
    pub name: Option<String>,
    /// Image of the service
    #[arg(long, default_value = "public.ecr.aws/nginx/nginx:1.27")]
    pub image: String,
    /// Port that the image listens on
    #[arg(long, default_value_t = 80, value_parser = clap::value_parser!(u16).range(1..))]
    pub port: u16,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Exit, Failure> {
    let name = name(args)?;
    let directory = &global.manifests;
    let files = [
        (directory.join("app.yaml"), app(&name)),
        (directory.join("public.yaml"), load_balancer()),
        (directory.join("web.yaml"), service(args)),
        (directory.join(SCHEMA_FILE), schema()),
    ];
    if let Some((taken, _)) = files.iter().find(|(path, _)| path.exists()) {
        return Err(Failure::new(Exit::Error, format!("`{taken}` exists already"))
            .hint("choose another directory with -f DIR"));
    }
    fs::create_dir_all(directory).map_err(|error| unwritable(directory, &error))?;
    for (path, text) in &files {
        write_new(path, text)?;
    }
    let list: String = files.iter().map(|(path, _)| format!("  {path}\n")).collect();
    let again = if directory == "manifests" { String::new() } else { format!(" -f {directory}") };
    let next =
        format!("Next: ecsctl plan{again} --mock account.json, or without --mock against AWS.\n");
    global.terminal().result(&format!("Wrote the application {name}:\n{list}{next}"))?;
    Ok(Exit::Done)
}

fn name(args: &Args) -> Result<String, Failure> {
    let current =
        Utf8PathBuf::try_from(std::env::current_dir().unwrap_or_default()).unwrap_or_default();
    let suggested = resolve::application_name(current.file_name().unwrap_or_default());
    let suggested = suggested.unwrap_or_else(|_| "app".to_owned());
    match &args.name {
        Some(name) => Ok(name.clone()),
        None if Terminal::is_interactive() => dialoguer::Input::new()
            .with_prompt("Name of the application")
            .default(suggested)
            .interact_text()
            .map_err(|_| Failure::new(Exit::Cancelled, "cancelled: nothing was written")),
        None => Ok(suggested),
    }
}

/// Never writes over a file, not even one that appeared just now.
fn write_new(path: &Utf8Path, text: &str) -> Result<(), Failure> {
    let mut options = fs::OpenOptions::new();
    let file = options.write(true).create_new(true).open(path);
    let written = file.and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes()));
    written.map_err(|error| unwritable(path, &error))
}

fn unwritable(path: &Utf8Path, error: &std::io::Error) -> Failure {
    let cause = match error.kind() {
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    };
    Failure::new(Exit::Error, format!("cannot write `{path}`: {cause}"))
}

fn schema() -> String {
    let schema = crate::model::schema::schema();
    format!("{}\n", serde_json::to_string_pretty(&schema).expect("a schema has string keys only"))
}

fn modeline() -> String {
    format!("# yaml-language-server: $schema={SCHEMA_FILE}\n")
}

fn app(name: &str) -> String {
    format!(
        "{}kind: App\nname: {name}\ndefaultEnvironment: dev\nenvironments:\n  dev: {{}}\n  prod: {{}}\ntags:\n  application: {name}\n",
        modeline()
    )
}

fn load_balancer() -> String {
    format!(
        "{}kind: LoadBalancer\nname: public\nlisteners:\n  - name: http\n    protocol: HTTP\n",
        modeline()
    )
}

fn service(args: &Args) -> String {
    format!(
        "{}kind: Service\nname: web\nimage: {}\nport: {}\nloadBalancers:\n  - loadBalancer: public\n    listener: http\n    port: {}\n    paths: [/*]\nenvironments:\n  prod:\n    desiredCount: 2\n",
        modeline(),
        args.image,
        args.port,
        args.port
    )
}
