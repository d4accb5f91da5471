//! How large the pieces of sample groups are.

use std::num::NonZeroUsize;

/// How sample groups are made.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Samples of a group; by the number of samples if nothing is said.
    pub group_size: Option<NonZeroUsize>,
    /// A chunk ends with so many bytes of text, if it has [`Self::least_records`].
    pub chunk_bytes: usize,
    /// Records of a chunk at least, unless it has four times its bytes.
    pub least_records: usize,
    /// Records of a chunk at most.
    pub most_records: usize,
    /// A stripe ends with so many bytes of pieces.
    pub stripe_bytes: usize,
    /// Threads that deflate.
    pub threads: NonZeroUsize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            group_size: None,
            chunk_bytes: 16 << 20,
            least_records: 64,
            most_records: 4096,
            stripe_bytes: 32 << 20,
            threads: NonZeroUsize::MIN,
        }
    }
}

impl Settings {
    /// A query of ten samples reads ten groups at most, so groups are small; but pieces of few columns deflate badly.
    pub(super) fn group_size(&self, samples: usize) -> usize {
        let size = self.group_size.map(NonZeroUsize::get);
        size.unwrap_or_else(|| (samples / 1024).clamp(4, 64))
    }
}
