//! An answer is the same with sample groups and without.

mod asked;
mod in_parts;
mod reads;
mod text;

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, OnceLock};

use proptest::prelude::*;

use self::asked::{Asked, ask, asked};
use self::text::{HEADER, bgzipped, text};
use super::{Directory, Groups, Made, Settings, write};
use crate::command::{Pipeline, parse_local};
use crate::dimensions::scan;
use crate::index::Index;
use crate::query::{Cancel, Encoding, FilterScope, Input, Options, Request, answer};
use crate::reader::open;
use crate::source::{MemorySource, Source};
use crate::view::Context;

/// A source that counts what is asked of it, and can fail.
#[derive(Default)]
struct Counted {
    inner: MemorySource,
    bytes: Mutex<u64>,
    fails: bool,
}

impl Counted {
    fn of(bytes: Vec<u8>) -> Self {
        Self {
            inner: MemorySource::new(bytes),
            ..Self::default()
        }
    }

    fn taken(&self) -> u64 {
        std::mem::take(&mut *self.bytes.lock().unwrap())
    }
}

impl Source for Counted {
    fn len(&self) -> std::io::Result<u64> {
        self.inner.len()
    }

    fn read_range(&self, offset: u64, length: usize) -> std::io::Result<bytes::Bytes> {
        if self.fails {
            return Err(std::io::Error::other("gone"));
        }
        let bytes = self.inner.read_range(offset, length)?;
        *self.bytes.lock().unwrap() += bytes.len() as u64;
        Ok(bytes)
    }
}

fn settings() -> Settings {
    Settings {
        group_size: NonZeroUsize::new(5),
        chunk_bytes: 6_000,
        least_records: 8,
        most_records: 40,
        stripe_bytes: 2_000,
        threads: NonZeroUsize::new(2).unwrap(),
    }
}

struct File {
    source: Counted,
    index: Index,
    made: Made,
    object: Vec<u8>,
}

fn file(bytes: Vec<u8>, settings: &Settings) -> File {
    let source = Counted::of(bytes);
    let csi = scan(&source).unwrap().csi;
    let opened = open(&source).unwrap();
    let index = Index::parse(&csi)
        .unwrap()
        .with_names(opened.indexed_names());
    let mut object = Vec::new();
    let made = write(&source, settings, &mut object).unwrap();
    assert_eq!(made.bytes, object.len() as u64);
    let bytes = made.directory.to_bytes().unwrap();
    assert_eq!(Directory::parse(&bytes).as_ref(), Some(&made.directory));
    File {
        source,
        index,
        made,
        object,
    }
}

fn groups_of(file: &File, source: Counted) -> (Groups, Arc<Counted>) {
    let source = Arc::new(source);
    let directory = Arc::new(file.made.directory.clone());
    let groups = Groups::new(directory, Arc::clone(&source) as Arc<dyn Source>, 64, 3);
    (groups, source)
}

/// VCF files and the same as BCF.
fn files() -> &'static [File] {
    static FILES: OnceLock<Vec<File>> = OnceLock::new();
    FILES.get_or_init(|| files_of(400))
}

