//! The one-time token in a letter's link.

use serde::Deserialize;

/// `?token=…`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Token {
    pub(super) token: String,
}
