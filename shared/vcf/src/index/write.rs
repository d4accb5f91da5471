//! Writing CSI (CSI specification v1) with the scaffold names of tabix, as `bcftools index` does.

use super::{Counts, Index, Reference};
use crate::bgzf::{Deflater, EOF_MARKER, PAYLOAD};

/// Tabix' settings for VCF: preset, columns of name, begin and end, comment sign, lines to skip.
const VCF_COLUMNS: [i32; 6] = [2, 1, 2, 0, b'#' as i32, 0];

impl Index {
    /// The bytes of a `.csi` file.
    #[must_use]
    pub fn to_csi(&self) -> Vec<u8> {
        let raw = self.to_raw_csi();
        let mut deflater = Deflater::new(6);
        let mut out = Vec::with_capacity(raw.len() / 2);
        for block in raw.chunks(PAYLOAD) {
            deflater.deflate(block, &mut out);
        }
        out.extend_from_slice(&EOF_MARKER);
        out
    }

    pub(super) fn to_raw_csi(&self) -> Vec<u8> {
        let mut out = b"CSI\x01".to_vec();
        put_i32(&mut out, self.shape.min_shift as usize);
        put_i32(&mut out, self.shape.depth as usize);
        let names: usize = self.names().map(|name| name.len() + 1).sum();
        put_i32(&mut out, 28 + names);
        for value in VCF_COLUMNS {
            out.extend_from_slice(&value.to_le_bytes());
        }
        put_i32(&mut out, names);
        for name in self.names() {
            out.extend_from_slice(name);
            out.push(0);
        }
        put_i32(&mut out, self.references.len());
        for reference in &self.references {
            self.put_reference(reference, &mut out);
        }
        out.extend_from_slice(&0_u64.to_le_bytes());
        out
    }

    fn put_reference(&self, reference: &Reference, out: &mut Vec<u8>) {
        put_i32(
            out,
            reference.bins.len() + usize::from(reference.counts.is_some()),
        );
        for bin in &reference.bins {
            out.extend_from_slice(&bin.number.to_le_bytes());
            out.extend_from_slice(&bin.first.0.to_le_bytes());
            put_i32(out, bin.chunks.len());
            for chunk in &bin.chunks {
                out.extend_from_slice(&chunk.start.0.to_le_bytes());
                out.extend_from_slice(&chunk.end.0.to_le_bytes());
            }
        }
        if let Some(Counts {
            start,
            end,
            records,
        }) = reference.counts
        {
            out.extend_from_slice(&self.shape.counts_bin().to_le_bytes());
            out.extend_from_slice(&0_u64.to_le_bytes());
            put_i32(out, 2);
            for value in [start.0, end.0, records, 0] {
                out.extend_from_slice(&value.to_le_bytes());
            }
        }
    }
}

fn put_i32(out: &mut Vec<u8>, value: usize) {
    out.extend_from_slice(&(value as u32).to_le_bytes());
}
