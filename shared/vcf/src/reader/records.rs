//! Records of BCF, which has no line ends to begin anew at.

use std::collections::VecDeque;
use std::sync::Arc;

use super::chain::{Carried, Chain};
use super::chunk::{RawChunk, TextChunk};
use super::cut::{Uncut, cut};
use super::fetch::ChunkReader;
use crate::bcf::Dictionary;
use crate::bgzf::MAX_BLOCK;
use crate::error::Error;
use crate::source::Source;

/// Bytes of records in one piece, unless one record takes more: BCF that inflates to many times its size becomes lines
/// bit by bit, and inflated records stay in a near cache until they are printed.
const PIECE: usize = 1 << 20;

/// Blocks in one piece.
const BLOCKS: usize = PIECE / MAX_BLOCK;

/// Reads the chunks of a span as records, or for others to find the records in them.
pub struct RecordReader<S> {
    chunks: ChunkReader<S>,
    /// What was fetched and is not handed out yet.
    fetched: Option<RawChunk>,
    dictionary: Arc<Dictionary>,
    chain: Arc<Chain>,
    /// Chunks handed out that take part in the chain.
    handed: u64,
    /// Inflated already and not cut yet.
    inflated: Option<TextChunk>,
    /// Cut and not yet handed out.
    pieces: VecDeque<RawChunk>,
    has_ended: bool,
}

impl<S: Source> RecordReader<S> {
    /// Reads the records of a span that begins with one.
    #[must_use]
    pub fn new(chunks: ChunkReader<S>, dictionary: Arc<Dictionary>) -> Self {
        Self {
            chunks,
            fetched: None,
            dictionary,
            chain: Arc::default(),
            handed: 0,
            inflated: None,
            pieces: VecDeque::new(),
            has_ended: false,
        }
    }

    /// Goes on with a chunk that was inflated already, and whose text begins with a record.
    pub(super) fn resume(
        chunks: ChunkReader<S>,
        dictionary: Arc<Dictionary>,
        inflated: TextChunk,
    ) -> Self {
        Self {
            inflated: Some(inflated),
            ..Self::new(chunks, dictionary)
        }
    }

    /// The next records, or the next chunk to find records in; `None` at the end of the span. Each chunk must be worked on,
    /// and in this order.
    ///
    /// # Errors
    /// If bytes cannot be fetched, or a record is too long.
    pub fn next_chunk(&mut self) -> Result<Option<RawChunk>, Error> {
        if let Some(inflated) = self.inflated.take() {
            self.cut(inflated)?;
        }
        if let Some(piece) = self.pieces.pop_front() {
            return Ok(Some(piece));
        }
        if self.has_ended {
            return Ok(None);
        }
        let fetched = match self.fetched.take() {
            None => self.chunks.next_chunk()?,
            fetched => fetched,
        };
        let raw = fetched.map(|fetched| {
            let (raw, rest) = fetched.split(BLOCKS);
            self.fetched = rest;
            Arc::new(raw)
        });
        self.has_ended = raw.is_none();
        let uncut = Uncut {
            raw,
            chain: Arc::clone(&self.chain),
            number: self.handed,
            dictionary: Arc::clone(&self.dictionary),
        };
        self.handed += 1;
        Ok(Some(RawChunk {
            uncut: Some(uncut),
            ..RawChunk::default()
        }))
    }

    /// Takes the records that end in what was inflated.
    fn cut(&mut self, mut inflated: TextChunk) -> Result<(), Error> {
        let (places, carried) = cut(Carried::default(), &mut inflated)?;
        self.chain.enter(0).pass(carried);
        self.handed = 1;
        let bytes = self.chain.lend(inflated.take());
        let pieces = places.pieces(&bytes, PIECE, &self.dictionary, None);
        self.pieces.extend(pieces);
        Ok(())
    }
}
