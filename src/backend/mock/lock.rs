//! One writer at a time: the lock beside an account file.

use std::fs::{self, File, TryLockError};
use std::os::unix::fs::MetadataExt as _;

use camino::{Utf8Path, Utf8PathBuf};

use super::MockError;

/// Held until it is dropped, which takes its file away too. It is a file of its own since the
/// account's is replaced each time that it is written.
#[derive(Debug)]
pub(super) struct Lock {
    path: Utf8PathBuf,
    _file: File,
}

impl Lock {
    pub(super) fn of(account: &Utf8Path) -> Result<Self, MockError> {
        let path = Utf8PathBuf::from(format!("{account}.lock"));
        let failed = |source| MockError::Io { doing: "lock", path: account.to_owned(), source };
        loop {
            let file = File::create(&path).map_err(failed)?;
            match file.try_lock() {
                Ok(()) if is_at(&file, &path) => return Ok(Self { path, _file: file }),
                // Its last holder took it away after we opened it: it excludes nobody.
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    return Err(MockError::Locked { path: account.to_owned() });
                }
                Err(TryLockError::Error(source)) => return Err(failed(source)),
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // While it is still locked: whoever opened it meanwhile finds it gone and starts anew. One
        // that stays behind does no harm.
        let _ = fs::remove_file(&self.path);
    }
}

fn is_at(file: &File, path: &Utf8Path) -> bool {
    let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    match (file.metadata(), fs::metadata(path)) {
        (Ok(ours), Ok(there)) => identity(ours) == identity(there),
        _ => false,
    }
}
