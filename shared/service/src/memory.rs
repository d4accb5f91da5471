//! What the tasks of one process may take together in memory, whoever's they are.
//!
//! Files are admitted to indexing by what reading them can take: a fixed share for windows, blocks and the longest line
//! that is allowed, and a multiple of the header. Waiting is first come, first served, so that a large file is not
//! overtaken for ever. Metadata tables are parsed one at a time.

use std::sync::Arc;

use divbase_vcf::limits::HEADER_MAX_BYTES;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

const MIB: usize = 1 << 20;

/// MiB that the files which are indexed at once may take together; the rest of a worker of 3 GB is left to the program,
/// its other tasks and the allocator.
const INDEXING: usize = 1280;
/// MiB for each file: window, blocks, the CSI, and the longest line with its printed form.
const EACH_FILE: usize = 128;
/// Bytes of memory for a byte of header: its text, the parsed lines, the names of samples and their lists.
const EACH_HEADER_BYTE: usize = 12;

/// The largest file that is allowed must fit, or it would wait for ever.
const _: () = assert!(share(HEADER_MAX_BYTES) <= INDEXING);

/// The shares of one process.
#[derive(Debug)]
pub(crate) struct Memory {
    indexing: Arc<Semaphore>,
    tables: Semaphore,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            indexing: Arc::new(Semaphore::new(INDEXING)),
            tables: Semaphore::new(1),
        }
    }
}

impl Memory {
    /// Waits until a file with a header of so many bytes may be read whole.
    pub(crate) async fn admit_file(&self, header_bytes: usize) -> Option<OwnedSemaphorePermit> {
        // A share is far below 4 GiB, and the semaphore is never closed.
        let share = u32::try_from(share(header_bytes)).unwrap_or(u32::MAX);
        let permit = Arc::clone(&self.indexing).acquire_many_owned(share).await;
        permit.ok()
    }

    /// Waits until no other table is being parsed.
    pub(crate) async fn admit_table(&self) -> Option<SemaphorePermit<'_>> {
        self.tables.acquire().await.ok()
    }
}

/// MiB that reading a file with such a header can take.
const fn share(header_bytes: usize) -> usize {
    EACH_FILE + (header_bytes * EACH_HEADER_BYTE).div_ceil(MIB)
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn files_with_large_headers_are_read_one_after_the_other() {
        let memory = Memory::default();
        let large = memory.admit_file(HEADER_MAX_BYTES).await;
        let mut second = Box::pin(memory.admit_file(HEADER_MAX_BYTES));
        assert!((&mut second).now_or_never().is_none());
        // Who comes later does not overtake.
        let mut small = Box::pin(memory.admit_file(1000));
        assert!((&mut small).now_or_never().is_none());
        drop(large);
        assert!(second.await.is_some());
        assert!(small.await.is_some());
    }
}
