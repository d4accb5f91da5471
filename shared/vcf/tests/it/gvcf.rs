//! Merging gVCF against `bcftools merge -g` 1.24: tables of blocks that begin, end and are cut in all ways, and random ones.

use std::collections::HashMap;
use std::fs;
use std::io;

use divbase_vcf::command::{Pipeline, region};
use divbase_vcf::merge::{Bases, Blocks, MissingRules, OnConflict, Pairing, Rules};
use divbase_vcf::query::{Cancel, Encoding, Input, Join, Options, Request, answer};
use divbase_vcf::reader::open;
use divbase_vcf::source::MemorySource;
use divbase_vcf::view::Context;

use crate::oracle::Oracle;
use crate::random::Random;

const HEADER: &str = "##fileformat=VCFv4.2
##FILTER=<ID=q10,Description=\"q\">
##contig=<ID=1,length=1000>
##contig=<ID=2,length=1000>
##INFO=<ID=END,Number=1,Type=Integer,Description=\"e\">
##INFO=<ID=DP,Number=1,Type=Integer,Description=\"d\">
##INFO=<ID=MinDP,Number=1,Type=Integer,Description=\"m\">
##INFO=<ID=QS,Number=R,Type=Float,Description=\"q\">
##INFO=<ID=AC,Number=A,Type=Integer,Description=\"a\">
##INFO=<ID=AN,Number=1,Type=Integer,Description=\"a\">
##FORMAT=<ID=GT,Number=1,Type=String,Description=\"g\">
##FORMAT=<ID=PL,Number=G,Type=Integer,Description=\"p\">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"a\">
#CHROM	POS	ID	REF	ALT	QUAL	FILTER	INFO	FORMAT	";

