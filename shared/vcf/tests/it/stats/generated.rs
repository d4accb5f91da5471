//! Files to be counted, made of random numbers.

use std::fmt::Write;

use crate::random::Random;

const HEADER: &str = "##fileformat=VCFv4.2
##contig=<ID=1,length=900000000>
##contig=<ID=2>
##INFO=<ID=DP,Number=1,Type=Integer,Description=\"d\">
##INFO=<ID=AC,Number=A,Type=Integer,Description=\"a\">
##INFO=<ID=AN,Number=1,Type=Integer,Description=\"a\">
##FORMAT=<ID=GT,Number=1,Type=String,Description=\"g\">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"a\">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"d\">
##FORMAT=<ID=GQ,Number=1,Type=Integer,Description=\"q\">
##FORMAT=<ID=GL,Number=G,Type=Float,Description=\"l\">
##FORMAT=<ID=PGT,Number=1,Type=String,Description=\"p\">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";

/// What columns of a generated file are like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Style {
    /// Two alleles of one digit, and nothing else.
    Diploid,
    /// GT, AD, DP and GQ as callers write them.
    Caller,
    /// Whatever is allowed.
    Awkward,
}

/// REF and ALT alleles of a site.
fn alleles(random: &mut Random, style: Style) -> (String, Vec<String>) {
    let reference = match style {
        Style::Awkward => random.pick(&["A", "C", "G", "T", "N", "a", "AC", "ACG", "CAC", "TTT"]),
        _ => random.pick(&["A", "C", "G", "T", "A", "C", "G", "T", "AC", "ACG"]),
    };
    let count = match random.below(20) {
        0 => 0,
        1..=15 => 1,
        16..=18 => 2,
        _ if style == Style::Awkward => 11,
        _ => 3,
    };
    let mut alternates = Vec::new();
    while alternates.len() < count {
        let long = "ACGT".repeat(20);
        let alternate = match style {
            Style::Awkward => random.pick(&[
                "A",
                "C",
                "G",
                "T",
                "R",
                "X",
                "*",
                "<*>",
                "<NON_REF>",
                "<DEL>",
                "AC",
                "ACGT",
                "TG",
                "TCG",
                "GT",
                "A[2:3[",
                "]2:3]A",
                "TTTTTTTT",
                "ATT",
                &long,
            ]),
            _ => random.pick(&["A", "C", "G", "T", "A", "C", "G", "T", "ACT", "AA", "GT"]),
        };
        if alternate != reference || style == Style::Awkward {
            alternates.push(alternate.to_owned());
        }
    }
    (reference.to_owned(), alternates)
}

fn genotype(random: &mut Random, style: Style, alleles: usize) -> String {
    let rarely = random.chance(30);
    let allele = |random: &mut Random| match random.below(40) {
        0 => ".".to_owned(),
        _ if rarely => random.below(alleles).to_string(),
        1 => random.below(alleles).to_string(),
        _ => "0".to_owned(),
    };
    let separator = random.pick(&["/", "|"]);
    let first = allele(random);
    if style == Style::Awkward {
        match random.below(12) {
            0 => return first,
            1 => return [first, allele(random), allele(random)].join(separator),
            2 => return "./.".to_owned(),
            _ => {}
        }
    }
    format!("{first}{separator}{}", allele(random))
}

fn column(random: &mut Random, style: Style, fields: &str, alleles: usize) -> String {
    let mut values = Vec::new();
    for field in fields.split(':') {
        values.push(match field {
            "GT" => genotype(random, style, alleles),
            "AD" => (0..alleles)
                .map(|_| match random.below(12) {
                    0 => ".".to_owned(),
                    _ => random.below(40).to_string(),
                })
                .collect::<Vec<_>>()
                .join(","),
            "DP" => match random.below(14) {
                0 => ".".to_owned(),
                1 => "0".to_owned(),
                2 => "600".to_owned(),
                3 if style == Style::Awkward => {
                    random.pick(&["007", "-3", "100000", "12345678"]).to_owned()
                }
                _ => random.below(130).to_string(),
            },
            "GQ" => random.below(100).to_string(),
            "GL" => (0..alleles).map(|_| "-0.5").collect::<Vec<_>>().join(","),
            "PGT" => random.pick(&["0|1", ".", "x"]).to_owned(),
            _ => ".".to_owned(),
        });
    }
    if style == Style::Awkward && random.chance(10) {
        let kept = 1 + random.below(values.len());
        values.truncate(kept);
    }
    values.join(":")
}

/// A file of two scaffolds.
pub(super) fn generated(
    random: &mut Random,
    style: Style,
    samples: usize,
    records: usize,
) -> String {
    let mut text = HEADER.to_owned();
    if samples > 0 {
        text += "\tFORMAT";
    }
    for sample in 0..samples {
        write!(text, "\ts{sample}").unwrap();
    }
    text.push('\n');
    let mut position = 1;
    for record in 0..records {
        if record == records * 3 / 4 {
            position = 1;
        }
        position += random.below(700_000);
        let scaffold = if record < records * 3 / 4 { 1 } else { 2 };
        let (reference, alternates) = alleles(random, style);
        let count = alternates.len() + 1;
        let quality = match random.below(8) {
            0 => ".".to_owned(),
            1 => "0".to_owned(),
            2 => random.below(20_000).to_string(),
            3 => format!("{}e-1", random.below(3_000)),
            _ => format!("{}.{}", random.below(130), random.below(100)),
        };
        let mut info = Vec::new();
        if random.chance(70) {
            let most = if random.chance(80) { 90 } else { 900 };
            let depth = random.below(most).to_string();
            info.push(match random.below(12) {
                0 => "DP=.".to_owned(),
                1 => "DP=-4".to_owned(),
                2 => format!("DP={depth},3"),
                _ => format!("DP={depth}"),
            });
        }
        if random.chance(if samples == 0 { 70 } else { 20 }) {
            let counts: Vec<usize> = (1..count).map(|_| random.below(4)).collect();
            let total: usize = counts.iter().sum::<usize>() + random.below(30);
            let counts: Vec<String> = counts.iter().map(usize::to_string).collect();
            if !counts.is_empty() {
                info.push(format!("AC={};AN={total}", counts.join(",")));
            }
        }
        let alternates = if alternates.is_empty() {
            ".".to_owned()
        } else {
            alternates.join(",")
        };
        let info = if info.is_empty() {
            ".".to_owned()
        } else {
            info.join(";")
        };
        write!(
            text,
            "{scaffold}\t{position}\t.\t{reference}\t{alternates}\t{quality}\t.\t{info}"
        )
        .unwrap();
        let fields = match style {
            Style::Diploid => "GT",
            Style::Caller => "GT:AD:DP:GQ",
            Style::Awkward => random.pick(&[
                "GT",
                "GT:DP",
                "GT:AD:DP:GQ",
                "DP",
                "AD",
                "GT:AD",
                "GT:PGT:DP",
                "GT:GL",
                "DP:GQ",
                "GT:DP:AD",
            ]),
        };
        if samples > 0 {
            write!(text, "\t{fields}").unwrap();
        }
        for _ in 0..samples {
            write!(text, "\t{}", column(random, style, fields, count)).unwrap();
        }
        text.push('\n');
    }
    text
}
