//! The chunks of all segments in order.

use crate::error::Error;
use crate::reader::{Opened, PieceReader, RawChunk, Span};
use crate::source::Source;

use super::segment::Segment;

/// A chunk and what it is read for.
pub(crate) struct Piece {
    pub segment: usize,
    /// Whether its text goes on where that of the piece before ended.
    pub joined: Joined,
    pub chunk: RawChunk,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Joined {
    Yes,
    No,
}

/// Fetches piece by piece.
pub(crate) struct Feed<'f, S> {
    source: &'f S,
    opened: &'f Opened,
    spans: Vec<(usize, Span)>,
    next: usize,
    reader: Option<PieceReader<&'f S>>,
}

impl<'f, S: Source> Feed<'f, S> {
    pub(crate) fn new(source: &'f S, opened: &'f Opened, segments: &[Segment<'_>]) -> Self {
        let spans = segments.iter().enumerate();
        Self {
            source,
            opened,
            spans: spans
                .flat_map(|(n, segment)| segment.spans.iter().map(move |span| (n, *span)))
                .collect(),
            next: 0,
            reader: None,
        }
    }

    fn fetch(&mut self) -> Result<Option<Piece>, Error> {
        let mut joined = Joined::Yes;
        loop {
            if self.reader.is_none() {
                let Some((_, span)) = self.spans.get(self.next) else {
                    return Ok(None);
                };
                self.reader = Some(PieceReader::new(self.source, self.opened, *span)?);
                joined = Joined::No;
            }
            let chunk = match &mut self.reader {
                Some(reader) => reader.next_chunk()?,
                None => None,
            };
            match chunk {
                Some(chunk) => {
                    return Ok(Some(Piece {
                        segment: self.spans[self.next].0,
                        joined,
                        chunk,
                    }));
                }
                None => {
                    self.reader = None;
                    self.next += 1;
                }
            }
        }
    }
}

impl<S: Source> Iterator for Feed<'_, S> {
    type Item = Result<Piece, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.fetch().transpose()
    }
}
