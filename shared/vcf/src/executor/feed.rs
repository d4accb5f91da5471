//! The chunks of all segments in order.

use crate::error::Error;
use crate::groups::{GroupReader, Groups, Part};
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
    /// It does not, and holds whole lines.
    Whole,
}

/// Fetches piece by piece.
pub(crate) struct Feed<'f, S> {
    source: &'f S,
    opened: &'f Opened,
    spans: Vec<(usize, Span)>,
    next: usize,
    reader: Option<PieceReader<&'f S>>,
    /// Where the columns that are wanted are kept apart, and which they are.
    groups: Option<(&'f Groups, &'f [usize])>,
    group_reader: Option<GroupReader<'f>>,
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
            groups: None,
            group_reader: None,
        }
    }

    /// Takes the columns out of sample groups, where these have them.
    pub(crate) fn with_groups(mut self, groups: Option<(&'f Groups, &'f [usize])>) -> Self {
        self.groups = groups;
        self
    }

    /// The next part of a span; nothing at its end.
    fn part(&mut self, span: Span) -> Option<Part> {
        let Some((groups, columns)) = self.groups else {
            return Some(Part::File(span));
        };
        let make = || GroupReader::new(groups, columns, span);
        self.group_reader.get_or_insert_with(make).next_part()
    }

    fn fetch(&mut self) -> Result<Option<Piece>, Error> {
        let mut joined = Joined::Yes;
        loop {
            if self.reader.is_none() {
                let Some((segment, span)) = self.spans.get(self.next).copied() else {
                    return Ok(None);
                };
                joined = Joined::No;
                let span = match self.part(span) {
                    None => {
                        self.group_reader = None;
                        self.next += 1;
                        continue;
                    }
                    Some(Part::Rows(chunk)) => {
                        return Ok(Some(Piece {
                            segment,
                            joined: Joined::Whole,
                            chunk,
                        }));
                    }
                    Some(Part::File(span)) => span,
                };
                self.reader = Some(PieceReader::new(self.source, self.opened, span)?);
            }
            let chunk = match &mut self.reader {
                Some(reader) => reader.next_chunk()?,
                None => None,
            };
            match chunk {
                Some(chunk) => {
                    if chunk.is_whole() {
                        joined = Joined::Whole;
                    }
                    return Ok(Some(Piece {
                        segment: self.spans[self.next].0,
                        joined,
                        chunk,
                    }));
                }
                None => {
                    self.reader = None;
                    if self.group_reader.is_none() {
                        self.next += 1;
                    }
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
