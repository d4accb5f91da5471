//! A layout as bytes, to be kept beside the index: a version, flags (1: BCF, 2: records are cut), where records begin, the
//! length of the header's end and that itself, and differences between borders in LEB128 (DWARF 5 §7.6). Numbers are little-endian.

use super::{Borders, Layout, Stored};
use crate::bgzf::{MAX_BLOCK, VirtualOffset};

const VERSION: u8 = 1;

impl Layout {
    /// The bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let flags = u8::from(self.stored == Stored::Bcf) | u8::from(self.cuts_records) << 1;
        let mut out = vec![VERSION, flags];
        out.extend_from_slice(&self.records.0.to_le_bytes());
        let end = self.header_end.as_deref().unwrap_or_default();
        out.extend_from_slice(&(end.len() as u32).to_le_bytes());
        out.extend_from_slice(end);
        let mut before = 0;
        for place in self.borders.places() {
            let mut difference = place - before;
            before = *place;
            while difference >= 0x80 {
                out.push(difference as u8 | 0x80);
                difference >>= 7;
            }
            out.push(difference as u8);
        }
        out
    }

    /// Reads what [`Self::to_bytes`] gave; nothing if it is something else.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let ([VERSION, flags], rest) = bytes.split_first_chunk::<2>()? else {
            return None;
        };
        if *flags > 3 {
            return None;
        }
        let stored = match flags & 1 {
            0 => Stored::Vcf,
            _ => Stored::Bcf,
        };
        let (records, rest) = rest.split_first_chunk::<8>()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let length = u32::from_le_bytes(*length) as usize;
        // Deflating makes little longer.
        if length > 2 * MAX_BLOCK {
            return None;
        }
        let (end, rest) = rest.split_at_checked(length)?;
        Some(Self {
            stored,
            records: VirtualOffset(u64::from_le_bytes(*records)),
            header_end: (!end.is_empty()).then(|| end.to_owned()),
            cuts_records: flags & 2 != 0,
            borders: borders(rest)?,
        })
    }
}

fn borders(bytes: &[u8]) -> Option<Borders> {
    let (mut places, mut place, mut difference, mut shift) = (vec![], 0_u64, 0_u64, 0_u32);
    for byte in bytes {
        let bits = u64::from(byte & 0x7f);
        if shift > 63 || (bits << shift) >> shift != bits {
            return None;
        }
        difference |= bits << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            place = place.checked_add(difference)?;
            places.push(place);
            (difference, shift) = (0, 0);
        }
    }
    (shift == 0).then(|| Borders::from_places(places))
}
