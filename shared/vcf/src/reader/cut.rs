//! Cutting the inflated bytes of BCF between records.

use std::sync::Arc;

use bytes::Bytes;

use super::chain::{Carried, Chain};
use super::chunk::{Origin, RawChunk, Records, TextChunk};
use super::line_too_long;
use crate::bcf::{Dictionary, record_length};
use crate::bgzf::{Inflater, VirtualOffset};
use crate::error::{Error, ErrorKind};
use crate::limits::LINE_MAX_BYTES;

/// A chunk of BCF as fetched. Its records are found by whoever works on it.
#[derive(Debug, Clone)]
pub struct Uncut {
    /// The chunk; `None` for the end of the span.
    pub(super) raw: Option<Arc<RawChunk>>,
    pub(super) chain: Arc<Chain>,
    /// Which of the span it is.
    pub(super) number: u64,
    pub(super) dictionary: Arc<Dictionary>,
}

impl Uncut {
    /// The records that end in the chunk; `None` if none does. Waits for the chunks before.
    ///
    /// # Errors
    /// If the chunk, or one before, cannot be inflated, a record is too long, or the span ends inside of one.
    pub fn records(&self, inflater: &mut Inflater) -> Result<Option<RawChunk>, Error> {
        let turn = self.chain.enter(self.number);
        let Some(raw) = &self.raw else {
            return if turn.wait()?.bytes.is_empty() {
                Ok(None)
            } else {
                let reason = "the file ends inside a record".to_owned();
                Err(ErrorKind::Truncated(reason).into())
            };
        };
        let (buffer, lead) = self.chain.room();
        let mut inflated = TextChunk::within(buffer);
        raw.inflate_behind(lead, inflater, &mut inflated)?;
        let (places, carried) = cut(turn.wait()?, &mut inflated)?;
        turn.pass(carried);
        let origin = Places::origin(raw, &inflated);
        let bytes = self.chain.lend(inflated.take());
        let mut pieces = places.pieces(&bytes, usize::MAX, &self.dictionary, origin.as_ref());
        Ok(pieces.next())
    }
}

/// Where the records are that end in a chunk.
pub(super) struct Places {
    /// Where each begins: in the buffer, and in the file.
    begins: Vec<(usize, VirtualOffset)>,
    /// Where the one after the last begins.
    end: (usize, VirtualOffset),
}

/// Finds the records that end in an inflated chunk. What was carried to it is put before its text; the beginning of a record
/// that does not end here is carried on.
pub(super) fn cut(
    mut carried: Carried,
    inflated: &mut TextChunk,
) -> Result<(Places, Carried), Error> {
    let began = carried.offset;
    if !carried.bytes.is_empty() {
        if !ends(&carried.bytes, inflated.text())? {
            carried.bytes.extend_from_slice(inflated.text());
            let none = Places {
                begins: Vec::new(),
                end: (0, began),
            };
            return Ok((none, carried));
        }
        inflated.lead(&carried.bytes);
    }
    let (bytes, start) = inflated.filled();
    let mut hint = 0;
    let mut offset = |at: usize| match at.checked_sub(start) {
        Some(place) => inflated.offset_of(place, &mut hint),
        None => began,
    };
    let mut begins = Vec::new();
    let mut at = start - carried.bytes.len();
    let end = loop {
        let place = (at, offset(at));
        match record_length(&bytes[at..]) {
            Some(length) if length > LINE_MAX_BYTES => return Err(line_too_long()),
            Some(length) if length <= bytes.len() - at => {
                begins.push(place);
                at += length;
            }
            _ => break place,
        }
    };
    carried.bytes.clear();
    carried.bytes.extend_from_slice(&bytes[at..]);
    carried.offset = end.1;
    Ok((Places { begins, end }, carried))
}

/// Whether a record that begins with `carried` ends in `text`.
fn ends(carried: &[u8], text: &[u8]) -> Result<bool, Error> {
    let head: Vec<u8> = carried.iter().chain(text).copied().take(8).collect();
    match record_length(&head) {
        Some(length) if length > LINE_MAX_BYTES => Err(line_too_long()),
        Some(length) => Ok(length <= carried.len() + text.len()),
        None => Ok(false),
    }
}

impl Places {
    /// The blocks of the chunk that was `raw`, the text of which was all asked for.
    fn origin(raw: &Arc<RawChunk>, inflated: &TextChunk) -> Option<Origin> {
        if raw.blocks.is_empty() {
            return None;
        }
        let (text, begin) = inflated.filled();
        let whole = raw
            .blocks_of(inflated)
            .filter(|(block, _)| begin <= block.start && block.end <= text.len())
            .collect();
        Some(Origin {
            chunk: Arc::clone(raw),
            blocks: Arc::new(whole),
            begin: 0,
        })
    }

    /// The records in pieces of about `most` bytes each, or one record. `bytes` are those of the buffer.
    pub(super) fn pieces<'p>(
        &'p self,
        bytes: &'p Bytes,
        most: usize,
        dictionary: &'p Arc<Dictionary>,
        origin: Option<&'p Origin>,
    ) -> impl Iterator<Item = RawChunk> + 'p {
        let mut rest = &self.begins[..];
        std::iter::from_fn(move || {
            let (begin, _) = *rest.first()?;
            let until = begin.saturating_add(most);
            let places;
            (places, rest) = rest.split_at(rest.partition_point(|(at, _)| *at < until));
            let (stop, end) = rest.first().copied().unwrap_or(self.end);
            let places = places.iter();
            Some(RawChunk {
                bytes: bytes.slice(begin..stop),
                records: Some(Records {
                    places: places.map(|(at, offset)| (at - begin, *offset)).collect(),
                    end,
                    dictionary: Arc::clone(dictionary),
                    origin: origin.map(|origin| Origin {
                        begin,
                        ..origin.clone()
                    }),
                }),
                ..RawChunk::default()
            })
        })
    }
}

#[cfg(test)]
#[path = "cut_tests.rs"]
mod tests;
