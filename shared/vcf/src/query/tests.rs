//! Two files become one: what a user of the service gets.

use std::num::NonZeroUsize;

use super::{Input, Join, Printing, run};
use crate::command::Pipeline;
use crate::error::{Category, Error};
use crate::pipeline::{Encoding, Options};
use crate::reader::open;
use crate::source::MemorySource;
use crate::view::Context;

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

fn records(files: &[String], groups: &[Vec<usize>], threads: usize) -> Result<String, Error> {
    let sources: Vec<MemorySource> = files
        .iter()
        .map(|text| MemorySource::new(text.clone().into_bytes()))
        .collect();
    let opened: Vec<_> = sources.iter().map(|s| open(s).unwrap()).collect();
    let pipeline = Pipeline { stages: vec![] };
    let context = Context::default();
    let inputs: Vec<_> = sources
        .iter()
        .zip(&opened)
        .map(|(source, opened)| Input {
            name: "file",
            source,
            opened,
            index: None,
            pipeline: &pipeline,
            context: &context,
        })
        .collect();
    let join = Join {
        groups,
        header_lines: &["##made=here".to_owned()],
        printing: Printing::Canonical,
    };
    let options = Options {
        threads: NonZeroUsize::new(threads).unwrap(),
        encoding: Encoding::Text,
        ..Options::default()
    };
    let mut out = Vec::new();
    run(&inputs, join, &options, &mut out)?;
    let text = String::from_utf8(out).unwrap();
    assert!(text.contains("##made=here\n#CHROM"));
    Ok(text.split_once("#CHROM").unwrap().1.to_owned())
}

#[test]
fn files_of_the_same_samples_are_interleaved_in_genomic_order() {
    let files = [
        file("a", &["1 5 . A C . . . GT 0/1", "2 1 . A C . . . GT 1/1"]),
        file("a", &["1 3 . A G . . . GT 0/0", "1 7 . A G . . . GT 0/1"]),
    ];
    for threads in [1, 3] {
        let text = records(&files, &[vec![0, 1]], threads).unwrap();
        let sites: Vec<_> = text.lines().skip(1).map(|line| &line[..3]).collect();
        assert_eq!(sites, ["1\t3", "1\t5", "1\t7", "2\t1"]);
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
    let text = records(&files, &[vec![0], vec![1]], 2).unwrap();
    assert_eq!(
        text.lines().nth(1).unwrap().replace('\t', " "),
        "1 5 x;y A C,G 20 PASS DP=7;AN=4;AC=2,1 GT:AD 0/1:1,2,. 2|1:0,5,4"
    );
}

#[test]
fn a_sample_in_two_groups_and_an_unsorted_file_are_refused() {
    let one = file("a", &["1 5 . A C . . . GT 0/1"]);
    let twice = records(&[one.clone(), one], &[vec![0], vec![1]], 1);
    assert_eq!(twice.unwrap_err().category(), Category::Command);
    let unsorted = file("a", &["1 5 . A C . . . GT 0/1", "1 3 . A C . . . GT 0/1"]);
    let other = file("a", &[]);
    let unsorted = records(&[unsorted, other], &[vec![0, 1]], 1);
    assert_eq!(unsorted.unwrap_err().category(), Category::Unsorted);
}
