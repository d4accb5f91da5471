//! The keyring of the desktop: the Secret Service on Linux, the keychain of macOS, the credential manager of Windows.

#[cfg_attr(target_os = "linux", path = "secret_service.rs")]
#[cfg_attr(not(target_os = "linux"), path = "native.rs")]
mod system;

/// A place in the keyring, where a text can be got, set and deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    /// Whose records they are (`DIVBASE_KEYRING_SERVICE`).
    pub(super) service: String,
    /// Which one.
    pub(super) record: &'static str,
}

/// Why the keyring was of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoKeyring {
    /// This session has none.
    #[error("there is no keyring")]
    Absent,
    /// It stayed locked.
    #[error("the keyring is locked")]
    Locked,
}
