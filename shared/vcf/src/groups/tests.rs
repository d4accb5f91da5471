//! An answer is the same with sample groups and without.

mod in_parts;
mod text;

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, OnceLock};

use proptest::prelude::*;

use self::text::{HEADER, Random, bgzipped, text};
use super::{Directory, Groups, Made, Settings, write};
use crate::bgzf::tests::inflated;
use crate::command::{Pipeline, SampleChoice, parse_local};
use crate::dimensions::scan;
use crate::index::Index;
use crate::notices::{Notice, Notices};
use crate::query::{
    Answer, Cancel, DEFAULT_LEVEL, Edge, Encoding, FilterScope, Indexing, Input, Join, Options,
    Request, answer, window,
};
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

/// A command, and how it is asked.
#[derive(Debug, Clone)]
struct Asked {
    command: Vec<String>,
    selection: Vec<String>,
    encoding: Encoding,
    threads: usize,
    indexed: bool,
    /// Scaffold and position from which on, and up to which, is answered.
    window: Option<(u64, u64)>,
    scope: FilterScope,
}

type Told = Result<(Vec<u8>, u64, u64, Vec<Notice>), String>;

/// The answer of files with one name each, their samples apart.
fn ask(files: &[&File], groups: &[Option<Groups>], asked: &Asked) -> Told {
    let opened: Vec<_> = files
        .iter()
        .map(|file| open(&file.source).unwrap())
        .collect();
    let stages = asked.command.iter().map(|stage| {
        let words: Vec<String> = stage.split_whitespace().map(str::to_owned).collect();
        parse_local(&words).unwrap().stage
    });
    let mut pipeline = Pipeline {
        stages: stages.collect(),
    };
    if let (Some(first), false) = (pipeline.stages.first_mut(), asked.selection.is_empty()) {
        first.samples = Some(SampleChoice::Selection);
    }
    let notices = Arc::new(Notices::default());
    let contexts: Vec<Context> = groups
        .iter()
        .map(|groups| Context {
            selection: asked.selection.clone(),
            notices: Arc::clone(&notices),
            groups: groups.clone(),
            ..Context::default()
        })
        .collect();
    let inputs: Vec<_> = files
        .iter()
        .zip(&opened)
        .zip(&contexts)
        .map(|((file, opened), context)| Input {
            name: "file",
            source: &file.source,
            opened,
            index: asked.indexed.then_some(&file.index),
            stages: &pipeline,
            context,
        })
        .collect();
    let options = Options {
        encoding: asked.encoding,
        threads: NonZeroUsize::new(asked.threads).unwrap(),
        indexing: match asked.encoding {
            Encoding::Text => Indexing::Off,
            _ => Indexing::Csi,
        },
        ..Options::default()
    };
    let together = [(0..files.len()).collect::<Vec<_>>()];
    let request = Request {
        join: Join {
            groups: &together,
            ..Join::default()
        },
        scope: asked.scope,
        ..Request::new(&inputs)
    };
    let mut out = Vec::new();
    let edge = |place: u64| Edge {
        scaffold: (1 + place / 10_000).to_string(),
        pos: place % 10_000,
    };
    let run = |out: &mut Vec<u8>| -> Result<Answer, crate::Error> {
        let Some((from, to)) = asked.window else {
            return answer(&request, &options, &Cancel::default(), out);
        };
        let window = window(&request, Some(&edge(from)), Some(&edge(to)))?;
        let request = Request {
            window: Some(&window),
            ..request
        };
        answer(&request, &options, &Cancel::default(), out)
    };
    let answered = run(&mut out);
    if asked.encoding != Encoding::Text {
        out = inflated(&out);
    }
    match answered {
        Ok(answer) => Ok((
            out,
            answer.summary.read,
            answer.summary.written,
            notices.take(),
        )),
        Err(error) => Err(error.to_string()),
    }
}

fn groups_of(file: &File, source: Counted) -> (Groups, Arc<Counted>) {
    let source = Arc::new(source);
    let directory = Arc::new(file.made.directory.clone());
    let groups = Groups::new(directory, Arc::clone(&source) as Arc<dyn Source>, 64, 3);
    (groups, source)
}

const FIRST: [&str; 21] = [
    "",
    "-I",
    "-i QUAL>20",
    "-i QUAL=39.5||QUAL=100",
    "-i INFO/AF>0.4&&INFO/AF<=0.5",
    "-e DP>3||FILTER=\"low\"",
    "-c 1",
    "-C 2 -I",
    "-q 0.2:nref",
    "-x",
    "-X",
    "-a",
    "-g het",
    "-p",
    "-r 1:40-900,3",
    "-r 2",
    "-t 2:1-2000",
    "-f PASS,.",
    "-i GT=\"alt\"",
    "-m 2 -M 2 -v snps",
    "-G",
];
const SECOND: [&str; 5] = [
    "-i AC>0",
    "-c 1:minor",
    "-i N_PASS(GT=\"alt\")>0",
    "-G",
    "-a -I",
];

