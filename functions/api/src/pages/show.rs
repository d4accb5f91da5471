//! How pages write times, sizes and counts.

use std::borrow::Borrow;

use chrono::{DateTime, Utc};
use divbase_contract::{
    history::TaskStatus,
    money,
    tasks::{BCFTOOLS_QUERY, SAMPLE_METADATA_QUERY, UPDATE_DIMENSIONS},
};

/// To the minute, in UTC.
pub(super) fn when(at: &DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M").to_string()
}

/// As [`when`], or a dash.
pub(super) fn when_if(at: &Option<DateTime<Utc>>) -> String {
    at.as_ref().map_or_else(|| "–".to_owned(), when)
}

/// An instant of a task's history (RFC 3339), to the second; empty if there is none.
pub(super) fn instant(text: &Option<String>) -> String {
    let text = text.as_deref().unwrap_or_default();
    text.trim_end_matches('Z').replace('T', " ")
}

/// A task's kind.
pub(super) fn kind(name: &str) -> &str {
    match name {
        BCFTOOLS_QUERY => "VCF query",
        SAMPLE_METADATA_QUERY => "metadata query",
        UPDATE_DIMENSIONS => "indexing",
        other => other.rsplit('.').next().unwrap_or(other),
    }
}

/// How a status is coloured.
pub(super) fn state_class(status: &TaskStatus) -> &'static str {
    match status {
        TaskStatus::Success => "good",
        TaskStatus::Failure => "bad",
        TaskStatus::Pending | TaskStatus::Started | TaskStatus::Retry | TaskStatus::Revoked => {
            "warn"
        }
    }
}

/// Each folder on the way to this one, from the root on, with its path.
pub(super) fn above<'a>(folder: &'a str, root: &str) -> Vec<(&'a str, &'a str)> {
    let mut begin = 0;
    let folders = folder.match_indices('/').map(|(end, _)| {
        let name = &folder[begin..end];
        begin = end + 1;
        (name, &folder[..=end])
    });
    folders.filter(|(_, path)| path.starts_with(root)).collect()
}

/// A name without its folder.
pub(super) fn below<'a>(name: &'a str, folder: &str) -> &'a str {
    name.strip_prefix(folder).unwrap_or(name)
}

/// In binary units, three digits at most before them.
pub(super) fn size(bytes: &u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if *bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut value = *bytes as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1023.5 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    let decimals = usize::from(value < 9.95);
    format!("{value:.decimals$} {}", UNITS[unit])
}

/// As [`size`], of a number that the database keeps.
pub(super) fn size_signed(bytes: &i64) -> String {
    size(&u64::try_from(*bytes).unwrap_or_default())
}

/// As [`count`], of a number that the database keeps.
pub(super) fn count_signed(number: &i64) -> String {
    count(&u64::try_from(*number).unwrap_or_default())
}

/// As a shell takes it for one word.
pub(super) fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,+@%".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// With a thin space between thousands.
pub(super) fn count(number: &u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 2);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push('\u{2009}');
        }
        out.push(digit);
    }
    out
}

/// As [`count`], of what is in memory.
pub(super) fn count_of(number: impl Borrow<usize>) -> String {
    count(&(*number.borrow() as u64))
}

/// US dollars, as the command line writes them.
pub(super) fn cost(dollars: &f64) -> String {
    money::in_words(*dollars)
}

/// One or several of something whose plural ends in s.
pub(super) fn noun(number: &u64, one: &str) -> String {
    match number {
        1 => one.to_owned(),
        _ => format!("{one}s"),
    }
}

/// As [`noun`], of what is in memory.
pub(super) fn noun_of(number: impl Borrow<usize>, one: &str) -> String {
    noun(&(*number.borrow() as u64), one)
}

/// Seconds as people say them.
pub(super) fn seconds(seconds: &f64) -> String {
    match *seconds {
        s if s < 0.0995 => format!("{:.0} ms", s * 1000.0),
        s if s < 59.95 => format!("{s:.1} s"),
        s if s < 3599.5 => format!("{:.0} min {:02.0} s", (s / 60.0).floor(), s % 60.0),
        s => format!(
            "{:.0} h {:02.0} min",
            (s / 3600.0).floor(),
            (s % 3600.0) / 60.0
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(size(&1023), "1023 B");
        assert_eq!(size(&1536), "1.5 KiB");
        assert_eq!(size(&(1 << 20)), "1.0 MiB");
        assert_eq!(size(&((1 << 20) - 1)), "1.0 MiB");
        assert_eq!(size(&u64::MAX), "16384 PiB");
        assert_eq!(count(&1_234_567), "1\u{2009}234\u{2009}567");
        assert_eq!(count(&123), "123");
        assert_eq!(word("a.vcf.gz"), "a.vcf.gz");
        assert_eq!(word("it's; rm"), r"'it'\''s; rm'");
        assert_eq!(word(""), "''");
        assert_eq!(
            [noun(&0, "file"), noun(&1, "file"), noun_of(2, "file")],
            ["files", "file", "files"]
        );
        assert_eq!(seconds(&0.05), "50 ms");
        assert_eq!(seconds(&75.0), "1 min 15 s");
    }
}
