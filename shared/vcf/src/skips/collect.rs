//! Collecting what parts are like while records go by.

use hashbrown::HashMap;

use super::{
    MOST_FILTERS, MOST_PARTS, MOST_TAGS, NO_VARIANT, OTHER_FILTER, PART_BYTES, Part, Range, Skips,
    UNFILTERED,
};
use crate::bgzf::VirtualOffset;
use crate::expr::variant::of_allele;
use crate::header::{Header, LineKind, Number, Type};
use crate::number::{float_prefix, integer_prefix, quality};
use crate::record::Record;

/// The numbers in INFO of one record.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    places: HashMap<Vec<u8>, usize>,
    tags: Vec<Tag>,
    /// Of the record.
    ranges: Vec<Range>,
}

#[derive(Debug)]
struct Tag {
    name: Vec<u8>,
    is_one: bool,
    kind: Type,
}

impl Numbers {
    pub(crate) fn new(header: &Header) -> Self {
        let mut numbers = Self::default();
        let lines = header.lines().iter();
        let lines = lines.filter(|line| line.kind() == LineKind::Info);
        for id in lines.filter_map(|line| line.attribute(b"ID")) {
            let definition = std::str::from_utf8(id).ok().and_then(|id| header.info(id));
            let Some(definition) = definition else {
                continue;
            };
            let is_number = matches!(definition.kind, Type::Integer | Type::Float);
            if !is_number || numbers.tags.len() == MOST_TAGS {
                continue;
            }
            let place = numbers.tags.len();
            if numbers.places.insert(id.to_vec(), place).is_none() {
                numbers.tags.push(Tag {
                    name: id.to_vec(),
                    is_one: definition.number == Number::Fixed(1),
                    kind: definition.kind,
                });
            }
        }
        numbers.begin();
        numbers
    }

    /// Forgets the record before.
    pub(crate) fn begin(&mut self) {
        self.ranges.clear();
        self.ranges.resize(self.tags.len(), Range::NONE);
    }

    /// Takes an entry of INFO as expressions read it (`expr::info`).
    pub(crate) fn info(&mut self, key: &[u8], value: Option<&[u8]>) {
        let Some(place) = self.places.get(key) else {
            return;
        };
        let (tag, range) = (&self.tags[*place], &mut self.ranges[*place]);
        let text = match value {
            // A tag that is to have one value and has none, or more, is 0.
            None if tag.is_one => return range.add(0.0),
            None => {
                range.absent = true;
                return;
            }
            Some(text) if tag.is_one && text.contains(&b',') => return range.add(0.0),
            Some(text) => text,
        };
        for item in text.split(|byte| *byte == b',') {
            let value = match tag.kind {
                Type::Integer => integer_prefix(item).number(),
                _ => float_prefix(item).number(),
            };
            match value {
                // Integers have all their digits everywhere.
                Some(value) if tag.kind == Type::Integer => range.join(Range::of(value)),
                Some(value) => range.add(value),
                None if tag.is_one => range.absent = true,
                // In a list it is some number far below, or none, to an expression.
                None => {
                    range.absent = true;
                    range.min = f32::NEG_INFINITY;
                    range.max = range.max.max(f32::from(i8::MIN));
                }
            }
        }
    }
}

/// Takes the records of a file in their order.
///
/// A part has the records that begin in one stretch of the file. Stretches are of equal length and counted from the beginning of
/// the file, so that parts are the same whether the file is read in one go or in pieces.
#[derive(Debug)]
pub(crate) struct Collector {
    skips: Skips,
    places: HashMap<Vec<u8>, u64>,
    /// Compressed bytes of a stretch.
    stretch: u64,
}

/// What a piece of a file gives.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Piece {
    pub(crate) skips: Skips,
    /// Compressed bytes of the stretches that its parts are made of.
    pub(crate) stretch: u64,
}

impl Collector {
    pub(crate) fn new(numbers: &Numbers) -> Self {
        Self {
            skips: Skips {
                tags: numbers.tags.iter().map(|tag| tag.name.clone()).collect(),
                ..Skips::default()
            },
            places: HashMap::new(),
            stretch: PART_BYTES,
        }
    }

    /// What a piece has.
    pub(crate) fn into_piece(self) -> Piece {
        Piece {
            skips: self.skips,
            stretch: self.stretch,
        }
    }

