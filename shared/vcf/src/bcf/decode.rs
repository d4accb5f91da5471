//! A record as a line of text. Values come out as `bcftools view` prints them, but for floats that six digits do not
//! tell apart: those keep as many as they need, so that expressions see the value that was stored.

use super::bytes::{Bytes, Fault, Kind};
use super::dictionary::Dictionary;
use super::fields::{check_kind, in_column};
use super::print::{self, float};
use super::samples;
use crate::limits::LINE_MAX_BYTES;
use crate::number::print_integer;
use crate::record::RecordError;

/// Bytes before the ID: two lengths, and the fields of fixed size.
const LENGTHS: usize = 8;

/// The bytes of the record that begins here, its two lengths included; `None` if `bytes` is too short to say.
/// More than [`LINE_MAX_BYTES`] is for the caller to refuse.
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

/// Appends the line of a whole record, with a line feed.
///
/// # Errors
/// If it is malformed, names what the header does not, or stores values in a type that the header does not declare.
pub fn decode(
    record: &[u8],
    dictionary: &Dictionary,
    out: &mut Vec<u8>,
) -> Result<(), RecordError> {
    let start = out.len();
    let mut bytes = Bytes(record);
    let parts = |bytes: &mut Bytes<'_>| -> Result<_, Fault> {
        Ok((bytes.u32()? as usize, bytes.u32()? as usize))
    };
    let (shared, individual) = parts(&mut bytes).map_err(in_column("lengths"))?;
    let mut site = Bytes(bytes.take(shared).map_err(in_column("lengths"))?);
    let mut bytes = Bytes(bytes.take(individual).map_err(in_column("lengths"))?);
    let counts = fixed(&mut site, dictionary, out)?;
    filter(&mut site, dictionary, out)?;
    info(&mut site, counts.info, dictionary, start, out)?;
    if dictionary.samples > 0 {
        if counts.samples != dictionary.samples && counts.tags > 0 {
            return Err(RecordError::SampleColumns {
                found: counts.samples,
                expected: dictionary.samples,
            });
        }
        samples::print_all(&mut bytes, counts.tags, dictionary, out)?;
    }
    check_length(start, out)?;
    out.push(b'\n');
    Ok(())
}

/// What a record says it holds.
struct Counts {
    info: usize,
    samples: usize,
    tags: usize,
}

/// CHROM to QUAL.
fn fixed(
    site: &mut Bytes<'_>,
    dictionary: &Dictionary,
    out: &mut Vec<u8>,
) -> Result<Counts, RecordError> {
    let contig = site.i32().map_err(in_column("CHROM"))?;
    let name = dictionary.contig(contig);
    let name = name.ok_or_else(|| in_column("CHROM")("the header has no contig of its number"))?;
    out.extend_from_slice(name);
    out.push(b'\t');
    let pos = i64::from(site.i32().map_err(in_column("POS"))?) + 1;
    if pos < 0 {
        return Err(in_column("POS")("it is negative"));
    }
    print_integer(pos, out);
    out.push(b'\t');
    let rest = |site: &mut Bytes<'_>| -> Result<_, Fault> {
        site.i32()?;
        Ok((site.f32()?, site.u32()?, site.u32()?))
    };
    let (quality, alleles, samples) = rest(site).map_err(in_column("QUAL"))?;
    print_or_dot(site.text().map_err(in_column("ID"))?, out);
    let count = alleles >> 16;
    out.push(b'\t');
    match count {
        0 => out.push(b'.'),
        _ => out.extend_from_slice(site.text().map_err(in_column("REF"))?),
    }
    out.push(b'\t');
    if count < 2 {
        out.push(b'.');
    }
    for n in 1..count {
        if n > 1 {
            out.push(b',');
        }
        out.extend_from_slice(site.text().map_err(in_column("ALT"))?);
    }
    out.push(b'\t');
    float(quality.to_bits(), out);
    out.push(b'\t');
    Ok(Counts {
        info: (alleles & 0xffff) as usize,
        samples: (samples & 0x00ff_ffff) as usize,
        tags: (samples >> 24) as usize,
    })
}

fn print_or_dot(text: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(if text.is_empty() { b"." } else { text });
}

fn filter(
    site: &mut Bytes<'_>,
    dictionary: &Dictionary,
    out: &mut Vec<u8>,
) -> Result<(), RecordError> {
    let wrong = in_column("FILTER");
    let filters = site.typed().map_err(&wrong)?;
    if filters.count == 0 || filters.kind == Kind::Null {
        out.push(b'.');
        return Ok(());
    }
    if !filters.kind.is_integer() {
        return Err(wrong("it is no list of numbers"));
    }
    let begin = out.len();
    for (n, bytes) in filters.data.chunks_exact(filters.kind.size()).enumerate() {
        let number = match bytes {
            [byte] => i32::from(*byte as i8),
            [a, b] => i32::from(i16::from_le_bytes([*a, *b])),
            _ => Bytes(bytes).i32().map_err(&wrong)?,
        };
        let tag = dictionary.tag(number);
        let tag = tag.ok_or_else(|| wrong("the header has no filter of its number"))?;
        if n > 0 {
            out.push(b';');
        }
        out.extend_from_slice(&tag.name);
        check_length(begin, out)?;
    }
    Ok(())
}

fn info(
    site: &mut Bytes<'_>,
    count: usize,
    dictionary: &Dictionary,
    start: usize,
    out: &mut Vec<u8>,
) -> Result<(), RecordError> {
    out.push(b'\t');
    if count == 0 {
        out.push(b'.');
    }
    for n in 0..count {
        let key = site.integer().map_err(in_column("INFO"))?;
        let tag = dictionary.tag(key);
        let tag = tag.ok_or_else(|| in_column("INFO")("the header has no tag of its number"))?;
        let value = site.typed().map_err(in_column(&tag.name))?;
        check_kind("INFO", &tag.name, tag.info, value.kind)?;
        if n > 0 {
            out.push(b';');
        }
        out.extend_from_slice(&tag.name);
        if value.count > 0 && value.kind != Kind::Null {
            out.push(b'=');
            print::values(value, out).map_err(in_column(&tag.name))?;
        }
        check_length(start, out)?;
    }
    Ok(())
}

/// Names are repeated by number, so few bytes can stand for a long text.
fn check_length(start: usize, out: &[u8]) -> Result<(), RecordError> {
    if out.len() - start <= LINE_MAX_BYTES {
        return Ok(());
    }
    let reason = format!("as text it is longer than {} MiB", LINE_MAX_BYTES >> 20);
    Err(RecordError::Inconsistent(reason))
}
