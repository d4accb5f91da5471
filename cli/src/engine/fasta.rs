//! The bases of a reference in a FASTA file, by the `.fai` file beside it or, without one, by looking through it once.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::io::{self, BufRead};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use divbase_vcf::error::Error;
use divbase_vcf::merge::Bases;
use divbase_vcf::source::{FileSource, Source};

use super::failure::Failure;

/// Bytes that are read at once: what is asked for comes in order of position.
const PIECE: usize = 64 * 1024;

/// Longest name of a scaffold, bytes.
const LONGEST_NAME: usize = 1024;

/// Most scaffolds.
const MOST_SCAFFOLDS: usize = 5_000_000;

/// Where the bases of a scaffold stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sequence {
    /// In bases.
    length: u64,
    /// Offset of its first base, bytes.
    offset: u64,
    /// Bases of a line.
    bases: u64,
    /// Bytes of a line, its end included.
    width: u64,
}

/// A FASTA file.
pub(super) struct Fasta {
    source: FileSource,
    sequences: HashMap<Vec<u8>, Sequence>,
    /// The bytes that were read last, and their offset.
    read: Mutex<(u64, Bytes)>,
}

impl fmt::Debug for Fasta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fasta")
            .field("sequences", &self.sequences.len())
            .finish()
    }
}

impl Fasta {
    /// Opens a file and knows its scaffolds.
    pub(super) fn open(path: &str) -> Result<Self, Failure> {
        let named = |name: &str| {
            let name = name.to_owned();
            move |error: io::Error| Failure::from(Error::from(error).in_file(&name))
        };
        let source = FileSource::open(path).map_err(named(path))?;
        if source.read_range(0, 2).map_err(named(path))?[..] == [0x1f, 0x8b] {
            return Err(Failure::Declined(format!(
                "{path} is compressed, and only plain FASTA is read"
            )));
        }
        let index = format!("{path}.fai");
        let sequences = match fs::File::open(&index) {
            Ok(file) => of_index(io::BufReader::new(file)).map_err(named(&index))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let file = fs::File::open(path).map_err(named(path))?;
                of_sequences(io::BufReader::new(file)).map_err(named(path))?
            }
            Err(error) => return Err(named(&index)(error)),
        };
        Ok(Self {
            source,
            sequences,
            read: Mutex::new((0, Bytes::new())),
        })
    }

    fn byte(&self, offset: u64) -> io::Result<Option<u8>> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let place = |read: &(u64, Bytes)| {
            let place = usize::try_from(offset.checked_sub(read.0)?).ok()?;
            read.1.get(place).copied()
        };
        if place(&read).is_none() {
            *read = (offset, self.source.read_range(offset, PIECE)?);
        }
        Ok(place(&read))
    }
}

impl Bases for Fasta {
    fn base(&self, scaffold: &[u8], position: u64) -> io::Result<Option<u8>> {
        let Some(sequence) = self.sequences.get(scaffold) else {
            let name = String::from_utf8_lossy(scaffold);
            return Err(invalid(format!("the reference has no scaffold {name}")));
        };
        if position >= sequence.length {
            return Ok(None);
        }
        let line = position / sequence.bases.max(1);
        let offset = line
            .checked_mul(sequence.width)
            .and_then(|line| line.checked_add(position % sequence.bases.max(1)))
            .and_then(|place| place.checked_add(sequence.offset));
        let offset = offset.ok_or_else(|| invalid("an offset beyond all files".to_owned()))?;
        self.byte(offset)
    }
}

fn invalid(text: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}

fn add(
    sequences: &mut HashMap<Vec<u8>, Sequence>,
    name: Vec<u8>,
    sequence: Sequence,
) -> io::Result<()> {
    if sequences.len() == MOST_SCAFFOLDS || name.len() > LONGEST_NAME {
        return Err(invalid(format!(
            "more than {MOST_SCAFFOLDS} scaffolds, or a name of more than {LONGEST_NAME} bytes"
        )));
    }
    // Of two of one name the first counts.
    sequences.entry(name).or_insert(sequence);
    Ok(())
}

