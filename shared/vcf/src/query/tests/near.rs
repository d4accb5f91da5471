//! Files that are near are read in another way, and give the same.

use super::one_file::{cohort, query, text, text_by};
use super::*;

/// A source as near as a local file.
struct Near(MemorySource);

impl Source for Near {
    fn len(&self) -> std::io::Result<u64> {
        self.0.len()
    }

    fn read_range(&self, offset: u64, length: usize) -> std::io::Result<bytes::Bytes> {
        self.0.read_range(offset, length)
    }

    fn is_near(&self) -> bool {
        true
    }
}

#[test]
fn a_file_that_is_near_holds_the_same_records() {
    let bgzipped = cohort(6_000);
    let encoded = |encoding| {
        let options = Options {
            encoding,
            indexing: Indexing::Csi,
            ..Options::default()
        };
        let (bytes, summary) = query(&bgzipped, &["--no-version"], None, &options);
        let source = MemorySource::new(bytes);
        let index = summary.csi.map(|csi| {
            let opened = open(&source).unwrap();
            let index = Index::parse(&csi).unwrap();
            index.with_names(opened.indexed_names())
        });
        (source, index)
    };
    for encoding in [Encoding::Text, Encoding::Bgzip(1), Encoding::Bcf(1)] {
        let (far, index) = encoded(encoding);
        assert!(far.len().unwrap() > 1 << 20);
        let near = Near(far.clone());
        for (stage, index) in [
            ("-i QUAL>45", None),
            ("-r 1:5000-200000,2:7-", index.as_ref()),
        ] {
            let expected = text(&far, &[stage], index);
            assert!(!expected.is_empty(), "{encoding:?} {stage}");
            for threads in [1, 2, 3] {
                let read = text_by(threads, &near, &[stage], index);
                assert!(read == expected, "{encoding:?} {stage} {threads}");
            }
        }
    }
}
