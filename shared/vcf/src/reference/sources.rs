//! References read from the files that tools make beside a FASTA file.

use std::collections::HashSet;

use super::{Scaffold, digest};

/// Scaffolds that a reference may have.
const MOST_SCAFFOLDS: usize = 5_000_000;
/// Bytes of a name.
const LONGEST_NAME: usize = 1024;

/// Why a reference cannot be read. Lines are counted from 1.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ReferenceError {
    /// A line is none of its kind of file.
    #[error("line {line}: {reason}")]
    Line {
        /// The line.
        line: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A scaffold comes twice.
    #[error("line {line}: scaffold {name} comes twice")]
    Twice {
        /// The second line.
        line: usize,
        /// The name.
        name: String,
    },
    /// No scaffold is named.
    #[error("it names no scaffold")]
    Empty,
    /// There are too many scaffolds.
    #[error("it has more than {MOST_SCAFFOLDS} scaffolds")]
    TooMany,
}

/// Reads a `.fai` file of `samtools faidx`: five columns, or six, divided by tabs.
///
/// # Errors
/// At the first line that is not of that kind, or if a name comes twice or there is none.
pub fn parse_fai(text: &str) -> Result<Vec<Scaffold>, ReferenceError> {
    let mut list = List::default();
    for (line, text) in numbered(text) {
        let fault = |reason| ReferenceError::Line { line, reason };
        let columns: Vec<&str> = text.split('\t').collect();
        let (5 | 6, [name, length, rest @ ..]) = (columns.len(), columns.as_slice()) else {
            return Err(fault(
                "a .fai file has five columns: name, length, offset, bases and bytes of a line",
            ));
        };
        if rest.iter().any(|column| column.parse::<u64>().is_err()) {
            return Err(fault("offset and line lengths are whole numbers"));
        }
        list.add(line, name, length, None)?;
    }
    list.finish()
}

/// Reads a `.dict` file of `samtools dict` or `CreateSequenceDictionary`: `@SQ` lines with `SN`, `LN` and, as they have
/// it, `M5`.
///
/// # Errors
/// At the first line that is not of that kind, or if a name comes twice or there is none.
pub fn parse_dict(text: &str) -> Result<Vec<Scaffold>, ReferenceError> {
    let mut list = List::default();
    for (line, text) in numbered(text) {
        let fault = |reason| ReferenceError::Line { line, reason };
        let mut columns = text.split('\t');
        match columns.next() {
            Some("@SQ") => {}
            Some(key) if key.starts_with('@') => continue,
            _ => return Err(fault("lines of a .dict file begin with @")),
        }
        let fields: Vec<&str> = columns.collect();
        let value = |key: &str| fields.iter().find_map(|field| field.strip_prefix(key));
        let (Some(name), Some(length)) = (value("SN:"), value("LN:")) else {
            return Err(fault("an @SQ line has SN: and LN:"));
        };
        let stated = match value("M5:") {
            None => None,
            Some(text) => Some(
                digest(text.as_bytes()).ok_or_else(|| fault("M5: has 32 hexadecimal digits"))?,
            ),
        };
        list.add(line, name, length, stated)?;
    }
    list.finish()
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate();
    lines
        .map(|(nth, line)| (nth + 1, line))
        .filter(|(_, line)| !line.is_empty())
}

#[derive(Default)]
struct List<'t> {
    scaffolds: Vec<Scaffold>,
    names: HashSet<&'t str>,
}

impl<'t> List<'t> {
    fn add(
        &mut self,
        line: usize,
        name: &'t str,
        length: &str,
        digest: Option<super::Digest>,
    ) -> Result<(), ReferenceError> {
        let fault = |reason| ReferenceError::Line { line, reason };
        if name.is_empty() || name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
            return Err(fault(
                "a name has 1 to 1024 bytes and no control characters",
            ));
        }
        let length = length.parse().ok().filter(|length| *length > 0);
        let length: u64 = length
            .filter(|length| i64::try_from(*length).is_ok())
            .ok_or_else(|| fault("a length is a whole number of at least 1"))?;
        if !self.names.insert(name) {
            let name = name.to_owned();
            return Err(ReferenceError::Twice { line, name });
        }
        if self.scaffolds.len() == MOST_SCAFFOLDS {
            return Err(ReferenceError::TooMany);
        }
        self.scaffolds.push(Scaffold {
            name: name.to_owned(),
            length,
            digest,
        });
        Ok(())
    }

    fn finish(self) -> Result<Vec<Scaffold>, ReferenceError> {
        match self.scaffolds {
            empty if empty.is_empty() => Err(ReferenceError::Empty),
            scaffolds => Ok(scaffolds),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_file_give_names_lengths_and_digests() {
        let fai = parse_fai("chr1\t1000\t6\t60\t61\nchr2\t500\t1030\t60\t61\n").unwrap();
        let dict = parse_dict(
            "@HD\tVN:1.6\n@SQ\tSN:chr1\tLN:1000\tM5:0123456789abcdef0123456789abcdef\tUR:file:x\n\
             @SQ\tSN:chr2\tLN:500\n",
        )
        .unwrap();
        let shown = |list: &[Scaffold]| -> Vec<(String, u64)> {
            let all = list.iter();
            all.map(|s| (s.name.clone(), s.length)).collect()
        };
        let expected = [("chr1".to_owned(), 1000), ("chr2".to_owned(), 500)];
        assert_eq!(shown(&fai), expected);
        assert_eq!(shown(&dict), expected);
        assert!(dict[0].digest.is_some() && dict[1].digest.is_none());
    }

    #[test]
    fn what_is_no_such_file_is_told_with_its_line() {
        let fai = |text| parse_fai(text).unwrap_err().to_string();
        let dict = |text| parse_dict(text).unwrap_err().to_string();
        for (found, expected) in [
            (fai(""), "names no scaffold"),
            (fai(">chr1\nACGT\n"), "line 1"),
            (
                fai("c\t1\t2\t3\t4\nc\t1\t2\t3\t4\n"),
                "line 2: scaffold c comes twice",
            ),
            (fai("c\t0\t2\t3\t4\n"), "at least 1"),
            (fai("c\t99999999999999999999\t2\t3\t4\n"), "at least 1"),
            (fai("c\t1\tx\t3\t4\n"), "whole numbers"),
            (dict("@SQ\tSN:c\n"), "line 1"),
            (dict("@SQ\tSN:c\tLN:5\tM5:12\n"), "32 hexadecimal"),
            (dict("chr1\t5\n"), "begin with @"),
            (dict("@HD\tVN:1\n"), "names no scaffold"),
        ] {
            assert!(found.contains(expected), "{expected}: {found}");
        }
    }
}
