//! Regions as `-r` and `-t` spell them: `scaffold`, `scaffold:pos`, `scaffold:begin-end`, `scaffold:begin-`, with
//! the name in braces if it contains `:` or `,`; several joined by commas.
//!
//! Positions are 1-based. Whether a scaffold exists is the reader's question, not this module's.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A stretch of one scaffold.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Region {
    /// Name of the scaffold.
    pub contig: String,
    /// The positions; `None` is the whole scaffold.
    pub span: Option<Span>,
}

/// Positions on a scaffold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// 1-based, included. 0 is the position before the first base, where telomeric records may stand.
    pub begin: u64,
    /// 1-based, included; `None` is the end of the scaffold.
    pub end: Option<u64>,
}

/// Why a text is no list of regions.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RegionError {
    /// No region at all.
    #[error("there is no region; write scaffold or scaffold:begin-end")]
    Empty,
    /// `{` without `}`.
    #[error("the brace before \"{0}\" is never closed; write {{name}}:begin-end")]
    OpenBrace(String),
    /// Neither a number nor the end after `:` or `-`.
    #[error(
        "\"{0}\" is not a position; write scaffold:begin-end with 1-based whole numbers, and a name that contains \":\" as {{name}}"
    )]
    NotAPosition(String),
    /// Negative or larger than any scaffold.
    #[error("the position {0} is out of range; positions are 1-based and below 2^44")]
    OutOfRange(String),
    /// The end lies before the begin.
    #[error(
        "the region {0} ends before it begins; write scaffold:begin-end with begin at most end"
    )]
    Reversed(Region),
    /// Commas separate regions, they do not group digits.
    #[error(
        "the comma before \"{0}\" begins a new region; write positions without thousands separators"
    )]
    ThousandsSeparator(String),
}

/// The largest coordinate that a CSI index of htslib can hold.
const LARGEST: u64 = (1 << 44) - 1;

/// Parses a comma-separated list. Empty entries are passed over, as bcftools does.
pub fn parse_list(text: &str) -> Result<Vec<Region>, RegionError> {
    let mut regions = Vec::new();
    let mut rest = text;
    loop {
        if let Some(after) = rest.strip_prefix(',') {
            rest = after;
        } else if rest.is_empty() {
            break;
        } else {
            let (region, after) = parse_one(rest, !regions.is_empty())?;
            regions.push(region);
            rest = after;
        }
    }
    if regions.is_empty() {
        return Err(RegionError::Empty);
    }
    Ok(regions)
}

fn parse_one(text: &str, follows: bool) -> Result<(Region, &str), RegionError> {
    let (contig, rest) = if let Some(braced) = text.strip_prefix('{') {
        let open = || RegionError::OpenBrace(braced.to_owned());
        braced.split_once('}').ok_or_else(open)?
    } else {
        let (contig, rest) = text.split_at(text.find([',', ':']).unwrap_or(text.len()));
        if follows && is_digit_group(contig) {
            return Err(RegionError::ThousandsSeparator(contig.to_owned()));
        }
        (contig, rest)
    };
    if contig.is_empty() {
        return Err(RegionError::Empty);
    }
    let contig = contig.to_owned();
    if rest.is_empty() || rest.starts_with(',') {
        return Ok((Region { contig, span: None }, rest));
    }
    let Some(positions) = rest.strip_prefix(':') else {
        return Err(RegionError::NotAPosition(rest.to_owned()));
    };
    let (positions, rest) = positions.split_at(positions.find(',').unwrap_or(positions.len()));
    let span = match positions.split_once('-') {
        // An exponent may hold a dash: 1e-0.
        Some((begin, end)) if !begin.ends_with(['e', 'E']) => {
            let end = if end.is_empty() {
                None
            } else {
                Some(position(end)?)
            };
            Span {
                begin: position(begin)?,
                end,
            }
        }
        _ => {
            let begin = position(positions)?;
            Span {
                begin,
                end: Some(begin),
            }
        }
    };
    let region = Region {
        contig,
        span: Some(span),
    };
    if span.end.is_some_and(|end| end < span.begin) {
        return Err(RegionError::Reversed(region));
    }
    Ok((region, rest))
}

/// `500-2` of `chr:1,500-2,500`: digits on both sides of a dash are no scaffold's name.
fn is_digit_group(name: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    name.split_once('-')
        .is_some_and(|(a, b)| digits(a) && (b.is_empty() || digits(b)))
}

