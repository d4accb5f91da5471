//! How the cloud differs from the table.

use std::collections::BTreeMap;

use serde::Serialize;

use super::MirrorError;

/// What is done about differences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDrift {
    /// They are told.
    Report,
    /// They are told and mended.
    Mend,
}

/// The differences that were found, by the keys of the schedules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Drift {
    /// In the table only.
    pub missing: Vec<String>,
    /// In both, with the fields that differ.
    pub changed: BTreeMap<String, Vec<&'static str>>,
    /// In the cloud only.
    pub extra: Vec<String>,
    /// Of these, those that could not be mended, with the reason.
    pub failed: BTreeMap<String, String>,
    /// Schedules that the cloud cannot express, with the reason. The call of every minute makes their runs.
    pub not_mirrored: BTreeMap<String, String>,
}

impl Drift {
    /// Whether the cloud is as the table says, as far as it can be.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.missing.is_empty() && self.changed.is_empty() && self.extra.is_empty()
    }

    pub(super) fn note(&mut self, name: &str, mended: Result<(), MirrorError>) {
        if let Err(error) = mended {
            self.failed.insert(name.to_owned(), error.to_string());
        }
    }
}
