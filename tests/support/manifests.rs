//! Manifests in a directory of their own, to be edited.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A copy that is deleted with its owner.
pub struct Manifests {
    _directory: TempDir,
    path: PathBuf,
}

impl Manifests {
    /// A copy of one of the examples in `manifests/`, in a directory of the same name.
    pub fn example(name: &str) -> Self {
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("manifests").join(name);
        let copy = Self::empty(name);
        for entry in fs::read_dir(example).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), copy.path.join(entry.file_name())).unwrap();
        }
        copy
    }

    /// A directory without manifests; an application without an `App` is called as it is.
    pub fn empty(name: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(name);
        fs::create_dir(&path).unwrap();
        Self { _directory: directory, path }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn write(&self, file: &str, text: &str) {
        fs::write(self.path.join(file), text).unwrap();
    }

    pub fn remove(&self, file: &str) {
        fs::remove_file(self.path.join(file)).unwrap();
    }

    /// Replaces a text that occurs once.
    pub fn edit(&self, file: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path.join(file)).unwrap();
        assert_eq!(text.matches(from).count(), 1, "{file} has `{from}` once");
        self.write(file, &text.replacen(from, to, 1));
    }

    /// Removes what is between a text that occurs once and another one after it, with the first.
    pub fn cut(&self, file: &str, from: &str, until: &str) {
        let text = fs::read_to_string(self.path.join(file)).unwrap();
        let (_, after) = text.split_once(from).unwrap();
        let (between, _) = after.split_once(until).unwrap();
        self.edit(file, &format!("{from}{between}"), "");
    }
}
