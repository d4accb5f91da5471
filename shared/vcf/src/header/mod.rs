//! The header of a VCF file: what it declares, and its text as bcftools 1.24 would print it.
//! Holds bytes as they were read, for headers need not be UTF-8. Reads no records.

mod contigs;
mod definition;
mod error;
mod line;
mod parse;
mod repetition;
mod tags;

use hashbrown::HashMap;
use std::sync::Arc;

pub use contigs::{Contig, Contigs};
pub use definition::{Definition, Number, Type};
pub use error::HeaderError;
pub(crate) use error::excerpt;
pub use line::{Line, LineKind, quoted_line};
pub use tags::TagMap;

use definition::Column;
use repetition::Repetitions;

/// A VCF header. Copies share what they do not change.
#[derive(Debug, Clone, Default)]
pub struct Header {
    lines: Arc<Vec<Line>>,
    info: Arc<TagMap<Definition>>,
    format: Arc<TagMap<Definition>>,
    filters: Arc<TagMap<()>>,
    contigs: Arc<Contigs>,
    samples: Arc<Samples>,
    repetitions: Arc<Repetitions>,
}

#[derive(Debug, Clone, Default)]
struct Samples {
    names: Vec<Vec<u8>>,
    places: HashMap<Vec<u8>, usize>,
}

impl From<Vec<Vec<u8>>> for Samples {
    fn from(names: Vec<Vec<u8>>) -> Self {
        Self {
            places: names.iter().cloned().zip(0..).collect(),
            names,
        }
    }
}

/// The version in `##fileformat`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// 4 in `VCFv4.3`.
    pub major: u32,
    /// 3 in `VCFv4.3`.
    pub minor: u32,
}

impl Version {
    /// From here on a genotype may state the phase of its first allele (`|0/1`).
    pub const PREFIXED_PHASE: Self = Self { major: 4, minor: 4 };
    /// What bcftools assumes where no version can be read.
    const ASSUMED: Self = Self { major: 4, minor: 2 };
}

impl Header {
    /// The lines in the order they are printed, the column line not among them.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// How INFO tag `id` is declared.
    #[must_use]
    pub fn info(&self, id: impl AsRef<[u8]>) -> Option<Definition> {
        self.info.get(id.as_ref()).copied()
    }

    /// How FORMAT tag `id` is declared.
    #[must_use]
    pub fn format(&self, id: impl AsRef<[u8]>) -> Option<Definition> {
        self.format.get(id.as_ref()).copied()
    }

    /// Whether INFO/AC and INFO/AN are declared as integers.
    pub(crate) fn declares_counts(&self) -> bool {
        let is_integer = |tag| self.info(tag).is_some_and(|d| d.kind == Type::Integer);
        is_integer("AC") && is_integer("AN")
    }

    /// Whether FILTER `id` is declared. bcftools is content with any tag of that name.
    #[must_use]
    pub fn has_filter(&self, id: impl AsRef<[u8]>) -> bool {
        let id = id.as_ref();
        self.filters.get(id).is_some()
    }

    /// Whether `id` is a tag of any column; enough for bcftools to accept it in FILTER.
    #[must_use]
    pub fn has_tag(&self, id: impl AsRef<[u8]>) -> bool {
        let id = id.as_ref();
        self.has_filter(id) || self.info(id).is_some() || self.format(id).is_some()
    }

    /// The scaffolds in header order.
    #[must_use]
    pub fn contigs(&self) -> &Contigs {
        &self.contigs
    }

    /// The place of a scaffold in [`Self::contigs`].
    #[must_use]
    pub fn contig_index(&self, name: impl AsRef<[u8]>) -> Option<usize> {
        self.contigs.place(name.as_ref())
    }

    /// The samples in column order.
    #[must_use]
    pub fn samples(&self) -> &[Vec<u8>] {
        &self.samples.names
    }

    /// The sample column, 0-based, that has this name.
    #[must_use]
    pub fn sample_index(&self, name: impl AsRef<[u8]>) -> Option<usize> {
        self.samples.places.get(name.as_ref()).copied()
    }

    /// The format version.
    #[must_use]
    pub fn version(&self) -> Version {
        self.lines
            .iter()
            .rev()
            .find(|line| line.key() == b"fileformat")
            .and_then(|line| parse_version(line.text()?))
            .unwrap_or(Version::ASSUMED)
    }

