//! A query on one file in one pass: chunks are inflated, their records passed through all stages and
//! printed, and the text deflated, on a fixed number of threads with bounded queues. The output is the
//! same at any number of threads. Memory: O(threads × chunk + longest line), whatever the file's length.

pub(crate) mod deliver;
pub(crate) mod feed;
mod flow;
pub(crate) mod job;
pub(crate) mod output;
pub(crate) mod pool;
mod reuse;
mod run;
pub(crate) mod segment;

use std::num::NonZeroUsize;

pub use run::{Query, run};

/// How the result is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// As text.
    Text,
    /// In BGZF blocks, deflated with this libdeflate level; at 7 some with the one below, see [`crate::bgzf::BlockDeflater`].
    Bgzip(u8),
}

/// The deflate level of results. Measured against `bcftools -Oz` on cohorts with and without likelihoods:
/// 6 takes 2.3 to 2.7 times less CPU for output between 2 % smaller and 6 % larger; 5 is a fifth faster
/// but up to 9 % larger, 7 no larger than bcftools at 1.5 to 2 times less CPU.
/// Results of levels 1 to this take over, or splice, blocks of the input whose lines come through unchanged:
/// those levels ask for speed, and nothing is faster. A higher level asks for size and deflates everything;
/// 0 stores.
pub const DEFAULT_LEVEL: u8 = 6;

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parts {
    /// Header and records.
    All,
    /// The header alone; no record is read.
    Header,
    /// The records alone.
    Records,
    /// Nothing.
    None,
}

/// Whether the result is indexed while it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Indexing {
    /// The summary holds a CSI index.
    Csi,
    /// It holds none.
    Off,
}

/// How to run and write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Threads that inflate, process and deflate. One works without any other thread.
    pub threads: NonZeroUsize,
    /// How the result is stored.
    pub encoding: Encoding,
    /// What is written.
    pub parts: Parts,
    /// Whether to index; needs [`Encoding::Bgzip`].
    pub indexing: Indexing,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            threads: NonZeroUsize::MIN,
            encoding: Encoding::Bgzip(DEFAULT_LEVEL),
            parts: Parts::All,
            indexing: Indexing::Off,
        }
    }
}

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Records looked at.
    pub read: u64,
    /// Records written.
    pub written: u64,
    /// Bytes written.
    pub bytes: u64,
    /// The CSI index of the result, if asked for.
    pub csi: Option<Vec<u8>>,
}

#[cfg(test)]
mod tests;
