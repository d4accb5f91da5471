//! By what macOS and Windows have.

use keyring::{Entry, Error};

use super::{NoKeyring, Slot};

impl From<Error> for NoKeyring {
    fn from(error: Error) -> Self {
        match error {
            Error::NoStorageAccess(_) => Self::Locked,
            _ => Self::Absent,
        }
    }
}

impl Slot {
    /// What it holds.
    pub(in crate::credentials) fn get(&self) -> Result<Option<String>, NoKeyring> {
        match entry(self)?.get_password() {
            Ok(text) => Ok(Some(text)),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Puts a text there, in the place of the one before.
    pub(in crate::credentials) fn set(&self, text: &str) -> Result<(), NoKeyring> {
        Ok(entry(self)?.set_password(text)?)
    }

    /// Leaves nothing there.
    pub(in crate::credentials) fn delete(&self) -> Result<(), NoKeyring> {
        match entry(self)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

fn entry(slot: &Slot) -> Result<Entry, NoKeyring> {
    Ok(Entry::new(&slot.service, slot.record)?)
}
