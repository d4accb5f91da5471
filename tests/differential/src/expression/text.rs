//! Comparisons of strings: columns, INFO and FORMAT strings, flags, regular expressions.

use divbase_cohort::Rng;

use crate::profile::{Kind, Profile};

pub(super) fn comparison(rng: &mut Rng, profile: &Profile) -> String {
    match rng.index(8) {
        0 => column(rng, "ID", &profile.ids),
        1 => column(rng, "FILTER", &profile.filters),
        2 => filters(rng, profile),
        3 => column(rng, "REF", &profile.alleles),
        4 => {
            let name = rng.pick(&["ALT", "ALT[0]", "ALT[*]", "ALT[1]"]);
            column(rng, name, &profile.alleles)
        }
        5 => {
            let names: Vec<String> = profile.positions.keys().cloned().collect();
            column(rng, "CHROM", &names)
        }
        _ => tag(rng, profile),
    }
}

fn column(rng: &mut Rng, name: &str, values: &[String]) -> String {
    let usable: Vec<&String> = values.iter().filter(|value| !value.contains('"')).collect();
    if usable.is_empty() {
        return format!("{name}=\".\"");
    }
    let value = usable[rng.index(usable.len())];
    match rng.index(6) {
        0..=2 => format!("{name}{}\"{value}\"", rng.pick(&["=", "!=", "=="])),
        3 => format!(
            "{name}{}\"{}\"",
            rng.pick(&["~", "!~"]),
            pattern(rng, value)
        ),
        4 => format!("{name}~\"{}/i\"", pattern(rng, value).to_lowercase()),
        _ => format!("{name}=\"{value},{}\"", usable[rng.index(usable.len())]),
    }
}

fn filters(rng: &mut Rng, profile: &Profile) -> String {
    let pick = |rng: &mut Rng| match profile.filters.len() {
        0 => "PASS".to_owned(),
        n => profile.filters[rng.index(n)].clone(),
    };
    let (first, second) = (pick(rng), pick(rng));
    format!(
        "FILTER{}\"{first};{second}\"",
        rng.pick(&["=", "!=", "~", "!~"])
    )
}

fn tag(rng: &mut Rng, profile: &Profile) -> String {
    let info = profile.info.iter().map(|tag| (tag, "INFO/"));
    let format = profile.format.iter().map(|tag| (tag, "FMT/"));
    let tags: Vec<_> = info
        .chain(format)
        .filter(|(tag, _)| tag.kind != Kind::Numeric && tag.name != "GT")
        .collect();
    if tags.is_empty() {
        return column(rng, "ID", &profile.ids);
    }
    let (tag, prefix) = tags[rng.index(tags.len())];
    let prefix = if prefix == "INFO/" && rng.chance(0.5) {
        ""
    } else {
        prefix
    };
    let name = format!("{prefix}{}", tag.name);
    if tag.kind == Kind::Flag {
        let choices = [
            name.clone(),
            format!("{name}=1"),
            format!("{name}=0"),
            format!("{name}!=1"),
        ];
        return choices[1 + rng.index(3)].clone();
    }
    let subscript = match (tag.is_vector, prefix) {
        (true, "FMT/") => rng.pick(&["", "", "[0:0]", "[*:1]"]),
        (true, _) => rng.pick(&["", "", "[0]", "[1]", "[*]"]),
        (false, _) => "",
    };
    column(rng, &format!("{name}{subscript}"), &tag.values)
}

/// A regular expression that matches the value, or nearly.
fn pattern(rng: &mut Rng, value: &str) -> String {
    let plain: String = value
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
        .collect();
    let head: String = plain.chars().take(3).collect();
    let tail: String = plain.chars().skip(1).collect();
    match rng.index(6) {
        0 => format!("^{head}"),
        1 => format!("{tail}$"),
        2 => format!("{head}.*"),
        3 => format!("[{head}x]"),
        4 => format!("{head}|zz"),
        _ => plain,
    }
}
