//! Where a credential lies: in the keyring where there is one, else in a file that only its owner can read.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use serde::Serialize;

use super::keyring::{NoKeyring, Slot};
use crate::files_on_disk::{self, Privacy, write_atomically};

/// Where one credential lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    file: PathBuf,
    slot: Option<Slot>,
}

impl Place {
    /// The record of a service in the keyring, with a file for machines without one; or the file alone.
    #[must_use]
    pub fn new(file: PathBuf, service: Option<String>, record: &'static str) -> Self {
        let slot = service.map(|service| Slot { service, record });
        Self { file, slot }
    }

    /// The file, in which it may not lie.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// What lies there. A file that is there is newer than the keyring's record, as whoever writes the record deletes the file.
    ///
    /// # Errors
    /// If the file is there and cannot be read.
    pub fn read(&self) -> io::Result<Option<String>> {
        match fs::read_to_string(&self.file) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(self.recorded()),
            Err(error) => Err(error),
        }
    }

    fn recorded(&self) -> Option<String> {
        self.slot.as_ref()?.get().ok()?
    }

    /// Puts a credential there, in the place of the one before; as the public client does, as JSON into the keyring and as YAML into a
    /// file.
    ///
    /// # Errors
    /// If there is no keyring and the file cannot be written, or an older file cannot be deleted.
    pub fn write(&self, credential: &impl Serialize) -> io::Result<()> {
        if let Some(slot) = &self.slot {
            let text = serde_json::to_string(credential)?;
            if slot.set(&text).is_ok() {
                return files_on_disk::delete(&self.file);
            }
        }
        let text = serde_yaml_ng::to_string(credential).map_err(io::Error::other)?;
        write_atomically(&self.file, text.as_bytes(), Privacy::OwnerOnly)
    }

    /// Leaves nothing there.
    ///
    /// # Errors
    /// If a file cannot be deleted, or the keyring, which may hold it, is locked.
    pub fn delete(&self) -> io::Result<()> {
        files_on_disk::delete(&self.file)?;
        match self.slot.as_ref().map(Slot::delete) {
            Some(Err(locked @ NoKeyring::Locked)) => Err(io::Error::other(locked)),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Place {
    /// Where it lies now, or where it would be written if nothing does.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.slot {
            Some(slot) if !self.file.exists() && slot.get().is_ok() => {
                write!(f, "the keyring (service '{}')", slot.service)
            }
            _ => self.file.display().fmt(f),
        }
    }
}
