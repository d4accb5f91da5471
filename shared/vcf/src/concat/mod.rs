//! `bcftools concat` 1.24 of files with the same samples: how their headers become one, and in which
//! order they come.

use hashbrown::HashSet;

use crate::header::{Header, Line, LineKind, Version};

/// A header to which others are added one by one, each in the time that its own lines take.
#[derive(Debug)]
pub struct Union {
    header: Header,
    version: Version,
    /// Keys of its lines of plain text.
    keys: HashSet<Vec<u8>>,
}

impl Union {
    /// Begins with the first header.
    #[must_use]
    pub fn of(first: Header) -> Self {
        Self {
            version: first.version(),
            keys: generic_keys(&first).collect(),
            header: first,
        }
    }

    /// Adds what `other` has and the header has not. A line of plain text is added if no line of that key was there, all others
    /// if their ID is new. The later format version holds.
    pub fn add(&mut self, other: &Header) {
        let fresh = |line: &&Line| match line.kind() {
            LineKind::Generic => !self.keys.contains(line.key()),
            LineKind::Structured => line.attribute_any_case(b"ID").is_some(),
            _ => true,
        };
        for line in other.lines().iter().filter(fresh) {
            self.header.add(line.clone());
        }
        self.keys.extend(generic_keys(other));
        if other.version() > self.version {
            self.version = other.version();
            self.header.raise_version(other);
        }
    }

    /// What is united so far.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// What is united.
    #[must_use]
    pub fn into_header(self) -> Header {
        self.header
    }
}

fn generic_keys(header: &Header) -> impl Iterator<Item = Vec<u8>> {
    let lines = header.lines().iter();
    let generic = lines.filter(|line| line.kind() == LineKind::Generic);
    generic.map(|line| line.key().to_vec())
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
