//! Reading the wanted columns of a span of the file: out of the object where they are kept, else out of the file.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use super::directory::Stripe;
use super::piece::{Unpacker, is_whole};
use super::{Groups, Rows};
use crate::coded;
use crate::reader::{RawChunk, Span};

/// Bytes of pieces that are fetched together, unless one chunk takes more.
const BATCH: u64 = 8 << 20;

/// The next records of a span.
pub(crate) enum Part {
    /// With the wanted columns alone.
    Rows(RawChunk),
    /// To be read in the file.
    File(Span),
}

/// Reads the records of one span.
pub(crate) struct GroupReader<'g> {
    groups: &'g Groups,
    span: Span,
    /// The groups that have wanted samples, in order.
    touched: Vec<usize>,
    picks: Arc<[(usize, usize)]>,
    chunks: Range<usize>,
    ready: VecDeque<Part>,
    table: Option<(usize, Option<Table>)>,
}

/// Where the pieces of a stripe lie.
struct Table {
    /// The chunks that have pieces, by number.
    kept: Vec<usize>,
    /// Where the shared columns of each begin in the object, and where the last end.
    sites: Vec<u64>,
    /// Where the columns of each chunk begin, group by group, and where the last end.
    columns: Vec<u64>,
}

impl<'g> GroupReader<'g> {
    /// Reads these sample columns, 0-based, in this order.
    pub(crate) fn new(groups: &'g Groups, columns: &[usize], span: Span) -> Self {
        let directory = groups.directory();
        let touched = directory.groups_of(columns);
        let size = directory.group_size.max(1);
        let picks = columns.iter().map(|column| {
            let place = touched.partition_point(|group| *group < column / size);
            (place, column % size)
        });
        Self {
            picks: picks.collect(),
            chunks: directory.chunks_in(span),
            groups,
            span,
            touched,
            ready: VecDeque::new(),
            table: None,
        }
    }

    /// The next part; `None` at the end of the span.
    pub(crate) fn next_part(&mut self) -> Option<Part> {
        loop {
            if let Some(part) = self.ready.pop_front() {
                return Some(part);
            }
            if self.chunks.is_empty() {
                return None;
            }
            self.read_on();
        }
    }

    /// What of a chunk lies in the span, to be read in the file.
    fn in_file(&self, chunk: usize) -> Option<Part> {
        let own = self.groups.directory.span(chunk);
        let span = Span {
            start: own.start.max(self.span.start),
            end: match (own.end, self.span.end) {
                (Some(own), Some(end)) => Some(own.min(end)),
                (own, end) => own.or(end),
            },
        };
        let is_empty = span.end.is_some_and(|end| end <= span.start);
        (!is_empty).then_some(Part::File(span))
    }

    /// Reads the next chunks that lie together.
    fn read_on(&mut self) {
        let directory = &self.groups.directory;
        let first = self.chunks.start;
        let of_stripe = directory.stripe_of(first);
        let (Some((number, stripe)), true) = (of_stripe, directory.chunks[first].is_kept()) else {
            self.chunks.start += 1;
            self.ready.extend(self.in_file(first));
            return;
        };
        let stripe = stripe.clone();
        let end = self.chunks.end.min(stripe.first + stripe.chunks);
        if self
            .table
            .as_ref()
            .is_none_or(|(known, _)| *known != number)
        {
            self.table = Some((number, self.read_table(&stripe)));
        }
        let Some((_, Some(table))) = &self.table else {
            self.chunks.start = end;
            let parts: Vec<Part> = (first..end).filter_map(|c| self.in_file(c)).collect();
            self.ready.extend(parts);
            return;
        };
        let mut last = first;
        let mut bytes = 0;
        while last < end && directory.chunks[last].is_kept() {
            bytes += table.bytes(last, &self.touched);
            if last > first && bytes > BATCH {
                break;
            }
            last += 1;
        }
        let rows = self.read_chunks(table, first..last);
        self.chunks.start = last;
        let parts: Vec<Part> = (first..last)
            .zip(rows)
            .filter_map(|(chunk, rows)| match rows {
                Some(rows) => Some(Part::Rows(RawChunk::of_rows(rows))),
                None => self.in_file(chunk),
            })
            .collect();
        self.ready.extend(parts);
    }