    /// Adds a line unless bcftools would drop it as a repetition or as useless (an INFO line without
    /// ID, a contig with a bad length). Says whether it was added.
    pub fn add(&mut self, line: Line) -> bool {
        let fresh = match line.kind() {
            LineKind::Contig => self.add_contig(&line),
            LineKind::Info => add_tag(&mut self.info, &line, Column::Info),
            LineKind::Format => add_tag(&mut self.format, &line, Column::Format),
            LineKind::Filter => line.attribute(b"ID").is_some_and(|id| {
                self.filters.get(id).is_none()
                    && Arc::make_mut(&mut self.filters).insert_new(id, ())
            }),
            LineKind::Structured if line.attribute_any_case(b"ID").is_none() => true,
            LineKind::Structured | LineKind::Generic => {
                !self.repetitions.has(&line) && Arc::make_mut(&mut self.repetitions).insert(&line)
            }
        };
        if fresh {
            Arc::make_mut(&mut self.lines).push(line);
        }
        fresh
    }

    /// Adds a line given as text.
    ///
    /// # Errors
    /// The text itself, if it is not of the form `##KEY=…`.
    pub fn add_text<'t>(&mut self, text: &'t str) -> Result<bool, &'t str> {
        Line::parse(text.as_bytes())
            .map(|line| self.add(line))
            .ok_or(text)
    }

    /// Declares scaffolds that an index names and the header does not, as bcftools does when it
    /// finds an index beside the file.
    pub fn add_missing_contigs<'n>(&mut self, names: impl IntoIterator<Item = &'n [u8]>) {
        for name in names {
            if self.contig_index(name).is_none()
                && let Some(line) = Line::contig(name)
            {
                self.add(line);
            }
        }
    }

    /// The same header with these sample columns, 0-based, in this order.
    #[must_use]
    pub fn with_samples(&self, columns: &[usize]) -> Self {
        let names = columns.iter().map(|c| self.samples.names[*c].clone());
        let mut header = self.clone();
        header.set_samples(names.collect());
        header
    }

    /// Replaces the sample columns by these; no name may come twice.
    pub fn set_samples(&mut self, names: Vec<Vec<u8>>) {
        self.samples = Arc::new(names.into());
    }

    /// Takes over the format version of another header if it is a later one.
    pub(crate) fn raise_version(&mut self, other: &Self) {
        let is_version = |line: &&Line| line.key() == b"fileformat";
        if other.version() > self.version()
            && let Some(later) = other.lines.iter().rev().find(is_version)
            && let Some(own) = self.lines.iter().rposition(|line| is_version(&line))
        {
            Arc::make_mut(&mut self.lines)[own] = later.clone();
        }
    }

    /// The same header without samples and without FORMAT lines (`view -G`).
    #[must_use]
    pub fn sites_only(&self) -> Self {
        let mut header = self.with_samples(&[]);
        Arc::make_mut(&mut header.lines).retain(|line| line.kind() != LineKind::Format);
        header.format = Arc::default();
        header
    }

    /// Prints the whole header, the column line included.
    pub fn print(&self, out: &mut Vec<u8>) {
        for line in self.lines.iter() {
            out.extend_from_slice(line.printed());
            out.push(b'\n');
        }
        out.extend_from_slice(parse::FIXED_COLUMNS);
        if !self.samples().is_empty() {
            out.extend_from_slice(b"\tFORMAT");
            for sample in self.samples() {
                out.push(b'\t');
                out.extend_from_slice(sample);
            }
        }
        out.push(b'\n');
    }

    fn add_contig(&mut self, line: &Line) -> bool {
        let Some(name) = line.attribute_any_case(b"ID") else {
            return false;
        };
        let length = match line.attribute_any_case(b"length").map(leading_integer) {
            None => None,
            Some(Some(length)) => Some(length).filter(|n| *n > 0),
            Some(None) => return false,
        };
        self.contigs.place(name).is_none() && Arc::make_mut(&mut self.contigs).add(name, length)
    }
}

fn add_tag(tags: &mut Arc<TagMap<Definition>>, line: &Line, column: Column) -> bool {
    let Some(id) = line.attribute(b"ID") else {
        return false;
    };
    let definition =
        Definition::from_attributes(line.attribute(b"Number"), line.attribute(b"Type"), column);
    tags.get(id).is_none() && Arc::make_mut(tags).insert_new(id, definition)
}

fn leading_integer(text: &[u8]) -> Option<u64> {
    let text = text.trim_ascii_start();
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    std::str::from_utf8(&text[..digits]).ok()?.parse().ok()
}

fn parse_version(text: &[u8]) -> Option<Version> {
    let start = memchr::memmem::find(text, b"VCFv")? + 4;
    let mut parts = text[start..].splitn(2, |b| *b == b'.');
    let number = |part: Option<&[u8]>| leading_integer(part?).and_then(|n| n.try_into().ok());
    Some(Version {
        major: number(parts.next())?,
        minor: number(parts.next())?,
    })
}