/// The scaffolds of a `.fai` file: name, length, offset, bases and bytes of a line.
fn of_index(lines: impl BufRead) -> io::Result<HashMap<Vec<u8>, Sequence>> {
    let mut sequences = HashMap::new();
    for (number, line) in lines.lines().enumerate() {
        let line = line?;
        let mut columns = line.split('\t');
        let name = columns.next().unwrap_or_default().as_bytes().to_vec();
        let numbers: Result<Vec<u64>, _> = columns.take(4).map(str::parse).collect();
        let [length, offset, bases, width] = numbers.unwrap_or_default()[..] else {
            let text = format!("line {} is none of a .fai file", number + 1);
            return Err(invalid(text));
        };
        let sequence = Sequence {
            length,
            offset,
            bases,
            width,
        };
        add(&mut sequences, name, sequence)?;
    }
    Ok(sequences)
}

/// The scaffolds of the file itself. All lines of a scaffold but the last have to be of one length.
fn of_sequences(mut lines: impl BufRead) -> io::Result<HashMap<Vec<u8>, Sequence>> {
    let mut sequences = HashMap::new();
    let mut current: Option<(Vec<u8>, Sequence)> = None;
    let mut is_last = false;
    let (mut offset, mut number) = (0_u64, 0_u64);
    let mut line = Vec::new();
    loop {
        line.clear();
        let width = lines.read_until(b'\n', &mut line)? as u64;
        number += 1;
        offset += width;
        let text = line.strip_suffix(b"\n").unwrap_or(&line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        if width == 0 || text.first() == Some(&b'>') {
            if let Some((name, sequence)) = current.take() {
                add(&mut sequences, name, sequence)?;
            }
            if width == 0 {
                return Ok(sequences);
            }
            let name = text[1..].split(u8::is_ascii_whitespace).next();
            let empty = Sequence {
                length: 0,
                offset,
                bases: 0,
                width: 0,
            };
            current = Some((name.unwrap_or_default().to_vec(), empty));
            is_last = false;
            continue;
        }
        let fault = |reason: &str| invalid(format!("line {number}: {reason}"));
        let Some((_, sequence)) = &mut current else {
            return Err(fault("it stands before the first line that begins with >"));
        };
        let bases = text.len() as u64;
        if sequence.width == 0 {
            (sequence.bases, sequence.width) = (bases, width);
        } else if is_last && bases > 0 || bases > sequence.bases {
            return Err(fault("lines of a scaffold have different lengths"));
        }
        is_last |= bases < sequence.bases || width < sequence.width;
        sequence.length += bases;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bases_are_found_with_and_without_an_index() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("birds.fa");
        fs::write(&path, ">one first\nACGT\nacgt\nAC\n>two\r\nTTT\r\nG\r\n").unwrap();
        let path = path.to_str().unwrap();
        for indexed in [false, true] {
            if indexed {
                fs::write(
                    format!("{path}.fai"),
                    "one\t10\t11\t4\t5\ntwo\t4\t30\t3\t5\n",
                )
                .unwrap();
            }
            let fasta = Fasta::open(path).unwrap();
            let read = |name: &str, length| -> String {
                (0..length)
                    .filter_map(|place| fasta.base(name.as_bytes(), place).unwrap())
                    .map(char::from)
                    .collect()
            };
            assert_eq!(read("one", 12), "ACGTacgtAC");
            assert_eq!(read("two", 9), "TTTG");
            assert!(fasta.base(b"three", 0).is_err());
        }
    }

    #[test]
    fn lines_of_different_lengths_are_refused_by_their_number() {
        for (text, line) in [
            (">a\nAC\nACG\n", "line 3"),
            (">a\nACG\nAC\nACG\n", "line 4"),
            ("ACG\n", "line 1"),
        ] {
            let error = of_sequences(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(line), "{error}");
        }
    }
}
