//! The inflated text of a VCF file, in order and in pieces, with the place of every block; and lines
//! out of it. Knows no columns.

use crate::error::{Error, ErrorKind};
use crate::limits::LINE_MAX_BYTES;

mod chunk;
mod fetch;
mod lines;
mod open;
mod text;

pub use chunk::{RawChunk, TextChunk};
pub use fetch::{ChunkReader, Span, check_end};
pub use lines::{Line, LineReader};
pub use open::{Opened, measure_header, open, read_header};
pub use text::{More, TextReader};

/// What is said of a line beyond [`LINE_MAX_BYTES`].
pub(crate) fn line_too_long() -> Error {
    ErrorKind::Limit(format!(
        "a line is longer than {} MiB",
        LINE_MAX_BYTES >> 20
    ))
    .into()
}
