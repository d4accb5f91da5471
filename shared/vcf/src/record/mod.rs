//! One data line, cut into its columns without copying. Values stay text; what a tag means is the
//! header's to say.

mod error;
mod genotype;
mod info;
mod samples;
mod span;
mod tabs;

use crate::error::{Error, ErrorKind};

pub use error::RecordError;
pub use genotype::{Allele, Genotype};
pub use info::InfoFields;
pub use samples::{Columns, FormatKeys, subfield, subfields};

/// A record over the bytes of its line (without line end).
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// CHROM.
    pub chrom: &'a [u8],
    /// POS, 1-based; 0 is the telomere.
    pub pos: u64,
    /// ID as written, `.` if there is none.
    pub id: &'a [u8],
    /// REF.
    pub reference: &'a [u8],
    /// ALT as written: alleles separated by commas, or `.`.
    pub alternates: &'a [u8],
    /// QUAL as written.
    pub quality: &'a [u8],
    /// FILTER as written.
    pub filter: &'a [u8],
    /// INFO as written.
    pub info: &'a [u8],
    /// FORMAT as written; `None` if the line has eight columns.
    pub format: Option<&'a [u8]>,
    /// All sample columns with the tabs between them; `None` if the line has no more than nine columns.
    pub samples: Option<&'a [u8]>,
    /// POS as written.
    pub pos_text: &'a [u8],
}

impl<'a> Record<'a> {
    /// Cuts a line. Only CHROM to POS are looked into.
    ///
    /// # Errors
    /// If columns are missing or POS is not a position.
    pub fn parse(line: &'a [u8]) -> Result<Self, RecordError> {
        let mut tabs = [0; 9];
        let found = tabs::first(line, &mut tabs);
        if found < 7 {
            return Err(RecordError::TooFewColumns { found: found + 1 });
        }
        let mut columns = [&line[..0]; 8];
        let mut start = 0;
        for (n, column) in columns.iter_mut().enumerate() {
            let end = if n < found { tabs[n] } else { line.len() };
            *column = &line[start..end];
            start = end + 1;
        }
        let (format, samples) = match found {
            9 => (Some(&line[start..tabs[8]]), Some(&line[tabs[8] + 1..])),
            8 => (Some(&line[start..]), None),
            _ => (None, None),
        };
        let [
            chrom,
            pos_text,
            id,
            reference,
            alternates,
            quality,
            filter,
            info,
        ] = columns;
        Ok(Self {
            chrom,
            pos: parse_position(pos_text).ok_or_else(|| RecordError::Position {
                text: String::from_utf8_lossy(pos_text).into_owned(),
            })?,
            id,
            reference,
            alternates,
            quality,
            filter,
            info,
            format,
            samples,
            pos_text,
        })
    }

    /// A line that was printed before, so that its place in a file is not known.
    pub(crate) fn of_printed(line: &'a [u8]) -> Result<Self, Error> {
        Self::parse(line).map_err(|source| ErrorKind::record(None, None, source).into())
    }

    /// Bytes of the line before INFO.
    #[must_use]
    pub fn before_info(&self) -> usize {
        let columns = [
            self.chrom,
            self.pos_text,
            self.id,
            self.reference,
            self.alternates,
            self.quality,
            self.filter,
        ];
        columns.iter().map(|column| column.len() + 1).sum()
    }

    /// The ALT alleles; none if ALT is `.`. An empty one is a `.`, as bcftools reads it.
    pub fn alts(&self) -> impl Iterator<Item = &'a [u8]> + Clone + use<'a> {
        let alternates = self.alternates;
        (alternates != b".")
            .then(|| alternates.split(|b| *b == b','))
            .into_iter()
            .flatten()
            .map(|allele| if allele.is_empty() { b"." } else { allele })
    }

    /// REF and ALT alleles together; genotypes count from 0 in this order.
    pub fn alleles(&self) -> impl Iterator<Item = &'a [u8]> + Clone + use<'a> {
        std::iter::once(self.reference).chain(self.alts())
    }

    /// How many alleles there are, REF included.
    #[must_use]
    pub fn allele_count(&self) -> usize {
        if self.alternates == b"." {
            1
        } else {
            2 + memchr::memchr_iter(b',', self.alternates).count()
        }
    }

    /// INFO, entry by entry.
    #[must_use]
    pub fn info_fields(&self) -> InfoFields<'a> {
        InfoFields::new(self.info)
    }

    /// The text of INFO tag `key` where it is first named: `None` if it is not there, `Some(None)`
    /// if it stands without `=`.
    #[must_use]
    pub fn info_value(&self, key: &[u8]) -> Option<Option<&'a [u8]>> {
        self.info_fields()
            .find(|(name, _)| *name == key)
            .map(|(_, value)| value)
    }

    /// FILTER, name by name; none if it is `.`.
    pub fn filters(&self) -> impl Iterator<Item = &'a [u8]> + Clone + use<'a> {
        let filter = self.filter.strip_suffix(b";").unwrap_or(self.filter);
        (filter != b".")
            .then(|| filter.split(|b| *b == b';'))
            .into_iter()
            .flatten()
    }

    /// The FORMAT tags; none if FORMAT is `.` or missing.
    #[must_use]
    pub fn format_keys(&self) -> FormatKeys<'a> {
        FormatKeys::new(self.format.unwrap_or(b"."))
    }

    /// The place of a FORMAT tag, 0-based.
    #[must_use]
    pub fn format_index(&self, key: &[u8]) -> Option<usize> {
        self.format_keys().position(|name| name == key)
    }

    /// The sample columns.
    #[must_use]
    pub fn columns(&self) -> Columns<'a> {
        Columns::new(self.samples)
    }

    /// The site for messages: `CHROM:POS`.
    #[must_use]
    pub fn site(&self) -> String {
        format!("{}:{}", String::from_utf8_lossy(self.chrom), self.pos)
    }
}

fn parse_position(text: &[u8]) -> Option<u64> {
    let digits = text.strip_prefix(b"+").unwrap_or(text);
    let mut value: u64 = 0;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        value = value
            .checked_mul(10)?
            .checked_add(u64::from(digit - b'0'))?;
    }
    (value < 1 << 62).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_columns() {
        let line = b"1\t7\t.\tA\tC,<DEL>\t.\tq10;s5\tDP=3;DB\tGT:DP\t0/1:3\t./.";
        let record = Record::parse(line).unwrap();
        assert_eq!((record.chrom, record.pos), (&b"1"[..], 7));
        assert_eq!(record.allele_count(), 3);
        assert_eq!(record.alts().last(), Some(&b"<DEL>"[..]));
        assert_eq!(record.filters().count(), 2);
        assert_eq!(record.info_value(b"DP"), Some(Some(&b"3"[..])));
        assert_eq!(record.info_value(b"DB"), Some(None));
        assert_eq!(record.info_value(b"AF"), None);
        assert_eq!(record.format_index(b"DP"), Some(1));
        let columns: Vec<_> = record.columns().collect();
        assert_eq!(columns, [&b"0/1:3"[..], b"./."]);
        assert_eq!(subfield(columns[0], 1), Some(&b"3"[..]));
        assert_eq!(subfield(columns[1], 1), None);
    }

    #[test]
    fn refuses_short_lines_and_bad_positions() {
        assert_eq!(
            Record::parse(b"1\t7\t.").err(),
            Some(RecordError::TooFewColumns { found: 3 })
        );
        assert!(matches!(
            Record::parse(b"1\tx\t.\tA\tC\t.\t.\t.").err(),
            Some(RecordError::Position { .. })
        ));
    }
}
