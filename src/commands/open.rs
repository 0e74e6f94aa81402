//! What most commands begin with: the manifests as a stack, and the account.

use std::collections::BTreeMap;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};

use super::exit::{Exit, Failure};
use crate::aws::{ConnectOptions, connect};
use crate::backend::{Access, Backend, MockAccount};
use crate::cli::Global;
use crate::manifest::problem::Problem;
use crate::manifest::source::{self, Sources};
use crate::model::resolve::{Input, resolve};
use crate::model::stack::Stack;
use crate::model::variables::{FileFormat, Variables, parse_file};
use crate::report::diagnostics::{self, Glyphs, Style};
use crate::report::terminal::Terminal;
use crate::session::Ground;

/// Manifests, resolved for one environment.
pub(super) struct Opened {
    pub(super) stack: Stack,
    pub(super) sources: Sources,
    pub(super) warnings: Vec<Problem>,
}

/// Reads and resolves the manifests. Problems are drawn before this fails.
pub(super) fn stack(global: &Global) -> Result<Opened, Failure> {
    let opened = checked(global)?;
    if !opened.warnings.is_empty() {
        global.terminal().narrate(&drawn(&opened.warnings, &opened.sources, global.terminal()));
    }
    Ok(opened)
}

/// [`stack`] without drawing warnings.
pub(super) fn checked(global: &Global) -> Result<Opened, Failure> {
    read(global).map_err(|(sources, problems)| refused(&sources, &problems, global.terminal()))
}

/// Reads and resolves the manifests.
pub(super) fn read(global: &Global) -> Result<Opened, (Sources, Vec<Problem>)> {
    let (mut sources, documents) = source::load(&global.manifests)?;
    let variables = match variables(global, &mut sources) {
        Ok(variables) => variables,
        Err(problems) => return Err((sources, problems)),
    };
    let directory_name = directory_name(&global.manifests);
    let environment = global.env.as_deref();
    let documents = documents.into_iter().map(|document| document.node).collect();
    let input = Input { documents, directory_name: &directory_name, environment, variables };
    match resolve(input) {
        Ok((stack, warnings)) => Ok(Opened { stack, sources, warnings }),
        Err(problems) => Err((sources, problems)),
    }
}

fn refused(sources: &Sources, problems: &[Problem], terminal: Terminal) -> Failure {
    terminal.narrate(&drawn(problems, sources, terminal));
    let asks = problems.iter().any(|problem| problem.code == "environment-required");
    Failure::told(if asks { Exit::Usage } else { Exit::Error })
}

/// Problems as the terminal can show them.
pub(super) fn drawn(problems: &[Problem], sources: &Sources, terminal: Terminal) -> String {
    let is_plain = std::env::var("TERM").is_ok_and(|term| term == "dumb");
    let style = Style {
        glyphs: if is_plain { Glyphs::Ascii } else { Glyphs::Unicode },
        is_colored: terminal.is_colored(),
        width: Terminal::width().clamp(60, 120),
    };
    diagnostics::draw(problems, sources, style)
}

fn variables(global: &Global, sources: &mut Sources) -> Result<Variables, Vec<Problem>> {
    let mut set = BTreeMap::new();
    for pair in &global.set {
        let Some((name, value)) = pair.split_once('=') else {
            let problem = Problem::error("invalid-variable", format!("`--set {pair}` has no `=`"));
            return Err(vec![problem.hint("write --set NAME=VALUE")]);
        };
        set.insert(name.to_owned(), value.to_owned());
    }
    let file = match &global.var_file {
        None => BTreeMap::new(),
        Some(path) => {
            let id = sources.read(path).map_err(|problem| vec![problem])?;
            let format = FileFormat::of_extension(path.extension());
            parse_file(format, id, sources.text(id))?
        }
    };
    let process = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    Ok(Variables { set, file, process, app: BTreeMap::new() })
}

/// The name that an application without an `App` has.
fn directory_name(manifests: &Utf8Path) -> String {
    let absolute = manifests.canonicalize_utf8().unwrap_or_else(|_| manifests.to_owned());
    let name = absolute.file_name().unwrap_or_default();
    // A project keeps its manifests in `manifests`: then it is the project that has a name.
    let parent = absolute.parent().and_then(Utf8Path::file_name);
    match (name, parent) {
        ("manifests", Some(parent)) => parent.to_owned(),
        (name, _) => name.to_owned(),
    }
}

/// Opens the account that the stack goes to, or the mock that stands in for it.
pub(super) async fn ground(
    global: &Global,
    stack: &Stack,
    access: Access,
    rollout_limit: Duration,
) -> Result<Ground, Failure> {
    let backend = match mock_file(global, stack) {
        Some(path) => Backend::Mock(MockAccount::open(&path, access)?),
        None => {
            let target = &stack.target;
            let options = ConnectOptions {
                region: global.region.clone().or_else(|| target.region.clone()),
                profile: global.profile.clone().or_else(|| target.profile.clone()),
                role_to_assume: target.role.clone(),
                expected_account: target.account.clone(),
                ..ConnectOptions::default()
            };
            let aws = connect(options).await?;
            Backend::Live(Box::new(aws.with_rollout_limit(rollout_limit)))
        }
    };
    Ok(Ground::of(stack, backend).await?)
}

fn mock_file(global: &Global, stack: &Stack) -> Option<Utf8PathBuf> {
    let of_environment = || stack.target.mock.as_ref().map(|path| global.manifests.join(path));
    global.mock.clone().or_else(of_environment)
}

/// Runs an asynchronous command to its end.
pub(super) fn block_on<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime
        .map_err(|error| Failure::new(Exit::Error, format!("cannot start: {error}")))?
        .block_on(future)
}