/// A reference of two scaffolds.
#[derive(Debug)]
struct Reference(HashMap<&'static str, String>);

impl Bases for Reference {
    fn base(&self, scaffold: &[u8], position: u64) -> io::Result<Option<u8>> {
        let bases = &self.0[std::str::from_utf8(scaffold).unwrap()];
        Ok(bases.as_bytes().get(position as usize).copied())
    }
}

fn file(sample: &str, records: &str) -> String {
    let records = records.trim().replace(' ', "\t");
    let end = if records.is_empty() { "" } else { "\n" };
    format!("{HEADER}{sample}\n{records}{end}")
}

fn ours(
    files: &[String],
    rules: &Rules,
    regions: &str,
    bases: Option<&dyn Bases>,
) -> Result<String, String> {
    let sources: Vec<MemorySource> = files
        .iter()
        .map(|text| MemorySource::new(text.clone().into_bytes()))
        .collect();
    let opened: Vec<_> = sources.iter().map(|source| open(source).unwrap()).collect();
    let (stages, context) = (Pipeline { stages: vec![] }, Context::default());
    let inputs: Vec<Input<'_, _>> = sources
        .iter()
        .zip(&opened)
        .map(|(source, opened)| Input {
            name: "file",
            source,
            opened,
            index: None,
            stages: &stages,
            context: &context,
        })
        .collect();
    let groups: Vec<Vec<usize>> = (0..files.len()).map(|place| vec![place]).collect();
    let regions = match regions {
        "" => vec![],
        list => region::parse_list(list).unwrap(),
    };
    let request = Request {
        join: Join {
            groups: &groups,
            ..Join::default()
        },
        rules,
        regions: &regions,
        bases,
        ..Request::new(&inputs)
    };
    let options = Options {
        encoding: Encoding::Text,
        ..Options::default()
    };
    let mut out = Vec::new();
    match answer(&request, &options, &Cancel::default(), &mut out) {
        Ok(_) => Ok(String::from_utf8(out).unwrap()),
        Err(error) => Err(error.to_string()),
    }
}

struct Bench {
    oracle: Oracle,
}

impl Bench {
    fn theirs(&mut self, files: &[String], words: &[&str]) -> Option<String> {
        let mut paths = Vec::new();
        for (nth, text) in files.iter().enumerate() {
            let path = |ending: &str| {
                let path = self.oracle.folder().join(format!("{nth}.{ending}"));
                path.to_str().unwrap().to_owned()
            };
            let (plain, packed) = (path("vcf"), path("vcf.gz"));
            fs::write(&plain, text).unwrap();
            let view = ["view", "--no-version", "-Oz", "-o", &packed, &plain];
            assert_eq!(self.oracle.run(&view).code, 0);
            assert_eq!(self.oracle.run(&["index", "-f", &packed]).code, 0);
            paths.push(packed);
        }
        let mut arguments = vec!["merge", "--no-version"];
        arguments.extend(words);
        arguments.extend(paths.iter().map(String::as_str));
        let answer = self.oracle.run(&arguments);
        (answer.code == 0).then(|| String::from_utf8(answer.output).unwrap())
    }
}

fn merging() -> Rules {
    Rules {
        blocks: Blocks::Merged,
        conflicts: OnConflict::Unchecked,
        ..Rules::DEFAULT
    }
}

/// What files say, and the records that bcftools makes of them; asked for below.
const TABLE: &[(&str, &[&str])] = &[
    (
        "blocks that begin and end at different places",
        &[
            "1 1 . A <*> . . END=10;DP=3 GT:PL 0/0:0,3,9",
            "1 3 . C <*> . . END=7 GT:PL 0/0:0,6,60",
            "1 3 . C <*> 5 q10 END=5;DP=4 GT 0/0",
        ],
    ),
    (
        "a variant within a block",
        &[
            "1 1 . A <*> . . END=10;MinDP=3 GT:PL 0/0:0,3,9",
            "1 4 rs1 G T,<*> 30 PASS DP=9;MinDP=1 GT:PL:AD 0/1:9,0,8,7,6,5:4,5,0",
        ],
    ),
    (
        "a block of one base, and one that ends where another begins",
        &[
            "1 1 . A <*> . . END=1 GT 0/0\n1 2 . C <*> . . END=5 GT 0/0",
            "1 1 . A <*> . . END=2 GT 0/0\n1 3 . G <*> . . END=5 GT 0/0",
        ],
    ),
    (
        "the file of an open block goes on before its end",
        &[
            "1 1 . A <*> . . END=20 GT 0/0\n1 8 . C G,<*> . . DP=1 GT 0/1",
            "1 5 . T <*> . . END=9 GT 0/0",
        ],
    ),
    (
        "what is left after another file ends a block with a variant",
        &[
            "1 5 . A <*> . . END=10 GT 0/0\n1 15 . A G . . . GT 1/1",
            "1 5 . A <*> . . END=21 GT 0/0",
            "1 10 . C T . . . GT 0/1",
        ],
    ),
    (
        "a second record beside a block of the same file",
        &[
            "1 5 . A <*> . . END=10 GT 0/0\n1 5 . A C . . . GT 0/1",
            "1 5 . A G . . . GT 0/1\n1 5 . A <*> . . END=8 GT 0/0",
        ],
    ),
    (
        "scaffolds end blocks",
        &[
            "1 5 . A <*> . . END=10 GT 0/0\n2 3 . A <*> . . END=4 GT 0/0",
            "1 8 . A <*> . . END=30 GT 0/0",
            "2 2 . A C . . . GT 0/1",
        ],
    ),
    (
        "values for alleles of others",
        &[
            "1 5 . A C . . QS=0.25,0.5 GT:PL:AD 0/1:1,2,3:7,8",
            "1 5 . A G,T . . QS=0.1234567,0.5,1 GT:PL:AD 0/1:1,2,3,4,5,6:7,8,9",
            "1 4 . C <*> . . END=9;QS=1,0 GT:PL:AD 0/0:0,30,300:9,0",
        ],
    ),
    (
        "blocks without ALT and a REF in small letters",
        &[
            "1 5 . a . . . END=10 GT 0/0",
            "1 7 . g c . . . GT 0/1",
            "1 5 . A <NON_REF> . . END=8 GT 0/0",
        ],
    ),
    (
        "END that lies before POS",
        &["1 5 . A <*> . . END=3 GT 0/0", "1 5 . A C . . . GT 0/1"],
    ),
];

fn reference() -> Reference {
    Reference(HashMap::from([
        ("1", "acgtn".repeat(5)),
        ("2", "TTTTT".repeat(5)),
    ]))
}

#[test]
fn blocks_are_cut_as_bcftools_cuts_them() {
    let mut bench = Bench {
        oracle: Oracle::start(),
    };
    let reference = reference();
    let fasta = bench.oracle.folder().join("reference.fa");
    let text = |name| format!(">{name}\n{}\n", reference.0[name]);
    fs::write(&fasta, text("1") + &text("2")).unwrap();
    let fasta = fasta.to_str().unwrap();
    for (name, records) in TABLE {
        let names = ["one", "two", "three"];
        let files: Vec<String> = names
            .iter()
            .zip(*records)
            .map(|(s, r)| file(s, r))
            .collect();
        for (words, rules, bases) in [
            (&["-g", "-"][..], merging(), None),
            (&["-g", fasta], merging(), Some(&reference as &dyn Bases)),
            (
                &["-g", "-", "-m", "none", "-M", "PL:.,AD:3"],
                Rules {
                    pairing: Pairing::None,
                    missing: MissingRules::parse("PL:.,AD:3").unwrap(),
                    ..merging()
                },
                None,
            ),
            // Not asked for; bcftools merges them all the same from a block beside another record on.
            (
                &[],
                Rules {
                    blocks: Blocks::AsRecords,
                    ..merging()
                },
                None,
            ),
        ] {
            let found = ours(&files, &rules, "", bases);
            let expected = bench.theirs(&files, words);
            assert_eq!(found.ok(), expected, "{name}, {words:?}");
        }
    }
}

#[test]
fn blocks_are_cut_to_regions() {
    let mut bench = Bench {
        oracle: Oracle::start(),
    };
    let files = [
        file(
            "one",
            "1 1 . A <*> . . END=40 GT 0/0\n1 45 . A C . . . GT 0/1",
        ),
        file(
            "two",
            "1 5 . A <*> . . END=20 GT 0/0\n1 25 . C <*> . . END=50 GT 0/0",
        ),
    ];
    for regions in ["1:10-30", "1:3-4", "1:8-12,1:30-35", "2:1-9"] {
        let found = ours(&files, &merging(), regions, None).unwrap();
        let expected = bench.theirs(&files, &["-g", "-", "-r", regions]).unwrap();
        // This side reads whole files: the merge alone leaves out what lies outside. A record of each reaches into the first
        // region, or none does.
        assert_eq!(found, expected, "{regions}");
    }
    for regions in ["1", "1:10-"] {
        let error = ours(&files, &merging(), regions, None).unwrap_err();
        assert!(error.contains("regions that have no end"), "{error}");
    }
}

/// A random gVCF file: blocks, variants, gaps, overlaps.
fn random_file(random: &mut Random, sample: &str) -> String {
    let mut records = Vec::new();
    for scaffold in ["1", "2"] {
        let mut at = 1 + random.below(4);
        while at < 60 {
            let base = random.pick(&["A", "C", "g"]);
            let length = 1 + random.below(9);
            let depth = random.below(30);
            let unseen = random.pick(&["<*>", "<*>", "<NON_REF>"]);
            if random.chance(60) {
                let alt = if random.chance(15) { "." } else { unseen };
                let likelihoods = if alt == "." { "0" } else { "0,3,30" };
                let end = at + length - 1;
                records.push(format!(
                    "{scaffold} {at} . {base} {alt} . . DP={depth};END={end} GT:PL 0/0:{likelihoods}"
                ));
                at += if random.chance(10) { 1 } else { length };
            } else {
                let alt = random.pick(&["T", "TT", "GA"]);
                let with = random.chance(70);
                let (alts, likelihoods) = if with {
                    (format!("{alt},{unseen}"), "9,0,8,7,6,5")
                } else {
                    (alt.to_owned(), "9,0,8")
                };
                records.push(format!(
                    "{scaffold} {at} . {base} {alts} {depth} PASS MinDP={depth} GT:PL 0/1:{likelihoods}"
                ));
                at += 1 + random.below(3);
            }
        }
    }
    // REF of one position is one base in all files.
    let bases = ["A", "C", "G", "T", "N"];
    let records: Vec<String> = records
        .iter()
        .map(|record| {
            let mut columns: Vec<&str> = record.split(' ').collect();
            let position: usize = columns[1].parse().unwrap();
            columns[3] = bases[position % bases.len()];
            columns.join(" ")
        })
        .collect();
    file(sample, &records.join("\n"))
}

#[test]
fn random_files_are_merged_as_bcftools_merges_them() {
    let mut bench = Bench {
        oracle: Oracle::start(),
    };
    let mut random = Random::new(3);
    let mut merged = 0;
    for round in 0..40 {
        let count = 2 + random.below(3);
        let files: Vec<String> = (0..count)
            .map(|nth| random_file(&mut random, &format!("s{nth}")))
            .collect();
        let (word, pairing) = random.pick(&[
            ("both", Pairing::Both),
            ("none", Pairing::None),
            ("all", Pairing::All),
            ("snps", Pairing::Snps),
        ]);
        let rules = Rules {
            pairing,
            ..merging()
        };
        let found = ours(&files, &rules, "", None);
        let expected = bench.theirs(&files, &["-g", "-", "-m", word]);
        merged += usize::from(expected.is_some());
        assert_eq!(found.ok(), expected, "round {round}, -m {word}");
    }
    assert!(merged > 30, "{merged} of 40 are answered");
}
