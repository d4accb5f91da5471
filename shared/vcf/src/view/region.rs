//! Regions and targets: which records lie in them, as htslib's synced reader decides.

use hashbrown::HashMap;

use crate::command::{Overlap, Region};
use crate::header::Header;
use crate::record::Record;

/// A stretch of a scaffold, 0-based, both ends included; it may begin at -1, where POS 0 stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stretch {
    first: i64,
    last: i64,
}

/// The end of a region that names none.
const LAST: i64 = (1 << 44) - 2;

/// The stretches of one scaffold in order, none touching another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegionSet {
    stretches: Vec<Stretch>,
}

/// Regions by scaffold, scaffolds in the order they were first named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Regions {
    scaffolds: Vec<(Vec<u8>, RegionSet)>,
    places: HashMap<Vec<u8>, usize>,
}

impl Regions {
    /// Sorts regions and joins those that overlap.
    #[must_use]
    pub fn new(regions: &[Region]) -> Self {
        let mut scaffolds: Vec<(Vec<u8>, RegionSet)> = Vec::new();
        let mut places: HashMap<Vec<u8>, usize> = HashMap::new();
        for region in regions {
            let name = region.contig.as_bytes();
            let stretch = region.span.map_or(
                Stretch {
                    first: 0,
                    last: LAST,
                },
                |span| Stretch {
                    first: span.begin as i64 - 1,
                    last: span.end.map_or(LAST, |end| end as i64 - 1),
                },
            );
            let place = *places.entry(name.to_vec()).or_insert_with(|| {
                scaffolds.push((name.to_vec(), RegionSet::default()));
                scaffolds.len() - 1
            });
            scaffolds[place].1.stretches.push(stretch);
        }
        for (_, set) in &mut scaffolds {
            set.join();
        }
        Self { scaffolds, places }
    }

    /// The scaffolds and their stretches.
    pub fn scaffolds(&self) -> impl Iterator<Item = (&[u8], &RegionSet)> {
        self.scaffolds.iter().map(|(name, set)| (&name[..], set))
    }

    /// The stretches of a scaffold.
    #[must_use]
    pub fn get(&self, scaffold: &[u8]) -> Option<&RegionSet> {
        let place = *self.places.get(scaffold)?;
        Some(&self.scaffolds[place].1)
    }

    /// Whether bases of a scaffold, counted from 0, are among them.
    #[must_use]
    pub fn touch(&self, scaffold: &[u8], first: u64, end: u64) -> bool {
        let set = self.get(scaffold);
        set.is_some_and(|set| set.touches(first, end))
    }
}

impl RegionSet {
    /// The stretches, 0-based and end exclusive.
    pub fn ranges(&self) -> impl Iterator<Item = (u64, u64)> {
        self.stretches
            .iter()
            .map(|s| (s.first.max(0) as u64, (s.last + 1).max(0) as u64))
    }

    /// Whether they have a base from `first` up to, not including, `end`, 0-based.
    #[must_use]
    pub fn touches(&self, first: u64, end: u64) -> bool {
        let signed = |place: u64| i64::try_from(place).unwrap_or(i64::MAX);
        let next = self
            .stretches
            .partition_point(|stretch| stretch.last < signed(first));
        let next = self.stretches.get(next);
        next.is_some_and(|stretch| stretch.first.max(0) < signed(end))
    }

    fn join(&mut self) {
        self.stretches.sort_by_key(|s| (s.first, s.last));
        let mut joined: Vec<Stretch> = Vec::with_capacity(self.stretches.len());
        for stretch in self.stretches.drain(..) {
            match joined.last_mut() {
                Some(last) if last.last >= stretch.first => {
                    last.last = last.last.max(stretch.last);
                }
                _ => joined.push(stretch),
            }
        }
        self.stretches = joined;
    }

    /// Whether a record of this scaffold is read with `-r`: the index must find it, and the record
    /// must overlap by the rule.
    #[must_use]
    pub fn reads(&self, record: &Record<'_>, header: &Header, overlap: Overlap) -> bool {
        let (begin, end) = boundaries(record, header, overlap);
        let Some(place) = self.first_reaching(begin) else {
            return false;
        };
        let stretch = self.stretches[place];
        // Before the first region stands position -1, which counts as read already.
        let read_before = place == 0 && begin < 0;
        !read_before
            && stretch.first <= end
            && begin <= stretch.last
            && record.index_end() as i64 > stretch.first
            && record.start().max(0) <= stretch.last
    }

    /// Whether a record of this scaffold is among targets.
    #[must_use]
    pub fn holds(&self, record: &Record<'_>, header: &Header, overlap: Overlap) -> bool {
        let (begin, end) = boundaries(record, header, overlap);
        // Position -1 is where bcftools stands before it looks at the first region.
        if begin < 0 {
            return true;
        }
        self.first_reaching(begin)
            .is_some_and(|place| self.stretches[place].first <= end)
    }

    fn first_reaching(&self, position: i64) -> Option<usize> {
        let place = self.stretches.partition_point(|s| s.last < position);
        (place < self.stretches.len()).then_some(place)
    }
}

/// The first and last base, 0-based, that a record is taken to cover.
fn boundaries(record: &Record<'_>, header: &Header, overlap: Overlap) -> (i64, i64) {
    let start = record.start();
    match overlap {
        Overlap::Position => (start, start),
        Overlap::Record => (start, start + record.reference_length(header) as i64 - 1),
        Overlap::Variant => {
            let length = record.reference_length(header) as i64;
            let shared = record
                .alts()
                .map(|alt| {
                    let same = record.reference.iter().zip(alt);
                    same.take_while(|(a, b)| a == b).count() as i64
                })
                .fold(length, i64::min);
            (start + shared, start + length - 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::region::parse_list;

    #[test]
    fn regions_are_sorted_and_joined_by_scaffold() {
        let regions = Regions::new(&parse_list("2:50-60,1:5-9,2:10-50,1").unwrap());
        let all: Vec<_> = regions
            .scaffolds()
            .map(|(name, set)| (name.to_vec(), set.ranges().collect::<Vec<_>>()))
            .collect();
        assert_eq!(
            all,
            [
                (b"2".to_vec(), vec![(9, 60)]),
                (b"1".to_vec(), vec![(0, LAST as u64 + 1)])
            ]
        );
    }

    #[test]
    fn overlap_rules() {
        let header =
            Header::parse(b"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n")
                .unwrap();
        let regions = Regions::new(&parse_list("1:12-20").unwrap());
        let set = regions.get(b"1").unwrap();
        for (line, expected) in [
            ("1\t10\t.\tACG\tA\t.\t.\t.", [false, true, true]),
            ("1\t10\t.\tACG\tTCG\t.\t.\t.", [false, true, true]),
            ("1\t12\t.\tA\tAC\t.\t.\t.", [true, true, true]),
            ("1\t21\t.\tA\tC\t.\t.\t.", [false, false, false]),
            ("1\t9\t.\tA\tC\t.\t.\t.", [false, false, false]),
        ] {
            let record = Record::parse(line.as_bytes()).unwrap();
            for (overlap, expected) in [Overlap::Position, Overlap::Record, Overlap::Variant]
                .into_iter()
                .zip(expected)
            {
                assert_eq!(set.reads(&record, &header, overlap), expected, "{line}");
                assert_eq!(set.holds(&record, &header, overlap), expected, "{line}");
            }
        }
    }
}
