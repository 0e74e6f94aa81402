//! The mock account: rows in a JSON file, refusing what AWS refuses. Generic over kinds; its time is
//! virtual.

mod exec;
mod lock;
mod logs;
mod looking;
mod networks;
mod operating;
mod rows;
mod running;
mod runs;
mod runtime;
mod state;
mod surroundings;
#[cfg(test)]
mod tests;

use std::fs::{self, Permissions};
use std::io::{ErrorKind as IoKind, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;

use super::Subject;
use super::script::{Fault, FaultEffect};
use crate::aws::{AwsError, ErrorKind};
use crate::kind::{AnyKind, CallError, LiveRow, Outputs, PlannedCall};
use crate::value::Reference;
use crate::verify::{Answers, Questions};

use lock::Lock;
use state::{FORMAT, State, refusal};

pub(super) use networks::facts;

/// What is wrong with an account file.
#[derive(Debug, thiserror::Error)]
pub enum MockError {
    #[error("cannot {doing} the mock account `{path}`")]
    Io { doing: &'static str, path: Utf8PathBuf, source: std::io::Error },
    #[error("`{path}` is not a mock account")]
    Malformed { path: Utf8PathBuf, source: serde_json::Error },
    #[error("`{path}` has format {found}; this ecsctl reads format {FORMAT}")]
    Format { path: Utf8PathBuf, found: u32 },
    #[error("another ecsctl is at work on `{path}`")]
    Locked { path: Utf8PathBuf },
}

/// What a command does with the account, and so whom it shares the file with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Read,
    Write,
}

/// An account in a file. The file's lock is held as long as this lives.
#[derive(Debug)]
pub struct MockAccount {
    /// None: the account is gone when the program ends.
    path: Option<Utf8PathBuf>,
    lock: Option<Lock>,
    state: Box<Mutex<State>>,
}

impl MockAccount {
    /// Opens the account in `path`; a file that is not there is an empty account.
    pub fn open(path: &Utf8Path, access: Access) -> Result<Self, MockError> {
        // Readers need no lock: the file is always replaced whole.
        let lock = (access == Access::Write).then(|| Lock::of(path)).transpose()?;
        let state = match read(path)? {
            Some(text) => parse(path, &text)?,
            None => State::empty(),
        };
        Ok(Self { path: Some(path.to_owned()), lock, state: Box::new(Mutex::new(state)) })
    }

    /// An empty account without a file.
    pub fn in_memory() -> Self {
        Self { path: None, lock: None, state: Box::new(Mutex::new(State::empty())) }
    }

    /// Every row, whosever it is. Errors when the file holds a row that its kind cannot read.
    pub(super) fn rows(&self, kinds: &[&'static dyn AnyKind]) -> Result<Vec<LiveRow>, AwsError> {
        let state = self.state();
        let owners = &state.resources.owners();
        let rows = kinds.iter().flat_map(|kind| {
            let rows = state.resources.of_kind(kind.name());
            rows.map(|(key, row)| match kind.check(&row.spec) {
                Ok(()) => Ok(state.standing_for(kind.name(), row).live(*kind, key, owners)),
                Err(error) => {
                    let message = format!("{} `{key}` of the account file: {error}", kind.name());
                    Err(AwsError::new("mock:ReadAccount", ErrorKind::Invalid, message))
                }
            })
        });
        rows.collect()
    }

    /// What a check finds in the account.
    pub(super) fn answers(&self, questions: &Questions) -> Answers {
        self.state().surroundings.answers(questions)
    }

    /// Carries out a call as AWS would: refusing, then changing rows, then assigning outputs.
    pub(super) fn run(
        &self,
        kind: &'static dyn AnyKind,
        subject: Subject<'_>,
        call: &PlannedCall,
        references: &[(Reference, String)],
    ) -> Result<Outputs, CallError> {
        let mut state = self.state();
        if state.is_dead {
            return Err(refusal(call, "Killed", "the process was killed by the account's script"));
        }
        let ended = scripted(&mut state, kind, subject, call, references);
        // Whatever came of it: entries of the script are used up, and a rollback changed a row.
        state.unsaved += 1;
        self.save_when_due(&mut state)
            .map_err(|error| refusal(call, "AccountFile", &error.to_string()))?;
        ended
    }

    /// Writes the file, if anything changed.
    pub(super) fn save(&self) -> Result<(), MockError> {
        let mut state = self.state();
        if state.unsaved == 0 { Ok(()) } else { self.write(&mut state) }
    }

    /// A small account is saved after every call; a large one every so many, for the file is written
    /// whole each time.
    fn save_when_due(&self, state: &mut State) -> Result<(), MockError> {
        let rows = state.resources.len();
        if state.is_dead || state.unsaved > rows / 64 { self.write(state) } else { Ok(()) }
    }

    fn write(&self, state: &mut State) -> Result<(), MockError> {
        state.unsaved = 0;
        let Some(path) = &self.path else { return Ok(()) };
        let failed = |source| MockError::Io { doing: "write", path: path.clone(), source };
        let text = serde_json::to_string_pretty(state).expect("an account has string keys only");
        let folder = path.parent().filter(|folder| !folder.as_str().is_empty());
        let mut file = tempfile::Builder::new()
            .permissions(permissions(path))
            .tempfile_in(folder.unwrap_or(Utf8Path::new(".")))
            .map_err(failed)?;
        file.write_all(text.as_bytes()).and_then(|()| file.write_all(b"\n")).map_err(failed)?;
        file.persist(path).map_err(|error| failed(error.error))?;
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
impl MockAccount {
    /// The account that a file with this text holds, without the file.
    pub(crate) fn of_text(text: &str) -> Self {
        let state = parse(Utf8Path::new("account.json"), text).expect("an account");
        Self { path: None, lock: None, state: Box::new(Mutex::new(state)) }
    }

    /// What the account's file holds.
    pub(crate) fn text(&self) -> String {
        serde_json::to_string(&*self.state()).expect("an account has string keys only")
    }
}

/// A call under the account's script.
fn scripted(
    state: &mut State,
    kind: &'static dyn AnyKind,
    subject: Subject<'_>,
    call: &PlannedCall,
    references: &[(Reference, String)],
) -> Result<Outputs, CallError> {
    let fault = state.script.strike(&call.line);
    if let Some(Fault { effect: FaultEffect::Error, code, message, .. }) = &fault {
        return Err(refusal(call, code, message));
    }
    state
        .check_references(references)
        .map_err(|message| refusal(call, "InvalidParameterException", &message))?;
    let outputs = state.carry_out(kind, subject, call)?;
    match fault.map(|fault| fault.effect) {
        None => Ok(outputs),
        Some(effect) => {
            state.is_dead = effect == FaultEffect::Killed;
            Err(refusal(call, "RequestTimeout", "the reply was lost"))
        }
    }
}

/// Those of the file that is replaced, or the usual ones; the process's mask applies to both.
fn permissions(path: &Utf8Path) -> Permissions {
    fs::metadata(path).map_or(Permissions::from_mode(0o666), |old| old.permissions())
}

fn read(path: &Utf8Path) -> Result<Option<String>, MockError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == IoKind::NotFound => Ok(None),
        Err(source) => Err(MockError::Io { doing: "read", path: path.to_owned(), source }),
    }
}

fn parse(path: &Utf8Path, text: &str) -> Result<State, MockError> {
    /// What every format has.
    #[derive(Deserialize)]
    struct Header {
        format: u32,
    }
    let malformed = |source| MockError::Malformed { path: path.to_owned(), source };
    let Header { format: found } = serde_json::from_str(text).map_err(malformed)?;
    if found != FORMAT {
        return Err(MockError::Format { path: path.to_owned(), found });
    }
    let mut state: State = serde_json::from_str(text).map_err(malformed)?;
    state.stand();
    Ok(state)
}
