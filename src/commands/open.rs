//! What most commands begin with: the manifests as a stack, and the account.

use std::collections::BTreeMap;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};

use super::exit::{Exit, Failure, Problems};
use super::{interrupts, run};
use crate::aws::{ConnectOptions, connect};
use crate::backend::{Access, Backend, MockAccount};
use crate::cli::Global;
use crate::manifest::node::Node;
use crate::manifest::problem::Problem;
use crate::manifest::source::{self, Sources};
use crate::model::manifests::Manifests;
use crate::model::resolve::{self, Input, resolve_with_manifests};
use crate::model::stack::Stack;
use crate::model::variables::{FileFormat, Variables, parse_file};
use crate::report::diagnostics::{self, Glyphs, Style};
use crate::report::events::{Event, manifests};
use crate::report::github;
use crate::report::terminal::Terminal;
use crate::session::Ground;

/// Manifests as they are written, with all that they are resolved with.
pub(super) struct Loaded {
    pub(super) sources: Sources,
    documents: Vec<Node>,
    variables: Variables,
    directory_name: String,
}

/// Manifests, resolved for one environment.
pub(super) struct Opened {
    pub(super) stack: Stack,
    /// The documents that it was resolved from, which say where everything is written.
    pub(super) manifests: Manifests,
    pub(super) sources: Sources,
    pub(super) warnings: Vec<Problem>,
}

/// What stands for a variable that nobody set, where only names are asked for.
const UNDEFINED: &str = "undefined";

/// What is wrong, with the texts that it points into.
pub(super) type Refused = (Sources, Vec<Problem>);

/// Reads and resolves the manifests for who only looks: a variable that nobody set is no problem, and
/// warnings are not repeated.
pub(super) fn names(global: &Global) -> Result<Stack, Failure> {
    let terminal = global.terminal();
    let lenient = |mut loaded: Loaded| {
        loaded.variables.stand_in = Some(UNDEFINED.to_owned());
        loaded
    };
    let opened = load(global).map(lenient).and_then(|loaded| resolved(global, loaded));
    Ok(opened.map_err(|refused| failure(&refused, &terminal))?.stack)
}

/// Reads and resolves the manifests for who acts on what is live: whether they are whole, or variables
/// stand in that nobody set.
pub(super) fn whole_or_names(global: &Global) -> Result<(Stack, bool), Failure> {
    match read(global) {
        Ok(opened) => Ok((opened.stack, true)),
        Err(_) => Ok((names(global)?, false)),
    }
}

/// Reads and resolves the manifests, and shows warnings.
pub(super) fn stack(global: &Global) -> Result<Opened, Failure> {
    let terminal = global.terminal();
    let opened = read(global).map_err(|refused| failure(&refused, &terminal))?;
    if !opened.warnings.is_empty() {
        terminal.narrate(&drawn(&opened.warnings, &opened.sources, &terminal));
        terminal.annotate(&annotations(&opened.warnings, &opened.sources, &terminal));
    }
    Ok(opened)
}

fn read(global: &Global) -> Result<Opened, Refused> {
    resolved(global, load(global)?)
}

fn resolved(global: &Global, loaded: Loaded) -> Result<Opened, Refused> {
    let Loaded { sources, documents, variables, directory_name } = loaded;
    let environment = global.env.as_deref();
    let input = Input { documents, directory_name: &directory_name, environment, variables };
    match resolve_with_manifests(input) {
        Ok((stack, manifests, warnings)) => Ok(Opened { stack, manifests, sources, warnings }),
        Err(problems) => Err((sources, problems)),
    }
}

/// Reads the manifests. From here on the secrets among their variables are masked.
pub(super) fn load(global: &Global) -> Result<Loaded, Refused> {
    let set = set(&global.set).map_err(|problems| (Sources::default(), problems))?;
    let (mut sources, documents) = source::load(&global.manifests)?;
    let file = match file(global, &mut sources) {
        Ok(file) => file,
        Err(problems) => return Err((sources, problems)),
    };
    let variables = Variables { set, file, process: process(), ..Variables::default() };
    let documents = documents.into_iter().map(|document| document.node).collect();
    let directory_name = directory_name(&global.manifests);
    let loaded = Loaded { sources, documents, variables, directory_name };
    global.terminal().keep_secret(loaded.secrets(global));
    Ok(loaded)
}

impl Loaded {
    /// How many documents there are.
    pub(super) fn documents(&self) -> usize {
        self.documents.len()
    }

    /// Every environment of the application.
    pub(super) fn environments(&self) -> Vec<String> {
        resolve::environments(&self.documents)
    }

    fn secrets(&self, global: &Global) -> Vec<String> {
        let environments =
            global.env.clone().map_or_else(|| self.environments(), |name| vec![name]);
        let of = |name: &String| resolve::secrets(&self.documents, Some(name), &self.variables);
        environments.iter().flat_map(of).collect()
    }

    pub(super) fn input<'a>(&'a self, environment: Option<&'a str>) -> Input<'a> {
        Input {
            documents: self.documents.clone(),
            directory_name: &self.directory_name,
            environment,
            variables: self.variables.clone(),
        }
    }
}

/// The failure that problems of the manifests are.
pub(super) fn failure(refused: &Refused, terminal: &Terminal) -> Failure {
    let (sources, problems) = refused;
    let events = problems.iter().map(|problem| problem_event(problem, sources)).collect();
    let (drawn, annotations) =
        (drawn(problems, sources, terminal), annotations(problems, sources, terminal));
    Failure {
        problems: Some(Box::new(Problems { drawn, events, annotations })),
        ..Failure::new(exit_of(problems), diagnostics::summary(problems))
    }
}

