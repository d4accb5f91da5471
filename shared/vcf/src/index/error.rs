//! What can be wrong with an index.

/// An index that cannot be made or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// Not an index, or cut off.
    #[error("not a CSI or TBI index: {0}")]
    Malformed(String),
    /// There is no index.
    #[error("there is none beside the file")]
    Missing,
    /// The index is of another file.
    #[error("does not match its file: {0}")]
    Mismatch(String),
    /// A zero byte ends a name in an index.
    #[error("the scaffold {0:?} has a zero byte in its name")]
    Name(String),
    /// An index holds a scaffold in one piece.
    #[error("records of the scaffold {0:?} come in two pieces, with others between them")]
    InPieces(String),
    /// Neither written nor read.
    #[error("larger than 1 GiB; the file has too many scaffolds or records far apart")]
    TooLarge,
    /// A position beyond what an index can hold.
    #[error("position {0} is beyond what an index can hold")]
    PositionTooLarge(u64),
}
