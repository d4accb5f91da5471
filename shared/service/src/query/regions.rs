//! The regions of a stage by scaffold, so that many files can be asked about many regions.

use std::collections::BTreeMap;

use divbase_db::Scaffolds;
use divbase_vcf::command::{Region, Span};

/// Regions by scaffold: 1-based, inclusive, sorted, those that overlap put together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RegionMap(BTreeMap<String, Vec<(u64, u64)>>);

impl RegionMap {
    /// Sorts regions into their scaffolds.
    pub(crate) fn new(regions: &[Region]) -> Self {
        let mut by_scaffold: BTreeMap<String, Vec<(u64, u64)>> = BTreeMap::new();
        for region in regions {
            let spans = by_scaffold.entry(region.contig.clone()).or_default();
            spans.push(bounds(region));
        }
        for spans in by_scaffold.values_mut() {
            spans.sort_unstable();
            spans.dedup_by(|next, before| {
                let joins = next.0 <= before.1;
                if joins {
                    before.1 = before.1.max(next.1);
                }
                joins
            });
        }
        Self(by_scaffold)
    }

    /// The names of the scaffolds.
    pub(crate) fn contigs(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Each scaffold with its regions.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &[(u64, u64)])> {
        self.0
            .iter()
            .map(|(name, spans)| (name.as_str(), &spans[..]))
    }

    /// Whether a file has records on any of the scaffolds.
    pub(crate) fn touches_scaffolds(&self, scaffolds: &Scaffolds) -> bool {
        self.contigs().any(|contig| scaffolds.get(contig).is_some())
    }

    /// Whether a record from `first` to `last` of a scaffold can lie in a region.
    pub(crate) fn touches(&self, contig: &str, first: u64, last: u64) -> bool {
        let Some(spans) = self.0.get(contig) else {
            return false;
        };
        let next = spans.partition_point(|(_, end)| *end < first);
        spans.get(next).is_some_and(|(begin, _)| *begin <= last)
    }
}

/// The positions of a region; one without an end reaches as far as there are positions.
fn bounds(region: &Region) -> (u64, u64) {
    let span = region.span.unwrap_or(Span {
        begin: 0,
        end: None,
    });
    (span.begin, span.end.unwrap_or(u64::MAX - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(contig: &str, begin: u64, end: Option<u64>) -> Region {
        Region {
            contig: contig.to_owned(),
            span: Some(Span { begin, end }),
        }
    }

    #[test]
    fn overlapping_regions_become_one() {
        let map = RegionMap::new(&[
            region("1", 50, Some(60)),
            region("1", 1, Some(10)),
            region("1", 10, Some(20)),
            region("2", 5, None),
        ]);
        let all: Vec<_> = map.iter().collect();
        assert_eq!(
            all,
            [
                ("1", &[(1, 20), (50, 60)][..]),
                ("2", &[(5, u64::MAX - 1)][..])
            ]
        );
        assert!(map.touches("1", 20, 49));
        assert!(!map.touches("1", 21, 49));
        assert!(map.touches("1", 21, 50));
        assert!(!map.touches("3", 1, 50));
    }
}
