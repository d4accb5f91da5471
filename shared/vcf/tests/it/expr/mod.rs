//! Filtering expressions, record by record, against `bcftools view -i`.

mod data;
mod generate;

use std::collections::BTreeMap;

use divbase_vcf::expr::{self, CompileError, Scratch};
use divbase_vcf::{Header, Record};

use crate::oracle::Oracle;
use crate::random::Random;
use data::DataSet;

/// What became of one expression on one data set.
#[derive(Debug, PartialEq)]
enum Verdict {
    Same,
    /// bcftools refuses it, and so do we.
    BothRefuse,
    /// Left to bcftools before reading a record.
    Declined(String),
    /// Given up at a record at which bcftools' answer depends on chance or is an error.
    GivenUp(String),
    /// bcftools crashes.
    Crash,
    Different(String),
}

/// The IDs of the records that pass, or why there are none.
fn native(text: &str, data: &DataSet) -> Result<Vec<String>, Verdict> {
    let expression = expr::parse(text).map_err(|_| Verdict::BothRefuse)?;
    let header = Header::parse(data.text.as_bytes()).unwrap();
    let filter = expr::compile(&expression, &header).map_err(|error| match error {
        CompileError::Declined(declined) => Verdict::Declined(declined.reason),
        CompileError::Invalid(_) => Verdict::BothRefuse,
    })?;
    let mut scratch = Scratch::new(&filter);
    let mut passing = Vec::new();
    for line in data.text.lines().filter(|line| !line.starts_with('#')) {
        let record = Record::parse(line.as_bytes()).unwrap();
        match filter.matches(&record, &mut scratch) {
            Ok(true) => passing.push(record.pos.to_string()),
            Ok(false) => {}
            Err(error) => return Err(Verdict::GivenUp(error.to_string())),
        }
    }
    Ok(passing)
}

fn judge(text: &str, data: &DataSet, path: &str, oracle: &mut Oracle) -> Verdict {
    let ours = native(text, data);
    if let Err(verdict @ (Verdict::Declined(_) | Verdict::GivenUp(_))) = ours {
        return verdict;
    }
    let theirs = oracle.run(&["view", "-H", "-i", text, path]);
    if theirs.code < 0 {
        return Verdict::Crash;
    }
    let passing = String::from_utf8(theirs.output).unwrap();
    let theirs = match theirs.code {
        0 => Ok(passing
            .lines()
            .map(|line| line.split('\t').nth(1).unwrap().to_owned())
            .collect::<Vec<_>>()),
        _ => Err(theirs.messages),
    };
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) if ours == theirs => Verdict::Same,
        (Err(_), Err(_)) => Verdict::BothRefuse,
        (ours, theirs) => Verdict::Different(format!("ours {ours:?}\ntheirs {theirs:?}")),
    }
}

fn compare(texts: &[String], data: &DataSet, oracle: &mut Oracle) {
    let path = oracle.folder().join(format!("{}.vcf", data.name));
    std::fs::write(&path, &data.text).unwrap();
    let path = path.to_str().unwrap().to_owned();
    let mut differences = Vec::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for text in texts {
        let verdict = judge(text, data, &path, oracle);
        let kind = match &verdict {
            Verdict::Same => "same".to_owned(),
            Verdict::BothRefuse => "both refuse".to_owned(),
            Verdict::Declined(reason) => format!("declined: {reason}"),
            Verdict::GivenUp(reason) => format!("given up: {reason}"),
            Verdict::Crash => "bcftools crashes".to_owned(),
            Verdict::Different(_) => "different".to_owned(),
        };
        *counts.entry(kind).or_default() += 1;
        if let Verdict::Different(difference) = verdict {
            differences.push(format!("{text}\n{difference}"));
        }
    }
    println!("{}: {counts:#?}", data.name);
    if let Some(folder) = std::env::var_os("DIVBASE_KEEP") {
        std::fs::write(
            std::path::Path::new(&folder).join(format!("{}.vcf", data.name)),
            &data.text,
        )
        .unwrap();
    }
    assert!(
        differences.is_empty(),
        "{} of {} expressions on {}:\n{}",
        differences.len(),
        texts.len(),
        data.name,
        differences.join("\n\n")
    );
    let same = counts.get("same").copied().unwrap_or_default();
    assert!(
        same * 2 > texts.len(),
        "on {} only {same} of {} expressions were compared",
        data.name,
        texts.len()
    );
}

fn random_expressions(data: DataSet) {
    let mut random = Random::new(data.seed);
    let count = std::env::var("DIVBASE_EXPRESSIONS")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(250);
    let texts: Vec<_> = (0..count)
        .map(|_| generate::expression(&mut random, &data))
        .collect();
    compare(&texts, &data, &mut Oracle::start());
}

#[test]
fn random_expressions_on_a_cohort() {
    random_expressions(data::cohort());
}

#[test]
fn random_expressions_on_a_file_full_of_gaps() {
    random_expressions(data::gaps());
}

#[test]
fn random_expressions_on_a_file_with_declared_counts() {
    random_expressions(data::declared_counts());
}

#[test]
fn random_expressions_on_a_file_without_samples() {
    random_expressions(data::sites());
}

#[test]
fn faults_in_allele_counts_are_noticed_though_another_part_decides() {
    let mut oracle = Oracle::start();
    let texts = [
        "TYPE!=\"other\" || MAF[0]==0.5",
        "TYPE=\"other\" && MAC>0",
        "QUAL>1 || QUAL>2 && AC>0",
        "QUAL>90 & AF>0 | POS>1",
    ];
    let mut refused = Vec::new();
    for (name, declared, info) in [
        ("undeclared", false, "AC=1;AN=4"),
        ("alone", false, "AC=1"),
        ("agreeing", true, "AC=1;AN=4"),
        ("contradictory", true, "AC=5;AN=4"),
        ("missing", true, "AC=.;AN=4"),
        ("too-many", true, "AC=4,5;AN=4"),
    ] {
        let data = data::one_record_with_counts(name, declared, info);
        let path = oracle.folder().join(format!("{name}.vcf"));
        std::fs::write(&path, &data.text).unwrap();
        let path = path.to_str().unwrap().to_owned();
        for text in texts {
            match judge(text, &data, &path, &mut oracle) {
                Verdict::Same => {}
                Verdict::GivenUp(reason) => {
                    let theirs = oracle.run(&["view", "-H", "-i", text, &path]);
                    assert!(theirs.code > 0, "{name}: {text}: only we refuse: {reason}");
                    refused.push(name);
                }
                verdict => panic!("{name}: {text}: {verdict:?}"),
            }
        }
    }
    refused.dedup();
    assert_eq!(refused, ["undeclared", "contradictory"]);
}

fn every_kind(data: DataSet) {
    compare(&generate::fixed(), &data, &mut Oracle::start());
}

#[test]
fn expressions_of_every_kind_on_a_cohort() {
    every_kind(data::cohort());
}

#[test]
fn expressions_of_every_kind_on_a_file_full_of_gaps() {
    every_kind(data::gaps());
}

#[test]
fn expressions_of_every_kind_on_a_file_with_declared_counts() {
    every_kind(data::declared_counts());
}

#[test]
fn expressions_of_every_kind_on_a_file_without_samples() {
    every_kind(data::sites());
}
