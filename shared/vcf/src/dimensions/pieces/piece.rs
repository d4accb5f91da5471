//! One piece.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::super::pass::Pass;
use super::super::{Beyond, Fault};
use crate::bgzf::{Format, VirtualOffset, find_block};
use crate::error::{Category, Error};
use crate::index;
use crate::layout::Seen;
use crate::reader::{ChunkReader, LineReader, Opened, Span, TextReader};
use crate::skips;
use crate::source::Source;
use crate::stats;

/// Bytes that are asked for at a time.
const FETCH: usize = 1 << 20;

/// What was found in a piece of a file.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Piece {
    /// Where its first block begins, if one was found.
    pub(in super::super) begin: Option<u64>,
    /// Where the first block behind its range begins, or where the file ends.
    pub(in super::super) end: u64,
    /// How many lines it has; in the first piece with those of the header.
    pub(in super::super) lines: u64,
    /// What is wrong, at a line of the piece; then only what comes before it is known.
    pub(in super::super) fault: Option<Fault>,
    /// The scaffolds in the order of its records.
    #[serde(skip)]
    pub(in super::super) names: Vec<Vec<u8>>,
    pub(in super::super) scaffolds: Vec<Run>,
    pub(in super::super) records: u64,
    pub(in super::super) beyond: Option<Beyond>,
    pub(in super::super) seen: Seen,
    pub(in super::super) index: index::Part,
    pub(in super::super) statistics: stats::Part,
    #[serde(skip)]
    pub(in super::super) skips: skips::Piece,
}

/// The records of a scaffold in a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(u64, u64, u64, u64)", into = "(u64, u64, u64, u64)")]
pub(in super::super) struct Run {
    /// How many.
    pub(in super::super) records: u64,
    /// POS of the first and the last.
    pub(in super::super) first: u64,
    pub(in super::super) last: u64,
    /// The line of the first.
    pub(in super::super) line: u64,
}

impl From<(u64, u64, u64, u64)> for Run {
    fn from((records, first, last, line): (u64, u64, u64, u64)) -> Self {
        Self {
            records,
            first,
            last,
            line,
        }
    }
}

impl From<Run> for (u64, u64, u64, u64) {
    fn from(run: Run) -> Self {
        (run.records, run.first, run.last, run.line)
    }
}

/// Where a piece begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begin {
    /// With the first record of the file.
    Records,
    /// With the first block of its range, which is still to be found.
    Search,
    /// With this block.
    Block(u64),
}

/// Reads the piece of an opened bgzipped file whose blocks begin in a range of its bytes, one of those that [`super::cut`] gives.
/// What is wrong with the file is part of the piece.
///
/// # Errors
/// If bytes cannot be fetched.
pub fn scan_piece<S: Source>(
    source: &S,
    opened: &Opened,
    range: Range<u64>,
) -> Result<Piece, Error> {
    let begin = if range.start == opened.records.block() {
        Begin::Records
    } else {
        Begin::Search
    };
    scan_from(source, opened, range, begin)
}

pub(super) fn scan_from<S: Source>(
    source: &S,
    opened: &Opened,
    range: Range<u64>,
    begin: Begin,
) -> Result<Piece, Error> {
    let found = match begin {
        Begin::Records => Some(opened.records.block()),
        Begin::Search => find_block(source, range.start)?,
        Begin::Block(block) => Some(block),
    };
    let start = match found {
        Some(block) if block < range.end || begin == Begin::Records => match begin {
            Begin::Records => opened.records,
            Begin::Search | Begin::Block(_) => VirtualOffset::new(block, 0),
        },
        beyond => {
            return Ok(Piece {
                begin: beyond,
                end: beyond.unwrap_or(range.end),
                ..Piece::default()
            });
        }
    };
    let span = Span { start, end: None };
    let chunks = ChunkReader::new(source, Format::Bgzf, span)?.with_fetch(FETCH);
    let mut lines = LineReader::new(TextReader::over(chunks).with_border(range.end));
    let mut pass = Pass::of_piece(&opened.header);
    let mut number = match begin {
        Begin::Records => opened.header_lines,
        Begin::Search | Begin::Block(_) => 0,
    };
    let ended = read(&mut lines, &mut pass, &mut number, begin);
    let fault = match ended {
        Ok(()) => None,
        Err(error) if error.category() == Category::Io => return Err(error),
        Err(error) => Some(Fault::from(&error)),
    };
    let end = lines.border().and_then(|border| border.block);
    Ok(Piece {
        begin: found,
        end: match end {
            Some(end) => end,
            None => source.len()?,
        },
        lines: number,
        fault,
        ..pass.into_piece()
    })
}

/// Reads the lines of the piece.
fn read<S: Source>(
    lines: &mut LineReader<S>,
    pass: &mut Pass<'_>,
    number: &mut u64,
    begin: Begin,
) -> Result<(), Error> {
    if begin != Begin::Records && !lines.skip_line()? {
        return Ok(());
    }
    while let Some(place) = lines.next_place()? {
        if lines.border().is_some_and(|border| border.is_before(place)) {
            break;
        }
        let Some(line) = lines.next_line()? else {
            break;
        };
        *number += 1;
        pass.take(&line, *number)?;
    }
    Ok(())
}
