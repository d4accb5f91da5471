//! gVCF blocks that are open at a site: where they begin and end, and into which pieces other blocks and variants cut
//! them, as `bcftools merge -g` 1.24 does. Positions are 0-based. Prints nothing.

use smallvec::SmallVec;

use super::Candidates;
use super::plain::{Plain, PlainFormat};
use super::select::{Line, block_end, is_block};
use super::small::{Allele, Alleles};
use crate::command::Region;
use crate::error::{Error, ErrorKind};
use crate::header::Header;
use crate::record::Record;

/// The block that a file has open.
pub(super) struct Block {
    /// Its line.
    text: Vec<u8>,
    input: usize,
    /// REF and ALT. REF begins with the base of the place.
    alleles: Alleles,
    /// Where the alleles were looked at last.
    place: u64,
    /// Its last base.
    last: u64,
    plain: Option<Plain>,
}

impl Block {
    pub(super) fn line(&self) -> Result<Line<'_>, Error> {
        let record = Record::of_printed(&self.text)?;
        Ok(Line::open_block(record, self.input, self.alleles.clone()))
    }
}

/// What is copied of each open block, and its line.
pub(super) type PlainBlocks<'b> = SmallVec<[(&'b Plain, &'b [u8]); 4]>;

/// The bases from the first to the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    pub first: u64,
    pub last: u64,
}

/// The blocks of all files at the site that was merged last.
pub(super) struct OpenBlocks {
    /// By group of files.
    open: Vec<Option<Block>>,
    /// By group, that of its blocks.
    formats: Vec<PlainFormat>,
    /// Lines of blocks that are closed, whose room is used again.
    closed: Vec<Vec<u8>>,
    /// That of the last site.
    pub(super) scaffold: Vec<u8>,
    place: u64,
    /// Behind the last base of the block that ends first.
    first_end: Option<u64>,
    /// Whether a record of the site is no block, so that a record is merged there.
    pub(super) is_interrupted: bool,
    /// Pieces are cut to these.
    regions: Vec<Region>,
}

impl OpenBlocks {
    /// For so many groups of files. Pieces are printed as far as they lie in `regions`; all, if there are none.
    pub(super) fn new(groups: usize, regions: &[Region]) -> Self {
        let mut regions = regions.to_vec();
        // Of two that begin together the longer comes first.
        regions.sort_by_key(|region| {
            let span = region.span.map(|span| (span.begin, span.end));
            let (begin, end) = span.unwrap_or((1, None));
            (begin, std::cmp::Reverse(end.unwrap_or(u64::MAX)))
        });
        Self {
            open: std::iter::repeat_with(|| None).take(groups).collect(),
            formats: vec![PlainFormat::default(); groups],
            closed: Vec::new(),
            scaffold: Vec::new(),
            place: 0,
            first_end: None,
            is_interrupted: false,
            regions,
        }
    }

