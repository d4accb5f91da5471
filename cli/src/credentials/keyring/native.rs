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

pub(super) fn get(slot: &Slot) -> Result<Option<String>, NoKeyring> {
    match entry(slot)?.get_password() {
        Ok(text) => Ok(Some(text)),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

pub(super) fn set(slot: &Slot, text: &str) -> Result<(), NoKeyring> {
    Ok(entry(slot)?.set_password(text)?)
}

pub(super) fn delete(slot: &Slot) -> Result<(), NoKeyring> {
    match entry(slot)?.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn entry(slot: &Slot) -> Result<Entry, NoKeyring> {
    Ok(Entry::new(&slot.service, slot.record)?)
}
