//! Expressions: all kinds once, and random ones.

use super::data::DataSet;
use crate::random::Random;

/// One expression of every kind, some of which bcftools refuses.
pub(crate) fn fixed() -> Vec<String> {
    include_str!("kinds.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(String::from)
        .collect()
}

/// A random expression.
pub(crate) fn expression(random: &mut Random, data: &DataSet) -> String {
    match random.below(10) {
        0..=4 => comparison(random, data),
        5..=7 => {
            let operator = random.pick(&["&&", "||", "&", "|"]);
            let spaced = if random.chance(50) {
                format!(" {operator} ")
            } else {
                operator.to_owned()
            };
            format!(
                "{}{spaced}{}",
                comparison(random, data),
                comparison(random, data)
            )
        }
        8 => {
            let operators = ["&&", "||", "&", "|"];
            let (first, second) = (random.pick(&operators), random.pick(&operators));
            let (a, b, c) = (
                comparison(random, data),
                comparison(random, data),
                comparison(random, data),
            );
            if random.chance(50) {
                format!("({a} {first} {b}) {second} {c}")
            } else {
                format!("{a} {first} {b} {second} {c}")
            }
        }
        _ if data.samples == 0 => comparison(random, data),
        _ => {
            let inner = if random.chance(50) {
                sample_comparison(random, data)
            } else {
                let operator = random.pick(&["&&", "||", "&", "|"]);
                format!(
                    "{} {operator} {}",
                    sample_comparison(random, data),
                    sample_comparison(random, data)
                )
            };
            let function = random.pick(&["N_PASS", "F_PASS", "COUNT"]);
            format!(
                "{function}({inner}){}{}",
                relation(random),
                random.pick(&["0", "1", "2", "0.5"])
            )
        }
    }
}

fn relation(random: &mut Random) -> &'static str {
    random.pick(&["=", "==", "!=", "<", "<=", ">", ">="])
}

fn comparison(random: &mut Random, data: &DataSet) -> String {
    match random.below(12) {
        0..=4 => format!(
            "{}{}{}",
            site_number(random, data),
            relation(random),
            constant(random)
        ),
        5 => format!(
            "{}{}{}",
            site_number(random, data),
            relation(random),
            site_number(random, data)
        ),
        6 => text_comparison(random),
        7 => missing(random),
        _ if data.samples == 0 => format!(
            "{}{}{}",
            site_number(random, data),
            relation(random),
            constant(random)
        ),
        _ => sample_comparison(random, data),
    }
}

fn constant(random: &mut Random) -> &'static str {
    random.pick(&[
        "0", "1", "2", "10", "30", "0.05", "0.5", "0.25", "1e-3", "-1", "59.2", "0.3", "16777217",
        "30.1",
    ])
}

fn site_number(random: &mut Random, data: &DataSet) -> String {
    let simple = [
        "QUAL",
        "POS",
        "I1",
        "F1",
        "FL",
        "N_ALT",
        "N_SAMPLES",
        "INFO/I1",
        "INFO/XX",
        "IA[0]",
        "IR[1]",
        "IV[*]",
        "FA",
        "FA[0]",
        "I4[1,3]",
        "I4[2-]",
        "IV",
        "IR",
        "ILEN",
        "AN",
        "AC",
        "AF",
        "MAF",
        "MAC",
        "F_MISSING",
        "N_MISSING",
        "INFO/IA[1]",
        "IV[0-1]",
        "STRLEN(REF)",
        "STRLEN(ALT)",
        "COUNT(IV)",
        "COUNT(ALT)",
        "COUNT(SV)",
        "STRLEN(S1)",
        "STRLEN(SV)",
        "STRLEN(ALT[0])",
    ];
    let functions = [
        "MAX", "MIN", "AVG", "MEAN", "MEDIAN", "STDEV", "SUM", "ABS", "sMAX", "COUNT", "PHRED",
    ];
    match random.below(10) {
        0..=5 => random.pick(&simple).to_owned(),
        6 => format!(
            "{}({})",
            random.pick(&functions),
            random.pick(&["IV", "IR", "I4", "FA", "QUAL", "IA", "IV[0-1]"])
        ),
        7 if data.samples > 0 => {
            let function = random.pick(&["MAX", "MIN", "AVG", "MEDIAN", "STDEV", "SUM"]);
            format!("{function}({})", sample_tag(random, data))
        }
        8 => {
            let operator = random.pick(&["+", "-", "*", "/"]);
            format!(
                "{}{operator}{}",
                random.pick(&["QUAL", "I1", "F1", "POS", "I4[0]", "FA"]),
                constant(random)
            )
        }
        9 => format!("binom({})", random.pick(&["IR", "I4[0],I4[1]", "IV"])),
        _ => "QUAL".to_owned(),
    }
}