    /// The line of each open block.
    pub(super) fn lines(&self) -> impl Iterator<Item = Result<Option<Line<'_>>, Error>> {
        let open = self.open.iter();
        open.map(|block| block.as_ref().map(Block::line).transpose())
    }

    /// Where pieces are due before the next site, the end exclusive. Without a next site all are.
    pub(super) fn due(&self, next: Option<&Record<'_>>) -> Option<(u64, u64)> {
        if self.scaffold.is_empty() {
            return None;
        }
        let mut until = next
            .filter(|next| next.chrom == self.scaffold)
            .map(|next| next.start().max(0) as u64);
        let mut start = self.place + u64::from(self.is_interrupted);
        if !self.regions.is_empty() {
            let end = until.unwrap_or(u64::MAX);
            let mut found = self
                .regions
                .iter()
                .filter(|region| region.contig.as_bytes() == self.scaffold)
                .filter_map(|region| region.span)
                .map(|span| {
                    let end = span.end.unwrap_or(u64::MAX);
                    (span.begin.saturating_sub(1), end.saturating_sub(1))
                })
                .filter(|(first, last)| *last >= start && *first <= end);
            // Several regions count as one, which ends where the last of them does.
            let (first, mut last) = found.next()?;
            if let Some((_, other)) = found.next_back() {
                last = other;
            }
            start = start.max(first);
            until = Some(end.min(last.saturating_add(1)));
        }
        Some((start, until.unwrap_or(u64::MAX)))
    }

    /// The next piece from `start` on that ends before `until`.
    pub(super) fn piece(&self, start: u64, until: u64) -> Option<Piece> {
        let end = self.first_end?.min(until);
        (start < end).then(|| Piece {
            first: start,
            last: end - 1,
        })
    }

    /// Makes ready to print a piece: closes blocks that end before it, and gives REF of the others the base that is
    /// known, `N` if none is. Says whether a block is left.
    pub(super) fn begin(&mut self, piece: Piece) -> bool {
        let mut base = b'N';
        for block in self.open.iter_mut().flatten() {
            if base == b'N' && block.place == piece.first {
                base = first_base(&block.alleles);
            }
            block.place = piece.first;
        }
        for open in &mut self.open {
            if open.as_ref().is_some_and(|block| block.last < piece.first) {
                *open = None;
            }
            if let Some(block) = open {
                set_first_base(&mut block.alleles, base);
            }
        }
        let is_left = self.open.iter().any(Option::is_some);
        if !is_left {
            self.first_end = None;
        }
        is_left
    }

    /// A piece is printed: blocks that end with it are closed.
    pub(super) fn end(&mut self, piece: Piece, alleles: Vec<Option<Alleles>>) {
        self.remember(alleles, piece.first);
        // A block that ends with a piece of one base stays open until something comes behind it.
        let end = piece.last + u64::from(piece.last > piece.first);
        let mut next: Option<u64> = None;
        for open in &mut self.open {
            if open.as_ref().is_some_and(|block| block.last < end) {
                *open = None;
            }
            if let Some(block) = open {
                let behind = block.last + 1;
                if self.first_end.is_some_and(|known| known < behind)
                    && next.is_none_or(|next| behind < next)
                {
                    next = Some(behind);
                }
            }
        }
        self.first_end = next;
    }

    /// Keeps the alleles as they were merged, by group.
    pub(super) fn remember(&mut self, alleles: Vec<Option<Alleles>>, place: u64) {
        for (open, alleles) in self.open.iter_mut().zip(alleles) {
            if let (Some(block), Some(alleles)) = (open, alleles) {
                block.alleles = alleles;
                block.place = place;
            }
        }
    }

    /// The blocks that are open, if nothing but places and the base changes where they are merged, and the base. They
    /// have the same ALT and FORMAT.
    pub(super) fn plain(&self) -> Option<(u8, PlainBlocks<'_>)> {
        let mut blocks = PlainBlocks::with_capacity(self.open.len());
        for open in &self.open {
            let block = open.as_ref()?;
            let plain = block.plain.as_ref()?;
            let alternate = plain.alternate(&block.text);
            let [reference, alt] = &block.alleles[..] else {
                return None;
            };
            let is_same = blocks.first().is_none_or(|(first, text)| {
                first.alternate(text) == alternate
                    && first.format(text) == plain.format(&block.text)
            });
            if reference.len() != 1 || alt[..] != *alternate || !is_same {
                return None;
            }
            blocks.push((plain, &block.text[..]));
        }
        let base = self.open.first()?.as_ref()?.alleles.first()?.first()?;
        Some((*base, blocks))
    }

    /// Goes on to the site of these records. The first record of a group ends its block; if it is one, it is open from
    /// here on, and all of its group are taken.
    pub(super) fn reach(
        &mut self,
        site: &Record<'_>,
        groups: &[Candidates<'_>],
        headers: &[Header],
    ) -> Result<(), Error> {
        self.place = site.start().max(0) as u64;
        if self.scaffold != site.chrom {
            self.scaffold = site.chrom.to_vec();
            self.open.iter_mut().for_each(|open| *open = None);
        }
        self.is_interrupted = false;
        self.first_end = None;
        let Self {
            open: blocks,
            formats,
            closed,
            ..
        } = self;
        for (((open, records), header), format) in
            blocks.iter_mut().zip(groups).zip(headers).zip(formats)
        {
            let is_over = |block: &Block| block.last < self.place;
            if !records.is_empty() || open.as_ref().is_some_and(is_over) {
                closed.extend(open.take().map(|block| block.text));
            }
            if let Some(first) = records.first() {
                let record = &first.record;
                let end = is_block(record, header).then(|| block_end(record, header));
                match end.flatten() {
                    Some(end) if end > self.place as i64 + 1 => {
                        let mut text = closed.pop().unwrap_or_default();
                        text.clear();
                        text.extend_from_slice(first.text);
                        *open = Some(Block {
                            text,
                            input: first.input,
                            alleles: record.alleles().map(Allele::from_slice).collect(),
                            place: self.place,
                            last: end as u64 - 1,
                            plain: Plain::of(record, first.text, header, format),
                        });
                    }
                    Some(end) if end <= self.place as i64 => {
                        return Err(ErrorKind::Unmergeable {
                            site: record.site(),
                            reason: format!("INFO/END {end} lies before the block begins"),
                        }
                        .into());
                    }
                    _ => self.is_interrupted = true,
                }
            }
            if let Some(block) = open {
                let behind = block.last + 1;
                self.first_end = Some(self.first_end.map_or(behind, |known| known.min(behind)));
            }
        }
        Ok(())
    }
}

fn first_base(alleles: &Alleles) -> u8 {
    let reference = alleles.first();
    reference
        .and_then(|allele| allele.first())
        .copied()
        .unwrap_or(b'N')
}

/// Writes a base over the first of REF.
pub(super) fn set_first_base(alleles: &mut Alleles, base: u8) {
    let reference = alleles.first_mut();
    if let Some(first) = reference.and_then(|allele| allele.first_mut()) {
        *first = base;
    }
}
