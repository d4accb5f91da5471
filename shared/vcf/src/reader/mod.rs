//! The inflated text of a VCF file, in order and in pieces, with the place of every block; and lines
//! out of it. The records of a BCF file come as the lines they stand for. Knows no columns.

use crate::error::{Error, ErrorKind};
use crate::limits::LINE_MAX_BYTES;

mod binary;
mod chain;
mod chunk;
mod cut;
mod fetch;
mod lines;
mod open;
mod pieces;
mod records;
mod text;

pub use chunk::{Origin, RawChunk, Records, TextChunk};
pub use cut::Uncut;
pub use fetch::{ChunkReader, Span, check_end};
pub use lines::{Line, LineReader};
pub use open::{Content, Opened, measure_header, open, open_lines};
pub use pieces::PieceReader;
pub use records::RecordReader;
pub use text::{More, TextReader};

/// What is said of a line beyond [`LINE_MAX_BYTES`].
pub(crate) fn line_too_long() -> Error {
    ErrorKind::Limit(format!(
        "a line is longer than {} MiB",
        LINE_MAX_BYTES >> 20
    ))
    .into()
}
