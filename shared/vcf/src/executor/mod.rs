//! What runs a request: chunks of files are inflated, their records passed through the stages and printed, and
//! text is deflated, on a fixed number of threads with bounded queues. Knows no second file.

pub(crate) mod ahead;
pub(crate) mod arrange;
pub(crate) mod assembler;
mod binary;
mod columns;
pub(crate) mod deliver;
pub(crate) mod feed;
pub(crate) mod flow;
pub(crate) mod job;
pub(crate) mod output;
pub(crate) mod pool;
pub(crate) mod printed;
mod printer;
mod reuse;
pub(crate) mod segment;
mod window;

use std::num::NonZeroUsize;

pub use window::Window;

use crate::bgzf::BlockDeflater;
pub use crate::bgzf::DEFAULT_LEVEL;

/// How the result is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// As text.
    Text,
    /// In BGZF blocks, deflated with this libdeflate level; at 6 and 7 some with a lower one, see
    /// [`crate::bgzf::BlockDeflater`].
    Bgzip(u8),
    /// As BCF in BGZF blocks, deflated with this libdeflate level, at 6 with lower ones; 0 stores, as `-Ou` does.
    Bcf(u8),
}

impl Encoding {
    /// Whether records are written as BCF.
    #[must_use]
    pub fn is_bcf(self) -> bool {
        matches!(self, Self::Bcf(_))
    }

    /// What deflates such a result, unless it is text.
    fn deflater(self) -> Option<BlockDeflater> {
        match self {
            Self::Text => None,
            Self::Bgzip(level) => Some(BlockDeflater::new(level)),
            Self::Bcf(level) => Some(BlockDeflater::binary(level)),
        }
    }
}

/// Which parts of a result are made. Parts that are made apart and put one behind the other are the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// The header.
    pub header: bool,
    /// The records; if not, none is read.
    pub records: bool,
    /// The block that ends a bgzipped file; text has none.
    pub end: bool,
}

impl Parts {
    /// All of the result.
    pub const ALL: Self = Self {
        header: true,
        records: true,
        end: true,
    };
    /// A file of the header alone.
    pub const HEADER: Self = Self {
        records: false,
        ..Self::ALL
    };
    /// A file of the records alone.
    pub const RECORDS: Self = Self {
        header: false,
        ..Self::ALL
    };
    /// A file without either.
    pub const NOTHING: Self = Self {
        header: false,
        ..Self::HEADER
    };
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
    /// Whether to index; no text is indexed.
    pub indexing: Indexing,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            threads: NonZeroUsize::MIN,
            encoding: Encoding::Bgzip(DEFAULT_LEVEL),
            parts: Parts::ALL,
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
