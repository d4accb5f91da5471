//! The text of a span, chunk by chunk, inflated on the calling thread.

use std::sync::Arc;

use super::chunk::TextChunk;
use super::fetch::{ChunkReader, Span};
use super::open::Opened;
use super::pieces::PieceReader;
use super::records::RecordReader;
use crate::bcf::Dictionary;
use crate::bgzf::Inflater;
use crate::error::Error;
use crate::source::Source;

/// Reads and inflates the chunks of a span.
pub struct TextReader<S> {
    pieces: PieceReader<S>,
    inflater: Inflater,
}

impl<S: Source> TextReader<S> {
    /// Reads `span` of an opened file; BCF as lines.
    ///
    /// # Errors
    /// If the source cannot be asked.
    pub fn new(source: S, opened: &Opened, span: Span) -> Result<Self, Error> {
        Ok(Self {
            pieces: PieceReader::new(source, opened, span)?,
            inflater: Inflater::default(),
        })
    }

    /// Inflates the chunks of a reader.
    #[must_use]
    pub fn over(chunks: ChunkReader<S>) -> Self {
        Self {
            pieces: PieceReader::Text(chunks),
            inflater: Inflater::default(),
        }
    }

    /// Goes on with records of BCF, the first of which begins with the text of `chunk`.
    pub(super) fn into_records(self, dictionary: Arc<Dictionary>, chunk: TextChunk) -> Self {
        let pieces = match self.pieces {
            PieceReader::Text(chunks) => {
                PieceReader::Bcf(Box::new(RecordReader::resume(chunks, dictionary, chunk)))
            }
            records @ PieceReader::Bcf(_) => records,
        };
        Self { pieces, ..self }
    }

    /// Puts the next piece of text into `chunk`; says whether there was one before the end of the span.
    ///
    /// # Errors
    /// If bytes cannot be fetched or inflated.
    pub fn next_text(&mut self, chunk: &mut TextChunk) -> Result<More, Error> {
        match self.pieces.next_chunk()? {
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
