//! An input whose records all come late is not read before its turn: of thousands of files that follow each other few are
//! in memory at a time.

use std::io::{self, Write};

use super::ranges::{Noted, indexed};
use super::*;

const FILES: u64 = 24;
/// Positions between the first records of two files: more than the smallest interval of an index.
const APART: u64 = 100_000;

/// Files that lie one behind the other, the last one first, each of more text than is collected before some is written.
fn files(samples: &str) -> Vec<(Noted, Index)> {
    let note = "A".repeat(60_000);
    (0..FILES)
        .rev()
        .map(|nth| {
            let record =
                |n: u64| format!("1 {} {note} A C . . DP={n} GT 0/1", 1 + nth * APART + n * 7);
            let records: Vec<String> = (0..6).map(record).collect();
            let records: Vec<&str> = records.iter().map(String::as_str).collect();
            indexed(&file(samples, &records))
        })
        .collect()
}

/// Notes how many inputs had been read when something was first written.
struct Writer<'f> {
    files: &'f [(Noted, Index)],
    read_at_first: Option<usize>,
    text: Vec<u8>,
}

impl Write for Writer<'_> {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        let is_read = |(source, _): &&(Noted, Index)| !source.asked.lock().unwrap().is_empty();
        let read = || self.files.iter().filter(is_read).count();
        self.read_at_first = Some(self.read_at_first.unwrap_or_else(read));
        self.text.extend_from_slice(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is written, and how many inputs had been read when it began; `knows` gives what is known of each file.
fn joined(
    files: &[(Noted, Index)],
    threads: usize,
    knows: impl Fn(usize) -> (Option<(Vec<u8>, u64)>, bool),
) -> Result<(String, usize), Error> {
    let opened: Vec<_> = files
        .iter()
        .map(|(source, _)| open(source).unwrap())
        .collect();
    files
        .iter()
        .for_each(|(source, _)| source.asked.lock().unwrap().clear());
    let pipeline = Pipeline { stages: vec![] };
    let contexts: Vec<Context> = (0..files.len())
        .map(|place| Context {
            first: knows(place).0,
            ..Context::default()
        })
        .collect();
    let inputs: Vec<_> = (0..files.len())
        .map(|place| Input {
            name: "file",
            source: &files[place].0,
            opened: &opened[place],
            index: knows(place).1.then_some(&files[place].1),
            stages: &pipeline,
            context: &contexts[place],
        })
        .collect();
    let groups = [(0..files.len()).collect()];
    let request = Request {
        join: Join {
            groups: &groups,
            ..Join::default()
        },
        ..Request::new(&inputs)
    };
    let options = Options {
        threads: NonZeroUsize::new(threads).unwrap(),
        encoding: Encoding::Text,
        parts: Parts::RECORDS,
        ..Options::default()
    };
    let mut writer = Writer {
        files,
        read_at_first: None,
        text: Vec::new(),
    };
    answer(&request, &options, &Cancel::default(), &mut writer)?;
    let text = String::from_utf8(writer.text).unwrap();
    Ok((text, writer.read_at_first.unwrap()))
}

fn first(place: usize) -> Option<(Vec<u8>, u64)> {
    Some((b"1".to_vec(), 1 + (FILES - 1 - place as u64) * APART))
}

#[test]
fn an_input_is_read_when_its_turn_comes() {
    let files = files("a");
    let (expected, all) = joined(&files, 1, |_| (None, false)).unwrap();
    assert_eq!(all, files.len());
    assert_eq!(expected.lines().count(), 6 * files.len());
    for threads in [1, 2] {
        let most = if threads == 1 { 2 } else { 2 + 2 * threads + 2 };
        for (text, read) in [
            joined(&files, threads, |_| (None, true)).unwrap(),
            joined(&files, threads, |place| (first(place), false)).unwrap(),
            // Of some nothing is known: they are read at once.
            joined(&files, threads, |place| (first(place), place % 8 == 0)).unwrap(),
        ] {
            assert!(text == expected);
            assert!(read <= most, "{read} with {threads} threads");
        }
        let some = joined(&files, threads, |place| {
            (first(place).filter(|_| place > 3), false)
        });
        let (text, read) = some.unwrap();
        assert!(text == expected);
        assert!((4..most + 4).contains(&read), "{read}");
    }
}

#[test]
fn an_index_that_says_a_later_begin_is_refused() {
    let files = files("a");
    let late = |place: usize| {
        let (name, position) = first(place).unwrap();
        let by = if place == 7 { APART + 5 } else { 0 };
        (Some((name, position + by)), false)
    };
    for threads in [1, 2] {
        let error = joined(&files, threads, late).unwrap_err().to_string();
        assert!(
            error.contains("records begin later than they do"),
            "{error}"
        );
    }
}
