//! Several files become one: what a user of the service gets.

use std::num::NonZeroUsize;

use super::*;
use crate::command::{Pipeline, SampleChoice, parse_local};
use crate::error::{Category, Error};
use crate::index::Index;
use crate::merge::{OnConflict, Rules};
use crate::reader::open;
use crate::source::{MemorySource, Source};
use crate::view::Context;

mod conflicts;
mod corpus;
mod disputed;
mod near;
mod one_file;
mod ranges;
mod selected;
mod turns;
mod windows;

const DECLARED: &str = "##fileformat=VCFv4.2\n##contig=<ID=1>\n##contig=<ID=2>\n\
    ##INFO=<ID=DP,Number=1,Type=Integer,Description=\"d\">\n\
    ##INFO=<ID=AC,Number=A,Type=Integer,Description=\"d\">\n\
    ##INFO=<ID=AN,Number=1,Type=Integer,Description=\"d\">\n\
    ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"d\">\n\
    ##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"d\">\n\
    #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t";

fn file(samples: &str, records: &[&str]) -> String {
    let records: String = records.iter().map(|r| format!("{r}\n")).collect();
    format!("{DECLARED}{samples}\n{records}").replace(' ', "\t")
}

/// What is asked beside the files and their groups.
struct Asked<'a> {
    command: &'a [&'a str],
    scope: FilterScope,
    samples: &'a [&'a str],
    encoding: Encoding,
    threads: usize,
    on_conflict: OnConflict,
    /// Stands for the selection of the first stage; none if it has no selection.
    selection: &'a [&'a str],
}

impl Default for Asked<'_> {
    fn default() -> Self {
        Self {
            command: &[],
            scope: FilterScope::File,
            samples: &[],
            encoding: Encoding::Text,
            threads: 1,
            on_conflict: OnConflict::Error,
            selection: &[],
        }
    }
}

fn asked(
    files: &[String],
    groups: &[Vec<usize>],
    asked: &Asked<'_>,
    cancel: &Cancel,
) -> Result<(Answer, Vec<u8>), Error> {
    let sources: Vec<MemorySource> = files
        .iter()
        .map(|text| MemorySource::new(text.clone().into_bytes()))
        .collect();
    let opened: Vec<_> = sources.iter().map(|s| open(s).unwrap()).collect();
    let stages = asked.command.iter().map(|stage| {
        let tokens: Vec<String> = stage.split(' ').map(str::to_owned).collect();
        parse_local(&tokens).unwrap().stage
    });
    let mut pipeline = Pipeline {
        stages: stages.collect(),
    };
    if let (Some(first), false) = (pipeline.stages.first_mut(), asked.selection.is_empty()) {
        first.samples = Some(SampleChoice::Selection);
    }
    let context = Context {
        selection: asked.selection.iter().map(|s| (*s).to_owned()).collect(),
        ..Context::default()
    };
    let names: Vec<String> = (0..files.len()).map(|n| format!("file{n}")).collect();
    let inputs: Vec<_> = sources
        .iter()
        .zip(&opened)
        .zip(&names)
        .map(|((source, opened), name)| Input {
            name,
            source,
            opened,
            index: None,
            stages: &pipeline,
            context: &context,
        })
        .collect();
    let join = Join {
        groups,
        header_lines: &["##made=here".to_owned()],
        ..Join::default()
    };
    let options = Options {
        threads: NonZeroUsize::new(asked.threads).unwrap(),
        encoding: asked.encoding,
        indexing: match asked.encoding {
            Encoding::Text => Indexing::Off,
            Encoding::Bgzip(_) | Encoding::Bcf(_) => Indexing::Csi,
        },
        ..Options::default()
    };
    let rules = Rules {
        conflicts: asked.on_conflict,
        ..Rules::default()
    };
    let samples: Vec<String> = asked.samples.iter().map(|s| (*s).to_owned()).collect();
    let request = Request {
        scope: asked.scope,
        samples: &samples,
        join,
        rules: &rules,
        ..Request::new(&inputs)
    };
    let mut out = Vec::new();
    let answer = answer(&request, &options, cancel, &mut out)?;
    Ok((answer, out))
}