pub(super) fn problem_event(problem: &Problem, sources: &Sources) -> Event {
    Event::Problem(manifests::Problem::of(problem, sources))
}

/// Wrong arguments are wrong usage, whatever else there is.
pub(super) fn exit_of(problems: &[Problem]) -> Exit {
    const OF_ARGUMENTS: &[&str] =
        &["environment-required", "unknown-environment", "invalid-argument"];
    let is_argument =
        |problem: &Problem| problem.labels.is_empty() && OF_ARGUMENTS.contains(&problem.code);
    if problems.iter().any(is_argument) { Exit::Usage } else { Exit::Error }
}

/// Problems as GitHub Actions shows them, in a job there.
pub(super) fn annotations(problems: &[Problem], sources: &Sources, terminal: &Terminal) -> String {
    let Some(workflow) = terminal.workflow() else { return String::new() };
    github::annotations::annotations(&masked(problems, terminal), sources, workflow)
}

/// The same without secrets, for what spells text in a way of its own.
pub(super) fn masked(problems: &[Problem], terminal: &Terminal) -> Vec<Problem> {
    let mask = |text: &String| terminal.masked(text).into_owned();
    let of = |problem: &Problem| {
        let (message, hint) = (mask(&problem.message), problem.hint.as_ref().map(mask));
        Problem { message, hint, ..problem.clone() }
    };
    problems.iter().map(of).collect()
}

/// Problems as the terminal can show them.
pub(super) fn drawn(problems: &[Problem], sources: &Sources, terminal: &Terminal) -> String {
    let style = Style {
        glyphs: if Terminal::is_plain() { Glyphs::Ascii } else { Glyphs::Unicode },
        is_colored: terminal.is_colored(),
        width: Terminal::width().clamp(60, 120),
    };
    diagnostics::draw(problems, sources, style)
}

fn set(pairs: &[String]) -> Result<BTreeMap<String, String>, Vec<Problem>> {
    let (set, problems): (Vec<_>, Vec<_>) =
        pairs.iter().map(|pair| assigned(pair)).partition(Result::is_ok);
    if problems.is_empty() {
        return Ok(set.into_iter().flatten().collect());
    }
    Err(problems.into_iter().filter_map(Result::err).collect())
}

fn assigned(pair: &str) -> Result<(String, String), Problem> {
    let wrong = |cause: &str| {
        // What has no `=` may be a value that was meant to be kept secret.
        Problem::error("invalid-argument", format!("`--set` {cause}"))
            .hint("write --set NAME=VALUE")
    };
    let (name, value) = pair.split_once('=').ok_or_else(|| wrong("has no `=`"))?;
    let is_first = |letter: char| letter == '_' || letter.is_ascii_alphabetic();
    let is_other = |letter: char| letter == '_' || letter.is_ascii_alphanumeric();
    if !name.starts_with(is_first) || !name.chars().all(is_other) {
        return Err(wrong(&format!(
            "names `{name}`; a name has letters, digits and `_`, and starts with no digit"
        )));
    }
    Ok((name.to_owned(), value.to_owned()))
}

fn file(global: &Global, sources: &mut Sources) -> Result<BTreeMap<String, String>, Vec<Problem>> {
    let Some(path) = &global.var_file else { return Ok(BTreeMap::new()) };
    let id = sources.read(path).map_err(|problem| {
        let hint = problem.hint.clone();
        vec![problem.hint(hint.unwrap_or_else(|| {
            "give a file with NAME=value lines, or YAML, with --var-file".to_owned()
        }))]
    })?;
    parse_file(FileFormat::of_extension(path.extension()), id, sources.text(id))
}

#[expect(clippy::disallowed_methods, reason = "here the environment becomes variables")]
fn process() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
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
    let backend = backend(global, stack, access, rollout_limit).await?;
    let ground = Ground::of(stack, backend).await?;
    Ok(Ground { rollout_limit, ..ground })
}

pub(super) async fn backend(
    global: &Global,
    stack: &Stack,
    access: Access,
    rollout_limit: Duration,
) -> Result<Backend, Failure> {
    if let Some(path) = mock_file(global, stack) {
        Ok(Backend::Mock(MockAccount::open(&path, access)?))
    } else {
        let target = &stack.target;
        let options = ConnectOptions {
            region: global.region.clone().or_else(|| target.region.clone()),
            profile: global.profile.clone().or_else(|| target.profile.clone()),
            role_to_assume: target.role.clone(),
            expected_account: target.account.clone(),
            ..ConnectOptions::default()
        };
        let aws = connect(options).await?;
        Ok(Backend::Live(Box::new(aws.with_rollout_limit(rollout_limit))))
    }
}

fn mock_file(global: &Global, stack: &Stack) -> Option<Utf8PathBuf> {
    let of_environment = || stack.target.mock.as_ref().map(|path| global.manifests.join(path));
    global.mock.clone().or_else(of_environment)
}

/// Runs an asynchronous command to its end.
pub(super) fn block_on<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| Failure::new(Exit::Error, format!("cannot start: {error}")))?;
    let ended = runtime.block_on(async {
        interrupts::catch();
        future.await
    });
    // A question that nobody answers any more must not keep the program.
    runtime.shutdown_background();
    ended
}

/// Runs what changes nothing, unless a signal comes first.
pub(super) async fn unless_cancelled<T>(
    future: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    tokio::select! {
        biased;
        () = interrupts::first() => {
            Terminal::show_cursor();
            Err(run::cancelled())
        }
        result = future => result,
    }
}