    fn read_table(&self, stripe: &Stripe) -> Option<Table> {
        let read = self.groups.fetch(&[(stripe.offset, stripe.table)]);
        let piece = read.into_iter().next()??;
        if !is_whole(&piece) {
            return None;
        }
        let mut content = Vec::new();
        let content = Unpacker::default().unpack(&piece, &mut content)?;
        let directory = &self.groups.directory;
        let chunks = stripe.first..stripe.first + stripe.chunks;
        let kept: Vec<usize> = chunks
            .filter(|chunk| directory.chunks[*chunk].is_kept())
            .collect();
        let mut at = stripe.offset.checked_add(stripe.table as u64)?;
        let mut sites = vec![at];
        for chunk in &kept {
            at = at.checked_add(directory.chunks[*chunk].sites)?;
            sites.push(at);
        }
        let count = directory.samples.div_ceil(directory.group_size) * kept.len();
        let mut lengths = coded::Bytes(content);
        let mut columns = Vec::with_capacity(count.min(content.len()) + 1);
        columns.push(at);
        for _ in 0..count {
            at = at.checked_add(lengths.number()?)?;
            columns.push(at);
        }
        lengths.0.is_empty().then_some(Table {
            kept,
            sites,
            columns,
        })
    }

    /// The rows of chunks that follow each other, nothing for those of which a piece is missing or damaged.
    fn read_chunks(&self, table: &Table, chunks: Range<usize>) -> Vec<Option<Rows>> {
        let count = chunks.len();
        let lost = || (0..count).map(|_| None).collect();
        let Some(place) = table.kept.iter().position(|chunk| *chunk == chunks.start) else {
            return lost();
        };
        // Piece after piece: the shared columns of all chunks, then those of a group of all chunks.
        let mut pieces: Vec<(u64, usize)> = Vec::new();
        let mut add = |offsets: &[u64]| {
            for pair in offsets.windows(2) {
                pieces.push((pair[0], (pair[1] - pair[0]) as usize));
            }
        };
        add(&table.sites[place..=place + count]);
        for group in &self.touched {
            let begin = group * table.kept.len() + place;
            add(&table.columns[begin..=begin + count]);
        }
        let fetched = self.fetch(&pieces);
        let directory = &self.groups.directory;
        let piece = |number: usize| fetched[number].clone().filter(|piece| is_whole(piece));
        chunks
            .enumerate()
            .map(|(n, chunk)| {
                let groups = self.touched.iter().enumerate().map(|(row, group)| {
                    let begin = group * directory.group_size;
                    let samples = directory.group_size.min(directory.samples - begin);
                    Some((piece((row + 1) * count + n)?, samples))
                });
                Some(Rows {
                    begin: directory.chunks[chunk].start,
                    span: self.span,
                    sites: piece(n)?,
                    groups: groups.collect::<Option<Vec<_>>>()?,
                    picks: Arc::clone(&self.picks),
                })
            })
            .collect()
    }

    /// Fetches pieces, those that lie close together at once.
    fn fetch(&self, pieces: &[(u64, usize)]) -> Vec<Option<Bytes>> {
        let mut ranges: Vec<(u64, usize)> = Vec::new();
        let mut within = Vec::with_capacity(pieces.len());
        for (offset, length) in pieces {
            match ranges.last_mut() {
                Some((start, total)) if *start + *total as u64 + self.groups.gap >= *offset => {
                    let end = offset + *length as u64;
                    *total = (*total).max((end - *start) as usize);
                }
                _ => ranges.push((*offset, *length)),
            }
            within.push(ranges.len() - 1);
        }
        let read = self.groups.fetch(&ranges);
        let pieces = pieces.iter().zip(within);
        pieces
            .map(|((offset, length), range)| {
                let at = (offset - ranges[range].0) as usize;
                read[range]
                    .as_ref()
                    .map(|bytes| bytes.slice(at..at + length))
            })
            .collect()
    }
}

impl Table {
    /// Bytes of the pieces of a chunk.
    fn bytes(&self, chunk: usize, groups: &[usize]) -> u64 {
        let Some(place) = self.kept.iter().position(|kept| *kept == chunk) else {
            return 0;
        };
        let columns = groups.iter().map(|group| {
            let begin = group * self.kept.len() + place;
            self.columns[begin + 1] - self.columns[begin]
        });
        self.sites[place + 1] - self.sites[place] + columns.sum::<u64>()
    }
}
