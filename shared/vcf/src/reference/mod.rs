//! What a reference sequence says of its scaffolds: lengths, digests, assemblies; read from headers, from `.fai` and
//! from `.dict` files. Knows when two such statements contradict each other, and when a record lies beyond its
//! scaffold. Judges no genotype.

mod sources;

pub use sources::{ReferenceError, parse_dict, parse_fai};

use std::borrow::Cow;

use crate::header::{Header, Line, LineKind};

/// An MD5 digest of a sequence, as SAM and VCF define it: of the upper-case bases alone.
pub type Digest = [u8; 16];

/// A scaffold of a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scaffold {
    /// Its name.
    pub name: String,
    /// Its length in bases, 1 or more.
    pub length: u64,
    /// The digest of its bases, if it is stated.
    pub digest: Option<Digest>,
}

/// What a header says of one scaffold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated<'h> {
    /// Its name.
    pub name: &'h [u8],
    /// Its length in bases, if stated and not 0.
    pub length: Option<u64>,
    /// The digest of its bases, of the attribute `md5`, `MD5` or `M5`.
    pub digest: Option<Digest>,
    /// The assembly that it belongs to.
    pub assembly: Option<Cow<'h, str>>,
}

/// The scaffolds that a header declares, in its order.
pub fn stated(header: &Header) -> impl Iterator<Item = Stated<'_>> {
    let lines = header.lines().iter();
    lines.filter_map(|line| of_line(line, header))
}

fn of_line<'h>(line: &'h Line, header: &Header) -> Option<Stated<'h>> {
    if line.kind() != LineKind::Contig {
        return None;
    }
    let name = line.attribute(b"ID")?;
    let named = |key: &[u8]| line.attribute_any_case(key).map(unquoted);
    Some(Stated {
        name,
        length: header.contigs().length(name),
        digest: named(b"md5").or_else(|| named(b"m5")).and_then(digest),
        assembly: named(b"assembly")
            .filter(|text| !matches!(*text, b"" | b"." | b"unknown"))
            .map(String::from_utf8_lossy),
    })
}

fn unquoted(text: &[u8]) -> &[u8] {
    let inner = text
        .strip_prefix(b"\"")
        .and_then(|text| text.strip_suffix(b"\""));
    inner.unwrap_or(text)
}

/// A digest from 32 hexadecimal digits of either case.
pub(crate) fn digest(text: &[u8]) -> Option<Digest> {
    let mut digest = [0; 16];
    if text.len() != 32 {
        return None;
    }
    for (byte, pair) in digest.iter_mut().zip(text.chunks_exact(2)) {
        let digit = |letter: u8| char::from(letter).to_digit(16);
        *byte = u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok()?;
    }
    Some(digest)
}

/// A digest as 32 lower-case hexadecimal digits.
#[must_use]
pub fn hex(digest: &Digest) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a record that begins at `pos`, 1-based, with a REF of so many bases goes beyond a scaffold of `length` bases.
/// Positions 0 and `length` + 1 stand for telomeres (VCF 4.3, 1.6.1).
#[must_use]
pub fn reaches_beyond(pos: u64, bases: usize, length: u64) -> bool {
    let last = pos.max(1) - 1 + bases.max(1) as u64;
    last > length && !(pos == length + 1 && bases <= 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telomeres_are_part_of_a_scaffold_and_a_long_ref_is_measured() {
        for (pos, bases, expected) in [
            (0, 1, false),
            (1, 1, false),
            (900, 1, false),
            (901, 1, false),
            (901, 2, true),
            (902, 1, true),
            (899, 2, false),
            (900, 2, true),
            (1, 901, true),
        ] {
            assert_eq!(reaches_beyond(pos, bases, 900), expected, "{pos} {bases}");
        }
    }

    #[test]
    fn a_header_states_lengths_digests_and_assemblies_in_any_spelling() {
        let header = Header::parse(
            b"##fileformat=VCFv4.3\n\
              ##contig=<ID=1,length=10,md5=0123456789abcdef0123456789ABCDEF,assembly=B36>\n\
              ##contig=<ID=2,M5=\"0123456789abcdef0123456789abcdef\",assembly=\".\">\n\
              ##contig=<ID=3,MD5=*>\n\
              #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n",
        )
        .unwrap();
        let found: Vec<_> = stated(&header)
            .map(|one| {
                (
                    one.length,
                    one.digest.map(|d| hex(&d)),
                    one.assembly.map(Cow::into_owned),
                )
            })
            .collect();
        let digest = Some("0123456789abcdef0123456789abcdef".to_owned());
        assert_eq!(
            found,
            [
                (Some(10), digest.clone(), Some("B36".to_owned())),
                (None, digest, None),
                (None, None, None),
            ]
        );
    }
}