fn asked() -> impl Strategy<Value = Asked> {
    let options = (0..FIRST.len(), 0..2 * SECOND.len());
    let samples = proptest::collection::vec(0..23_usize, 1..7);
    let how = (0..3_usize, 1..4_usize, any::<bool>(), any::<bool>());
    let window = proptest::option::weighted(0.3, (0..30_000_u64, 0..30_000_u64));
    (options, samples, how, window).prop_map(|((first, second), samples, how, window)| {
        let (encoding, threads, indexed, selects) = how;
        let mut names: Vec<String> = Vec::new();
        for sample in samples {
            let name = format!("s{sample}");
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let mut command = vec![FIRST[first].to_owned()];
        if !selects {
            command[0] += &format!(" -s {}", names.join(","));
        }
        command.extend(SECOND.get(second).map(|second| (*second).to_owned()));
        let window = window.filter(|_| indexed);
        Asked {
            command,
            selection: if selects { names } else { vec![] },
            encoding: [
                Encoding::Text,
                Encoding::Bgzip(DEFAULT_LEVEL),
                Encoding::Bcf(1),
            ][encoding],
            threads,
            indexed,
            window: window.map(|(a, b)| (a.min(b), a.max(b) + 1)),
            scope: FilterScope::File,
        }
    })
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
        selection: vec![],
        encoding: Encoding::Text,
        threads: 1,
        indexed: true,
        window: Some((571, 690)),
        scope: FilterScope::File,
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
fn groups_are_read_where_the_file_need_not_be() {
    let file = &files()[0];
    let asked = Asked {
        command: vec!["-s s3,s20".to_owned()],
        selection: vec![],
        encoding: Encoding::Text,
        threads: 1,
        indexed: true,
        window: None,
        scope: FilterScope::File,
    };
    file.source.taken();
    let (groups, object) = groups_of(file, Counted::of(file.object.clone()));
    let estimate = groups.directory().bytes_to_read(&[3, 20], None);
    ask(&[file], &[Some(groups)], &asked).unwrap();
    let (of_file, of_object) = (file.source.taken(), object.taken());
    assert!(of_object > 0, "{of_file} bytes of the file");
    assert!(
        estimate > of_object / 2,
        "{estimate} bytes were reckoned, {of_object} and {of_file} read"
    );
}

#[test]
fn ten_of_a_hundred_thousand_samples_take_less_than_two_hundredths_of_the_file() {
    let mut text = HEADER.to_owned();
    let samples = 100_000;
    (0..samples).for_each(|sample| text += &format!("\ts{sample}"));
    text.push('\n');
    let mut random = Random(7);
    for record in 0..130 {
        text += &format!("1\t{}\t.\tA\tC\t50\tPASS\tDP=5\tGT", 100 + record);
        // A few samples in a hundred have the allele.
        let rare = 1 + random.below(60);
        for _ in 0..samples {
            text += match random.below(100) {
                one if one * 10 < rare => "\t0|1",
                99 if rare > 30 => "\t1|1",
                _ => "\t0|0",
            };
        }
        text.push('\n');
    }
    let file = file(bgzipped(&text), &Settings::default());
    let columns: Vec<usize> = (0..10).map(|n| (n * 9_973 + 17) % samples).collect();
    let names: Vec<String> = columns.iter().map(|column| format!("s{column}")).collect();
    let asked = Asked {
        command: vec![format!("-s {}", names.join(","))],
        selection: vec![],
        encoding: Encoding::Text,
        threads: 1,
        indexed: false,
        window: None,
        scope: FilterScope::File,
    };
    let plain = ask(&[&file], &[None], &asked).unwrap();
    let source = Arc::new(Counted::of(file.object.clone()));
    let directory = Arc::new(file.made.directory.clone());
    let reckoned = directory.bytes_to_read(&columns, None);
    let groups = Groups::new(directory, Arc::clone(&source) as Arc<dyn Source>, 0, 1);
    assert_eq!(plain, ask(&[&file], &[Some(groups)], &asked).unwrap());
    let (length, read) = (file.source.len().unwrap(), source.taken());
    assert!(read * 50 < length, "{read} of {length} bytes");
    assert!(
        reckoned < 2 * read && read < 2 * reckoned,
        "{reckoned} reckoned, {read} read"
    );
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
