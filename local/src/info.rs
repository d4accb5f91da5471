//! What a running system tells other programs of the checkout: where it is and who may administrate it.

use std::{fs, io, path::Path};

use crate::private;

use serde::{Deserialize, Serialize};

/// Written to `info.json` in the run's folder once the system answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Info {
    /// Base URL for `divbase-cli`.
    pub api_url: String,
    /// The AWS emulator.
    pub aws_endpoint: String,
    /// The database.
    pub database_url: String,
    /// The administrator's address.
    pub admin_email: String,
    /// The administrator's password, for this machine only.
    pub admin_password: String,
    /// The process that runs it.
    pub pid: u32,
}

impl Info {
    /// Reads it, if the system has come up.
    #[must_use]
    pub fn read(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(folder.join("info.json")).ok()?).ok()
    }

    /// Writes it in one step, so that nobody reads half of it, and for its owner only: it holds passwords.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        private::write(&folder.join("info.json"), &serde_json::to_vec_pretty(self)?)
    }

    /// Removes it: the system is not there any more.
    pub fn remove(folder: &Path) {
        // It may never have been written.
        let _ = fs::remove_file(folder.join("info.json"));
    }
}
