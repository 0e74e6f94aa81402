//! The architecture: which module may import which, what the pure ones must not touch, and how long
//! a file may be.

#![expect(clippy::unwrap_used, reason = "what is missing fails the test, helpers' included")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each top-level module, and the others that its code imports. `main` and `commands` wire all
/// together; tests may import anything.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("manifest", &[]),
    ("value", &[]),
    ("diff", &["value"]),
    ("forecast", &[]),
    ("aws", &["value"]),
    ("model", &["forecast", "manifest", "value"]),
    ("facts", &["model"]),
    ("runtime", &[]),
    ("rollout", &["runtime", "value"]),
    ("logs", &["runtime"]),
    ("exec", &["runtime"]),
    ("operate", &["manifest", "rollout", "runtime"]),
    ("kind", &["aws", "diff", "facts", "manifest", "model", "rollout", "value"]),
    // The laws are test code, which the registry calls for each of its lines.
    ("kinds", &["aws", "diff", "facts", "kind", "laws", "manifest", "model", "rollout", "value"]),
    ("plan", &["diff", "kind", "value"]),
    ("verify", &["facts", "kinds", "manifest", "model", "value"]),
    (
        "backend",
        &[
            "aws", "facts", "forecast", "kind", "kinds", "model", "plan", "runtime", "value",
            "verify",
        ],
    ),
    ("follow", &["aws", "backend", "kind", "logs", "rollout", "runtime"]),
    (
        "session",
        &[
            "aws", "backend", "facts", "forecast", "kind", "kinds", "model", "plan", "runtime",
            "value",
        ],
    ),
    ("execute", &["backend", "follow", "kind", "plan", "rollout", "session", "value"]),
    (
        "report",
        &[
            "diff", "exec", "execute", "facts", "kind", "logs", "manifest", "model", "operate",
            "plan", "rollout", "runtime", "value", "verify",
        ],
    ),
];

/// Modules whose results depend on their arguments only.
const PURE: &[&str] = &[
    "value", "diff", "plan", "model", "forecast", "runtime", "rollout", "verify", "logs", "exec",
    "operate",
];

/// What they must not contain, with the reason.
const IMPURE: &[(&str, &str)] = &[
    ("async ", "they wait for nothing"),
    ("tokio", "they wait for nothing"),
    ("std::fs", "files are read by manifest and backend"),
    ("std::env", "variables come in as arguments"),
    ("TcpStream", "AWS is behind backend"),
    ("std::time", "there is no clock in a plan"),
    ("rand::", "the same manifests give the same plan"),
    ("HashMap", "its order would show"),
    ("HashSet", "its order would show"),
];

const LONGEST_FILE: usize = 700;

struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    /// `plan` for `src/plan/mod.rs` and `src/plan.rs`.
    fn module(&self) -> String {
        let inside = self.path.strip_prefix("src").expect("sources are below src");
        let first = inside.components().next().expect("a file has a name");
        Path::new(first.as_os_str()).file_stem().expect("a name").to_string_lossy().into_owned()
    }

    fn is_test(&self) -> bool {
        let names = ["tests.rs", "laws.rs", "fakes.rs", "semantics.rs", "storms.rs", "replay.rs"];
        let is_below_tests = self.path.components().any(|part| part.as_os_str() == "tests");
        ["semantics", "stacks"].contains(&self.module().as_str())
            || is_below_tests
            || names.iter().any(|name| self.path.ends_with(name))
    }

    /// The lines before the tests, without comments.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let end = self.text.find("\n#[cfg(test)]\nmod tests {").unwrap_or(self.text.len());
        self.text[..end]
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

fn sources() -> Vec<Source> {
    let mut open = vec![PathBuf::from("src")];
    let mut found = vec![];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push(Source { path, text });
        }
    }
    assert!(found.len() > 50, "the tests run in the package's folder");
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// The top-level modules that a line names: `crate::plan::Plan` names `plan`.
fn named(line: &str) -> impl Iterator<Item = &str> {
    line.split("crate::").skip(1).map(|rest| {
        rest.split(|character: char| !character.is_alphanumeric() && character != '_')
            .next()
            .unwrap_or_default()
    })
}

fn assert_none(broken: &[String]) {
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn imports_go_one_way() {
    let mut broken = vec![];
    for source in sources().iter().filter(|source| !source.is_test()) {
        let module = source.module();
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == module) else {
            continue;
        };
        for (number, line) in source.code() {
            for other in named(line).filter(|other| *other != module && !allowed.contains(other)) {
                let path = source.path.display();
                broken.push(format!("{path}:{number}: `{module}` must not import `{other}`"));
            }
        }
    }
    assert_none(&broken);
}

#[test]
fn every_module_has_its_place() {
    let listed: BTreeSet<&str> = MAY_IMPORT.iter().map(|(name, _)| *name).collect();
    let wiring =
        ["main", "lib", "cli", "commands", "laws", "fakes", "semantics", "stacks", "storms"];
    let unknown: BTreeSet<String> = sources()
        .iter()
        .map(Source::module)
        .filter(|module| !listed.contains(module.as_str()) && !wiring.contains(&module.as_str()))
        .collect();
    assert!(unknown.is_empty(), "not in the table of imports: {unknown:?}");
}

#[test]
fn the_pure_middle_is_pure() {
    let mut broken = vec![];
    for source in sources().iter().filter(|source| !source.is_test()) {
        if !PURE.contains(&source.module().as_str()) {
            continue;
        }
        for (number, line) in source.code() {
            for (word, reason) in IMPURE.iter().filter(|(word, _)| line.contains(word)) {
                let path = source.path.display();
                broken.push(format!("{path}:{number}: `{}`: {reason}", word.trim()));
            }
        }
    }
    assert_none(&broken);
}

#[test]
fn files_are_short_and_finished() {
    let mut broken = vec![];
    for source in sources() {
        let path = source.path.display();
        let lines = source.text.lines().count();
        if lines > LONGEST_FILE {
            broken.push(format!("{path}: {lines} lines; {LONGEST_FILE} are the end"));
        }
        if !source.is_test() && !source.text.starts_with("//!") {
            broken.push(format!("{path}: does not begin with what it is for"));
        }
        for (index, line) in source.text.lines().enumerate() {
            let unfinished = ["TODO", "FIXME", "#[allow(", "todo!(", "unimplemented!("];
            for word in unfinished.iter().filter(|word| line.contains(**word)) {
                broken.push(format!("{path}:{}: `{word}`", index + 1));
            }
        }
    }
    assert_none(&broken);
}

/// Codes whose example would be longer than a page.
const TOO_LONG_TO_SHOW: &[&str] = &["definition-size", "policy-size"];

#[test]
fn every_code_of_the_rules_is_in_their_table() {
    let known: BTreeSet<&str> = ecsctl::model::rules::entries().map(|entry| entry.code).collect();
    let files = sources().into_iter().filter(|source| source.path.starts_with("src/model/rules"));
    let mut missing = BTreeSet::new();
    for source in files {
        let code: String = source.code().map(|(_, line)| line.trim()).collect();
        let calls =
            code.split("Problem::error(").skip(1).chain(code.split("Problem::warning(").skip(1));
        let codes = calls.filter_map(|rest| rest.strip_prefix('"')?.split('"').next());
        let unknown =
            codes.filter(|code| !known.contains(code) && !TOO_LONG_TO_SHOW.contains(code));
        missing.extend(unknown.map(|code| format!("{}: {code}", source.path.display())));
    }
    assert_eq!(missing, BTreeSet::new(), "no table has these codes");
}
