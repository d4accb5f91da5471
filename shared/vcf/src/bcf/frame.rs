//! A record cut into its parts: what has a fixed size, what describes the site, and what samples have.

use super::bytes::{Bytes, Fault};
use super::dictionary::Dictionary;
use super::fields::in_column;
use crate::record::RecordError;

/// Bytes of the two lengths that a record begins with.
const LENGTHS: usize = 8;

/// A record whose fields of fixed size were read, and nothing else.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'r> {
    contig: i32,
    /// 0-based; -1 is the telomere.
    start: i32,
    /// How many bases of the reference the record says that it covers.
    length: i32,
    pub(super) quality: f32,
    pub(super) info: usize,
    pub(super) alleles: usize,
    pub(super) samples: usize,
    pub(super) tags: usize,
    /// From ID on.
    pub(super) site: Bytes<'r>,
    pub(super) individual: Bytes<'r>,
}

impl<'r> Frame<'r> {
    /// Of a whole record, its two lengths included.
    ///
    /// # Errors
    /// If it is shorter than it says, or its position is negative.
    pub fn new(record: &'r [u8]) -> Result<Self, RecordError> {
        let mut bytes = Bytes(record);
        let parts = |bytes: &mut Bytes<'r>| -> Result<_, Fault> {
            let (shared, individual) = (bytes.u32()? as usize, bytes.u32()? as usize);
            Ok((Bytes(bytes.take(shared)?), Bytes(bytes.take(individual)?)))
        };
        let (mut site, individual) = parts(&mut bytes).map_err(in_column("lengths"))?;
        let contig = site.i32().map_err(in_column("CHROM"))?;
        let start = site.i32().map_err(in_column("POS"))?;
        if start < -1 {
            return Err(in_column("POS")("it is negative"));
        }
        let rest = |site: &mut Bytes<'r>| -> Result<_, Fault> {
            Ok((site.i32()?, site.f32()?, site.u32()?, site.u32()?))
        };
        let (length, quality, alleles, samples) = rest(&mut site).map_err(in_column("QUAL"))?;
        Ok(Self {
            contig,
            start,
            length,
            quality,
            info: (alleles & 0xffff) as usize,
            alleles: (alleles >> 16) as usize,
            samples: (samples & 0x00ff_ffff) as usize,
            tags: (samples >> 24) as usize,
            site,
            individual,
        })
    }

    /// The name of its scaffold.
    ///
    /// # Errors
    /// If the header has none of its number.
    pub fn scaffold<'d>(&self, dictionary: &'d Dictionary) -> Result<&'d [u8], RecordError> {
        let name = dictionary.contig(self.contig);
        name.ok_or_else(|| in_column("CHROM")("the header has no contig of its number"))
    }

    /// POS: 1-based, 0 for the telomere.
    #[must_use]
    pub fn pos(&self) -> u64 {
        u64::try_from(i64::from(self.start) + 1).unwrap_or(0)
    }

    /// How many bases of the reference it says that it covers, at least one.
    #[must_use]
    pub fn stated_length(&self) -> u64 {
        u64::from(self.length.max(1).unsigned_abs())
    }
}

/// The bytes of the record that begins here, its two lengths included; `None` if `bytes` is too short to say.
/// More than [`crate::limits::LINE_MAX_BYTES`] is for the caller to refuse.
#[must_use]
pub fn record_length(bytes: &[u8]) -> Option<usize> {
    let mut bytes = Bytes(bytes);
    let (shared, samples) = (bytes.u32().ok()? as usize, bytes.u32().ok()? as usize);
    Some(LENGTHS.saturating_add(shared).saturating_add(samples))
}

/// `CHROM:POS` of a record, for messages; `None` if it has no scaffold of the header.
#[must_use]
pub fn site(record: &[u8], dictionary: &Dictionary) -> Option<String> {
    let mut bytes = Bytes(record.get(LENGTHS..)?);
    let name = dictionary.contig(bytes.i32().ok()?)?;
    let pos = i64::from(bytes.i32().ok()?) + 1;
    Some(format!("{}:{pos}", String::from_utf8_lossy(name)))
}
