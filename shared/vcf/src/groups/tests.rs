//! An answer is the same with sample groups and without.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, OnceLock};

use proptest::prelude::*;

use super::{Directory, Groups, Made, Settings, write, write_part};
use crate::bgzf::tests::inflated;
use crate::bgzf::{Deflater, EOF_MARKER, VirtualOffset};
use crate::command::{Pipeline, SampleChoice, parse_local};
use crate::dimensions::scan;
use crate::index::Index;
use crate::notices::{Notice, Notices};
use crate::query::{
    Answer, Cancel, DEFAULT_LEVEL, Edge, Encoding, FilterScope, Indexing, Input, Join, Options,
    Request, answer, window,
};
use crate::reader::{Span, open};
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

struct Random(u64);

impl Random {
    fn below(&mut self, below: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize % below
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }
}

const HEADER: &str = "##fileformat=VCFv4.2\n##contig=<ID=1>\n##contig=<ID=2>\n##contig=<ID=3>\n\
    ##FILTER=<ID=low,Description=\"d\">\n\
    ##INFO=<ID=DP,Number=1,Type=Integer,Description=\"d\">\n\
    ##INFO=<ID=AF,Number=A,Type=Float,Description=\"d\">\n\
    ##INFO=<ID=AC,Number=A,Type=Integer,Description=\"d\">\n\
    ##INFO=<ID=AN,Number=1,Type=Integer,Description=\"d\">\n\
    ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"d\">\n\
    ##FORMAT=<ID=AB,Number=1,Type=String,Description=\"d\">\n\
    ##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"d\">\n\
    ##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"d\">\n\
    ##FORMAT=<ID=GL,Number=G,Type=Float,Description=\"d\">\n\
    #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT";

/// Spellings of a subfield. An odd one has no text, so that its chunk is left to the file.
fn subfield(random: &mut Random, tag: &str, varies: bool, is_odd: bool) -> String {
    match tag {
        "GT" if !varies => random.of(&["0/0", "0|0", "./.", ".", "0"]),
        "GT" => random.of(&[
            "0/0", "0|0", "0/1", "0|1", "1|1", "./.", ".", "0", "1", "./1", "0/1/1", "0|.", "00/1",
        ]),
        "AB" if is_odd => random.of(&["", "x", "longer"]),
        "AB" => random.of(&[".", "x", "yz", "a,b", "1e5"]),
        "DP" => random.of(&[".", "7", "12", "007", "2147483648", "-3"]),
        "AD" => random.of(&[".", "3,4", "3", "3,4,5", "10,.", ".,."]),
        _ => random.of(&[".", "-0.5,-1,-2", "0.10,1e-3,nan", "-1.50,.,0", "1.0000001"]),
    }
    .to_owned()
}

const FORMATS: [&str; 5] = ["GT", "GT:AB:DP", "GT:AD:DP:GL", "DP:AD", "AB:DP"];

/// A file of so many samples; now and then a record is written as few would.
fn text(seed: u64, samples: usize, records: usize) -> String {
    let mut random = Random(seed);
    let mut text = HEADER.to_owned();
    (0..samples).for_each(|sample| text += &format!("\ts{sample}"));
    text.push('\n');
    for record in 0..records {
        let scaffold = 1 + record * 3 / records;
        let (reference, alternates) = random
            .of(&["A C", "A C,G", "AC A", "A .", "A <DEL>", "A *,T"])
            .split_once(' ')
            .unwrap();
        let info = random.of(&[
            ".",
            "DP=5",
            "AC=1;AN=9;AF=0.50",
            "DP=007;AC=2,1;AN=12",
            "AN=4",
            "AC=1;AN=9;AF=0.5",
            "AF=0.12345678;AN=7",
            "AF=0.50000000001",
            "DP=5;;AF=1e-3;AC=0",
            "AF=100.00,nan;DP=.",
            "AF=;DP=5.5",
        ]);
        let format = random.of(&FORMATS);
        // So rare that most chunks are kept.
        let is_odd = random.below(40) == 0;
        text += &format!(
            "{scaffold}\t{}\t{}\t{reference}\t{alternates}\t{}\t{}\t{info}\t{format}",
            10 + record * 7,
            random.of(&[".", "rs1"]),
            random.of(&[".", "10", "39.50", "1e2"]),
            random.of(&["PASS", ".", "low"]),
        );
        for _ in 0..samples {
            let tags: Vec<&str> = format.split(':').collect();
            let dropped = if random.below(6) == 0 {
                random.below(tags.len())
            } else {
                0
            };
            let values = tags[..tags.len() - dropped].iter();
            let values: Vec<String> = values
                .map(|tag| subfield(&mut random, tag, alternates != ".", is_odd))
                .collect();
            text.push('\t');
            text += &values.join(":");
        }
        text.push_str(if random.below(40) == 0 { "\r\n" } else { "\n" });
    }
    text
}

fn bgzipped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut deflater = Deflater::new(1);
    for piece in text.as_bytes().chunks(5_003) {
        deflater.deflate(piece, &mut bytes);
    }
    bytes.extend_from_slice(&EOF_MARKER);
    bytes
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

const FIRST: [&str; 20] = [
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
