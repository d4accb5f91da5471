//! What is known of parts as bytes, packed as every sidecar is: counts, names, then column after column, so that what is alike
//! stands together. Numbers are little-endian.

use super::{MOST_FILTERS, MOST_PARTS, MOST_TAGS, Part, Range, Skips};
use crate::bgzf::VirtualOffset;
use crate::coded::Bytes;
use crate::sidecar;

/// Goes up whenever an older program could not read the bytes; a migration then removes what is stored.
const VERSION: u8 = 1;

/// Longest names that are read.
const NAME_MAX_BYTES: usize = 1 << 16;
/// Bytes of a part without its numbers, and of a range.
const OF_PART: usize = 8 + 2 + 2 + 2 + 8 + OF_RANGE;
const OF_RANGE: usize = 9;
/// Most bytes inflated.
const MOST_BYTES: usize = (MOST_PARTS + 1) * (OF_PART + MOST_TAGS * OF_RANGE)
    + (MOST_TAGS + MOST_FILTERS) * (NAME_MAX_BYTES + 4)
    + 64;

impl Skips {
    /// The bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut raw = Vec::new();
        let counts = [self.tags.len(), self.filters.len(), self.parts.len()];
        for count in counts {
            raw.extend_from_slice(&(count as u32).to_le_bytes());
        }
        raw.extend_from_slice(&self.end.0.to_le_bytes());
        for name in self.tags.iter().chain(&self.filters) {
            raw.extend_from_slice(&(name.len() as u32).to_le_bytes());
            raw.extend_from_slice(name);
        }
        let parts = &self.parts;
        let mut before = 0_u64;
        for part in parts {
            raw.extend_from_slice(&(part.start.0.wrapping_sub(before)).to_le_bytes());
            before = part.start.0;
        }
        let column =
            |of: fn(&Part) -> u16| parts.iter().flat_map(move |part| of(part).to_le_bytes());
        raw.extend(column(|part| part.kinds));
        raw.extend(column(|part| part.alts.0));
        raw.extend(column(|part| part.alts.1));
        raw.extend(parts.iter().flat_map(|part| part.filters.to_le_bytes()));
        put_ranges(parts.iter().map(|part| part.quality), &mut raw);
        let tags = self.tags.len();
        for tag in 0..tags {
            let of_tag = self.numbers.iter().skip(tag).step_by(tags);
            put_ranges(of_tag.copied(), &mut raw);
        }
        // There are no more parts, tags and filters than the bound allows; nothing is known otherwise.
        sidecar::pack(VERSION, &raw, MOST_BYTES).unwrap_or_default()
    }

    /// Reads what [`Self::to_bytes`] gave; nothing if it is something else.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let raw = sidecar::unpack(VERSION, bytes, MOST_BYTES)?;
        let mut raw = Bytes(&raw);
        let (tags, filters, parts) = (count(&mut raw)?, count(&mut raw)?, count(&mut raw)?);
        if tags > MOST_TAGS || filters > MOST_FILTERS || parts > MOST_PARTS {
            return None;
        }
        let end = VirtualOffset(raw.u64()?);
        let mut names = (0..tags + filters)
            .map(|_| name(&mut raw))
            .collect::<Option<Vec<_>>>()?;
        let filters = names.split_off(tags);
        let mut before = 0_u64;
        let starts = (0..parts).map(|_| {
            before = before.wrapping_add(raw.u64()?);
            Some(VirtualOffset(before))
        });
        let starts = starts.collect::<Option<Vec<_>>>()?;
        let mut column = || (0..parts).map(|_| raw.u16()).collect::<Option<Vec<_>>>();
        let (kinds, fewest, most) = (column()?, column()?, column()?);
        let bits = (0..parts).map(|_| raw.u64()).collect::<Option<Vec<_>>>()?;
        let qualities = ranges(&mut raw, parts)?;
        let of_tags = (0..tags)
            .map(|_| ranges(&mut raw, parts))
            .collect::<Option<Vec<_>>>()?;
        let is_ordered = starts.is_sorted() && starts.last().is_none_or(|last| *last <= end);
        (raw.0.is_empty() && is_ordered).then(|| Self {
            parts: (0..parts)
                .map(|place| Part {
                    start: starts[place],
                    kinds: kinds[place],
                    alts: (fewest[place], most[place]),
                    quality: qualities[place],
                    filters: bits[place],
                })
                .collect(),
            numbers: (0..parts)
                .flat_map(|place| of_tags.iter().map(move |ranges| ranges[place]))
                .collect(),
            tags: names,
            filters,
            end,
        })
    }
}

fn put_ranges(ranges: impl Iterator<Item = Range> + Clone, raw: &mut Vec<u8>) {
    raw.extend(ranges.clone().flat_map(|range| range.min.to_le_bytes()));
    raw.extend(ranges.clone().flat_map(|range| range.max.to_le_bytes()));
    raw.extend(ranges.map(|range| u8::from(range.absent)));
}

fn count(raw: &mut Bytes<'_>) -> Option<usize> {
    usize::try_from(raw.u32()?).ok()
}

fn name(raw: &mut Bytes<'_>) -> Option<Vec<u8>> {
    let length = count(raw).filter(|length| *length <= NAME_MAX_BYTES)?;
    raw.take(length).map(<[u8]>::to_vec)
}

fn ranges(raw: &mut Bytes<'_>, count: usize) -> Option<Vec<Range>> {
    let mut floats = || {
        let floats = (0..count).map(|_| raw.array().map(f32::from_le_bytes));
        floats.collect::<Option<Vec<_>>>()
    };
    let (least, greatest) = (floats()?, floats()?);
    let absent = raw.take(count)?;
    let ranges = least.into_iter().zip(greatest).zip(absent);
    let ranges = ranges.map(|((min, max), absent)| Range {
        min,
        max,
        absent: *absent != 0,
    });
    Some(ranges.collect())
}
