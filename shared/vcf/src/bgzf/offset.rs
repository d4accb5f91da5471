//! Virtual offsets.

use serde::{Deserialize, Serialize};

/// A place in the inflated text: 48 bits for where the block begins in the file, 16 bits for the place
/// in the inflated block, both 0-based.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct VirtualOffset(pub u64);

impl VirtualOffset {
    /// From the offset of the block in the file and the place in its inflated bytes.
    #[must_use]
    pub fn new(block: u64, within: u16) -> Self {
        Self((block << 16) | u64::from(within))
    }

    /// Where the block begins in the file.
    #[must_use]
    pub fn block(self) -> u64 {
        self.0 >> 16
    }

    /// The place in the inflated block.
    #[must_use]
    pub fn within(self) -> u16 {
        (self.0 & 0xffff) as u16
    }
}