    /// Adds the next piece of the file.
    pub(crate) fn add_piece(&mut self, mut next: Piece) {
        if next.skips.is_empty() {
            return;
        }
        let known = self.skips.filters.len();
        let bits: Vec<u64> = next
            .skips
            .filters
            .iter()
            .map(|name| self.bit(name))
            .collect();
        // A name that the piece did not tell apart may be any that it does not list.
        let listed = bits.iter().fold(0, |all, bit| all | bit);
        let unlisted = ((1_u64 << known) - 1) & !listed;
        for part in &mut next.skips.parts {
            let mut filters = part.filters & (UNFILTERED | OTHER_FILTER);
            if filters & OTHER_FILTER != 0 {
                filters |= unlisted;
            }
            let here = (0..bits.len()).filter(|place| part.filters & (1 << place) != 0);
            part.filters = here.fold(filters, |all, place| all | bits[place]);
        }
        while self.stretch < next.stretch {
            self.widen();
        }
        while next.stretch < self.stretch {
            next.stretch *= 2;
            widen(&mut next.skips, next.stretch);
        }
        let tags = self.skips.tags.len();
        let numbers = next.skips.numbers;
        for (place, part) in next.skips.parts.into_iter().enumerate() {
            let ranges = numbers[place * tags..(place + 1) * tags].iter().copied();
            self.add(part, ranges);
        }
        if next.skips.end > self.skips.end {
            self.skips.end = next.skips.end;
        }
    }

    /// Takes a record, which lies between two places in the file, with its numbers in INFO.
    pub(crate) fn take(
        &mut self,
        record: &Record<'_>,
        numbers: &Numbers,
        (start, end): (VirtualOffset, VirtualOffset),
    ) {
        let mut quality_of = Range::NONE;
        match quality(record.quality) {
            Some(value) => quality_of.add(f64::from(value)),
            None => quality_of.absent = true,
        }
        let (mut kinds, mut alternates) = (0, 0_usize);
        for allele in record.alts() {
            kinds |= of_allele(record.reference, allele) as u16;
            alternates += 1;
        }
        let alternates = u16::try_from(alternates).unwrap_or(u16::MAX);
        let part = Part {
            start,
            kinds: if kinds == 0 { NO_VARIANT } else { kinds },
            alts: (alternates, alternates),
            quality: quality_of,
            filters: self.filters(record),
        };
        let ranges = numbers.ranges.iter().map(|range| {
            let is_missing = range.min > range.max;
            Range {
                absent: range.absent || is_missing,
                ..*range
            }
        });
        self.add(part, ranges);
        self.skips.end = end;
    }

    /// Adds records of a stretch that is not before those that are there.
    fn add(&mut self, part: Part, ranges: impl Iterator<Item = Range>) {
        let stretch = self.stretch;
        let is_same = |last: &Part| in_same(stretch, last, &part);
        match self.skips.parts.last_mut() {
            Some(last) if is_same(last) => {
                last.join(&part);
                let from = self.skips.numbers.len() - self.skips.tags.len();
                for (known, range) in self.skips.numbers[from..].iter_mut().zip(ranges) {
                    known.join(range);
                }
            }
            _ => {
                self.skips.parts.push(part);
                self.skips.numbers.extend(ranges);
                while self.skips.parts.len() > MOST_PARTS {
                    self.widen();
                }
            }
        }
    }

    fn filters(&mut self, record: &Record<'_>) -> u64 {
        let mut bits = 0;
        for name in record.filters() {
            bits |= match self.places.get(name) {
                Some(bit) => *bit,
                None => self.bit(name),
            };
        }
        if bits == 0 { UNFILTERED } else { bits }
    }

    /// The bit of a name in FILTER.
    fn bit(&mut self, name: &[u8]) -> u64 {
        if let Some(bit) = self.places.get(name) {
            return *bit;
        }
        if self.skips.filters.len() == MOST_FILTERS {
            return OTHER_FILTER;
        }
        let bit = 1 << self.skips.filters.len();
        self.skips.filters.push(name.to_vec());
        self.places.insert(name.to_vec(), bit);
        bit
    }

    /// Makes stretches twice as long.
    fn widen(&mut self) {
        self.stretch *= 2;
        widen(&mut self.skips, self.stretch);
    }

    pub(crate) fn finish(self) -> Skips {
        self.skips
    }
}

/// Whether parts begin in the same stretch.
fn in_same(stretch: u64, one: &Part, other: &Part) -> bool {
    one.start.block() / stretch == other.start.block() / stretch
}

/// Makes one part of those that lie in one stretch of this length.
fn widen(skips: &mut Skips, stretch: u64) {
    let tags = skips.tags.len();
    let (mut parts, mut numbers) = (Vec::<Part>::new(), Vec::new());
    for (place, part) in skips.parts.iter().enumerate() {
        let ranges = &skips.numbers[place * tags..(place + 1) * tags];
        match parts.last_mut() {
            Some(last) if in_same(stretch, last, part) => {
                last.join(part);
                let from: usize = numbers.len() - tags;
                let known: &mut [Range] = &mut numbers[from..];
                for (known, range) in known.iter_mut().zip(ranges) {
                    known.join(*range);
                }
            }
            _ => {
                parts.push(*part);
                numbers.extend_from_slice(ranges);
            }
        }
    }
    skips.parts = parts;
    skips.numbers = numbers;
}
