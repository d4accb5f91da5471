//! Sample columns and the subfields in them.

/// The tags of FORMAT in order.
#[derive(Debug, Clone)]
pub struct FormatKeys<'a> {
    rest: Option<&'a [u8]>,
}

impl<'a> FormatKeys<'a> {
    pub(super) fn new(format: &'a [u8]) -> Self {
        Self {
            rest: (format != b".").then_some(format),
        }
    }
}

impl<'a> Iterator for FormatKeys<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<Self::Item> {
        next_piece(&mut self.rest, b':')
    }
}

/// The sample columns in order.
#[derive(Debug, Clone)]
pub struct Columns<'a> {
    rest: Option<&'a [u8]>,
}

impl<'a> Columns<'a> {
    pub(super) fn new(samples: Option<&'a [u8]>) -> Self {
        Self { rest: samples }
    }
}

impl<'a> Iterator for Columns<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<Self::Item> {
        next_piece(&mut self.rest, b'\t')
    }
}

/// The subfields of one sample column; dropped trailing ones are not there.
pub fn subfields(column: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    column.split(|b| *b == b':')
}

/// The subfield at a place, 0-based; `None` if the column ends before it.
#[must_use]
pub fn subfield(column: &[u8], index: usize) -> Option<&[u8]> {
    subfields(column).nth(index)
}

fn next_piece<'a>(rest: &mut Option<&'a [u8]>, separator: u8) -> Option<&'a [u8]> {
    let text = (*rest)?;
    match memchr::memchr(separator, text) {
        None => {
            *rest = None;
            Some(text)
        }
        Some(at) => {
            *rest = Some(&text[at + 1..]);
            Some(&text[..at])
        }
    }
}
