//! A layout as bytes, to be kept beside the index: a version, flags (1: BCF, 2: records are cut), where records begin, the
//! length of the header's end and that itself, and differences between borders in LEB128 (DWARF 5 §7.6). Numbers are little-endian.

use super::{Borders, Layout, Stored};
use crate::bgzf::{MAX_BLOCK, VirtualOffset};
use crate::coded::{Bytes, put};

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
        for place in &self.borders.0 {
            put(place - before, &mut out);
            before = *place;
        }
        out
    }

    /// Reads what [`Self::to_bytes`] gave; nothing if it is something else.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut bytes = Bytes(bytes);
        let [VERSION, flags @ 0..=3] = bytes.array()? else {
            return None;
        };
        let stored = match flags & 1 {
            0 => Stored::Vcf,
            _ => Stored::Bcf,
        };
        let records = VirtualOffset(bytes.u64()?);
        let length = bytes.u32()? as usize;
        // Deflating makes little longer.
        if length > 2 * MAX_BLOCK {
            return None;
        }
        let end = bytes.take(length)?;
        Some(Self {
            stored,
            records,
            header_end: (!end.is_empty()).then(|| end.to_owned()),
            cuts_records: flags & 2 != 0,
            borders: borders(bytes)?,
        })
    }
}

fn borders(mut bytes: Bytes<'_>) -> Option<Borders> {
    let (mut places, mut place) = (vec![], 0_u64);
    while !bytes.0.is_empty() {
        place = place.checked_add(bytes.number()?)?;
        places.push(place);
    }
    Some(Borders::from_places(places))
}
