//! Small files: written whole or not at all, deleted if they are there.

use std::{fs, io, io::Write, path::Path};

use tempfile::NamedTempFile;

use crate::failure::{Failure, Outcome};

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privacy {
    /// As the umask says.
    Ordinary,
    /// The owner only (mode 0600), whatever mode an existing file had.
    OwnerOnly,
}

/// Replaces the file through a temporary one in the same folder; parents are created. A symbolic link is followed.
///
/// # Errors
/// What the system says; the old file is then unchanged.
pub fn write_atomically(path: &Path, content: &[u8], privacy: Privacy) -> io::Result<()> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(parent)?;
    let mut file = temporary(parent, privacy, &path)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(&path).map_err(|error| error.error)?;
    Ok(())
}

/// Writes a file that users named, in the place of the one before.
///
/// # Errors
/// If it cannot be written.
pub fn replace(path: &Path, content: &[u8]) -> Outcome {
    write_atomically(path, content, Privacy::Ordinary)
        .map_err(|error| Failure::io("write", path, error))
}

/// Deletes the file if there is one.
///
/// # Errors
/// What the system says.
pub fn delete(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A new file in the folder: mode 0600, or that of the file to replace, or what the umask leaves.
/// Runs a job that reads and computes for long beside what waits for the net; `what` it is, an error says.
///
/// # Errors
/// If the job breaks off.
pub async fn beside<T: Send + 'static>(
    what: &str,
    job: impl FnOnce() -> T + Send + 'static,
) -> Outcome<T> {
    let done = tokio::task::spawn_blocking(job).await;
    done.map_err(|error| Failure::Refused(format!("{what} broke off: {error}")))
}

#[cfg(unix)]
fn temporary(parent: &Path, privacy: Privacy, old: &Path) -> io::Result<NamedTempFile> {
    use std::os::unix::fs::PermissionsExt;
    if privacy == Privacy::OwnerOnly {
        return NamedTempFile::new_in(parent);
    }
    let file = tempfile::Builder::new()
        .permissions(fs::Permissions::from_mode(0o666))
        .tempfile_in(parent)?;
    if let Ok(known) = fs::metadata(old) {
        file.as_file().set_permissions(known.permissions())?;
    }
    Ok(file)
}

#[cfg(not(unix))]
fn temporary(parent: &Path, _: Privacy, _: &Path) -> io::Result<NamedTempFile> {
    NamedTempFile::new_in(parent)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_private_file_becomes_private_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("new/secret");
        write_atomically(&path, b"1", Privacy::OwnerOnly).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        write_atomically(&path, b"2", Privacy::OwnerOnly).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"2");
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}
