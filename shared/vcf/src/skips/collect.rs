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
                Type::Integer => {
                    let prefix = integer_prefix(item);
                    prefix.value.filter(|_| prefix.length > 0).map(f64::from)
                }
                _ => {
                    let prefix = float_prefix(item);
                    prefix.value.filter(|_| prefix.length > 0).map(f64::from)
                }
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
#[derive(Debug)]
pub(crate) struct Collector {
    skips: Skips,
    places: HashMap<Vec<u8>, u64>,
    /// Compressed bytes of a part at least.
    least: u64,
    last: VirtualOffset,
}

impl Collector {
    pub(crate) fn new(numbers: &Numbers) -> Self {
        Self {
            skips: Skips {
                tags: numbers.tags.iter().map(|tag| tag.name.clone()).collect(),
                ..Skips::default()
            },
            places: HashMap::new(),
            least: PART_BYTES,
            last: VirtualOffset::default(),
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
        if self.begins(start) {
            self.skips.parts.push(part);
            self.skips.numbers.extend(ranges);
            if self.skips.parts.len() > MOST_PARTS {
                self.halve();
            }
        } else if let Some(last) = self.skips.parts.last_mut() {
            last.join(&part);
            let tags = self.skips.tags.len();
            let from = self.skips.numbers.len() - tags;
            for (known, range) in self.skips.numbers[from..].iter_mut().zip(ranges) {
                known.join(range);
            }
        }
        self.skips.end = end;
        self.last = start;
    }

    /// Whether a part begins here: where a block does, if that can be.
    fn begins(&self, start: VirtualOffset) -> bool {
        let Some(part) = self.skips.parts.last() else {
            return true;
        };
        let bytes = start.block() - part.start.block().min(start.block());
        bytes >= self.least && start.block() > self.last.block()
    }

    fn filters(&mut self, record: &Record<'_>) -> u64 {
        let mut bits = 0;
        for name in record.filters() {
            bits |= match self.places.get(name) {
                Some(bit) => *bit,
                None if self.skips.filters.len() < MOST_FILTERS => {
                    let bit = 1 << self.skips.filters.len();
                    self.skips.filters.push(name.to_vec());
                    self.places.insert(name.to_vec(), bit);
                    bit
                }
                None => OTHER_FILTER,
            };
        }
        if bits == 0 { UNFILTERED } else { bits }
    }

    /// Makes one part of every two.
    fn halve(&mut self) {
        let tags = self.skips.tags.len();
        let (mut parts, mut numbers) = (Vec::new(), Vec::new());
        for (place, pair) in self.skips.parts.chunks(2).enumerate() {
            let mut part = pair[0];
            let from = 2 * place * tags;
            let mut ranges = self.skips.numbers[from..from + tags].to_vec();
            if let [_, second] = pair {
                part.join(second);
                let of_second = &self.skips.numbers[from + tags..from + 2 * tags];
                for (range, other) in ranges.iter_mut().zip(of_second) {
                    range.join(*other);
                }
            }
            parts.push(part);
            numbers.append(&mut ranges);
        }
        self.skips.parts = parts;
        self.skips.numbers = numbers;
        self.least *= 2;
    }

    pub(crate) fn finish(self) -> Skips {
        self.skips
    }
}
