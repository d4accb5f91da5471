//! The text of a span, chunk by chunk, inflated on the calling thread.

use super::chunk::TextChunk;
use super::fetch::{ChunkReader, Span};
use crate::bgzf::{Format, Inflater};
use crate::error::Error;
use crate::source::Source;

/// Reads and inflates the chunks of a span.
pub struct TextReader<S> {
    chunks: ChunkReader<S>,
    inflater: Inflater,
}

impl<S: Source> TextReader<S> {
    /// Reads `span` of a file of this format.
    ///
    /// # Errors
    /// If the source cannot be asked.
    pub fn new(source: S, format: Format, span: Span) -> Result<Self, Error> {
        Ok(Self::over(ChunkReader::new(source, format, span)?))
    }

    /// Inflates the chunks of a reader.
    #[must_use]
    pub fn over(chunks: ChunkReader<S>) -> Self {
        Self {
            chunks,
            inflater: Inflater::default(),
        }
    }

    /// The next piece of text; `None` at the end of the span.
    ///
    /// # Errors
    /// If bytes cannot be fetched or inflated.
    pub fn next_text(&mut self) -> Result<Option<TextChunk>, Error> {
        self.chunks
            .next_chunk()?
            .map(|chunk| chunk.inflate(&mut self.inflater))
            .transpose()
    }
}
