//! The files of a manifest directory: the only place of the manifest layer that touches the file system.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use camino::{Utf8Path, Utf8PathBuf};

use super::node::{Data, Node, SourceId, Span};
use super::problem::Problem;
use super::{syntax, yaml};

/// All texts that spans can point into.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<File>,
}

#[derive(Clone, Debug)]
struct File {
    path: Utf8PathBuf,
    text: String,
}

/// A place as people count: from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

/// One YAML document. Its top level is a map.
#[derive(Clone, Debug)]
pub struct Document {
    pub node: Node,
}

impl Sources {
    /// Registers a text, so that spans of the returned id point into it.
    pub fn add(&mut self, path: impl Into<Utf8PathBuf>, text: impl Into<String>) -> SourceId {
        let id = u32::try_from(self.files.len()).expect("fewer files than a u32 counts");
        self.files.push(File { path: path.into(), text: text.into() });
        SourceId(id)
    }

    /// Reads and registers one file, such as a variables file.
    pub fn read(&mut self, path: impl AsRef<Path>) -> Result<SourceId, Problem> {
        let path = path.as_ref();
        match fs::read_to_string(path) {
            Ok(text) => Ok(self.add(display(path), text)),
            Err(error) => Err(unreadable(path, &error)),
        }
    }

    /// The path as the user would type it.
    pub fn path(&self, source: SourceId) -> &Utf8Path {
        &self.file(source).path
    }

    pub fn text(&self, source: SourceId) -> &str {
        &self.file(source).text
    }

    /// The text below a span, cut to the file.
    pub fn slice(&self, span: &Span) -> &str {
        let text = self.text(span.source);
        &text[syntax::within(text, span.range.clone())]
    }

    pub fn start(&self, span: &Span) -> Position {
        self.position(span.source, span.range.start)
    }

    /// The place directly after the last character.
    pub fn end(&self, span: &Span) -> Position {
        self.position(span.source, span.range.end)
    }

    fn position(&self, source: SourceId, offset: usize) -> Position {
        let text = self.text(source);
        let before = &text[..text.floor_char_boundary(offset)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Position {
            line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
            // A byte order mark is no column.
            column: before[line_start..].trim_start_matches('\u{feff}').chars().count() + 1,
        }
    }

    fn file(&self, source: SourceId) -> &File {
        &self.files[source.0 as usize]
    }
}

/// Loads all documents below a directory, or everything that is wrong with its files.
pub fn load(
    directory: impl AsRef<Path>,
) -> Result<(Sources, Vec<Document>), (Sources, Vec<Problem>)> {
    let directory = directory.as_ref();
    let mut loader = Loader::default();
    loader.check_root(directory);
    if loader.problems.is_empty() {
        loader.walk(directory);
        loader.read_all();
    }
    if loader.problems.is_empty() && loader.documents.is_empty() {
        let message = format!("no documents in `{}`", display(directory));
        let hint = "write a `.yaml` file with `kind` and `name`, or run `ecsctl init`";
        loader.problems.push(Problem::error("no-documents", message).hint(hint));
    }
    match loader.problems.is_empty() {
        true => Ok((loader.sources, loader.documents)),
        false => Err((loader.sources, loader.problems)),
    }
}

#[derive(Default)]
struct Loader {
    sources: Sources,
    documents: Vec<Document>,
    problems: Vec<Problem>,
    paths: Vec<PathBuf>,
    /// Real paths of what was already met: a symlink cannot lead in circles or read a file twice.
    seen: BTreeSet<PathBuf>,
}

impl Loader {
    fn check_root(&mut self, directory: &Path) {
        let name = display(directory);
        let problem = match fs::metadata(directory) {
            Ok(metadata) if metadata.is_dir() => return,
            Ok(_) => Problem::error("not-a-directory", format!("`{name}` is not a directory"))
                .hint("give the directory that holds the manifests with `--manifests`"),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Problem::error("missing-directory", format!("no directory `{name}`")).hint(
                    "give the directory of the manifests with `--manifests`, or run `ecsctl init`",
                )
            }
            Err(error) => unreadable(directory, &error),
        };
        self.problems.push(problem);
    }

    fn walk(&mut self, directory: &Path) {
        let entries = fs::read_dir(directory).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let mut paths: Vec<PathBuf> = match entries {
            Ok(entries) => entries
                .iter()
                .filter(|entry| !is_hidden(&entry.file_name()))
                .map(fs::DirEntry::path)
                .collect(),
            Err(error) => return self.problems.push(unreadable(directory, &error)),
        };
        paths.sort_by(|left, right| bytes(left).cmp(bytes(right)));
        for path in paths {
            self.visit(path);
        }
    }

    fn visit(&mut self, path: PathBuf) {
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => {
                if self.is_new(&path) {
                    self.walk(&path);
                }
            }
            Ok(metadata) if metadata.is_file() && is_yaml(&path) => {
                if self.is_new(&path) {
                    self.paths.push(path);
                }
            }
            Ok(_) => {}
            Err(error) if is_yaml(&path) => self.problems.push(unreadable(&path, &error)),
            // A dangling link that would not be read anyway.
            Err(_) => {}
        }
    }

    fn is_new(&mut self, path: &Path) -> bool {
        self.seen.insert(path.canonicalize().unwrap_or_else(|_| path.to_owned()))
    }

    fn read_all(&mut self) {
        let mut paths = std::mem::take(&mut self.paths);
        paths.sort_by(|left, right| bytes(left).cmp(bytes(right)));
        for path in paths {
            match self.sources.read(&path) {
                Ok(source) => self.parse(source),
                Err(problem) => self.problems.push(problem),
            }
        }
    }

    fn parse(&mut self, source: SourceId) {
        match yaml::parse(source, self.sources.text(source)) {
            Ok(nodes) => nodes.into_iter().for_each(|node| self.add(node)),
            Err(problems) => self.problems.extend(problems),
        }
    }

    fn add(&mut self, node: Node) {
        if let Data::Map(_) = node.data {
            self.documents.push(Document { node });
            return;
        }
        let problem =
            Problem::error("not-a-map", "a document must be a map with `kind` and `name`");
        self.problems
            .push(problem.at(&node.value_span(""), "not a map").hint("write `key: value` lines"));
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Problem {
    let path = display(path);
    match error.kind() {
        io::ErrorKind::InvalidData => {
            Problem::error("not-utf8", format!("`{path}` is not UTF-8 text"))
                .hint("save the file with the encoding UTF-8")
        }
        io::ErrorKind::NotFound => Problem::error("unreadable", format!("`{path}` does not exist")),
        _ => Problem::error("unreadable", format!("cannot read `{path}`: {error}")),
    }
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

fn is_hidden(name: &std::ffi::OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

fn display(path: &Path) -> Utf8PathBuf {
    let path = path.to_string_lossy();
    Utf8PathBuf::from(path.strip_prefix("./").filter(|rest| !rest.is_empty()).unwrap_or(&path))
}
