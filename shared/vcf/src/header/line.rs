//! One `##` line: taken apart and printed as bcftools 1.24 does, quirks of spaces and quotes included.
//! Decides nothing about what the line means for the header.

use std::borrow::Cow;
use std::sync::Arc;

use smallvec::{SmallVec, smallvec};

/// A `##KEY=…` line. Copies share their text: every stage of a query has a header of its own, and headers have
/// millions of lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line(Arc<Text>);

#[derive(Debug, PartialEq, Eq)]
struct Text {
    /// The line as it is printed, without its line feed.
    printed: Box<[u8]>,
    key: u32,
    /// For each attribute of `##KEY=<A=1,B="two">`: where it begins, and where its `=` is. The value, quotes
    /// included, ends one byte before the next attribute, or before the `>` that ends the line.
    attributes: SmallVec<[(u32, u32); 2]>,
    shape: Shape,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// `##KEY=text`
    Plain,
    /// `##KEY=<…>`
    Attributes,
}

/// What the key of a line makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// `##contig=<…>`
    Contig,
    /// `##INFO=<…>`
    Info,
    /// `##FORMAT=<…>`
    Format,
    /// `##FILTER=<…>`
    Filter,
    /// Any other line with attributes.
    Structured,
    /// A line of plain text.
    Generic,
}

impl Line {
    /// The text between `##` and `=`.
    #[must_use]
    pub fn key(&self) -> &[u8] {
        &self.0.printed[2..self.0.key as usize]
    }

    /// What follows the key, unless it is a list of attributes.
    #[must_use]
    pub fn text(&self) -> Option<&[u8]> {
        match self.0.shape {
            Shape::Plain => Some(&self.0.printed[self.0.key as usize + 1..]),
            Shape::Attributes => None,
        }
    }

    /// What the line is about.
    #[must_use]
    pub fn kind(&self) -> LineKind {
        match (self.key(), self.0.shape) {
            (b"contig", _) => LineKind::Contig,
            (b"INFO", _) => LineKind::Info,
            (b"FORMAT", _) => LineKind::Format,
            (b"FILTER", _) => LineKind::Filter,
            (_, Shape::Attributes) => LineKind::Structured,
            (_, Shape::Plain) => LineKind::Generic,
        }
    }

    /// The value of an attribute, its name compared exactly.
    #[must_use]
    pub fn attribute(&self, name: &[u8]) -> Option<&[u8]> {
        self.find(|key| key == name)
    }

    /// The value of an attribute, upper and lower case alike.
    #[must_use]
    pub fn attribute_any_case(&self, name: &[u8]) -> Option<&[u8]> {
        self.find(|key| key.eq_ignore_ascii_case(name))
    }

    fn find(&self, test: impl Fn(&[u8]) -> bool) -> Option<&[u8]> {
        let Text {
            printed,
            attributes,
            ..
        } = &*self.0;
        let ends = attributes.iter().skip(1).map(|(next, _)| *next as usize);
        attributes
            .iter()
            .zip(ends.chain([printed.len()]))
            .find(|((start, equals), _)| test(&printed[*start as usize..*equals as usize]))
            .map(|((_, equals), end)| &printed[*equals as usize + 1..end - 1])
    }

    /// Reads a line without its line feed; `None` if it is not of the form `##KEY=…`.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let rest = text.strip_prefix(b"##")?;
        let equals = memchr::memchr(b'=', rest).filter(|equals| *equals > 0)? + 2;
        let key = u32::try_from(equals).ok()?;
        let Some(rest) = text[equals + 1..].strip_prefix(b"<") else {
            return Some(Self(Arc::new(Text {
                printed: text.into(),
                key,
                attributes: SmallVec::new(),
                shape: Shape::Plain,
            })));
        };
        let mut printed = Vec::with_capacity(text.len() + 1);
        printed.extend_from_slice(&text[..equals + 2]);
        let mut places = SmallVec::new();
        let found = attributes(rest)?;
        // BCF adds IDX; it is not printed.
        for (name, value) in found.iter().filter(|(name, _)| *name != b"IDX") {
            if !places.is_empty() {
                printed.push(b',');
            }
            let start = u32::try_from(printed.len()).ok()?;
            printed.extend_from_slice(name);
            places.push((start, u32::try_from(printed.len()).ok()?));
            printed.push(b'=');
            printed.extend_from_slice(value);
        }
        printed.push(b'>');
        Some(Self(Arc::new(Text {
            printed: printed.into(),
            key,
            attributes: places,
            shape: Shape::Attributes,
        })))
    }

    /// The number that BCF gives to the name of a line of text: its IDX.
    pub(crate) fn idx(text: &[u8]) -> Option<u32> {
        let rest = text.strip_prefix(b"##")?;
        let start = memchr::memmem::find(rest, b"=<")? + 2;
        let found = attributes(&rest[start..])?;
        let (_, value) = found.iter().find(|(name, _)| *name == b"IDX")?;
        std::str::from_utf8(value).ok()?.parse().ok()
    }

    /// The line that declares a scaffold, whatever its name: bcftools does not read it as text when an index names
    /// the scaffold.
    pub(super) fn contig(name: &[u8]) -> Option<Self> {
        let start = b"##contig=<ID=";
        let equals = u32::try_from(start.len() - 1).ok()?;
        Some(Self(Arc::new(Text {
            printed: [&start[..], name, b">"].concat().into(),
            key: 8,
            attributes: smallvec![(equals - 2, equals)],
            shape: Shape::Attributes,
        })))
    }

    /// Whether a header line of text can declare a scaffold of this name.
    pub(crate) fn can_declare_contig(name: &[u8]) -> bool {
        Self::parse(&[b"##contig=<ID=", name, b">"].concat())
            .is_some_and(|line| line.attribute(b"ID") == Some(name))
    }

    /// The line as it is printed, without a line feed; the IDX that BCF adds is left out.
    #[must_use]
    pub fn printed(&self) -> &[u8] {
        &self.0.printed
    }
}

