//! Whole records out of the inflated bytes of BCF, which has no line ends to begin anew at.

use std::sync::Arc;

use super::chunk::{RawChunk, Records, TextChunk};
use super::fetch::ChunkReader;
use super::{MAX_LINE, line_too_long};
use crate::bcf::{Dictionary, record_length};
use crate::bgzf::{Inflater, VirtualOffset};
use crate::error::{Error, ErrorKind};
use crate::source::Source;

/// Inflates the chunks of a span and cuts them between records.
pub struct RecordReader<S> {
    chunks: ChunkReader<S>,
    dictionary: Arc<Dictionary>,
    inflater: Inflater,
    inflated: TextChunk,
    /// The beginning of a record whose end is not yet there, and where it is in the file.
    carried: (Vec<u8>, VirtualOffset),
    /// Whether `inflated` has not been cut yet.
    is_inflated: bool,
}

impl<S: Source> RecordReader<S> {
    /// Reads the records of a span that begins with one.
    #[must_use]
    pub fn new(chunks: ChunkReader<S>, dictionary: Arc<Dictionary>) -> Self {
        Self {
            chunks,
            dictionary,
            inflater: Inflater::default(),
            inflated: TextChunk::default(),
            carried: Default::default(),
            is_inflated: false,
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
            if std::mem::take(&mut self.is_inflated)
                && let Some(chunk) = self.cut()?
            {
                return Ok(Some(chunk));
            }
            let Some(raw) = self.chunks.next_chunk()? else {
                return if self.carried.0.is_empty() {
                    Ok(None)
                } else {
                    let reason = "the file ends inside a record".to_owned();
                    Err(ErrorKind::Truncated(reason).into())
                };
            };
            raw.inflate(&mut self.inflater, &mut self.inflated)?;
            self.is_inflated = true;
        }
    }

    /// The records that end in the inflated chunk.
    fn cut(&mut self) -> Result<Option<RawChunk>, Error> {
        let (mut bytes, began) = std::mem::take(&mut self.carried);
        let before = bytes.len();
        bytes.extend_from_slice(self.inflated.text());
        let mut hint = 0;
        let mut offset = |at: usize| match at.checked_sub(before) {
            Some(place) => self.inflated.offset_of(place, &mut hint),
            None => began,
        };
        let mut places = Vec::new();
        let mut at = 0;
        let end = loop {
            let start = offset(at);
            match record_length(&bytes[at..]) {
                Some(length) if length > MAX_LINE => return Err(line_too_long()),
                Some(length) if length <= bytes.len() - at => {
                    places.push((at, start));
                    at += length;
                }
                _ => break start,
            }
        };
        self.carried = (bytes.split_off(at), end);
        if places.is_empty() {
            return Ok(None);
        }
        Ok(Some(RawChunk {
            bytes: bytes.into(),
            offset: 0,
            blocks: vec![],
            skip: 0,
            keep: None,
            records: Some(Records {
                places,
                end,
                dictionary: Arc::clone(&self.dictionary),
            }),
        }))
    }
}
