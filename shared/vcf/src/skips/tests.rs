//! Passing over parts of a file changes no answer.

use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use super::Skips;
use crate::bgzf::{Deflater, EOF_MARKER};
use crate::command::{Pipeline, parse_local};
use crate::dimensions::{Joiner, cut, scan_in_full, scan_piece};
use crate::query::{Cancel, Encoding, Indexing, Input, Options, Request, answer};
use crate::reader::open;
use crate::source::{MemorySource, Source};
use crate::view::Context;

const HEADER: &str = "##fileformat=VCFv4.2\n##contig=<ID=1>\n##contig=<ID=2>\n\
    ##FILTER=<ID=low,Description=\"d\">\n##FILTER=<ID=near,Description=\"d\">\n\
    ##INFO=<ID=DP,Number=1,Type=Integer,Description=\"d\">\n\
    ##INFO=<ID=MQ,Number=1,Type=Float,Description=\"d\">\n\
    ##INFO=<ID=HITS,Number=.,Type=Integer,Description=\"d\">\n\
    ##INFO=<ID=END,Number=1,Type=Integer,Description=\"d\">\n\
    ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"d\">\n\
    #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ta\tb\n";

/// A source that counts what is asked of it.
struct Counted {
    inner: MemorySource,
    bytes: Mutex<u64>,
}

impl Source for Counted {
    fn len(&self) -> std::io::Result<u64> {
        self.inner.len()
    }

    fn read_range(&self, offset: u64, length: usize) -> std::io::Result<bytes::Bytes> {
        let bytes = self.inner.read_range(offset, length)?;
        *self.bytes.lock().unwrap() += bytes.len() as u64;
        Ok(bytes)
    }
}

struct Random(u64);

impl Random {
    fn below(&mut self, below: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % below
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len() as u64) as usize]
    }
}

/// A file whose records are alike for a while, and odd now and then.
fn file(seed: u64, records: u64) -> Counted {
    let mut random = Random(seed);
    let mut text = HEADER.to_owned();
    let letters = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let mut mood = 0;
    for record in 0..records {
        if record % 500 == 0 {
            mood = random.below(4);
        }
        let odd = random.below(900) == 0;
        let scaffold = if record * 2 < records { 1 } else { 2 };
        let id: String = (0..60)
            .map(|_| char::from(letters[random.below(letters.len() as u64) as usize]))
            .collect();
        let (reference, alternates) = match (mood, odd) {
            (_, true) => random.of(&["A .", "A *", "AC GT", "A <DEL>", "A C,G,T", "A A[1:9["]),
            (0, _) => "A C",
            (1, _) => random.of(&["A C", "A C,G"]),
            (2, _) => random.of(&["AC A", "A AT"]),
            _ => "A T,C,G",
        }
        .split_once(' ')
        .unwrap();
        let quality = match (mood, odd) {
            (_, true) => random.of(&[".", "99.5", "0", "1e5"]).to_owned(),
            (mood, _) => (10 * mood + random.below(9)).to_string(),
        };
        let filter = match (mood, odd) {
            (_, true) => random.of(&[".", "low;near", "near"]),
            (3, _) => "low",
            _ => "PASS",
        };
        let info = match (mood, odd) {
            (_, true) => random
                .of(&[
                    ".",
                    "DP=.",
                    "DP=1,2",
                    "MQ=nan",
                    "HITS=.,3",
                    "HITS=.",
                    "DP;HITS",
                    "DP=7;DP=900",
                ])
                .to_owned(),
            (mood, _) => format!(
                "DP={};MQ={}.{};HITS={},{}",
                mood * 20 + random.below(15),
                mood * 15,
                random.below(1000),
                mood,
                mood * 3 + random.below(3)
            ),
        };
        let calls = random.of(&["0/0\t0/1", "1/1\t0/0", "./.\t0/1"]);
        text += &format!(
            "{scaffold}\t{}\t{id}\t{reference}\t{alternates}\t{quality}\t{filter}\t{info}\tGT\t{calls}\n",
            record * 3 + 1
        );
    }
    let mut bytes = Vec::new();
    let mut deflater = Deflater::new(1);
    for piece in text.as_bytes().chunks(5_003) {
        deflater.deflate(piece, &mut bytes);
    }
    bytes.extend_from_slice(&EOF_MARKER);
    Counted {
        inner: MemorySource::new(bytes),
        bytes: Mutex::default(),
    }
}

