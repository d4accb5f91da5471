//! Taking out sample columns and writing INFO/AC and AN.

use crate::canonical::without_last_colon;
use crate::header::Header;
use crate::number::print_integer;
use crate::record::RecordError;

use super::counts::Counts;

/// Copies the columns, 0-based, out of the text of all of them.
pub(super) fn keep_columns(
    all: &[u8],
    columns: &[usize],
    header: &Header,
    ends: &mut Vec<u32>,
    out: &mut Vec<u8>,
) -> Result<(), RecordError> {
    let expected = header.samples().len();
    out.clear();
    if is_fixed_width(all, expected) {
        for column in columns {
            let start = 4 * column;
            out.extend_from_slice(&all[start..start + 3]);
            out.push(b'\t');
        }
        out.pop();
        return Ok(());
    }
    ends.clear();
    ends.extend(memchr::memchr_iter(b'\t', all).map(|end| end as u32));
    ends.push(all.len() as u32);
    // An empty last column is not there for bcftools.
    let found = ends.len() - usize::from(all.is_empty() || all.ends_with(b"\t"));
    if found != expected {
        return Err(RecordError::SampleColumns { found, expected });
    }
    for (n, column) in columns.iter().enumerate() {
        if n > 0 {
            out.push(b'\t');
        }
        let start = if *column == 0 {
            0
        } else {
            ends[column - 1] as usize + 1
        };
        let mut text = &all[start..ends[*column] as usize];
        if column + 1 == expected {
            text = without_last_colon(text);
        }
        out.extend_from_slice(text);
    }
    Ok(())
}

/// Whether every column is three bytes wide, as diploid genotypes without more are. Then the place of
/// a column is known without looking for tabs.
fn is_fixed_width(all: &[u8], expected: usize) -> bool {
    let (whole, last) = all.as_chunks::<4>();
    if whole.len() + 1 != expected || last.len() != 3 {
        return false;
    }
    let mut fits = !last.contains(&b'\t');
    for group in whole.chunks(64) {
        for [a, b, c, tab] in group {
            fits &= (*tab == b'\t') & (*a != b'\t') & (*b != b'\t') & (*c != b'\t');
        }
        if !fits {
            break;
        }
    }
    fits
}

/// Writes AC and AN where they stand, or behind the rest; without ALT alleles AC goes. Entries between them are copied together.
pub(super) fn write_counts(info: &[u8], counts: &Counts, out: &mut Vec<u8>) {
    out.clear();
    let info = if info == b"." { b"" } else { info };
    let alternates = &counts.alleles[1..];
    let (mut ac_done, mut an_done) = (alternates.is_empty(), false);
    let mut ac_seen = false;
    let (mut start, mut copied) = (0, 0);
    for end in memchr::memchr_iter(b';', info).chain([info.len()]) {
        let entry = &info[start..end];
        let next = info.len().min(end + 1);
        if !ac_seen && has_key(entry, *b"AC") {
            put_entries(&info[copied..start], out);
            copied = next;
            ac_seen = true;
            if !alternates.is_empty() {
                put_ac(alternates, out);
                ac_done = true;
            }
        } else if !an_done && has_key(entry, *b"AN") {
            put_entries(&info[copied..start], out);
            copied = next;
            put_an(counts, out);
            an_done = true;
        }
        start = next;
    }
    put_entries(&info[copied..], out);
    if !ac_done {
        put_ac(alternates, out);
    }
    if !an_done {
        put_an(counts, out);
    }
}

/// Whether an entry of INFO has this key, with a value or without.
fn has_key(entry: &[u8], key: [u8; 2]) -> bool {
    entry.first_chunk() == Some(&key) && matches!(entry.get(2), None | Some(b'='))
}

/// Appends whole entries, which may end with a semicolon.
fn put_entries(entries: &[u8], out: &mut Vec<u8>) {
    let entries = entries.strip_suffix(b";").unwrap_or(entries);
    if !entries.is_empty() {
        separate(out);
        out.extend_from_slice(entries);
    }
}

fn put_ac(alternates: &[i64], out: &mut Vec<u8>) {
    separate(out);
    out.extend_from_slice(b"AC=");
    for (n, count) in alternates.iter().enumerate() {
        if n > 0 {
            out.push(b',');
        }
        print_integer(*count, out);
    }
}

fn put_an(counts: &Counts, out: &mut Vec<u8>) {
    separate(out);
    out.extend_from_slice(b"AN=");
    print_integer(counts.total(), out);
}

fn separate(out: &mut Vec<u8>) {
    if !out.is_empty() {
        out.push(b';');
    }
}