/// A whole number, also as `1.5k`, `2M`, `1g` or `3e6`, as htslib reads them.
pub(super) fn position(text: &str) -> Result<u64, RegionError> {
    let invalid = || RegionError::NotAPosition(text.to_owned());
    let out_of_range = || RegionError::OutOfRange(text.to_owned());
    let trimmed = text.trim_start();
    let (mantissa, exponent) = match trimmed.char_indices().last() {
        Some((at, 'k' | 'K')) => (&trimmed[..at], 3),
        Some((at, 'm' | 'M')) => (&trimmed[..at], 6),
        Some((at, 'g' | 'G')) => (&trimmed[..at], 9),
        _ => match trimmed.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => {
                (mantissa, exponent.parse::<i32>().map_err(|_| invalid())?)
            }
            None => (trimmed, 0),
        },
    };
    let mantissa = mantissa.strip_prefix('+').unwrap_or(mantissa);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(invalid());
    }
    let mut number: u64 = digits.parse().map_err(|_| out_of_range())?;
    let decimals = i32::try_from(fraction.len()).map_err(|_| out_of_range())?;
    let shift = exponent.saturating_sub(decimals);
    if number != 0 {
        let factor = 10u64
            .checked_pow(shift.unsigned_abs())
            .ok_or_else(out_of_range)?;
        number = if shift >= 0 {
            number.checked_mul(factor).ok_or_else(out_of_range)?
        } else if number.is_multiple_of(factor) {
            number / factor
        } else {
            return Err(invalid());
        };
    }
    if number > LARGEST {
        Err(out_of_range())
    } else {
        Ok(number)
    }
}

impl FromStr for Region {
    type Err = RegionError;

    fn from_str(text: &str) -> Result<Self, RegionError> {
        match parse_one(text, false)? {
            (region, "") => Ok(region),
            (_, rest) => Err(RegionError::NotAPosition(rest.to_owned())),
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let needs_braces = self.contig.contains([':', ','])
            || self.contig.starts_with('{')
            || is_digit_group(&self.contig);
        if needs_braces {
            write!(f, "{{{}}}", self.contig)?;
        } else {
            f.write_str(&self.contig)?;
        }
        match self.span {
            None => Ok(()),
            Some(Span { begin, end: None }) => write!(f, ":{begin}-"),
            Some(Span {
                begin,
                end: Some(end),
            }) => write!(f, ":{begin}-{end}"),
        }
    }
}

/// The regions joined by commas, as [`parse_list`] reads them.
pub fn join(regions: &[Region]) -> String {
    regions
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(contig: &str, begin: u64, end: Option<u64>) -> Region {
        Region {
            contig: contig.to_owned(),
            span: Some(Span { begin, end }),
        }
    }

    #[test]
    fn all_forms_of_a_list() {
        assert_eq!(
            parse_list("chr1,chr2:5,chr3:5-9,,chr4:7-,{HLA:01,2}:1k-2.5k,{x}").unwrap(),
            [
                Region {
                    contig: "chr1".to_owned(),
                    span: None
                },
                region("chr2", 5, Some(5)),
                region("chr3", 5, Some(9)),
                region("chr4", 7, None),
                region("HLA:01,2", 1000, Some(2500)),
                Region {
                    contig: "x".to_owned(),
                    span: None
                },
            ]
        );
    }

    #[test]
    fn what_would_be_misread_is_refused() {
        for (text, part) in [
            ("", "no region"),
            (",", "no region"),
            ("{a", "never closed"),
            ("a:", "not a position"),
            ("a:b:1-2", "not a position"),
            ("a:-5", "not a position"),
            ("a:9-5", "ends before"),
            ("a:1,500-2,500", "thousands"),
            ("a:1.5", "not a position"),
            ("a:99999999999999999999", "out of range"),
            ("a:1e400", "out of range"),
        ] {
            let message = parse_list(text).unwrap_err().to_string();
            assert!(message.contains(part), "{text}: {message}");
        }
    }

    #[test]
    fn printing_reads_back() {
        let regions = parse_list("a,b:1-2,{c:d}:3-,{1-2}:4").unwrap();
        assert_eq!(parse_list(&join(&regions)).unwrap(), regions);
    }
}
