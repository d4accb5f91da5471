//! A piece as bytes, packed as every sidecar is: its length and itself as JSON, the same of the names of its scaffolds with line
//! feeds between them, which they cannot have, the length of the stretches that its skips are made of, and these. Numbers are
//! little-endian.

use super::piece::Piece;
use crate::coded::Bytes;
use crate::sidecar;
use crate::skips::Skips;

/// Goes up whenever an older program could not read the bytes, or would read something else.
const VERSION: u8 = 1;

/// Most bytes inflated.
const MOST_BYTES: usize = 1 << 30;

impl Piece {
    /// The bytes. They are empty, which is no piece, if there would be more than can be read again.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut content = Vec::new();
        let names = self.names.join(&b'\n');
        let text = serde_json::to_vec(self).unwrap_or_default();
        for section in [text, names] {
            content.extend_from_slice(&(section.len() as u64).to_le_bytes());
            content.extend_from_slice(&section);
        }
        content.extend_from_slice(&self.skips.stretch.to_le_bytes());
        content.extend_from_slice(&self.skips.skips.to_bytes());
        sidecar::pack(VERSION, &content, MOST_BYTES).unwrap_or_default()
    }

    /// Reads what [`Self::to_bytes`] gave; nothing if it is something else.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let content = sidecar::unpack(VERSION, bytes, MOST_BYTES)?;
        let mut content = Bytes(&content);
        let mut section = || {
            let length = usize::try_from(content.u64()?).ok()?;
            content.take(length)
        };
        let (text, names) = (section()?, section()?);
        let mut piece: Self = serde_json::from_slice(text).ok()?;
        if !piece.scaffolds.is_empty() {
            let names = names.split(|byte| *byte == b'\n');
            piece.names = names.map(<[u8]>::to_vec).collect();
        }
        piece.skips.stretch = content.u64()?;
        piece.skips.skips = Skips::parse(content.0)?;
        (piece.names.len() == piece.scaffolds.len()).then_some(piece)
    }
}
