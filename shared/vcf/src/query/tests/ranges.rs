//! Regions of several files through their indexes, and what is read for them.

use std::sync::Mutex;

use super::*;
use crate::bgzf::{Deflater, EOF_MARKER};

/// A source that notes what it is asked for.
pub(super) struct Noted {
    pub(super) inner: MemorySource,
    pub(super) asked: Mutex<Vec<(u64, usize)>>,
}

impl Source for Noted {
    fn len(&self) -> std::io::Result<u64> {
        self.inner.len()
    }

    fn read_range(&self, offset: u64, length: usize) -> std::io::Result<bytes::Bytes> {
        self.asked.lock().unwrap().push((offset, length));
        self.inner.read_range(offset, length)
    }
}

/// A bgzipped file and its index.
pub(super) fn indexed(text: &str) -> (Noted, Index) {
    let mut bytes = Vec::new();
    let mut deflater = Deflater::new(1);
    for piece in text.as_bytes().chunks(4096) {
        deflater.deflate(piece, &mut bytes);
    }
    bytes.extend_from_slice(&EOF_MARKER);
    let inner = MemorySource::new(bytes);
    let index = Index::parse(&crate::dimensions::scan(&inner).unwrap().csi).unwrap();
    let asked = Mutex::default();
    (Noted { inner, asked }, index)
}

pub(super) fn through_indexes(files: &[(Noted, Index)], command: &[&str]) -> Vec<String> {
    let opened: Vec<_> = files
        .iter()
        .map(|(source, _)| open(source).unwrap())
        .collect();
    for (source, _) in files {
        source.asked.lock().unwrap().clear();
    }
    let tokens: Vec<String> = command.iter().map(|t| (*t).to_owned()).collect();
    let pipeline = Pipeline {
        stages: vec![parse_local(&tokens).unwrap().stage],
    };
    let context = Context::default();
    let inputs: Vec<_> = files
        .iter()
        .zip(&opened)
        .map(|((source, index), opened)| Input {
            name: "file",
            source,
            opened,
            index: Some(index),
            stages: &pipeline,
            context: &context,
        })
        .collect();
    let groups: Vec<_> = (0..files.len()).map(|n| vec![n]).collect();
    let options = Options {
        encoding: Encoding::Text,
        parts: Parts::RECORDS,
        ..Options::default()
    };
    let mut out = Vec::new();
    let request = Request {
        join: Join {
            groups: &groups,
            ..Join::default()
        },
        ..Request::new(&inputs)
    };
    answer(&request, &options, &Cancel::default(), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    text.lines().map(|line| line.replace('\t', " ")).collect()
}

#[test]
fn regions_of_several_files_ask_for_their_chunks_in_few_requests() {
    let records: Vec<String> = (0..60_000)
        .map(|n| format!("1 {} . A C . . DP={n} GT 0/1", 1 + n * 20))
        .collect();
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    let files = ["a", "b"].map(|sample| indexed(&file(sample, &records)));
    let found = through_indexes(&files, &["-r", "1:600000-612000"]);
    assert_eq!(found.len(), 600);
    for (source, index) in &files {
        let chunks = index.query(b"1", 599_999, 612_000);
        let needed: u64 = chunks.iter().map(|c| c.end.block() - c.start.block()).sum();
        let asked = source.asked.lock().unwrap();
        let bytes: usize = asked.iter().map(|(_, length)| length).sum();
        assert!(asked.len() <= 2, "{asked:?}");
        // The block in which the last chunk ends is read by its greatest length.
        assert!(bytes as u64 <= needed + 65_536, "{bytes} for {needed}");
        assert!(bytes as u64 * 4 < source.len().unwrap());
    }
}

#[test]
fn a_file_with_its_scaffolds_in_another_order_is_read_by_scaffold() {
    let first = file("a", &["1 5 . A C . . . GT 0/1", "2 5 . A C . . . GT 0/1"]);
    let second = file("b", &["2 5 . A C . . . GT 1/1", "1 5 . A C . . . GT 0/0"]);
    let second = second.replace(
        "##contig=<ID=1>\n##contig=<ID=2>",
        "##contig=<ID=2>\n##contig=<ID=1>",
    );
    let files = [indexed(&first), indexed(&second)];
    assert_eq!(
        through_indexes(&files, &["-i", "POS=5"]),
        [
            "1 5 . A C . . AN=4;AC=1 GT 0/1 0/0",
            "2 5 . A C . . AN=4;AC=3 GT 0/1 1/1"
        ]
    );
}
