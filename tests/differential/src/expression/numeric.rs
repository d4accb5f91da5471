//! Terms that have a numeric value, each with an example of that value.

use divbase_cohort::Rng;

use crate::profile::{Kind, Profile, Tag};

/// A term and a value that it takes in the data.
pub(super) type Term = (String, String);

/// Any numeric term; `depth` bounds functions and arithmetic.
pub(super) fn term(rng: &mut Rng, profile: &Profile, depth: usize) -> Term {
    let has_samples = !profile.samples.is_empty();
    match rng.index(16) {
        0 | 1 => built_in(rng, profile),
        2..=5 => info_tag(rng, profile),
        6..=8 if has_samples => format_tag(rng, profile),
        9 | 10 if depth > 0 => function(rng, profile),
        11 if depth > 0 => arithmetic(rng, profile, depth),
        12 if depth > 0 && has_samples => per_sample_function(rng, profile),
        13 => count(rng, profile),
        _ => built_in(rng, profile),
    }
}

fn built_in(rng: &mut Rng, profile: &Profile) -> Term {
    let some = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let samples = profile.samples.len().to_string();
    let choices = [
        some("QUAL", "30"),
        some("QUAL", "1000"),
        some("POS", "100"),
        some("AC", "2"),
        some("AN", &(2 * profile.samples.len()).to_string()),
        some("AF", "0.25"),
        some("MAC", "2"),
        some("MAF", "0.05"),
        some("AC[0]", "1"),
        some("AF[0]", "0.1"),
        some("MAF[0]", "0.2"),
        some("MAC[1]", "1"),
        some("AC[*]", "3"),
        some("N_ALT", "2"),
        some("N_SAMPLES", &samples),
        some("N_MISSING", "1"),
        some("F_MISSING", "0.1"),
        some("ILEN", "1"),
        some("ILEN", "-1"),
        some("STRLEN(REF)", "1"),
        some("STRLEN(ALT)", "1"),
        some("STRLEN(ID)", "1"),
    ];
    choices[rng.index(choices.len())].clone()
}

fn info_tag(rng: &mut Rng, profile: &Profile) -> Term {
    let tags = profile.info.iter().filter(|tag| tag.kind == Kind::Numeric);
    let Some((tag, example)) = choose(rng, &tags.collect::<Vec<_>>()) else {
        return built_in(rng, profile);
    };
    // A bare name that FORMAT has too is ambiguous; asking for it once in a while is enough.
    let is_shared = profile.format.iter().any(|other| other.name == tag.name);
    let prefix = if is_shared && rng.chance(0.95) {
        "INFO/"
    } else {
        rng.pick(&["", "", "INFO/"])
    };
    let subscript = if tag.is_vector {
        rng.pick(&["", "", "[0]", "[1]", "[*]", "[0-1]", "[1-]", "[0,2]"])
    } else {
        rng.pick(&["", "", "", "", "[0]"])
    };
    (format!("{prefix}{}{subscript}", tag.name), example)
}

/// A FORMAT tag with the subscripts of values and samples.
pub(super) fn format_tag(rng: &mut Rng, profile: &Profile) -> Term {
    let tags = profile
        .format
        .iter()
        .filter(|tag| tag.kind == Kind::Numeric);
    let Some((tag, example)) = choose(rng, &tags.collect::<Vec<_>>()) else {
        return built_in(rng, profile);
    };
    let prefix = rng.pick(&["FMT/", "FORMAT/", "FMT/"]);
    let bare = profile.info_tag(&tag.name).is_none() && rng.chance(0.4);
    let prefix = if bare { "" } else { prefix };
    let subscript = if tag.is_vector {
        rng.pick(&[
            "", "[:0]", "[*:1]", "[0:0]", "[0:*]", "[:1]", "[1:1]", "[*:*]", "[0-1:1]", "[*:0-1]",
        ])
    } else if rng.chance(0.75) {
        ""
    } else {
        rng.pick(&["[0]", "[1]", "[*]", "[0-1]", "[0,1]", "[1-]"])
    };
    (format!("{prefix}{}{subscript}", tag.name), example)
}

fn function(rng: &mut Rng, profile: &Profile) -> Term {
    let use_format = !profile.samples.is_empty() && rng.chance(0.6);
    let (inner, example) = if use_format {
        format_tag(rng, profile)
    } else {
        info_tag(rng, profile)
    };
    let name = rng.pick(&[
        "MIN", "MAX", "AVG", "MEAN", "SUM", "MEDIAN", "STDEV", "COUNT", "ABS", "%MAX", "%SUM",
    ]);
    let example = if name == "COUNT" {
        "2".to_owned()
    } else {
        example
    };
    (format!("{name}({inner})"), example)
}

fn per_sample_function(rng: &mut Rng, profile: &Profile) -> Term {
    let (inner, example) = format_tag(rng, profile);
    let name = rng.pick(&[
        "SMPL_MIN",
        "SMPL_MAX",
        "SMPL_AVG",
        "SMPL_SUM",
        "SMPL_MEDIAN",
        "SMPL_STDEV",
        "SMPL_COUNT",
        "sMIN",
        "sMAX",
        "sMEAN",
        "sSUM",
        "sMEDIAN",
        "sSTDEV",
        "sCOUNT",
    ]);
    (format!("{name}({inner})"), example)
}

fn arithmetic(rng: &mut Rng, profile: &Profile, depth: usize) -> Term {
    let (left, example) = term(rng, profile, depth - 1);
    let operator = rng.pick(&["+", "-", "*", "/", "+", "%"]);
    let right = if rng.chance(0.5) {
        rng.pick(&["2", "0.5", "10", "1e2", "3"]).to_owned()
    } else {
        term(rng, profile, depth - 1).0
    };
    if rng.chance(0.3) {
        (format!("({left}{operator}{right})*2"), example)
    } else {
        (format!("{left}{operator}{right}"), example)
    }
}

fn count(rng: &mut Rng, profile: &Profile) -> Term {
    if profile.samples.is_empty() {
        return built_in(rng, profile);
    }
    let genotype = rng.pick(&[
        "alt", "ref", "het", "hom", "mis", "hap", "RR", "RA", "AA", "aA",
    ]);
    (format!("COUNT(GT=\"{genotype}\")"), "1".to_owned())
}

fn choose<'a>(rng: &mut Rng, tags: &[&'a Tag]) -> Option<(&'a Tag, String)> {
    if tags.is_empty() {
        return None;
    }
    let tag = tags[rng.index(tags.len())];
    let numbers = tag
        .values
        .iter()
        .filter(|value| value.parse::<f64>().is_ok_and(f64::is_finite));
    let numbers: Vec<&String> = numbers.collect();
    let example = if numbers.is_empty() {
        "1".to_owned()
    } else {
        numbers[rng.index(numbers.len())].clone()
    };
    Some((tag, example))
}

/// A constant at or near an example.
pub(super) fn near(rng: &mut Rng, example: &str) -> String {
    let value: f64 = example.parse().unwrap_or(1.0);
    match rng.index(6) {
        0..=2 => example.trim_start_matches('+').to_owned(),
        3 => format!("{}", value / 2.0),
        4 => format!("{}", value * 2.0),
        _ => rng
            .pick(&["0", "1", "-1", "0.5", "10", "1e-3", "1e3"])
            .to_owned(),
    }
}
