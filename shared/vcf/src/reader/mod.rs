//! The inflated text of a VCF file, in order and in pieces, with the place of every block; and lines
//! out of it. The records of a BCF file come as the lines they stand for. Knows no columns.

use crate::error::{Error, ErrorKind};

mod chunk;
mod fetch;
mod lines;
mod open;
mod pieces;
mod records;
mod text;

pub use chunk::{RawChunk, Records, TextChunk};
pub use fetch::{ChunkReader, Span, check_end};
pub use lines::{Line, LineReader};
pub use open::{Content, Opened, open, open_lines, read_header};
pub use pieces::PieceReader;
pub use records::RecordReader;
pub use text::{More, TextReader};

/// No line, and no header, may be longer: 256 MiB.
pub const MAX_LINE: usize = 256 << 20;

/// What is said of a line beyond [`MAX_LINE`].
pub(crate) fn line_too_long() -> Error {
    ErrorKind::Limit(format!("a line is longer than {} MiB", MAX_LINE >> 20)).into()
}
