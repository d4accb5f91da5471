//! Whole records out of the inflated bytes of BCF, which has no line ends to begin anew at.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use super::chunk::{Origin, RawChunk, Records, TextChunk};
use super::fetch::ChunkReader;
use super::line_too_long;
use crate::bcf::{Dictionary, record_length};
use crate::bgzf::{Inflater, MAX_BLOCK, VirtualOffset};
use crate::error::{Error, ErrorKind};
use crate::limits::LINE_MAX_BYTES;
use crate::source::{Lent, Source};

/// Bytes of records in one piece, unless one record takes more: BCF that inflates to many times its size becomes lines
/// bit by bit.
const PIECE: usize = 1 << 20;

/// Blocks that are inflated before their records are handed out: their text stays in a near cache until it is printed.
const BLOCKS: usize = PIECE / MAX_BLOCK;

/// Inflates the chunks of a span and cuts them between records.
pub struct RecordReader<S> {
    chunks: ChunkReader<S>,
    /// What was fetched and is not inflated yet.
    fetched: Option<RawChunk>,
    dictionary: Arc<Dictionary>,
    inflater: Inflater,
    inflated: TextChunk,
    /// The beginning of a record whose end is not yet there, and where it is in the file.
    carried: (Vec<u8>, VirtualOffset),
    /// Buffers that chunks were inflated into.
    handed: Lent,
    /// Whether `inflated` has not been cut yet.
    is_inflated: bool,
    /// Cut and not yet handed out.
    pieces: VecDeque<RawChunk>,
}

impl<S: Source> RecordReader<S> {
    /// Reads the records of a span that begins with one.
    #[must_use]
    pub fn new(chunks: ChunkReader<S>, dictionary: Arc<Dictionary>) -> Self {
        Self {
            chunks,
            fetched: None,
            dictionary,
            inflater: Inflater::default(),
            inflated: TextChunk::default(),
            carried: Default::default(),
            handed: Lent::default(),
            is_inflated: false,
            pieces: VecDeque::new(),
        }
    }

    /// Goes on with a chunk that was inflated already, and whose text begins with a record.
    pub(super) fn resume(
        chunks: ChunkReader<S>,
        dictionary: Arc<Dictionary>,
        inflated: TextChunk,
    ) -> Self {
        Self {
            inflated,
            is_inflated: true,
            ..Self::new(chunks, dictionary)
        }
    }

    /// The next records; `None` at the end of the span.
    ///
    /// # Errors
    /// If bytes cannot be fetched or inflated, or the span ends inside a record.
    pub fn next_chunk(&mut self) -> Result<Option<RawChunk>, Error> {
        loop {
            if std::mem::take(&mut self.is_inflated) {
                self.cut(None)?;
            }
            if let Some(piece) = self.pieces.pop_front() {
                return Ok(Some(piece));
            }
            let fetched = match self.fetched.take() {
                None => self.chunks.next_chunk()?,
                fetched => fetched,
            };
            let Some(fetched) = fetched else {
                return if self.carried.0.is_empty() {
                    Ok(None)
                } else {
                    let reason = "the file ends inside a record".to_owned();
                    Err(ErrorKind::Truncated(reason).into())
                };
            };
            let (raw, rest) = fetched.split(BLOCKS);
            self.fetched = rest;
            let buffer = self.handed.take();
            let lead = &self.carried.0;
            self.inflated.put(buffer, lead);
            raw.inflate_behind(lead.len(), &mut self.inflater, &mut self.inflated)?;
            self.cut(Some(raw))?;
        }
    }

    /// Cuts off the records that end in the inflated chunk, which was `raw`. Before its text in the buffer stands what was
    /// carried.
    fn cut(&mut self, raw: Option<RawChunk>) -> Result<(), Error> {
        let (buffer, text) = self.inflated.take();
        let began = self.carried.1;
        // The text of the first chunk begins inside of a block, and nothing is carried to it.
        let first = text.start - self.carried.0.len();
        let bytes = &buffer[..text.end];
        let mut hint = 0;
        let mut offset = |at: usize| match at.checked_sub(text.start) {
            Some(place) => self.inflated.offset_of(place, &mut hint),
            None => began,
        };
        let mut places = Vec::new();
        let mut at = first;
        let end = loop {
            let start = offset(at);
            match record_length(&bytes[at..]) {
                Some(length) if length > LINE_MAX_BYTES => return Err(line_too_long()),
                Some(length) if length <= bytes.len() - at => {
                    places.push((at, start));
                    at += length;
                }
                _ => break start,
            }
        };
        self.carried.0.clear();
        self.carried.0.extend_from_slice(&bytes[at..]);
        self.carried.1 = end;
        let origin = raw
            .filter(|raw| !raw.blocks.is_empty())
            .map(|raw| self.origin(raw, &text));
        let bytes = self.handed.lend(buffer).slice(..at);
        self.share_out(&bytes, &places, end, origin.as_ref());
        Ok(())
    }

    /// The blocks of a chunk, the text of which lies there in the buffer.
    fn origin(&self, raw: RawChunk, text: &Range<usize>) -> Origin {
        let whole = raw
            .blocks_of(&self.inflated)
            .filter(|(block, _)| text.start <= block.start && block.end <= text.end)
            .collect();
        Origin {
            chunk: Arc::new(raw),
            blocks: Arc::new(whole),
            begin: 0,
        }
    }

    /// Makes pieces of whole records.
    fn share_out(
        &mut self,
        bytes: &Bytes,
        places: &[(usize, VirtualOffset)],
        end: VirtualOffset,
        origin: Option<&Origin>,
    ) {
        let mut first = 0;
        while let Some((begin, _)) = places.get(first) {
            let last = places.partition_point(|(at, _)| *at < begin + PIECE);
            let (stop, end) = places.get(last).copied().unwrap_or((bytes.len(), end));
            let places = places[first..last].iter();
            self.pieces.push_back(RawChunk {
                bytes: bytes.slice(*begin..stop),
                records: Some(Records {
                    places: places.map(|(at, offset)| (at - begin, *offset)).collect(),
                    end,
                    dictionary: Arc::clone(&self.dictionary),
                    origin: origin.map(|origin| Origin {
                        begin: *begin,
                        ..origin.clone()
                    }),
                }),
                ..RawChunk::default()
            });
            first = last;
        }
    }
}
