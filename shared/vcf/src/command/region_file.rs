//! Files of regions as `-R` and `-T` of bcftools 1.24 read them: scaffold, first and last position in columns divided by tabs, or
//! scaffold and position; positions are 1-based but in `.bed` files, whose first is 0-based. Opens nothing.

use std::io::{BufRead, Read};

use super::region::{Region, Span, position};
use thiserror::Error;

/// Most regions of a file.
pub const REGIONS_MAX: usize = 1_000_000;

/// Longest line of a file of regions, bytes.
const LONGEST_LINE: u64 = 1 << 20;

/// Why a file of regions cannot be read. Lines are counted from 1.
#[derive(Debug, Error)]
pub enum RegionFileError {
    /// The text cannot be had.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// A line is no region.
    #[error("line {line}: {reason}")]
    Line {
        /// The line.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// No line is a region.
    #[error(
        "it has no region; a line is a scaffold, a tab, the first position, a tab, the last position"
    )]
    Empty,
    /// There are too many.
    #[error("it has more than {REGIONS_MAX} regions")]
    TooMany,
}

/// Which columns say what.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Columns {
    /// As the first line has them.
    Unknown,
    FirstAndLast,
    PositionAlone,
}

/// Reads regions; `name` is that of the file, whose ending `.bed` or `.bed.gz` says how positions are counted.
///
/// # Errors
/// At the first line that is no region, or if there is none, or more than [`REGIONS_MAX`].
pub fn parse_region_file(
    name: &str,
    mut text: impl BufRead,
) -> Result<Vec<Region>, RegionFileError> {
    let name = name.to_ascii_lowercase();
    let is_bed = name.ends_with(".bed") || name.ends_with(".bed.gz");
    let mut columns = match text.fill_buf()?.starts_with(b"##fileformat=VCF") {
        true => Columns::PositionAlone,
        false => Columns::Unknown,
    };
    let mut regions = Vec::new();
    let mut blank = None;
    let mut bytes = Vec::new();
    for line in 1_u64.. {
        bytes.clear();
        let read = text
            .by_ref()
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut bytes)?;
        if read == 0 {
            break;
        }
        let fault = |reason: String| RegionFileError::Line { line, reason };
        if read as u64 == LONGEST_LINE && bytes.last() != Some(&b'\n') {
            return Err(fault(format!("it has more than {LONGEST_LINE} bytes")));
        }
        let found = std::str::from_utf8(&bytes).map_err(|_| fault("it is not UTF-8".to_owned()))?;
        let found = found.strip_suffix('\n').unwrap_or(found);
        let found = found.strip_suffix('\r').unwrap_or(found);
        if found.is_empty() {
            blank.get_or_insert(line);
            continue;
        }
        if let Some(blank) = blank {
            let reason = "it is blank, and bcftools reads nothing behind it".to_owned();
            return Err(RegionFileError::Line {
                line: blank,
                reason,
            });
        }
        if found.starts_with('#') {
            if columns == Columns::Unknown {
                columns = Columns::FirstAndLast;
            }
            continue;
        }
        let mut region = one(found, &mut columns).map_err(fault)?;
        if is_bed && let Some(span) = &mut region.span {
            span.begin += 1;
        }
        if let Some(Span {
            begin,
            end: Some(end),
        }) = region.span
            && end < begin
        {
            return Err(fault("the region ends before it begins".to_owned()));
        }
        if regions.len() == REGIONS_MAX {
            return Err(RegionFileError::TooMany);
        }
        regions.push(region);
    }
    if regions.is_empty() {
        return Err(RegionFileError::Empty);
    }
    Ok(regions)
}

fn one(line: &str, columns: &mut Columns) -> Result<Region, String> {
    let mut cells = line.split('\t');
    let contig = cells.next().unwrap_or_default().to_owned();
    let mut number = || -> Option<Result<u64, String>> {
        Some(position(cells.next()?).map_err(|error| error.to_string()))
    };
    let first = number();
    let last = match columns {
        Columns::PositionAlone => None,
        Columns::FirstAndLast | Columns::Unknown => number(),
    };
    let begin = first.unwrap_or_else(|| Err("there is no column with a position".to_owned()))?;
    let end = match (last, &columns) {
        (Some(Ok(end)), _) => {
            *columns = Columns::FirstAndLast;
            end
        }
        (Some(Err(reason)), Columns::FirstAndLast) => return Err(reason),
        (None, Columns::FirstAndLast) => {
            return Err("there is no column with the last position".to_owned());
        }
        _ => {
            *columns = Columns::PositionAlone;
            begin
        }
    };
    Ok(Region {
        contig,
        span: Some(Span {
            begin,
            end: Some(end),
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::region::join;

    fn read(name: &str, text: &str) -> String {
        match parse_region_file(name, text.as_bytes()) {
            Ok(regions) => join(&regions),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn columns_are_those_of_the_first_line() {
        for (name, text, expected) in [
            ("a.tsv", "1\t5\t9\n2\t7\t7\tmore\r\n", "1:5-9,2:7-7"),
            ("a.tsv", "1\t5\n2\t7\t9\n", "1:5-5,2:7-7"),
            ("a.tsv", "1\t5\tgene\n2\t7\t9\n", "1:5-5,2:7-7"),
            ("a.bed", "#chrom\n1\t0\t9\n", "1:1-9"),
            ("a.BED.gz", "1\t4\t9\n\n", "1:5-9"),
            (
                "a.vcf",
                "##fileformat=VCFv4.2\n#CHROM\tPOS\n1\t5\t.\tA\n",
                "1:5-5",
            ),
        ] {
            assert_eq!(
                read(name, text).replace("1:5,", "1:5-5,"),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn errors_name_the_line() {
        for (text, expected) in [
            ("", "no region"),
            ("#a\tb\n", "no region"),
            ("1\n", "line 1: there is no column"),
            ("1\t5\t9\n2\tx\t9\n", "line 2: \"x\" is not a position"),
            (
                "1\t5\t9\n2\t5\n",
                "line 2: there is no column with the last",
            ),
            ("1\t9\t5\n", "line 1: the region ends"),
            ("1\t5\t9\n\n2\t5\t9\n", "line 2: it is blank"),
        ] {
            let found = read("a.tsv", text);
            assert!(found.contains(expected), "{text:?}: {found}");
        }
    }
}
