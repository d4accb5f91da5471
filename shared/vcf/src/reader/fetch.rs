//! Fetching parts of a file in chunks that end at block borders.

use bytes::{Bytes, BytesMut};

use super::chunk::RawChunk;
use crate::bgzf::{Format, VirtualOffset, whole_blocks};
use crate::error::{Error, ErrorKind};
use crate::source::Source;

/// Bytes fetched at a time: a few hundred microseconds of work for a thread.
const FETCH: usize = 256 * 1024;

/// A part of a file to read: from one virtual offset up to, not including, another. For plain text
/// both are byte offsets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Where it begins.
    pub start: VirtualOffset,
    /// Where it ends; `None` for the end of the file.
    pub end: Option<VirtualOffset>,
}

impl Span {
    /// The whole file.
    pub const ALL: Self = Self {
        start: VirtualOffset(0),
        end: None,
    };
}

/// Fetches the chunks of one span.
pub struct ChunkReader<S> {
    source: S,
    format: Format,
    length: u64,
    fetch: usize,
    position: u64,
    skip: usize,
    end: Option<VirtualOffset>,
    /// The beginning of a block whose rest is not yet fetched.
    partial: Bytes,
    done: bool,
}

impl<S: Source> ChunkReader<S> {
    /// Reads `span` of a file of this format.
    ///
    /// # Errors
    /// If the length of the source cannot be had.
    pub fn new(source: S, format: Format, span: Span) -> Result<Self, Error> {
        let length = source.len()?;
        let (position, skip) = match format {
            Format::Bgzf => (span.start.block(), usize::from(span.start.within())),
            Format::Text => (span.start.0, 0),
        };
        Ok(Self {
            source,
            format,
            length,
            fetch: FETCH,
            position,
            skip,
            end: span.end,
            partial: Bytes::new(),
            done: false,
        })
    }

    /// Fetches this many bytes at a time.
    #[must_use]
    pub fn with_fetch(mut self, bytes: usize) -> Self {
        self.fetch = bytes.max(4096);
        self
    }

    /// Where the last byte of the span can be, so that no more is fetched.
    fn limit(&self) -> u64 {
        match (self.format, self.end) {
            (_, None) => self.length,
            (Format::Text, Some(end)) => end.0.min(self.length),
            // The block of the end is needed if the end lies inside it.
            (Format::Bgzf, Some(end)) if end.within() == 0 => end.block().min(self.length),
            (Format::Bgzf, Some(end)) => {
                (end.block() + crate::bgzf::MAX_BLOCK as u64).min(self.length)
            }
        }
    }

    /// The next chunk; `None` at the end of the span.
    ///
    /// # Errors
    /// If bytes cannot be fetched, are no blocks, or end inside a block.
    pub fn next_chunk(&mut self) -> Result<Option<RawChunk>, Error> {
        loop {
            if self.done {
                return Ok(None);
            }
            let left =
                usize::try_from(self.limit().saturating_sub(self.position)).unwrap_or(usize::MAX);
            let fetched = if left == 0 {
                Bytes::new()
            } else {
                self.source
                    .read_range(self.position, left.min(self.fetch))?
            };
            if fetched.is_empty() {
                self.done = true;
                if self.format == Format::Bgzf && !self.partial.is_empty() && self.end.is_none() {
                    return Err(ErrorKind::Truncated(format!(
                        "the file ends inside the compressed block at byte {}",
                        self.position - self.partial.len() as u64
                    ))
                    .into());
                }
                return Ok(None);
            }
            let offset = self.position - self.partial.len() as u64;
            self.position += fetched.len() as u64;
            if self.format == Format::Text {
                return Ok(Some(RawChunk {
                    bytes: fetched,
                    offset,
                    blocks: vec![],
                    skip: 0,
                    keep: None,
                }));
            }
            let bytes = join(std::mem::take(&mut self.partial), fetched);
            let mut blocks = whole_blocks(&bytes, offset)?;
            let mut keep = None;
            if let Some(end) = self.end {
                let at = |place: usize| offset + place as u64;
                blocks.retain(|(place, _)| {
                    at(*place) < end.block() || (at(*place) == end.block() && end.within() > 0)
                });
                if let Some((place, header)) = blocks.last() {
                    if at(*place) == end.block() {
                        keep = Some(usize::from(end.within()));
                        self.done = true;
                    } else if at(place + header.total) >= end.block() && end.within() == 0 {
                        self.done = true;
                    }
                }
            }
            let used = blocks
                .last()
                .map_or(0, |(place, header)| place + header.total);
            self.partial = bytes.slice(used..);
            if blocks.is_empty() {
                continue;
            }
            return Ok(Some(RawChunk {
                bytes: bytes.slice(..used),
                offset,
                blocks,
                skip: std::mem::take(&mut self.skip),
                keep,
            }));
        }
    }
}

fn join(first: Bytes, second: Bytes) -> Bytes {
    if first.is_empty() {
        return second;
    }
    let mut both = BytesMut::with_capacity(first.len() + second.len());
    both.extend_from_slice(&first);
    both.extend_from_slice(&second);
    both.freeze()
}
