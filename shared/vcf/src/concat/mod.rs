//! `bcftools concat` 1.24 of files with the same samples: how their headers become one, and in which
//! order they come.

use std::collections::HashSet;

use crate::header::{Header, Line, LineKind};

/// Adds to `header` what `other` has and it has not. A line of plain text is added if no line of that
/// key was there, all others if their ID is new. The later format version holds.
pub fn unite(header: &mut Header, other: &Header) {
    let known: HashSet<Vec<u8>> = header
        .lines()
        .iter()
        .filter(|line| line.kind() == LineKind::Generic)
        .map(|line| line.key().to_vec())
        .collect();
    let fresh = |line: &&Line| match line.kind() {
        LineKind::Generic => !known.contains(line.key()),
        LineKind::Structured => line.attribute_any_case(b"ID").is_some(),
        _ => true,
    };
    for line in other.lines().iter().filter(fresh) {
        header.add(line.clone());
    }
    header.raise_version(other);
}

/// Where the records of a file begin: its header, and scaffold and POS of the first record.
#[derive(Debug)]
pub struct Beginning<'f> {
    /// The header.
    pub header: &'f Header,
    /// `None` if there is no record.
    pub first: Option<(Vec<u8>, u64)>,
}

/// The files in genomic order: by the order of scaffolds that a header declares, else by name with
/// numbers in numeric order. Files without records come last.
#[must_use]
pub fn genomic_order(files: &[Beginning<'_>]) -> Vec<usize> {
    let mut sorted: Vec<usize> = Vec::with_capacity(files.len());
    for file in 0..files.len() {
        let place = sorted.partition_point(|other| !comes_before(&files[file], &files[*other]));
        sorted.insert(place, file);
    }
    sorted
}

fn comes_before(one: &Beginning<'_>, other: &Beginning<'_>) -> bool {
    let (Some((a, a_pos)), Some((b, b_pos))) = (&one.first, &other.first) else {
        return one.first.is_some() && other.first.is_none();
    };
    if a == b {
        return a_pos < b_pos;
    }
    for header in [one.header, other.header] {
        if let (Some(a), Some(b)) = (header.contig_index(a), header.contig_index(b)) {
            return a < b;
        }
    }
    natural(a) < natural(b)
}

/// A name in pieces of digits and of other characters.
fn natural(name: &[u8]) -> Vec<(Option<u128>, &[u8])> {
    name.chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit())
        .map(|piece| {
            let text = std::str::from_utf8(piece).ok();
            (text.and_then(|text| text.parse().ok()), piece)
        })
        .collect()
}
