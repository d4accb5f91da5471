//! Groups that were made in parts, and joined.

use std::sync::OnceLock;

use proptest::prelude::*;

use super::{Counted, File, ask, asked, files, files_of, groups_of, settings};
use crate::bgzf::VirtualOffset;
use crate::command::parse_local;
use crate::groups::{Directory, Made, write_part};
use crate::reader::Span;
use crate::source::Source;

/// The file with its groups made in parts.
fn in_parts(file: &File, apart: u64) -> (File, usize) {
    let places = file.index.places(apart);
    let starts = std::iter::once(VirtualOffset::default()).chain(places.iter().copied());
    let ends = places.iter().copied().map(Some).chain([None]);
    let (mut object, mut parts) = (Vec::new(), Vec::new());
    for (start, end) in starts.zip(ends) {
        let before = object.len() as u64;
        let part = Span { start, end };
        let made = write_part(&file.source, part, &settings(), &mut object).unwrap();
        assert_eq!(made.bytes, object.len() as u64 - before);
        parts.push((made.directory, made.bytes));
    }
    let mut swapped = parts.clone();
    swapped.reverse();
    assert_eq!(Directory::joined(swapped).is_some(), parts.len() == 1);
    let count = parts.len();
    let directory = Directory::joined(parts).unwrap();
    let bytes = directory.to_bytes().unwrap();
    assert_eq!(Directory::parse(&bytes).as_ref(), Some(&directory));
    let joined = File {
        source: Counted::of(
            file.source
                .inner
                .read_range(0, usize::MAX)
                .unwrap()
                .to_vec(),
        ),
        index: file.index.clone(),
        made: Made {
            bytes: object.len() as u64,
            directory,
        },
        object,
    };
    (joined, count)
}

fn files_in_parts() -> &'static [File] {
    static FILES: OnceLock<Vec<File>> = OnceLock::new();
    FILES.get_or_init(|| {
        // Many blocks, of which some begin with a scaffold inside.
        const RECORDS: usize = 1_600;
        let files = files_of(RECORDS);
        let made = files.iter().map(|file| {
            let (joined, parts) = in_parts(file, 1);
            assert!(parts > 1, "it has one block");
            assert_eq!(joined.made.directory.records().0, RECORDS as u64);
            joined
        });
        made.collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn an_answer_is_the_same_with_groups_that_were_made_in_parts(place in 0..6_usize, asked in asked()) {
        let file = &files_in_parts()[place];
        let words: Vec<String> = asked.command[0].split_whitespace().map(str::to_owned).collect();
        prop_assume!(parse_local(&words).is_ok());
        let plain = ask(&[file], &[None], &asked);
        let (groups, _) = groups_of(file, Counted::of(file.object.clone()));
        prop_assert_eq!(&plain, &ask(&[file], &[Some(groups)], &asked));
    }
}

#[test]
fn a_part_that_is_the_whole_file_is_the_whole_object() {
    for file in files() {
        let mut object = Vec::new();
        let made = write_part(&file.source, Span::ALL, &settings(), &mut object).unwrap();
        assert_eq!(made.directory, file.made.directory);
        assert!(object == file.object);
        assert_eq!(in_parts(file, u64::MAX).1, 1);
    }
}
