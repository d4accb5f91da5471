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

    /// Puts the next piece of text into `chunk`; says whether there was one before the end of the span.
    ///
    /// # Errors
    /// If bytes cannot be fetched or inflated.
    pub fn next_text(&mut self, chunk: &mut TextChunk) -> Result<More, Error> {
        match self.chunks.next_chunk()? {
            Some(raw) => {
                raw.inflate(&mut self.inflater, chunk)?;
                Ok(More::Text)
            }
            None => Ok(More::End),
        }
    }
}

/// Whether there was text left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum More {
    /// There was.
    Text,
    /// The span has ended.
    End,
}
