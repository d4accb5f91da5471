//! The numbers that a written file gives to names: by order of its header lines, PASS first.

use hashbrown::HashMap;

use crate::header::{Header, HeaderError, Line, LineKind, Type, Version, excerpt};

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
    ///
    /// # Errors
    /// If a line would be read as another than it is written from.
    pub fn new(header: &Header) -> Result<Self, HeaderError> {
        let mut numbering = Self {
            samples: header.samples().len(),
            version: Some(header.version()),
            ..Self::default()
        };
        numbering.add_tag(b"PASS", header);
        for line in header.lines() {
            let named = named(line);
            match named {
                Some((LineKind::Contig, name)) => numbering.add_contig(name),
                Some((_, name)) => numbering.add_tag(name, header),
                None => {}
            }
            let is_read_again = match named {
                Some(_) => has_place_for_number(line),
                None => unnumbered(line).is_some(),
            };
            if !is_read_again {
                return Err(HeaderError::OpenAttribute {
                    text: excerpt(line.printed()),
                });
            }
        }
        Ok(numbering)
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
                (Some(number), [start @ .., b'>']) => put_numbered(start, number, &mut text),
                _ => text.extend_from_slice(unnumbered(line).unwrap_or(printed)),
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

/// Puts a line that ends with `>`, and IDX before that.
fn put_numbered(start: &[u8], number: i32, text: &mut Vec<u8>) {
    text.extend_from_slice(start);
    text.extend_from_slice(format!(",IDX={number}>").as_bytes());
}

/// Whether IDX is an attribute by itself when it is put at the end of a line.
fn has_place_for_number(line: &Line) -> bool {
    let printed = line.printed();
    let count = |character| memchr::memchr_iter(character, printed).count();
    let is_plain = count(b'<') == 1 && count(b'"') % 2 == 0 && count(b'\\') + count(b'[') == 0;
    is_plain || {
        let mut numbered = Vec::new();
        let start = printed.strip_suffix(b">").unwrap_or(printed);
        put_numbered(start, 0, &mut numbered);
        Line::parse(&numbered).is_some_and(|again| again.printed() == printed)
    }
}

/// What a line without a number is written as, so that it is read as it is printed. To one that lacks its end bcftools adds
/// a bracket whenever it reads it: such a line is written without the last one that was added.
fn unnumbered(line: &Line) -> Option<&[u8]> {
    let printed = line.printed();
    let is_read_as_printed =
        |text: &[u8]| Line::parse(text).is_none_or(|again| again.printed() == printed);
    let shorter = printed.strip_suffix(b">");
    [Some(printed), shorter]
        .into_iter()
        .flatten()
        .find(|text| is_read_as_printed(text))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_would_be_read_as_another_is_refused() {
        let made = |line: &str| {
            let columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";
            let text = format!("##fileformat=VCFv4.3\n{line}\n{columns}");
            Numbering::new(&Header::parse(text.as_bytes()).unwrap())
        };
        for line in [
            "##contig=<ID=2<length=90,IDX=1?",
            "##INFO=<ID=A,Number=1,Type=Integer,x=<ID=B,y=<ID=C,z=1>",
        ] {
            let fault = made(line).unwrap_err().to_string();
            assert!(fault.contains("lacks the end of an attribute"), "{fault}");
        }
        for line in [
            "##contig=<ID=2,length=90>",
            "##contig=<ID=2,length=90",
            "##contig=<ID=2,x=<a=1,b=2>>",
            "##INFO=<ID=A,Number=1,Type=Integer,Description=\"a<b\">",
            "##INFO=<ID=A,Number=1,Type=Integer,Description=\"a \\\"b\\\" [c\">",
            "##FILTER=<ID=q,Values=[a,b]>",
        ] {
            assert!(made(line).is_ok(), "{line}");
        }
    }

    #[test]
    fn a_line_without_a_number_is_read_as_it_was_printed() {
        let columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";
        for line in [
            "##META=<ID=a,Values=[b,c]>",
            "##META=<ID=a,x=<b=1,c=2>",
            "##META=<ID=a,x=y<ID=b,z=\"w\",v=<ID=c,u=1>",
            "##META=<ID=a",
            "##source=<a<b",
            "##source=a<b>>",
        ] {
            let text = format!("##fileformat=VCFv4.3\n{line}\n{columns}\n");
            let header = Header::parse(text.as_bytes()).unwrap();
            let written = Numbering::new(&header).unwrap().print_header(&header);
            let text = written.strip_suffix(b"\0").unwrap();
            let again = Header::parse(&text[MAGIC.len() + 4..]).unwrap();
            let printed = |header: &Header| {
                let mut text = Vec::new();
                header.print(&mut text);
                String::from_utf8(text).unwrap()
            };
            assert_eq!(printed(&again), printed(&header), "{line}");
        }
    }
}
