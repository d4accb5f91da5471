//! What records became: text or BCF, where each of them is, and blocks of the input that hold it already.

use crate::bcf::Encoder;
use crate::record::{Record, RecordError};

use super::reuse::Reused;

/// Printed records.
#[derive(Default)]
pub(crate) struct Output {
    pub text: Vec<u8>,
    pub marks: Vec<Mark>,
    /// Which of the marks named a scaffold last.
    pub named: usize,
    pub read: u64,
    pub written: u64,
    /// In order of place.
    pub reused: Vec<Reused>,
}

/// Where a printed record is, for the index of the result.
pub(crate) struct Mark {
    /// Bytes of its line.
    pub length: u32,
    /// 0-based.
    pub start: u64,
    /// 0-based, exclusive.
    pub end: u64,
    /// Its scaffold, if it is not that of the record before.
    pub scaffold: Option<Vec<u8>>,
}

/// Blocks.
#[derive(Default)]
pub(crate) struct Deflated {
    pub bytes: Vec<u8>,
    /// For each block: bytes of text in it, and bytes it takes.
    pub blocks: Vec<(usize, usize)>,
}

impl Output {
    /// Appends a printed line as BCF, and notes its place if the result is indexed.
    pub(crate) fn encode(
        &mut self,
        line: &[u8],
        encoder: &mut Encoder<'_>,
        indexed: bool,
    ) -> Result<(), RecordError> {
        let record = Record::parse(line.strip_suffix(b"\n").unwrap_or(line))?;
        let start = self.text.len();
        encoder.encode(&record, &mut self.text)?;
        if indexed {
            let end = record.start().max(0) as u64 + encoder.reference_length(&record);
            self.mark_until(&record, end, self.text.len() - start);
        }
        Ok(())
    }

    /// Notes a record of `length` printed bytes.
    pub(crate) fn mark(&mut self, record: &Record<'_>, length: usize) {
        self.mark_until(record, record.index_end(), length);
    }

    /// Notes a record that ends, exclusive, at this position.
    pub(super) fn mark_until(&mut self, record: &Record<'_>, end: u64, length: usize) {
        // The first record of an output always names its scaffold; so does every change.
        let named = self.marks.get(self.named);
        let named = named.and_then(|mark| mark.scaffold.as_deref());
        let scaffold = (named != Some(record.chrom)).then(|| record.chrom.to_vec());
        if scaffold.is_some() {
            self.named = self.marks.len();
        }
        self.marks.push(Mark {
            length: length as u32,
            start: record.start().max(0) as u64,
            end,
            scaffold,
        });
    }
}
