//! Sample groups: what a file with many samples says of each, kept apart by groups of samples, so that a query of few
//! samples need not read the columns of all. Derived from one version of a file, which stays the truth: a missing or
//! damaged object means that the file is read.
//!
//! The object is a row of stripes. A stripe holds chunks of records: a table of lengths, then the shared columns (CHROM to
//! FORMAT) of each chunk, then the columns of the first group of each chunk, of the second, and so on, so that the columns
//! of a group are read in one piece. Where chunks and stripes lie is told by the [`Directory`], which is kept apart. Every
//! column is kept as it is written; of shared columns that are printed alike by everybody, which is noted, the printed form is
//! kept. A chunk with a line that cannot be, because what is printed of its samples depends on
//! others, is left to the file.

mod directory;
mod piece;
mod read;
mod rows;
mod settings;
mod write;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use crate::cpu::Inherited;
use crate::source::Source;

pub use directory::Directory;
pub(crate) use read::{GroupReader, Part};
pub use rows::Rows;
pub(crate) use rows::{Buffers, Row};
pub use settings::Settings;
pub use write::{Made, write, write_part};

/// The sample groups of a file, ready to be read.
#[derive(Clone)]
pub struct Groups {
    directory: Arc<Directory>,
    source: Arc<dyn Source>,
    /// Bytes between two ranges that are fetched rather than passed over.
    gap: u64,
    /// Most ranges that are asked for at the same time.
    requests: usize,
}

impl Groups {
    /// The groups in `source`, the stripes that `directory` describes. Fewer than `gap` bytes between two ranges are fetched
    /// with them, and at most `requests` ranges are asked for at the same time.
    #[must_use]
    pub fn new(
        directory: Arc<Directory>,
        source: Arc<dyn Source>,
        gap: u64,
        requests: usize,
    ) -> Self {
        Self {
            directory,
            source,
            gap,
            requests: requests.max(1),
        }
    }

    /// Where the chunks lie.
    #[must_use]
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Reads ranges, each with its offset and length in bytes; nothing for those that cannot be read.
    fn fetch(&self, ranges: &[(u64, usize)]) -> Vec<Option<bytes::Bytes>> {
        let read = |(offset, length): (u64, usize)| {
            let bytes = self.source.read_range(offset, length).ok()?;
            (bytes.len() == length).then_some(bytes)
        };
        if self.requests == 1 || ranges.len() < 2 {
            return ranges.iter().copied().map(read).collect();
        }
        let share = ranges.len().div_ceil(self.requests);
        let cpu = Inherited::from_this_thread();
        std::thread::scope(|scope| {
            let shares: Vec<_> = ranges
                .chunks(share)
                .map(|ranges| {
                    let (cpu, read) = (cpu.clone(), &read);
                    let work = move || ranges.iter().copied().map(read).collect::<Vec<_>>();
                    scope.spawn(move || cpu.run(work))
                })
                .collect();
            let lost = ranges.chunks(share).map(|ranges| vec![None; ranges.len()]);
            let read = shares.into_iter().zip(lost);
            read.flat_map(|(thread, lost)| thread.join().unwrap_or(lost))
                .collect()
        })
    }
}

impl fmt::Debug for Groups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Groups")
            .field("directory", &self.directory)
            .finish_non_exhaustive()
    }
}
