//! The numbers that stand for names in records (VCF 4.5 §6.2.1): one list for FILTER, INFO and FORMAT, one for
//! contigs. They are the IDX of header lines, or their order.

use hashbrown::{HashMap, HashSet};

use crate::header::{Header, HeaderError, Line, LineKind, Type, Version};

use super::bytes::printable;
use super::numbering::Numbering;

/// Numbers of contigs that are not given out are listed up to this many for each that is.
const MOST_GAPS: usize = 1_000;

/// What records of a file are decoded by.
#[derive(Debug, Clone, Default)]
pub struct Dictionary {
    tags: HashMap<u32, Tag>,
    contigs: HashMap<u32, Box<[u8]>>,
    /// Sample columns.
    pub(super) samples: usize,
    /// Whether names are read in a line as they are written: none holds what ends it there.
    pub(crate) names_are_whole: bool,
    /// Whether genotypes state the phase of their first allele (VCF 4.4).
    pub(super) states_first_phase: bool,
}

/// A name, and how it is declared.
#[derive(Debug, Clone)]
pub(super) struct Tag {
    pub name: Box<[u8]>,
    pub info: Option<Type>,
    pub format: Option<Type>,
}

impl Dictionary {
    /// Of the header text of a BCF file, which parses as `header`.
    ///
    /// # Errors
    /// If two names have the same number.
    pub fn new(text: &[u8], header: &Header) -> Result<Self, HeaderError> {
        let mut numbers = Numbers::default();
        numbers.take(b"PASS", Some(0))?;
        let mut contigs = Numbers::default();
        for line in text.split(|b| *b == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if !line.starts_with(b"##") {
                continue;
            }
            let Some(parsed) = Line::parse(line) else {
                continue;
            };
            let numbers = match parsed.kind() {
                LineKind::Contig => &mut contigs,
                LineKind::Info | LineKind::Format | LineKind::Filter => &mut numbers,
                LineKind::Structured | LineKind::Generic => continue,
            };
            let name = match parsed.kind() {
                LineKind::Contig => parsed.attribute_any_case(b"ID"),
                _ => parsed.attribute(b"ID"),
            };
            if let Some(name) = name {
                numbers.take(name, Line::idx(line))?;
            }
        }
        let tag = |name: Box<[u8]>| Tag {
            info: header.info(&name).map(|declared| declared.kind),
            format: header.format(&name).map(|declared| declared.kind),
            name,
        };
        let tags: HashMap<_, _> = numbers.names().map(|(n, name)| (n, tag(name))).collect();
        let ends = |byte: &u8| matches!(byte, b';' | b'=' | b':');
        Ok(Self {
            names_are_whole: !tags.values().any(|tag| tag.name.iter().any(ends)),
            tags,
            contigs: contigs.names().collect(),
            samples: header.samples().len(),
            states_first_phase: header.version() >= Version::PREFIXED_PHASE,
        })
    }

    /// The names of contigs in the order of their numbers, up to [`MOST_GAPS`] times as many as there are names; a
    /// number without a name leaves an empty one.
    pub fn contigs(&self) -> impl Iterator<Item = &[u8]> {
        let last = self.contigs.keys().max().copied();
        let most = self.contigs.len().saturating_mul(MOST_GAPS);
        let numbers = last.map_or(0, |last| u64::from(last) + 1).min(most as u64) as u32;
        (0..numbers).map(|number| self.contigs.get(&number).map_or(&b""[..], |name| name))
    }

    /// Whether names in records mean the same in a file whose names are numbered so.
    #[must_use]
    pub fn agrees_with(&self, numbering: &Numbering) -> bool {
        let same = |number: u32, other: Option<i32>| other == i32::try_from(number).ok();
        let mut tags = self.tags.iter();
        let mut contigs = self.contigs.iter();
        tags.all(|(n, tag)| same(*n, numbering.tag(&tag.name).map(|tag| tag.number)))
            && contigs.all(|(n, name)| same(*n, numbering.contig(name)))
    }

    pub(super) fn contig(&self, number: i32) -> Option<&[u8]> {
        let number = u32::try_from(number).ok()?;
        self.contigs.get(&number).map(|name| &name[..])
    }

    pub(super) fn tag(&self, number: i32) -> Option<&Tag> {
        self.tags.get(&u32::try_from(number).ok()?)
    }
}

/// Numbers as they are given out.
#[derive(Default)]
struct Numbers {
    /// By number the name that has it.
    of: HashMap<u32, Box<[u8]>>,
    known: HashSet<Box<[u8]>>,
    next: u32,
}

impl Numbers {
    /// A name that comes again keeps its number.
    fn take(&mut self, name: &[u8], stated: Option<u32>) -> Result<(), HeaderError> {
        if self.known.contains(name) {
            return Ok(());
        }
        let number = stated.unwrap_or(self.next);
        self.next = self.next.max(number.saturating_add(1));
        self.known.insert(name.into());
        match self.of.insert(number, name.into()) {
            None => Ok(()),
            Some(one) => Err(HeaderError::SameNumber {
                number,
                one: String::from_utf8_lossy(&one).into_owned(),
                other: String::from_utf8_lossy(name).into_owned(),
            }),
        }
    }

    /// Names that can stand in a column.
    fn names(self) -> impl Iterator<Item = (u32, Box<[u8]>)> {
        let named = self.of.into_iter();
        named.filter(|(_, name)| printable(name).is_ok())
    }
}