/// The column line and the records, spaces for tabs.
fn lines(
    files: &[String],
    groups: &[Vec<usize>],
    asked_: &Asked<'_>,
) -> Result<Vec<String>, Error> {
    let (_, out) = asked(files, groups, asked_, &Cancel::default())?;
    let text = String::from_utf8(out).unwrap();
    let (_, behind) = text.split_once("##made=here\n").unwrap();
    let is_usual = matches!(
        asked_.on_conflict,
        OnConflict::Error | OnConflict::Unchecked
    ) || files.len() < 2;
    assert!(behind.starts_with(if is_usual {
        "#CHROM"
    } else {
        "##DivBase_on_conflict="
    }));
    let shown = text.lines().skip_while(|line| line.starts_with("##"));
    Ok(shown.map(|line| line.replace('\t', " ")).collect())
}

#[test]
fn files_of_the_same_samples_are_interleaved_in_genomic_order() {
    let files = [
        file("a", &["1 5 . A C . . . GT 0/1", "2 1 . A C . . . GT 1/1"]),
        file("a", &["1 3 . A G . . . GT 0/0", "1 7 . A G . . . GT 0/1"]),
    ];
    for threads in [1, 3] {
        let asked = Asked {
            threads,
            ..Asked::default()
        };
        let lines = lines(&files, &[vec![0, 1]], &asked).unwrap();
        let sites: Vec<_> = lines[1..].iter().map(|line| &line[..3]).collect();
        assert_eq!(sites, ["1 3", "1 5", "1 7", "2 1"]);
    }
}

#[test]
fn files_of_other_samples_are_merged_with_alleles_in_new_places() {
    let files = [
        file("a", &["1 5 x A C 10 PASS DP=3;AC=1;AN=2 GT:AD 0/1:1,2"]),
        file(
            "b",
            &["1 5 y A G,C 20 PASS DP=4;AC=1,1;AN=2 GT:AD 1|2:0,4,5"],
        ),
    ];
    let lines = lines(&files, &[vec![0], vec![1]], &Asked::default()).unwrap();
    assert_eq!(
        lines[1],
        "1 5 x;y A C,G 20 PASS DP=7;AN=4;AC=2,1 GT:AD 0/1:1,2,. 2|1:0,5,4"
    );
}

#[test]
fn columns_in_another_order_are_put_in_that_of_the_first_file() {
    let files = [
        file("a b", &["1 5 . A C . . . GT 0/1 1/1"]),
        file("b a", &["1 7 . A C . . . GT 0/0 ./."]),
    ];
    let lines = lines(&files, &[vec![0, 1]], &Asked::default()).unwrap();
    assert!(lines[0].ends_with("FORMAT a b"));
    assert_eq!(lines[2], "1 7 . A C . . . GT ./. 0/0");
}

#[test]
fn samples_come_in_the_order_the_user_named_them() {
    let files = [
        file("a b", &["1 5 . A C . . . GT 0/1 1/1"]),
        file("c", &["1 5 . A C . . . GT 0/0"]),
    ];
    let asked = Asked {
        samples: &["c", "b"],
        ..Asked::default()
    };
    let merged = lines(&files, &[vec![0], vec![1]], &asked).unwrap();
    assert!(merged[0].ends_with("FORMAT c b a"));
    assert!(merged[1].ends_with("GT 0/0 1/1 0/1"));
    let single = lines(&files[..1], &[vec![0]], &asked).unwrap();
    assert!(single[0].ends_with("FORMAT b a") && single[1].ends_with("GT 1/1 0/1"));
}

#[test]
fn a_sample_of_two_files_is_taken_from_the_one_that_has_it_at_the_site() {
    let files = [
        file(
            "a b",
            &["1 5 . A C . . . GT 0/1 0|1", "1 6 . A C . . . GT 0/1 ./."],
        ),
        file(
            "b c",
            &[
                "1 5 . A G,C . . . GT 0/2 1/1",
                "1 6 . A C . . . GT 1/1 0/0",
                "1 7 . A C . . . GT 1/1 0/0",
            ],
        ),
    ];
    let lines = lines(&files, &[vec![0], vec![1]], &Asked::default()).unwrap();
    assert!(lines[0].ends_with("FORMAT a b c"));
    let columns: Vec<_> = lines[1..]
        .iter()
        .map(|line| line.split("GT ").last().unwrap())
        .collect();
    assert_eq!(columns, ["0/1 0|1 2/2", "0/1 1/1 0/0", "./. 1/1 0/0"]);
    assert!(lines[1].contains("A C,G . . AN=6;AC=2,2"), "{}", lines[1]);
}

