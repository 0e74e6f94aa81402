//! `ecsctl init`

use std::fs;
use std::io::ErrorKind;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::json;

use super::exit::{Exit, Failure};
use super::{open, run};
use crate::cli::Global;
use crate::model::resolve;
use crate::report::events::{Event, manifests::File, run::Start};
use crate::report::terminal::Terminal;

const SCHEMA_FILE: &str = ".ecsctl.schema.json";

/// Write a small application that runs: an App and a Service behind a load balancer
///
/// Nothing is written over. Without a terminal nothing is asked.
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
    let directory = &global.manifests;
    let paths =
        ["app.yaml", "public.yaml", "web.yaml", SCHEMA_FILE].map(|file| directory.join(file));
    if let Some(taken) = paths.iter().find(|path| path.symlink_metadata().is_ok()) {
        return Err(Failure::new(Exit::Error, format!("`{taken}` exists already"))
            .hint("choose another directory with -f DIR"));
    }
    let name = name(args)?;
    let texts = [app(&name), load_balancer(), service(args), schema()];
    fs::create_dir_all(directory).map_err(|error| unwritable(directory, &error))?;
    for (path, text) in paths.iter().zip(&texts) {
        write_new(path, text)?;
    }
    tell(global, &name, &paths)
}

fn tell(global: &Global, name: &str, paths: &[Utf8PathBuf]) -> Result<Exit, Failure> {
    let terminal = global.terminal();
    if terminal.is_json() {
        terminal.begin(Start { app: Some(name.to_owned()), ..Start::of("init") })?;
        for path in paths {
            terminal.event(&Event::File(File { path: path.to_string() }))?;
        }
        return Ok(Exit::Done);
    }
    let list: String = paths.iter().flat_map(|path| ["  ", path.as_str(), "\n"]).collect();
    let directory = &global.manifests;
    let again = if directory == "manifests" { String::new() } else { format!(" -f {directory}") };
    let next =
        format!("Next: ecsctl plan{again} --mock account.json, or without --mock against AWS.\n");
    terminal.result(&format!("Wrote the application {name}:\n{list}{next}"))?;
    Ok(Exit::Done)
}

fn name(args: &Args) -> Result<String, Failure> {
    let current =
        Utf8PathBuf::try_from(std::env::current_dir().unwrap_or_default()).unwrap_or_default();
    let suggested = resolve::application_name(current.file_name().unwrap_or_default());
    let suggested = suggested.unwrap_or_else(|_| "app".to_owned());
    let name = match &args.name {
        Some(name) => name.clone(),
        None if Terminal::is_interactive() => {
            open::block_on(open::unless_cancelled(run::ask_name(suggested)))?
        }
        None => suggested,
    };
    if resolve::application_name(&name).is_ok_and(|valid| valid == name) {
        return Ok(name);
    }
    Err(Failure::new(Exit::Usage, format!("`{name}` is no name for an application"))
        .hint("take up to 40 lowercase letters, digits and hyphens that begin with a letter"))
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
        "{}\
kind: App
name: {name}
defaultEnvironment: dev
environments:
  dev: {{}}
  prod: {{}}
tags:
  application: {name}
",
        modeline()
    )
}

fn load_balancer() -> String {
    format!(
        "{}\
kind: LoadBalancer
name: public
listeners:
  - name: http
    protocol: HTTP
",
        modeline()
    )
}

fn service(args: &Args) -> String {
    let Args { image, port, .. } = args;
    // Quotes are needed only for what YAML would read as something else.
    let is_plain = image.chars().all(|c| c.is_ascii_alphanumeric() || "./:@-_".contains(c));
    let image = if is_plain { image.clone() } else { json!(image).to_string() };
    format!(
        "{}\
kind: Service
name: web
image: {image}
port: {port}
loadBalancers:
  - loadBalancer: public
    listener: http
    port: {port}
    paths: [/*]
environments:
  prod:
    desiredCount: 2
",
        modeline()
    )
}