/// Three files of so many records, and the same as BCF.
fn files_of(records: usize) -> Vec<File> {
    let mut files: Vec<File> = (1..4)
        .map(|seed| file(bgzipped(&text(seed, 23, records)), &settings()))
        .collect();
    let as_bcf: Vec<File> = files
        .iter()
        .map(|vcf| {
            let opened = open(&vcf.source).unwrap();
            let (stages, context) = (Pipeline { stages: vec![] }, Context::default());
            let inputs = [Input {
                name: "file",
                source: &vcf.source,
                opened: &opened,
                index: None,
                stages: &stages,
                context: &context,
            }];
            let options = Options {
                encoding: Encoding::Bcf(1),
                ..Options::default()
            };
            let mut bcf = Vec::new();
            answer(
                &Request::new(&inputs),
                &options,
                &Cancel::default(),
                &mut bcf,
            )
            .unwrap();
            file(bcf, &settings())
        })
        .collect();
    files.extend(as_bcf);
    for file in &files {
        let (all, kept) = file.made.directory.records();
        assert_eq!(all, records as u64);
        assert!(kept * 8 > all * 3, "{kept} of {all} records are kept");
        let is_bcf = open(&file.source).unwrap().is_bcf();
        assert!(is_bcf || kept < all, "odd records are left to the file");
        assert!(file.made.directory.stripes.len() > 2);
    }
    files
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn an_answer_is_the_same_with_groups_and_without(place in 0..6_usize, asked in asked()) {
        let file = &files()[place];
        let words: Vec<String> = asked.command[0].split_whitespace().map(str::to_owned).collect();
        prop_assume!(parse_local(&words).is_ok());
        let plain = ask(&[file], &[None], &asked);
        let (groups, _) = groups_of(file, Counted::of(file.object.clone()));
        prop_assert_eq!(&plain, &ask(&[file], &[Some(groups)], &asked), "whole object");
    }

    #[test]
    fn a_damaged_or_missing_object_changes_no_answer(
        place in 0..6_usize,
        asked in asked(),
        damage in proptest::collection::vec((0..1_u64 << 32, any::<u8>()), 1..40),
        cut in proptest::option::of(0..1_u64 << 32),
        fails in any::<bool>(),
    ) {
        let file = &files()[place];
        let words: Vec<String> = asked.command[0].split_whitespace().map(str::to_owned).collect();
        prop_assume!(parse_local(&words).is_ok());
        let plain = ask(&[file], &[None], &asked);
        let mut object = file.object.clone();
        for (at, byte) in damage {
            let at = at as usize % object.len();
            object[at] = byte;
        }
        if let Some(cut) = cut {
            object.truncate(cut as usize % object.len());
        }
        let source = Counted { fails, ..Counted::of(object) };
        let (groups, _) = groups_of(file, source);
        prop_assert_eq!(&plain, &ask(&[file], &[Some(groups)], &asked));
    }

    #[test]
    fn several_files_are_joined_the_same_with_groups_and_without(
        asked in asked(),
        first in 0..3_usize,
        cohort in any::<bool>(),
        has in proptest::array::uniform2(any::<bool>()),
    ) {
        let words: Vec<String> = asked.command[0].split_whitespace().map(str::to_owned).collect();
        prop_assume!(parse_local(&words).is_ok());
        let scope = if cohort { FilterScope::Cohort } else { FilterScope::File };
        let asked = Asked { scope, ..asked };
        let pair = [&files()[first], &files()[(first + 1) % 3]];
        let plain = ask(&pair, &[None, None], &asked);
        let groups = |place: usize| has[place].then(|| groups_of(pair[place], Counted::of(pair[place].object.clone())).0);
        let answer = ask(&pair, &[groups(0), groups(1)], &asked);
        // Which of the faults of two files is told depends on how far each was read.
        if plain.is_err() {
            prop_assert!(answer.is_err());
        } else {
            prop_assert_eq!(&plain, &answer);
        }
    }
}

#[test]
fn of_two_faults_the_first_is_told_though_a_chunk_that_is_left_to_the_file_begins_with_it() {
    let text = text(3, 23, 400);
    let file = file(bgzipped(&text), &settings());
    let asked = Asked {
        command: vec!["-s s0".to_owned(), "-a -I".to_owned()],
        indexed: true,
        window: Some((571, 690)),
        ..Asked::of("")
    };
    let source = Counted {
        fails: true,
        ..Counted::default()
    };
    let (groups, _) = groups_of(&file, source);
    let told = ask(&[&file], &[Some(groups)], &asked).unwrap_err();
    assert!(told.contains("1:675: column INFO/AF"), "{told}");
    assert_eq!(Err(told), ask(&[&file], &[None], &asked));
}

#[test]
fn other_bytes_are_no_directory() {
    let bytes = files()[0].made.directory.to_bytes().unwrap();
    for length in 0..bytes.len() {
        assert_eq!(Directory::parse(&bytes[..length]), None);
    }
}

#[test]
fn plain_text_and_files_without_samples_have_no_groups() {
    let plain = MemorySource::new(text(1, 3, 5).into_bytes());
    assert!(write(&plain, &settings(), Vec::new()).is_err());
    let (header, _) = HEADER.split_at(HEADER.len() - "\tFORMAT".len());
    let sites = MemorySource::new(bgzipped(&format!("{header}\n1\t5\t.\tA\tC\t.\t.\t.\n")));
    assert!(write(&sites, &settings(), Vec::new()).is_err());
}
