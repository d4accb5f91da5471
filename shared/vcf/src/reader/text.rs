//! The text of a span, chunk by chunk, inflated on the calling thread.

use std::sync::Arc;

use super::chunk::{RawChunk, TextChunk};
use super::fetch::{ChunkReader, Span};
use super::open::Opened;
use super::pieces::PieceReader;
use super::records::RecordReader;
use crate::bcf::Dictionary;
use crate::bgzf::{Inflater, VirtualOffset};
use crate::error::Error;
use crate::source::Source;

/// Reads and inflates the chunks of a span.
pub struct TextReader<S> {
    pieces: PieceReader<S>,
    inflater: Inflater,
    pub(super) border: Option<Border>,
}

/// A place in a bgzipped file that is looked out for while blocks go by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Border {
    /// The place, a byte of the file.
    place: u64,
    /// Where the first block at or behind it begins, once it has come.
    pub(crate) block: Option<u64>,
    /// Where the first such block that has text begins.
    pub(crate) text: Option<u64>,
}

impl Border {
    fn see(&mut self, raw: &RawChunk, chunk: &TextChunk) {
        let place = self.place;
        if self.block.is_none() {
            let mut blocks = raw.blocks.iter().map(|(at, _)| raw.offset + *at as u64);
            self.block = blocks.find(|block| *block >= place);
        }
        if self.text.is_none() {
            let mut blocks = chunk.blocks().map(|(_, offset)| offset.block());
            self.text = blocks.find(|block| *block >= place);
        }
    }

    /// Whether a place of the text lies behind the first byte of text at or behind the border.
    pub(crate) fn is_before(&self, place: VirtualOffset) -> bool {
        place.block() >= self.place && (self.text != Some(place.block()) || place.within() > 0)
    }
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
            border: None,
        })
    }

    /// Inflates the chunks of a reader.
    #[must_use]
    pub fn over(chunks: ChunkReader<S>) -> Self {
        Self {
            pieces: PieceReader::Text(chunks),
            inflater: Inflater::default(),
            border: None,
        }
    }

    /// Looks out for the blocks at or behind a byte of the file.
    pub(crate) fn with_border(mut self, place: u64) -> Self {
        self.border = Some(Border {
            place,
            block: None,
            text: None,
        });
        self
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
                if let Some(border) = &mut self.border {
                    border.see(&raw, chunk);
                }
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
