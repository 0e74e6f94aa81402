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
        loader.is_new(directory);
        loader.walk(directory);
        loader.read_all();
    }
    if loader.problems.is_empty() && loader.documents.is_empty() {
        let message = format!("no documents in `{}`", display(directory));
        let hint = "write a `.yaml` file with `kind` and `name`, or run `ecsctl init`";
        loader.problems.push(Problem::error("no-documents", message).hint(hint));
    }
    if loader.problems.is_empty() {
        Ok((loader.sources, loader.documents))
    } else {
        Err((loader.sources, loader.problems))
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
        let metadata = match fs::metadata(&path) {
            Ok(metadata) => metadata,
            Err(error) if is_yaml(&path) => return self.problems.push(unreadable(&path, &error)),
            // Something else that would not be read anyway, such as a dangling link.
            Err(_) => return,
        };
        if metadata.is_dir() && self.is_new(&path) {
            self.walk(&path);
        } else if metadata.is_file() && is_yaml(&path) && self.is_new(&path) {
            self.paths.push(path);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for (path, content) in files {
            let path = directory.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        directory
    }

    fn names(directory: &Path) -> Vec<String> {
        let (_, documents) = load(directory).unwrap();
        documents
            .iter()
            .map(|document| document.node.get("name").unwrap().text().unwrap().to_owned())
            .collect()
    }

    fn codes(directory: &Path) -> Vec<&'static str> {
        load(directory).unwrap_err().1.iter().map(|problem| problem.code).collect()
    }

    #[test]
    fn files_below_are_read_in_the_order_of_their_paths() {
        let directory = directory(&[
            ("b.yaml", b"name: b1\n---\nname: b2\n"),
            ("a/z.yml", b"name: z\n"),
            ("a.yaml", b"name: a\n"),
            ("C.yaml", b"name: c\n"),
            ("a/.hidden.yaml", b"name: no\n"),
            (".git/x.yaml", b"name: no\n"),
            ("notes.txt", b"name: no\n"),
            ("empty.yaml", b"# only a comment\n"),
        ]);
        assert_eq!(names(directory.path()), ["c", "a", "z", "b1", "b2"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_once() {
        use std::os::unix::fs::symlink;

        let directory = directory(&[("a/web.yaml", b"name: web\n")]);
        symlink(directory.path(), directory.path().join("a/loop")).unwrap();
        symlink("a", directory.path().join("b")).unwrap();
        symlink("nowhere", directory.path().join("dangling")).unwrap();
        assert_eq!(names(directory.path()), ["web"]);
        symlink("nowhere", directory.path().join("dangling.yaml")).unwrap();
        assert_eq!(codes(directory.path()), ["unreadable"]);
    }

    #[test]
    fn the_problems_of_all_files_come_together() {
        let directory = directory(&[
            ("a.yaml", b"a: 1\na: 2\n---\nb: [\n"),
            ("b.yaml", b"name: \xff\n"),
            ("c.yaml", b"- list\n---\ntext\n"),
            ("d.yaml", b"name: fine\n"),
        ]);
        let expected = ["duplicate-key", "yaml-syntax", "not-utf8", "not-a-map", "not-a-map"];
        assert_eq!(codes(directory.path()), expected);
    }

    #[test]
    fn a_directory_that_cannot_be_an_application_has_a_hint() {
        let directory = directory(&[("empty.yaml", b"---\n"), ("file", b"")]);
        for (path, code) in
            [("", "no-documents"), ("nowhere", "missing-directory"), ("file", "not-a-directory")]
        {
            let (_, problems) = load(directory.path().join(path)).unwrap_err();
            assert_eq!(problems.len(), 1);
            assert_eq!(problems[0].code, code);
            assert!(problems[0].hint.is_some());
        }
    }

    #[test]
    fn positions_count_characters_from_one() {
        let mut sources = Sources::default();
        let source = sources.add("a.yaml", "\u{feff}é: ü\r\nb: 😀x\n");
        let at = |start, end| {
            let span = Span { source, range: start..end };
            let (start, end) = (sources.start(&span), sources.end(&span));
            (start.line, start.column, end.line, end.column)
        };
        assert_eq!(at(3, 5), (1, 1, 1, 2));
        assert_eq!(at(7, 9), (1, 4, 1, 5));
        assert_eq!(at(14, 19), (2, 4, 2, 6));
        assert_eq!(at(15, 999), (2, 4, 3, 1));
    }
}