/// The answer as text, or what it fails with, and the bytes that were read for it.
fn ask(
    source: &Counted,
    command: &[&str],
    skips: Option<Arc<Skips>>,
    encoding: Encoding,
) -> (Result<Vec<u8>, String>, u64) {
    let opened = open(source).unwrap();
    *source.bytes.lock().unwrap() = 0;
    let stages = command.iter().map(|stage| {
        let words: Vec<String> = stage.split(' ').map(str::to_owned).collect();
        parse_local(&words).unwrap().stage
    });
    let stages = Pipeline {
        stages: stages.collect(),
    };
    let context = Context {
        skips: skips.map(|skips| (skips, 0)),
        ..Context::default()
    };
    let inputs = [Input {
        name: "file",
        source,
        opened: &opened,
        index: None,
        stages: &stages,
        context: &context,
    }];
    let options = Options {
        encoding,
        indexing: if encoding == Encoding::Text {
            Indexing::Off
        } else {
            Indexing::Csi
        },
        ..Options::default()
    };
    let mut out = Vec::new();
    let answered = answer(
        &Request::new(&inputs),
        &options,
        &Cancel::default(),
        &mut out,
    );
    let bytes = *source.bytes.lock().unwrap();
    match answered {
        Ok(_) => (Ok(out), bytes),
        // Lines are not counted where parts are passed over, so that the text differs.
        Err(error) => (Err(format!("{:?}", error.category())), bytes),
    }
}

fn skips_of(source: &Counted) -> Arc<Skips> {
    let skips = scan_in_full(source).unwrap().skips;
    assert!(skips.len() > 5, "{} parts", skips.len());
    let read_again = Skips::parse(&skips.to_bytes());
    assert_eq!(read_again.as_ref(), Some(&skips));
    Arc::new(skips)
}

const OPERANDS: [&str; 12] = [
    "QUAL",
    "N_ALT",
    "DP",
    "MQ",
    "HITS",
    "HITS[0]",
    "HITS[1-]",
    "INFO/DP",
    "POS",
    "MAX(HITS)",
    "AC",
    "DP+1",
];
const TESTS: [&str; 17] = [
    "TYPE=\"snp\"",
    "TYPE~\"indel\"",
    "TYPE!=\"snp\"",
    "TYPE!~\"ref\"",
    "TYPE=\"ref\"",
    "FILTER=\"PASS\"",
    "FILTER~\"low\"",
    "FILTER!=\"PASS\"",
    "FILTER!~\"low;near\"",
    "FILTER=\".\"",
    "FILTER!~\"near\"",
    "GT=\"alt\"",
    "QUAL=\".\"",
    "QUAL!=\".\"",
    "ID=\"x\"",
    "DP=\".\"",
    "N_PASS(GT=\"alt\")>1",
];

fn expression() -> impl Strategy<Value = String> {
    let comparison = (
        0..OPERANDS.len(),
        0..6_usize,
        -1_i32..70,
        any::<bool>(),
        any::<bool>(),
    );
    let comparison = comparison.prop_map(|(operand, operator, number, half, swapped)| {
        let operator = ["<", "<=", ">", ">=", "=", "!="][operator];
        let number = if half {
            format!("{number}.5")
        } else {
            number.to_string()
        };
        match swapped {
            false => format!("{}{operator}{number}", OPERANDS[operand]),
            true => format!("{number}{operator}{}", OPERANDS[operand]),
        }
    });
    let test = (0..TESTS.len()).prop_map(|test| TESTS[test].to_owned());
    let leaf = prop_oneof![3 => comparison, 1 => test];
    leaf.prop_recursive(3, 8, 2, |inner| {
        (inner.clone(), 0..4_usize, inner)
            .prop_map(|(a, operator, b)| format!("({a}){}({b})", ["&&", "||", "&", "|"][operator]))
    })
}

