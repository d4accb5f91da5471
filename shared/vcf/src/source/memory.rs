//! Bytes in memory.

use std::io;

use bytes::Bytes;

use super::Source;

/// A source held in memory.
#[derive(Debug, Clone, Default)]
pub struct MemorySource {
    bytes: Bytes,
}

impl MemorySource {
    /// Serves these bytes.
    pub fn new(bytes: impl Into<Bytes>) -> Self {
        Self {
            bytes: bytes.into(),
        }
    }
}

impl Source for MemorySource {
    fn len(&self) -> io::Result<u64> {
        Ok(self.bytes.len() as u64)
    }

    fn read_range(&self, offset: u64, length: usize) -> io::Result<Bytes> {
        let start = usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(self.bytes.len());
        let end = start.saturating_add(length).min(self.bytes.len());
        Ok(self.bytes.slice(start..end))
    }
}
