//! The job that a command runs in.

use std::fs::OpenOptions;
use std::io::{self, Write as _};

use camino::{Utf8Path, Utf8PathBuf};

/// GitHub shows no summary of a step that is longer, in bytes.
const LONGEST_SUMMARY: u64 = 1024 * 1024;

/// What GitHub Actions tells of the job.
#[derive(Clone, Debug, Default)]
pub struct Workflow {
    /// Where the repository is: annotations name files from there.
    pub workspace: Option<Utf8PathBuf>,
    /// Where the command runs.
    pub directory: Utf8PathBuf,
    /// The file that becomes the summary of the step.
    pub summary: Option<Utf8PathBuf>,
}

impl Workflow {
    /// The file as GitHub knows it: from the top of the repository.
    pub(super) fn file(&self, path: &Utf8Path) -> Utf8PathBuf {
        let absolute = self.directory.join(path);
        let workspace = self.workspace.as_deref();
        let inside = workspace.and_then(|workspace| absolute.strip_prefix(workspace).ok());
        inside.map_or_else(|| path.to_owned(), Utf8Path::to_owned)
    }

    /// Appends to the summary of the step, if there is one. Whether there was room for it.
    pub fn summarize(&self, text: &str) -> io::Result<bool> {
        let Some(path) = &self.summary else { return Ok(true) };
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        if file.metadata()?.len() + text.len() as u64 + 1 > LONGEST_SUMMARY {
            return Ok(false);
        }
        // What another tool wrote may not end its line.
        write!(file, "\n{text}")?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_from_the_top_of_the_repository() {
        let workflow = Workflow {
            workspace: Some("/repository".into()),
            directory: "/repository/deploy".into(),
            summary: None,
        };
        assert_eq!(workflow.file("manifests/web.yaml".into()), "deploy/manifests/web.yaml");
        assert_eq!(workflow.file("/elsewhere/web.yaml".into()), "/elsewhere/web.yaml");
        assert_eq!(Workflow::default().file("web.yaml".into()), "web.yaml");
    }

    #[test]
    fn a_summary_is_appended_while_there_is_room() {
        let directory = tempfile::tempdir().unwrap();
        let path = Utf8PathBuf::try_from(directory.path().join("summary.md")).unwrap();
        let workflow = Workflow { summary: Some(path.clone()), ..Workflow::default() };
        assert!(workflow.summarize("one\n").unwrap() && workflow.summarize("two\n").unwrap());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "\none\n\ntwo\n");
        assert!(!workflow.summarize(&"x".repeat(1024 * 1024)).unwrap());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "\none\n\ntwo\n");
    }
}