fn options() -> impl Strategy<Value = String> {
    let option = prop_oneof![
        6 => Just(String::new()),
        1 => (0..6_usize).prop_map(|one| format!(" -f {}", ["PASS", ".", "low", "near,.", "PASS,low", "none"][one])),
        1 => (0..6_usize).prop_map(|one| format!(" -v {}", ["snps", "indels", "mnps", "other", "ref", "bnd,snps"][one])),
        1 => (0..3_usize).prop_map(|one| format!(" -V {}", ["snps", "indels", "other"][one])),
        1 => (1..5_u32).prop_map(|least| format!(" -m {least}")),
        1 => (1..5_u32).prop_map(|most| format!(" -M {most}")),
        1 => (0..2_usize).prop_map(|one| format!(" -s {}", ["a", "b,a"][one])),
    ];
    (option.clone(), option).prop_map(|(a, b)| if a == b { a } else { a + &b })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn an_answer_is_the_same_whatever_is_passed_over(
        seed in 0..3_u64,
        expression in expression(),
        excluded in any::<bool>(),
        options in options(),
        later in any::<bool>(),
    ) {
        static FILES: std::sync::OnceLock<Vec<(Counted, Arc<Skips>)>> = std::sync::OnceLock::new();
        let files = FILES.get_or_init(|| {
            let files = (0..3).map(|seed| file(seed + 1, 6_000));
            files.map(|file| {
                let skips = skips_of(&file);
                (file, skips)
            }).collect()
        });
        let (source, skips) = &files[seed as usize];
        let sign = if excluded { "-e" } else { "-i" };
        let first = format!("{sign} {expression}{options}");
        // An option that is there twice is refused.
        let words: Vec<String> = first.split(' ').map(str::to_owned).collect();
        prop_assume!(parse_local(&words).is_ok());
        let command: Vec<&str> = if later { vec![&first, "-i QUAL>5"] } else { vec![&first] };
        let whole = ask(source, &command, None, Encoding::Text);
        let skipping = ask(source, &command, Some(Arc::clone(skips)), Encoding::Text);
        prop_assert_eq!(whole.0, skipping.0, "{}", first);
    }
}

#[test]
fn what_cannot_be_kept_is_not_read() {
    let source = file(1, 12_000);
    let skips = skips_of(&source);
    let (_, all) = ask(&source, &["-i QUAL>=0"], None, Encoding::Text);
    let mut passed_over = 0;
    for command in [
        "-i QUAL>2e5",
        "-i DP>1000&&GT=\"alt\"",
        "-v bnd -m 5",
        "-f none",
        "-e N_ALT>=0",
        "-i MQ>500||HITS>5000",
    ] {
        let (whole, _) = ask(&source, &[command], None, Encoding::Bgzip(6));
        let (skipping, read) = ask(
            &source,
            &[command],
            Some(Arc::clone(&skips)),
            Encoding::Bgzip(6),
        );
        assert_eq!(whole, skipping, "{command}");
        passed_over += usize::from(read < all / 4);
    }
    // A tag may be missing, or a list have what is no number, in every part.
    assert!(passed_over >= 4, "{passed_over}");
    let size = skips.to_bytes().len() as u64;
    assert!(size * 100 < source.len().unwrap(), "{size} bytes");
}

#[test]
fn other_bytes_are_no_skips() {
    let skips = scan_in_full(&file(2, 6_000)).unwrap().skips;
    let bytes = skips.to_bytes();
    for length in 0..bytes.len().min(64) {
        assert_eq!(Skips::parse(&bytes[..length]), None);
    }
    assert_eq!(Skips::parse(b"\x02\x00\x00\x00\x00"), None);
}

/// Names that a piece cannot tell apart may be told apart in the file.
#[test]
fn more_names_in_filter_than_are_told_apart_hide_no_record_of_a_file_in_pieces() {
    let mut text = "##fileformat=VCFv4.2\n##contig=<ID=1>\n".to_owned();
    for name in 0..100 {
        text += &format!("##FILTER=<ID=f{name},Description=\"d\">\n");
    }
    text += "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";
    let (mut file, mut deflater) = (Vec::new(), Deflater::new(1));
    deflater.deflate(text.as_bytes(), &mut file);
    let mut records = Vec::new();
    for n in 1..=400_u64 {
        // The first names come late again, and noise makes blocks large.
        let name = if (40..=360).contains(&n) {
            n % 100
        } else {
            n % 40
        };
        let noise: String = (0..2_000)
            .map(|m| char::from(b'a' + (n * m * m % 23) as u8))
            .collect();
        records.push((name, file.len() as u64));
        let line = format!("1\t{n}\t{noise}\tA\tC\t.\tf{name}\t.\n");
        deflater.deflate(line.as_bytes(), &mut file);
    }
    file.extend_from_slice(&EOF_MARKER);
    let size = file.len() as u64;
    let source = MemorySource::new(file);
    let opened = open(&source).unwrap();
    let mut joiner = Joiner::new(&source, opened.clone());
    for range in cut(&opened, size, size / 5 + 1, 10) {
        let piece = scan_piece(&source, &opened, range.clone()).unwrap();
        joiner.add(range, piece).unwrap();
    }
    let skips = joiner.finish().unwrap().unwrap().skips;
    for (name, block) in records {
        let filter = format!("f{name}");
        let spans = skips.spans(0, |facts| facts.has_filter(filter.as_bytes()));
        let place = crate::bgzf::VirtualOffset::new(block, 0);
        let holds = |span: &crate::reader::Span| {
            span.start <= place && span.end.is_none_or(|end| place < end)
        };
        assert!(spans.iter().any(holds), "{filter} at {block}: {spans:?}");
    }
}
