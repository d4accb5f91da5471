//! The numbers that a written file gives to names: by order of its header lines, PASS first.

use hashbrown::HashMap;

use crate::header::{Header, Line, LineKind, Type, Version};

use super::header::MAGIC;

/// What records of one header are encoded by. Made once for a file.
#[derive(Debug, Clone, Default)]
pub struct Numbering {
    tags: HashMap<Box<[u8]>, Numbered>,
    contigs: HashMap<Box<[u8]>, i32>,
    /// Contigs in order of their numbers.
    names: Vec<Box<[u8]>>,
    /// Sample columns.
    pub(super) samples: usize,
    pub(super) version: Option<Version>,
}

/// A tag's number, and how it is declared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbered {
    pub number: i32,
    pub info: Option<Type>,
    pub format: Option<Type>,
}

impl Numbering {
    /// Of a header.
    #[must_use]
    pub fn new(header: &Header) -> Self {
        let mut numbering = Self {
            samples: header.samples().len(),
            version: Some(header.version()),
            ..Self::default()
        };
        numbering.add_tag(b"PASS", header);
        for line in header.lines() {
            match named(line) {
                Some((LineKind::Contig, name)) => numbering.add_contig(name),
                Some((_, name)) => numbering.add_tag(name, header),
                None => {}
            }
        }
        numbering
    }

    /// Contigs in the order of their numbers.
    pub fn contigs(&self) -> impl Iterator<Item = &[u8]> {
        self.names.iter().map(|name| &name[..])
    }

    /// The beginning of the file: magic bytes, and the header with the numbers of its names.
    #[must_use]
    pub fn print_header(&self, header: &Header) -> Vec<u8> {
        let mut text = Vec::new();
        let mut shown = Vec::new();
        header.print(&mut shown);
        let columns = memchr::memrchr(b'\n', &shown[..shown.len().saturating_sub(1)]);
        for line in header.lines() {
            let printed = line.printed();
            match (
                named(line).and_then(|(kind, name)| self.number(kind, name)),
                printed,
            ) {
                (Some(number), [start @ .., b'>']) => {
                    text.extend_from_slice(start);
                    text.extend_from_slice(format!(",IDX={number}>").as_bytes());
                }
                _ => text.extend_from_slice(printed),
            }
            text.push(b'\n');
        }
        text.extend_from_slice(&shown[columns.map_or(0, |end| end + 1)..]);
        text.push(0);
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&(text.len() as u32).to_le_bytes());
        bytes.append(&mut text);
        bytes
    }

    fn number(&self, kind: LineKind, name: &[u8]) -> Option<i32> {
        match kind {
            LineKind::Contig => self.contig(name),
            _ => self.tag(name).map(|tag| tag.number),
        }
    }

    pub(super) fn contig(&self, name: &[u8]) -> Option<i32> {
        self.contigs.get(name).copied()
    }

    pub(super) fn tag(&self, name: &[u8]) -> Option<Numbered> {
        self.tags.get(name).copied()
    }

    fn add_contig(&mut self, name: &[u8]) {
        if !self.contigs.contains_key(name) {
            self.contigs.insert(name.into(), self.names.len() as i32);
            self.names.push(name.into());
        }
    }

    fn add_tag(&mut self, name: &[u8], header: &Header) {
        if !self.tags.contains_key(name) {
            let tag = Numbered {
                number: self.tags.len() as i32,
                info: header.info(name).map(|declared| declared.kind),
                format: header.format(name).map(|declared| declared.kind),
            };
            self.tags.insert(name.into(), tag);
        }
    }
}

/// The name that a line declares, if records can have it.
fn named(line: &Line) -> Option<(LineKind, &[u8])> {
    let kind = line.kind();
    let name = match kind {
        LineKind::Contig => line.attribute_any_case(b"ID"),
        LineKind::Info | LineKind::Format | LineKind::Filter => line.attribute(b"ID"),
        LineKind::Structured | LineKind::Generic => None,
    };
    name.map(|name| (kind, name))
}
