//! Fetching parts of a file in chunks that end at block borders.

use bytes::Bytes;

use super::chunk::RawChunk;
use crate::bgzf::{
    BlockHeader, EOF_MARKER, Format, MAX_BLOCK, VirtualOffset, inflated_size, whole_blocks,
};
use crate::error::{Error, ErrorKind};
use crate::source::{Lent, Source};

/// Bytes asked for at a time of a span whose end is not known.
const FETCH: usize = 1 << 20;

/// Bytes asked for at a time of a span whose end is known, so that a region takes few requests.
const FETCH_SPAN: usize = 4 << 20;

/// Bytes of the file in one chunk, and asked for at a time of a source that is near: a few hundred microseconds of work for a thread.
const CHUNK: usize = 256 * 1024;

/// Bytes of text in one chunk: files of long runs inflate to a thousand times their size.
const TEXT: usize = 8 << 20;

/// Bytes read from where the last block of a span begins. Few blocks are longer; for those the rest is
/// asked for.
const LAST_BLOCK: u64 = 32 * 1024;

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
    /// Fetched and not yet handed out.
    pending: Bytes,
    /// Buffers that were fetched into.
    lent: Lent,
    /// Where `pending` begins in the file.
    position: u64,
    skip: usize,
    end: Option<VirtualOffset>,
    /// Whether the last block handed out is the end-of-file marker.
    last_is_marker: bool,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Reading,
    Done,
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
            format,
            length,
            fetch: match span.end {
                _ if source.is_near() => CHUNK,
                Some(_) => FETCH_SPAN,
                None => FETCH,
            },
            source,
            pending: Bytes::new(),
            lent: Lent::default(),
            position,
            skip,
            end: span.end,
            last_is_marker: false,
            state: State::Reading,
        })
    }

    /// Fetches this many bytes at a time.
    #[must_use]
    pub fn with_fetch(mut self, bytes: usize) -> Self {
        self.fetch = bytes.max(4096);
        self
    }

    /// Begins with bytes of the span that were fetched already.
    #[must_use]
    pub fn with_fetched(mut self, bytes: Bytes) -> Self {
        self.pending = bytes;
        self
    }

    /// Where the last byte of the span can be, so that no more is fetched.
    fn limit(&self, fetched: u64) -> u64 {
        let limit = match (self.format, self.end) {
            (_, None) => self.length,
            (Format::Text, Some(end)) => end.0,
            // The block of the end is needed if the end lies inside it.
            (Format::Bgzf, Some(end)) if end.within() == 0 => end.block(),
            (Format::Bgzf, Some(end)) => match end.block() + LAST_BLOCK {
                first if first > fetched => first,
                _ => end.block() + MAX_BLOCK as u64,
            },
        };
        limit.min(self.length)
    }

    /// Asks for more bytes; says whether there were any.
    fn fetch(&mut self) -> Result<bool, Error> {
        let from = self.position + self.pending.len() as u64;
        let left = usize::try_from(self.limit(from).saturating_sub(from)).unwrap_or(usize::MAX);
        if left == 0 {
            return Ok(false);
        }
        let pending = std::mem::take(&mut self.pending);
        let before = pending.len();
        let length = left.min(self.fetch);
        self.pending = self
            .source
            .read_behind(pending, from, length, &mut self.lent)?;
        Ok(self.pending.len() > before)
    }

    /// The next chunk; `None` at the end of the span.
    ///
    /// # Errors
    /// If bytes cannot be fetched, are no blocks, or end inside a block.
    pub fn next_chunk(&mut self) -> Result<Option<RawChunk>, Error> {
        if self.state == State::Done {
            return Ok(None);
        }
        match self.format {
            Format::Text => self.next_text(),
            Format::Bgzf => self.next_blocks(),
        }
    }

    fn next_text(&mut self) -> Result<Option<RawChunk>, Error> {
        if self.pending.is_empty() && !self.fetch()? {
            self.state = State::Done;
            return Ok(None);
        }
        let bytes = self.pending.split_to(CHUNK.min(self.pending.len()));
        let offset = self.position;
        self.position += bytes.len() as u64;
        Ok(Some(RawChunk {
            bytes,
            offset,
            ..RawChunk::default()
        }))
    }

    fn next_blocks(&mut self) -> Result<Option<RawChunk>, Error> {
        loop {
            // Of bytes that were fetched as one chunk, and the beginning of a block before them, no second chunk is left.
            let length = match self.pending.len() {
                few if few <= CHUNK + MAX_BLOCK => few,
                _ => CHUNK,
            };
            let window = self.pending.slice(..length);
            let mut blocks = whole_blocks(&window, self.position)?;
            blocks.truncate(blocks_of_text(&window, &blocks));
            if blocks.is_empty() {
                if self.fetch()? {
                    continue;
                }
                self.state = State::Done;
                if self.end.is_some() {
                    return Ok(None);
                }
                if self.pending.is_empty() {
                    return if self.last_is_marker {
                        Ok(None)
                    } else {
                        Err(no_marker())
                    };
                }
                return Err(ErrorKind::Truncated(format!(
                    "the file ends inside the compressed block at byte {}",
                    self.position
                ))
                .into());
            }
            let keep = self.cut_at_end(&mut blocks);
            let used = blocks
                .last()
                .map_or(0, |(place, header)| place + header.total);
            let offset = self.position;
            self.position += used as u64;
            let bytes = self.pending.split_to(used);
            let Some((place, _)) = blocks.last() else {
                return Ok(None);
            };
            self.last_is_marker = bytes[*place..] == EOF_MARKER;
            return Ok(Some(RawChunk {
                bytes,
                offset,
                blocks,
                skip: std::mem::take(&mut self.skip),
                keep,
                ..RawChunk::default()
            }));
        }
    }

    /// Drops blocks behind the end of the span; says how much of the last one belongs to it.
    fn cut_at_end(&mut self, blocks: &mut Vec<(usize, BlockHeader)>) -> Option<usize> {
        let end = self.end?;
        let at = |place: usize| self.position + place as u64;
        let inside = |place: usize| {
            at(place) < end.block() || (at(place) == end.block() && end.within() > 0)
        };
        let before = blocks.len();
        blocks.retain(|(place, _)| inside(*place));
        let (last, header) = match blocks.last() {
            Some((place, header)) => (at(*place), header.total as u64),
            None => (end.block(), 0),
        };
        let ends_here = last == end.block() || last + header > end.block();
        if blocks.len() < before || ends_here || (last + header == end.block() && end.within() == 0)
        {
            self.state = State::Done;
        }
        (header > 0 && last == end.block()).then(|| usize::from(end.within()))
    }
}

/// Checks that a file has its end, for one of which only parts were read.
///
/// # Errors
/// If it is bgzipped and has no end-of-file marker.
pub fn check_end<S: Source>(source: &S, format: Format) -> Result<(), Error> {
    if format == Format::Text {
        return Ok(());
    }
    let marker = EOF_MARKER.len();
    let start = source.len()?.saturating_sub(marker as u64);
    if source.read_range(start, marker)?.as_ref() == EOF_MARKER {
        Ok(())
    } else {
        Err(no_marker())
    }
}

/// A file that lost blocks at its end may have lost records; only the marker tells.
fn no_marker() -> Error {
    let reason = "the bgzip end-of-file marker is absent, so records may be missing";
    ErrorKind::Truncated(reason.to_owned()).into()
}

/// How many of the blocks, at least one, inflate to no more than [`TEXT`].
fn blocks_of_text(bytes: &[u8], blocks: &[(usize, BlockHeader)]) -> usize {
    let mut text = 0;
    let fits = |(at, header): &&(usize, BlockHeader)| {
        text += inflated_size(&bytes[*at..at + header.total]);
        text <= TEXT
    };
    blocks.iter().take_while(fits).count().max(1)
}
