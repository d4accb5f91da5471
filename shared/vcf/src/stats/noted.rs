//! What the check of a record has found.

use crate::canonical::{Fields, Visitor};
use crate::header::{Header, Type};
use crate::number::{allele_counts, integer_prefix};
use crate::skips::Numbers;

/// A value of INFO that bcftools reads when an item is missing in a list of bytes.
/// Notes of one record; kept from record to record for its memory.
#[derive(Debug, Default)]
pub(crate) struct Noted {
    pub(super) fields: Fields,
    /// Where columns begin and their depths; empty if all columns are two alleles of one digit.
    pub(super) columns: Vec<(u32, u32)>,
    pub(super) all_diploid: bool,
    /// INFO/DP, if that is one value; nothing inside if it is missing.
    pub(super) depth: Option<Option<i32>>,
    has_depth: bool,
    /// INFO/AC and whether it is there.
    pub(super) counts: Vec<i64>,
    pub(super) has_counts: bool,
    /// INFO/AN.
    pub(super) total: Option<i64>,
    /// The numbers in INFO that are told apart.
    pub(crate) numbers: Numbers,
}

impl Noted {
    pub(crate) fn new(header: &Header) -> Self {
        Self {
            numbers: Numbers::new(header),
            ..Self::default()
        }
    }

    /// Forgets the record before.
    pub(crate) fn begin(&mut self) {
        self.fields = Fields::default();
        self.columns.clear();
        self.all_diploid = false;
        self.depth = None;
        self.has_depth = false;
        self.has_counts = false;
        self.total = None;
        self.numbers.begin();
    }
}

/// The place of what a column does not have.
pub(super) const NOWHERE: u32 = u32::MAX;

impl Visitor for Noted {
    const NOTES: bool = true;

    fn info(&mut self, key: &[u8], declared: Option<Type>, value: Option<&[u8]>) {
        self.numbers.info(key, value);
        let [a, b] = key else { return };
        if declared != Some(Type::Integer) {
            return;
        }
        let text = value.unwrap_or_default();
        match [*a, *b] {
            [b'D', b'P'] if !self.has_depth => {
                self.has_depth = true;
                self.depth = match value {
                    Some(text) if !text.is_empty() && !text.contains(&b',') => {
                        Some(integer_prefix(text).value)
                    }
                    _ => None,
                };
            }
            [b'A', b'N'] => {
                let is_one = !text.contains(&b',');
                let total = integer_prefix(text).value.filter(|_| is_one);
                self.total = total.map(i64::from).or((!is_one).then_some(0));
            }
            [b'A', b'C'] => {
                self.has_counts = true;
                self.counts.clear();
                self.counts.extend(allele_counts(text));
            }
            _ => {}
        }
    }

    fn fields(&mut self, fields: Fields) {
        self.fields = fields;
    }

    #[inline]
    fn column(&mut self, start: usize, depth: usize) {
        // Lines are shorter than 4 GiB.
        self.columns.push((start as u32, depth as u32));
    }

    fn keep(&mut self, columns: usize) {
        self.columns.truncate(columns);
    }

    fn all_diploid(&mut self) {
        self.all_diploid = true;
    }
}