#[test]
fn two_genotypes_of_one_sample_are_an_error_that_names_all() {
    let files = [
        file("a b", &["1 5 . A C . . . GT 0/1 0/1"]),
        file("b c", &["1 5 . A C . . . GT 1/1 1/1"]),
    ];
    let error = lines(&files, &[vec![0], vec![1]], &Asked::default()).unwrap_err();
    let text = error.to_string();
    for part in ["1:5", "\"b\"", "A C in file0", "C C in file1"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(error.category(), Category::Command);
}

#[test]
fn the_scope_says_whether_files_or_the_cohort_are_filtered() {
    let files = [
        file("a", &["1 5 . A C 10 . DP=6 GT 0/1"]),
        file("b", &["1 5 . A C 20 . DP=7 GT 0/0"]),
    ];
    let groups = [vec![0], vec![1]];
    let asked = |scope| Asked {
        command: &["-i INFO/DP>10"],
        scope,
        ..Asked::default()
    };
    let by_file = lines(&files, &groups, &asked(FilterScope::File)).unwrap();
    assert_eq!(by_file.len(), 1);
    let cohort = lines(&files, &groups, &asked(FilterScope::Cohort)).unwrap();
    assert_eq!(
        cohort[1],
        "1 5 . A C 20 . DP=13;AN=2;AC=1 GT 0/1 0/0".replace("AN=2", "AN=4")
    );
}

#[test]
fn an_unsorted_file_is_refused_and_a_stopped_query_ends() {
    let unsorted = file("a", &["1 5 . A C . . . GT 0/1", "1 3 . A C . . . GT 0/1"]);
    let files = [unsorted, file("a", &[])];
    let refused = lines(&files, &[vec![0, 1]], &Asked::default());
    assert_eq!(refused.unwrap_err().category(), Category::Unsorted);
    let cancel = Cancel::default();
    cancel.cancel();
    let stopped = asked(&files, &[vec![0, 1]], &Asked::default(), &cancel);
    assert_eq!(stopped.unwrap_err().category(), Category::Io);
}

#[test]
fn bytes_and_index_do_not_depend_on_the_number_of_threads() {
    let many = |offset: u64, base: &str| -> Vec<String> {
        (0..20_000)
            .map(|n| format!("1 {} . A {base} . . DP={n} GT 0/1", 10 + offset + n * 3))
            .collect()
    };
    let as_file = |sample: &str, records: &[String]| {
        let records: Vec<&str> = records.iter().map(String::as_str).collect();
        file(sample, &records)
    };
    let files = [
        as_file("a", &many(0, "C")),
        as_file("b", &many(1, "G")),
        as_file("c", &many(0, "T")),
    ];
    let groups = [vec![0], vec![1], vec![2]];
    let run = |threads| {
        let asked_ = Asked {
            encoding: Encoding::Bgzip(DEFAULT_LEVEL),
            threads,
            ..Asked::default()
        };
        let (answer, bytes) = asked(&files, &groups, &asked_, &Cancel::default()).unwrap();
        (answer.summary.csi.unwrap(), bytes)
    };
    let one = run(1);
    assert_eq!(one, run(2));
    assert_eq!(one, run(5));
    // The index that was written with the result finds what one made afterwards finds.
    let source = MemorySource::new(one.1);
    let index = Index::parse(&one.0).unwrap();
    assert_eq!(index.records(b"1"), Some(40_000));
    let afterwards = Index::parse(&crate::dimensions::scan(&source).unwrap().csi).unwrap();
    for start in [0, 9, 16_384, 30_000, 59_990, 70_000] {
        let begins = |index: &Index| {
            let chunks = index.query(b"1", start, start + 10);
            chunks.iter().map(|chunk| chunk.start).collect::<Vec<_>>()
        };
        assert_eq!(begins(&index), begins(&afterwards));
    }
}
