//! Statistics as bytes: a JSON text, packed as every sidecar is.

use super::Statistics;
use crate::sidecar;

/// Goes up whenever an older program could not read the JSON; a migration then removes what is stored.
const VERSION: u8 = 1;

/// Longest JSON text. Counts of 100,000 samples have a quarter of it at most.
const TEXT_MAX_BYTES: usize = 64 << 20;

impl Statistics {
    /// The bytes. They are empty, which is no statistics, if there would be more than can be read again, which the bounds
    /// of this module rule out.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let text = serde_json::to_vec(self).ok();
        let packed = text.and_then(|text| sidecar::pack(VERSION, &text, TEXT_MAX_BYTES));
        packed.unwrap_or_default()
    }

    /// Reads what [`Self::to_bytes`] gave; nothing if it is something else.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let text = sidecar::unpack(VERSION, bytes, TEXT_MAX_BYTES)?;
        serde_json::from_slice(&text).ok()
    }
}
