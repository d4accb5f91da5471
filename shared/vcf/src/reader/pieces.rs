//! The pieces of a file, whatever it holds.

use super::chunk::RawChunk;
use super::fetch::{ChunkReader, Span};
use super::open::{Content, Opened};
use super::records::RecordReader;
use crate::error::Error;
use crate::source::Source;

/// Fetches the pieces of one span.
pub enum PieceReader<S> {
    /// Blocks, or plain text.
    Text(ChunkReader<S>),
    /// Whole records of BCF. Boxed, for it holds buffers.
    Bcf(Box<RecordReader<S>>),
}

impl<S: Source> PieceReader<S> {
    /// Reads `span` of an opened file. A span of BCF begins with a record.
    ///
    /// # Errors
    /// If the length of the source cannot be had.
    pub fn new(source: S, opened: &Opened, span: Span) -> Result<Self, Error> {
        let chunks = ChunkReader::new(source, opened.format, span)?;
        Ok(match &opened.content {
            Content::Text => Self::Text(chunks),
            Content::Bcf(dictionary) => {
                let reader = RecordReader::new(chunks, dictionary.clone());
                Self::Bcf(Box::new(reader))
            }
        })
    }

    /// The next piece; `None` at the end of the span.
    ///
    /// # Errors
    /// If bytes cannot be fetched, or are not what the file promises.
    pub fn next_chunk(&mut self) -> Result<Option<RawChunk>, Error> {
        match self {
            Self::Text(chunks) => chunks.next_chunk(),
            Self::Bcf(records) => records.next_chunk(),
        }
    }
}
