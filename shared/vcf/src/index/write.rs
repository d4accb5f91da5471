//! Writing CSI (CSI specification v1) with the scaffold names of tabix, as `bcftools index` does.

use super::read::MAX_INDEX;
use super::{Index, IndexError, Reference};
use crate::bgzf::{Deflater, EOF_MARKER, PAYLOAD};

/// Tabix' settings for VCF: preset, columns of name, begin and end, comment sign, lines to skip.
pub(super) const VCF_COLUMNS: [i32; 6] = [2, 1, 2, 0, b'#' as i32, 0];

impl Index {
    /// The bytes of a `.csi` file.
    ///
    /// # Errors
    /// If it would be too large to be read again.
    pub fn to_csi(&self) -> Result<Vec<u8>, IndexError> {
        let mut out = Blocks::default();
        self.write_raw(&mut out);
        out.finish()
    }

    /// The bytes of the `.csi` file of BCF: without names, and with all scaffolds of the header in the order of their
    /// numbers, an empty name for a number that is not given out.
    ///
    /// # Errors
    /// As [`Self::to_csi`].
    pub fn to_bcf_csi<'n>(
        &self,
        contigs: impl Iterator<Item = &'n [u8]>,
    ) -> Result<Vec<u8>, IndexError> {
        let none = Reference::default();
        let references = contigs.map(|name| self.reference(name).unwrap_or(&none));
        self.write_unnamed(&references.collect::<Vec<_>>())
    }

    /// The bytes of the `.csi` file of BCF, if that is where the index comes from: it has no names yet.
    ///
    /// # Errors
    /// As [`Self::to_csi`].
    pub fn to_unnamed_csi(&self) -> Result<Vec<u8>, IndexError> {
        self.write_unnamed(&self.references.iter().collect::<Vec<_>>())
    }

    fn write_unnamed(&self, references: &[&Reference]) -> Result<Vec<u8>, IndexError> {
        let mut out = Blocks::default();
        self.write_head(&mut out);
        out.put_count(0);
        out.put_count(references.len());
        for reference in references {
            self.write_reference(reference, &mut out);
        }
        out.put_u64(0);
        out.finish()
    }

    fn write_head(&self, out: &mut Blocks) {
        out.put(b"CSI\x01");
        out.put_u32(self.shape.min_shift);
        out.put_u32(self.shape.depth);
    }

    fn write_raw(&self, out: &mut Blocks) {
        self.write_head(out);
        let names: usize = self.names().map(|name| name.len() + 1).sum();
        out.put_count(28 + names);
        for value in VCF_COLUMNS {
            out.put(&value.to_le_bytes());
        }
        out.put_count(names);
        for name in self.names() {
            out.put(name);
            out.put(b"\0");
        }
        out.put_count(self.references.len());
        for reference in &self.references {
            self.write_reference(reference, out);
        }
        out.put_u64(0);
    }

    fn write_reference(&self, reference: &Reference, out: &mut Blocks) {
        out.put_count(reference.bins.len() + usize::from(reference.records.is_some()));
        for bin in &reference.bins {
            out.put_u32(bin.number);
            out.put_u64(bin.first.0);
            out.put_count(bin.chunks.len());
            for chunk in &bin.chunks {
                out.put_u64(chunk.start.0);
                out.put_u64(chunk.end.0);
            }
        }
        if let Some(records) = reference.records {
            let start = reference.start().unwrap_or_default();
            let end = reference.end().unwrap_or_default();
            out.put_u32(self.shape.counts_bin());
            out.put_u64(0);
            out.put_count(2);
            for value in [start.0, end.0, records, 0] {
                out.put_u64(value);
            }
        }
    }
}

/// Deflates what is put in, block by block, so that it is never in memory as a whole.
pub(super) struct Blocks {
    deflater: Deflater,
    pending: Vec<u8>,
    out: Vec<u8>,
    total: usize,
}

impl Default for Blocks {
    fn default() -> Self {
        Self {
            deflater: Deflater::new(6),
            pending: Vec::with_capacity(2 * PAYLOAD),
            out: Vec::new(),
            total: 0,
        }
    }
}

impl Blocks {
    pub(super) fn put(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
        self.total += bytes.len();
        if self.pending.len() >= PAYLOAD {
            self.deflater
                .deflate(&self.pending[..PAYLOAD], &mut self.out);
            self.pending.drain(..PAYLOAD);
        }
    }

    pub(super) fn put_u32(&mut self, value: u32) {
        self.put(&value.to_le_bytes());
    }

    pub(super) fn put_u64(&mut self, value: u64) {
        self.put(&value.to_le_bytes());
    }

    pub(super) fn put_count(&mut self, value: usize) {
        self.put_u32(value as u32);
    }

    pub(super) fn finish(mut self) -> Result<Vec<u8>, IndexError> {
        if self.total > MAX_INDEX {
            return Err(IndexError::TooLarge);
        }
        for block in self.pending.chunks(PAYLOAD) {
            self.deflater.deflate(block, &mut self.out);
        }
        self.out.extend_from_slice(&EOF_MARKER);
        Ok(self.out)
    }
}
