//! By the protocol of GNOME's keyring, KWallet and the like, over the session bus.

use std::{collections::HashMap, env, path::Path};

use dbus_secret_service::{EncryptionType, Error, Item, SecretService};

use super::{NoKeyring, Slot};

/// How long the user may take to unlock the keyring, seconds.
const PATIENCE: u64 = 60;
const TEXT: &str = "text/plain";

impl From<Error> for NoKeyring {
    fn from(error: Error) -> Self {
        match error {
            Error::Locked | Error::Prompt => Self::Locked,
            _ => Self::Absent,
        }
    }
}

impl Slot {
    /// What it holds.
    pub(in crate::credentials) fn get(&self) -> Result<Option<String>, NoKeyring> {
        let service = connected()?;
        let Some(item) = items(&service, self)?.into_iter().next() else {
            return Ok(None);
        };
        item.ensure_unlocked().or_else(|_| item.unlock())?;
        Ok(String::from_utf8(item.get_secret()?).ok())
    }

    /// Puts a text there, in the place of the one before.
    pub(in crate::credentials) fn set(&self, text: &str) -> Result<(), NoKeyring> {
        let service = connected()?;
        let collection = service.get_default_collection()?;
        collection
            .ensure_unlocked()
            .or_else(|_| collection.unlock())?;
        let found = items(&service, self)?;
        for item in &found {
            item.set_secret(text.as_bytes(), TEXT)?;
        }
        if found.is_empty() {
            // As the public client labels and describes its items: what each program makes, the other finds and replaces.
            let label = format!("Password for '{}' on '{}'", self.record, self.service);
            let mut attributes = attributes(self);
            attributes.insert("application", "Python keyring library");
            collection.create_item(&label, attributes, text.as_bytes(), true, TEXT)?;
        }
        Ok(())
    }

    /// Leaves nothing there.
    pub(in crate::credentials) fn delete(&self) -> Result<(), NoKeyring> {
        let service = connected()?;
        for item in items(&service, self)? {
            item.ensure_unlocked().or_else(|_| item.unlock())?;
            item.delete()?;
        }
        Ok(())
    }
}

fn attributes(slot: &Slot) -> HashMap<&str, &str> {
    HashMap::from([
        ("service", slot.service.as_str()),
        ("username", slot.record),
    ])
}

fn items<'s>(service: &'s SecretService, slot: &Slot) -> Result<Vec<Item<'s>>, Error> {
    let mut found = service.search_items(attributes(slot))?;
    found.unlocked.append(&mut found.locked);
    Ok(found.unlocked)
}

/// The keyring of this session. Nothing leaves the machine, so that what is said on the bus is not encrypted once more.
fn connected() -> Result<SecretService, NoKeyring> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    let runtime = set("XDG_RUNTIME_DIR");
    // Without a bus the library would have one started.
    let has_bus = set("DBUS_SESSION_BUS_ADDRESS").is_some()
        || runtime.is_some_and(|dir| Path::new(&dir).join("bus").exists());
    if !has_bus {
        return Err(NoKeyring::Absent);
    }
    // Whoever has no screen sees no question.
    let has_screen = set("DISPLAY").or_else(|| set("WAYLAND_DISPLAY")).is_some();
    let patience = if has_screen { PATIENCE } else { 0 };
    Ok(SecretService::connect_with_max_prompt_timeout(
        EncryptionType::Plain,
        patience,
    )?)
}