fn text_comparison(random: &mut Random) -> String {
    let equal = random.pick(&["=", "!=", "==", "~", "!~"]);
    match random.below(8) {
        0 => format!(
            "ID{equal}\"{}\"",
            random.pick(&["rs1", ".", "x", "rs", "rs1;x", "RS/i"])
        ),
        1 => format!(
            "FILTER{equal}\"{}\"",
            random.pick(&["PASS", "q10", "q10;s50", "s50;q10", "."])
        ),
        2 => format!(
            "TYPE{equal}\"{}\"",
            random.pick(&["snp", "indel", "mnp", "ref", "other", "bnd", "overlap"])
        ),
        3 => format!("REF{equal}\"{}\"", random.pick(&["A", "AC", "^A", "A,AC"])),
        4 => format!(
            "ALT{}{equal}\"{}\"",
            random.pick(&["", "[0]", "[1]", "[*]", "[0-1]"]),
            random.pick(&["C", ".", "T", "<", "C,T"])
        ),
        5 => format!(
            "CHROM{equal}\"{}\"",
            random.pick(&["chr1", "2", "chr", "1,2"])
        ),
        6 => format!(
            "S1{equal}\"{}\"",
            random.pick(&["a", "a,bb", ".", "^a", "abc", "a/i"])
        ),
        _ => format!(
            "SV{}{equal}\"{}\"",
            random.pick(&["", "[0]", "[1]", "[*]"]),
            random.pick(&["a", "c", ".", "bb,c"])
        ),
    }
}

fn missing(random: &mut Random) -> String {
    let tag = random.pick(&[
        "QUAL", "I1", "IA", "IV", "F1", "FA", "IA[0]", "FA[1]", "I4[*]", "IV[1-]", "S1", "SV",
    ]);
    format!("{tag}{}\".\"", random.pick(&["=", "!="]))
}

fn subscript(random: &mut Random, data: &DataSet) -> String {
    let last = data.samples.saturating_sub(1);
    match random.below(6) {
        0 => last.to_string(),
        1 => format!("0,{last}"),
        2 => "1-".to_owned(),
        3 => "*".to_owned(),
        4 => String::new(),
        _ => "0".to_owned(),
    }
}

fn sample_tag(random: &mut Random, data: &DataSet) -> String {
    let samples = subscript(random, data);
    let value = random.pick(&["0", "1", "*", "", "GT", "1-", "0-"]);
    match random.below(8) {
        0 => "FMT/DP".to_owned(),
        1 => "GQ".to_owned(),
        2 => "AD".to_owned(),
        3 => format!("DP[{samples}]"),
        4 => format!("AD[{samples}:{value}]"),
        5 => format!("VF[{samples}:{}]", if value == "GT" { "0" } else { value }),
        6 => "VF".to_owned(),
        _ => "FORMAT/XX".to_owned(),
    }
}

fn sample_number(random: &mut Random, data: &DataSet) -> String {
    match random.below(8) {
        0..=4 => sample_tag(random, data),
        5 => {
            let function = random.pick(&[
                "SMPL_MAX", "sMIN", "sAVG", "SMPL_SUM", "sMEDIAN", "sSTDEV", "sCOUNT", "ABS",
                "PHRED",
            ]);
            format!("{function}({})", sample_tag(random, data))
        }
        6 => {
            let operator = random.pick(&["+", "-", "*", "/"]);
            format!(
                "{}{operator}{}",
                sample_tag(random, data),
                random
                    .pick(&["2", "DP", "GQ", "QUAL", "XX[*]", "0.5"])
                    .replace("XX[*]", "FMT/XX")
            )
        }
        _ => format!("binom({})", random.pick(&["AD", "AD[:0],AD[:1]"])),
    }
}

fn sample_comparison(random: &mut Random, data: &DataSet) -> String {
    let samples = match random.below(3) {
        0 => format!("[{}]", subscript(random, data)),
        _ => String::new(),
    };
    match random.below(10) {
        0..=2 => {
            let value = random.pick(&[
                "het", "hom", "hap", "mis", "ref", "alt", "RR", "RA", "AR", "AA", "aA", "Aa", "R",
                "A", "0/1", "0|1", "1", ".", "./.", "0/0", "1/1,0/1",
            ]);
            format!(
                "GT{samples}{}\"{value}\"",
                random.pick(&["=", "!=", "==", "~", "!~"])
            )
        }
        3 => format!(
            "FS{samples}{}\"{}\"",
            random.pick(&["=", "!=", "~", "!~"]),
            random.pick(&["x", ".", "x,z", "y"])
        ),
        4 => {
            let field = random.pick(&["", "[*:0]", "[0:1]", "[:1]", "[:0-1]", "[*:*]"]);
            format!(
                "FT{field}{}\"{}\"",
                random.pick(&["=", "!=", "~", "!~"]),
                random.pick(&["x", ".", "yy", "x,yy"])
            )
        }
        5 => format!(
            "{}{}\".\"",
            sample_tag(random, data),
            random.pick(&["=", "!="])
        ),
        6 => format!(
            "{}{}{}",
            sample_number(random, data),
            relation(random),
            sample_number(random, data)
        ),
        _ => format!(
            "{}{}{}",
            sample_number(random, data),
            relation(random),
            constant(random)
        ),
    }
}
