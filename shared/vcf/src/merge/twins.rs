//! Records of the same samples from different files, compared: whether they say the same of every sample.

use super::genotype::{agree, is_missing, renew};
use super::kinds::Kinds;
use super::pool::Pool;
use super::select::Line;
use crate::header::Header;
use crate::record::{Record, subfield};

/// What the second of two records says of the samples, beside the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// The records are about alleles that cannot be compared.
    Apart,
    /// Nothing else.
    Covered,
    /// Genotypes that the first lacks, and no other.
    Adds,
    /// A sample has two different genotypes: its column, 0-based, and the alleles it has in each record.
    Conflict {
        column: usize,
        one: String,
        other: String,
    },
}

/// Whether records are about the same kind of variant, so that merging would make one record of them.
pub(crate) fn meet(one: &Record<'_>, other: &Record<'_>) -> bool {
    let of = |record: &Record<'_>| Kinds::of_record(record.reference, record.alts());
    let (one, other) = (of(one), of(other));
    let both = |kinds| one.meets(kinds) && other.meets(kinds);
    one == Kinds::REFERENCE || other == Kinds::REFERENCE || both(Kinds::SNPS) || both(Kinds::INDEL)
}

/// Compares two records whose sample columns are the same in the same order. `header` declares their tags.
pub(crate) fn compare(one: Record<'_>, other: Record<'_>, header: &Header) -> Comparison {
    let mut lines = [Line::new(one, 0, header), Line::new(other, 1, header)];
    let mut pool = Pool::default();
    for line in &mut lines {
        if pool.add(line).is_err() {
            return Comparison::Apart;
        }
    }
    let places = [one.format_index(b"GT"), other.format_index(b"GT")];
    let [a, b] = [one, other].map(|record| record.samples.unwrap_or_default());
    let is_tab = |b: &u8| *b == b'\t';
    let pairs = a.split(is_tab).zip(b.split(is_tab)).enumerate();
    if places == [None, None] {
        return without_genotypes(&one, &other, pairs);
    }
    let same_alleles = lines[0].map == lines[1].map;
    let mut found = Comparison::Covered;
    let mut counts = vec![0; pool.alleles.len()];
    let mut printed = [Vec::new(), Vec::new()];
    for (column, (a, b)) in pairs {
        let genotype = |text, place: Option<usize>| {
            place
                .and_then(|place| subfield(text, place))
                .unwrap_or(b".")
        };
        let texts = [genotype(a, places[0]), genotype(b, places[1])];
        if (same_alleles && texts[0] == texts[1]) || is_missing(texts[1]) {
            continue;
        }
        if is_missing(texts[0]) {
            found = Comparison::Adds;
            continue;
        }
        for ((out, text), line) in printed.iter_mut().zip(texts).zip(&lines) {
            out.clear();
            if renew(text, &line.map, &mut counts, out).is_none() {
                // A genotype that names no allele of its record; merging says so.
                return Comparison::Adds;
            }
        }
        if !agree(&printed[0], &printed[1]) {
            return Comparison::Conflict {
                column,
                one: bases(&printed[0], &pool.alleles),
                other: bases(&printed[1], &pool.alleles),
            };
        }
    }
    found
}

/// Without genotypes the columns have to be the same.
fn without_genotypes<'a>(
    one: &Record<'_>,
    other: &Record<'_>,
    mut pairs: impl Iterator<Item = (usize, (&'a [u8], &'a [u8]))>,
) -> Comparison {
    let same_format = one.format == other.format;
    let differ = pairs.find(|(_, (a, b))| a != b || !same_format);
    differ.map_or(Comparison::Covered, |(column, (a, b))| {
        Comparison::Conflict {
            column,
            one: String::from_utf8_lossy(a).into_owned(),
            other: String::from_utf8_lossy(b).into_owned(),
        }
    })
}

/// The alleles of a genotype in letters, with spaces between them.
pub(super) fn bases<A: AsRef<[u8]>>(genotype: &[u8], alleles: &[A]) -> String {
    let bases: Vec<String> = genotype
        .split(|b| matches!(b, b'/' | b'|'))
        .filter_map(|allele| std::str::from_utf8(allele).ok()?.parse::<usize>().ok())
        .filter_map(|allele| alleles.get(allele))
        .map(|allele| String::from_utf8_lossy(allele.as_ref()).into_owned())
        .collect();
    bases.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(one: &str, other: &str) -> Comparison {
        let header = Header::parse(
            b"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ta\tb\n",
        )
        .unwrap();
        let line = |text: &str| format!("1\t5\t.\t{text}").replace(' ', "\t");
        let (one, other) = (line(one), line(other));
        let record = |text| Record::parse(str::as_bytes(text)).unwrap();
        compare(record(&one), record(&other), &header)
    }

    #[test]
    fn genotypes_are_compared_by_their_alleles_and_missing_ones_are_no_contradiction() {
        let one = "A C . . . GT 0/1 0/0";
        for (other, expected) in [
            ("A C 9 . . GT 0/1 0/0", Comparison::Covered),
            ("A C . . . GT:DP 1/0:3 ./.:4", Comparison::Covered),
            ("A G,C . . . GT 0/2 0/0", Comparison::Covered),
            ("A C . . . DP 1 2", Comparison::Covered),
        ] {
            assert_eq!(compared(one, other), expected, "{other}");
        }
        assert_eq!(compared("A C . . . GT ./. 0/0", one), Comparison::Adds);
        assert_eq!(compared("A C . . . DP 1 2", one), Comparison::Adds);
        assert_eq!(
            compared(one, "A C . . . GT 0/1 1/1"),
            Comparison::Conflict {
                column: 1,
                one: "A A".to_owned(),
                other: "C C".to_owned()
            }
        );
        assert!(matches!(
            compared(one, "A G . . . GT 0/1 0/0"),
            Comparison::Conflict { column: 0, .. }
        ));
        assert!(matches!(
            compared("A C . . . DS 0.1 1", "A C . . . DS 0.1 0.9"),
            Comparison::Conflict { column: 1, .. }
        ));
    }
}