/// A key and its value.
type Attribute<'t> = (&'t [u8], Cow<'t, [u8]>);

/// The attributes after `<`. An unclosed line is taken as far as it goes, text behind `>` is dropped.
fn attributes(text: &[u8]) -> Option<Vec<Attribute<'_>>> {
    let at = |i: usize| text.get(i).copied().unwrap_or(0);
    let mut found = Vec::new();
    let mut open = 1_u32;
    let mut i = 0;
    loop {
        while at(i) == b' ' {
            i += 1;
        }
        let start = i;
        if at(i).is_ascii_alphabetic() || at(i) == b'_' {
            while at(i).is_ascii_alphanumeric() || matches!(at(i), b'_' | b'.') {
                i += 1;
            }
        }
        let key = &text[start..i];
        while at(i) == b' ' {
            i += 1;
        }
        if key.is_empty() || at(i) != b'=' {
            return None;
        }
        i += 1;
        while at(i) == b' ' {
            i += 1;
        }
        let closing = match at(i) {
            b'"' => Some(b'"'),
            b'[' => Some(b']'),
            _ => None,
        };
        let value = if let Some(closing) = closing {
            let content = i + usize::from(closing == b'"');
            i += 1;
            while i < text.len() && (text[i] != closing || is_escaped(&text[content..i])) {
                i += 1;
            }
            if closing == b']' {
                // The whole list, brackets included, is the value.
                text.get(i)?;
                i += 1;
                Cow::Borrowed(trim_spaces(&text[content..i]))
            } else {
                let quoted = [b"\"", trim_spaces(&text[content..i]), b"\""].concat();
                i = text.len().min(i + 1);
                Cow::Owned(quoted)
            }
        } else {
            let content = i;
            while i < text.len() {
                match text[i] {
                    b'<' => open += 1,
                    b'>' => open -= 1,
                    _ => {}
                }
                if open == 0 || (text[i] == b',' && open == 1) {
                    break;
                }
                i += 1;
            }
            Cow::Borrowed(trim_spaces(&text[content..i]))
        };
        found.push((key, value));
        if at(i) == b'>' {
            open = open.saturating_sub(1);
            i += 1;
        }
        if open == 0 || i >= text.len() {
            return Some(found);
        }
        i += 1;
    }
}

fn is_escaped(before: &[u8]) -> bool {
    before.iter().rev().take_while(|b| **b == b'\\').count() % 2 == 1
}

fn trim_spaces(mut text: &[u8]) -> &[u8] {
    while let [rest @ .., b' '] = text {
        text = rest;
    }
    text
}

/// The line `##KEY="text"`, control characters as spaces, so that whatever a text says it stays one line.
#[must_use]
pub fn quoted_line(key: &str, text: &str) -> String {
    let clean: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .flat_map(|c| match c {
            '"' | '\\' => vec!['\\', c],
            c => vec![c],
        })
        .collect();
    format!("##{key}=\"{clean}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(text: &str) -> String {
        let line = Line::parse(text.as_bytes()).unwrap();
        String::from_utf8(line.printed().to_vec()).unwrap()
    }

    #[test]
    fn prints_what_it_read() {
        for text in [
            "##source=any text, <really>",
            "##INFO=<ID=DP,Number=1,Type=Integer,Description=\"Depth, \\\"raw\\\"\">",
            "##META=<ID=Assay,Type=String,Number=.,Values=[WholeGenome, Exome]>",
        ] {
            assert_eq!(round(text), text);
        }
    }

    #[test]
    fn spaces_idx_and_trailing_junk_go() {
        assert_eq!(
            round("##INFO=< ID = DP ,Number=1 , IDX=3,Description=\"d \"> junk"),
            "##INFO=<ID=DP,Number=1,Description=\"d\">"
        );
    }

    #[test]
    fn attributes_are_found_in_what_is_printed() {
        let line =
            Line::parse(b"##INFO=<ID = DP,IDX=4, Values=[a, b],Description=\"a,b=c \">").unwrap();
        assert_eq!(line.key(), b"INFO");
        assert_eq!(line.attribute(b"ID"), Some(&b"DP"[..]));
        assert_eq!(line.attribute_any_case(b"values"), Some(&b"[a, b]"[..]));
        assert_eq!(line.attribute(b"Description"), Some(&b"\"a,b=c\""[..]));
        assert_eq!(line.attribute(b"IDX"), None);
        assert_eq!(
            Line::parse(b"##x=<IDX=1>").unwrap().kind(),
            LineKind::Structured
        );
    }

    #[test]
    fn any_name_can_be_declared_by_an_index() {
        for name in ["1", "a,b", "a>b", " a", ""] {
            let line = Line::contig(name.as_bytes()).unwrap();
            assert_eq!(line.attribute(b"ID"), Some(name.as_bytes()));
            assert_eq!(line.kind(), LineKind::Contig);
            let text = Line::can_declare_contig(name.as_bytes());
            assert_eq!(text, matches!(name, "1" | ""), "{name}");
        }
    }

    #[test]
    fn no_equals_no_line() {
        assert_eq!(Line::parse(b"##nothing"), None);
        assert_eq!(Line::parse(b"##INFO=<1=2>"), None);
    }
}
