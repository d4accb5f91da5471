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

    /// The two characters of the next column where it begins with a separator between them and ends there, or its first
    /// subfield does: the alleles of a diploid genotype, as a rule. Nothing, and nothing is taken, if it does not.
    pub(crate) fn next_diploid(&mut self) -> Option<(u8, u8)> {
        let text = self.rest?;
        if text.starts_with(b"\t") || text.get(2) == Some(&b'\t') {
            return None;
        }
        match text {
            [a, b'/' | b'|', b, b'\t', rest @ ..] => {
                self.rest = Some(rest);
                Some((*a, *b))
            }
            [a, b'/' | b'|', b] => {
                self.rest = None;
                Some((*a, *b))
            }
            [a, b'/' | b'|', b, b':', rest @ ..] => {
                let tab = memchr::memchr(b'\t', rest);
                self.rest = tab.map(|tab| &rest[tab + 1..]);
                Some((*a, *b))
            }
            _ => None,
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn diploid_genotypes_are_columns_like_others() {
        for text in [
            "0/1",
            "0/1\t1|1",
            "0/1:3\t.",
            "\t/1",
            "0/\t\t1/1",
            "0/1\t",
            "0/\t",
            "\t",
            "",
            "1|1:\t0/0",
            ".",
            "0/1/1\t0/1",
        ] {
            let expected: Vec<&[u8]> = Columns::new(Some(text.as_bytes())).collect();
            let mut columns = Columns::new(Some(text.as_bytes()));
            for column in expected {
                match columns.next_diploid() {
                    Some((a, b)) => {
                        assert_eq!((column[0], column[2]), (a, b), "{text:?}");
                        assert!(matches!(column.get(3), None | Some(b':')), "{text:?}");
                    }
                    None => assert_eq!(columns.next(), Some(column), "{text:?}"),
                }
            }
            assert_eq!(columns.next_diploid(), None, "{text:?}");
            assert_eq!(columns.next(), None, "{text:?}");
        }
    }
}
