//! One `##` line: taken apart and printed as bcftools 1.24 does, quirks of spaces and quotes included.
//! Decides nothing about what the line means for the header.

/// A `##KEY=…` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    key: Vec<u8>,
    body: Body,
}

/// What follows the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// `##KEY=text`.
    Text(Vec<u8>),
    /// `##KEY=<A=1,B="two">`; values keep their quotes.
    Attributes(Vec<(Vec<u8>, Vec<u8>)>),
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
        &self.key
    }

    /// What follows the key.
    #[must_use]
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// What the line is about.
    #[must_use]
    pub fn kind(&self) -> LineKind {
        match (self.key.as_slice(), &self.body) {
            (b"contig", _) => LineKind::Contig,
            (b"INFO", _) => LineKind::Info,
            (b"FORMAT", _) => LineKind::Format,
            (b"FILTER", _) => LineKind::Filter,
            (_, Body::Attributes(attributes)) if !attributes.is_empty() => LineKind::Structured,
            _ => LineKind::Generic,
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
        match &self.body {
            Body::Text(_) => None,
            Body::Attributes(all) => all
                .iter()
                .find(|(key, _)| test(key))
                .map(|(_, value)| value.as_slice()),
        }
    }

    /// Reads a line without its line feed; `None` if it is not of the form `##KEY=…`.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let text = text.strip_prefix(b"##")?;
        let equals = memchr::memchr(b'=', text)?;
        if equals == 0 {
            return None;
        }
        let (key, rest) = (&text[..equals], &text[equals + 1..]);
        let body = match rest.strip_prefix(b"<") {
            None => Body::Text(rest.to_vec()),
            Some(rest) => Body::Attributes(attributes(rest)?),
        };
        Some(Self {
            key: key.to_vec(),
            body,
        })
    }

    /// Prints the line with its line feed; the IDX that BCF adds is left out.
    pub fn print(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"##");
        out.extend_from_slice(&self.key);
        out.push(b'=');
        match &self.body {
            Body::Text(text) => out.extend_from_slice(text),
            Body::Attributes(attributes) => {
                out.push(b'<');
                let shown = attributes.iter().filter(|(key, _)| key != b"IDX");
                for (n, (key, value)) in shown.enumerate() {
                    if n > 0 {
                        out.push(b',');
                    }
                    out.extend_from_slice(key);
                    out.push(b'=');
                    out.extend_from_slice(value);
                }
                out.push(b'>');
            }
        }
        out.push(b'\n');
    }
}

/// The attributes after `<`. An unclosed line is taken as far as it goes, text behind `>` is dropped.
fn attributes(text: &[u8]) -> Option<Vec<(Vec<u8>, Vec<u8>)>> {
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
        let mut value = Vec::new();
        let closing = match at(i) {
            b'"' => Some(b'"'),
            b'[' => Some(b']'),
            _ => None,
        };
        if let Some(closing) = closing {
            let content = i + usize::from(closing == b'"');
            i += 1;
            while i < text.len() && (text[i] != closing || is_escaped(&text[content..i])) {
                i += 1;
            }
            if closing == b']' {
                // The whole list, brackets included, is the value.
                text.get(i)?;
                i += 1;
                value.extend_from_slice(trim_spaces(&text[content..i]));
            } else {
                value.push(b'"');
                value.extend_from_slice(trim_spaces(&text[content..i]));
                value.push(b'"');
                i = text.len().min(i + 1);
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
            value.extend_from_slice(trim_spaces(&text[content..i]));
        }
        found.push((key.to_vec(), value));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn round(text: &str) -> String {
        let mut out = Vec::new();
        Line::parse(text.as_bytes()).unwrap().print(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn prints_what_it_read() {
        for text in [
            "##source=any text, <really>",
            "##INFO=<ID=DP,Number=1,Type=Integer,Description=\"Depth, \\\"raw\\\"\">",
            "##META=<ID=Assay,Type=String,Number=.,Values=[WholeGenome, Exome]>",
        ] {
            assert_eq!(round(text), format!("{text}\n"));
        }
    }

    #[test]
    fn spaces_idx_and_trailing_junk_go() {
        assert_eq!(
            round("##INFO=< ID = DP ,Number=1 , IDX=3,Description=\"d \"> junk"),
            "##INFO=<ID=DP,Number=1,Description=\"d\">\n"
        );
    }

    #[test]
    fn no_equals_no_line() {
        assert_eq!(Line::parse(b"##nothing"), None);
        assert_eq!(Line::parse(b"##INFO=<1=2>"), None);
    }
}
