//! Files that one process has for itself.

use std::{fs, io, path::Path};

/// The file, created if need be, for this process alone; nothing if another one has it.
pub(super) fn locked(path: &Path) -> io::Result<Option<fs::File>> {
    loop {
        let file = fs::OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Ok(None),
            // A file system without locks, as some shared ones of clusters are: as before.
            Err(fs::TryLockError::Error(_)) => return Ok(Some(file)),
        }
        // Whoever had it may have made it the final file between opening and locking.
        if still_there(&file, path) {
            return Ok(Some(file));
        }
    }
}

#[cfg(unix)]
fn still_there(file: &fs::File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(open), Ok(named)) => (open.dev(), open.ino()) == (named.dev(), named.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn still_there(_: &fs::File, path: &Path) -> bool {
    path.exists()
}
