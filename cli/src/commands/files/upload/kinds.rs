//! Whether a file that is neither VCF nor BCF is what its name says, as far as its beginning tells.

use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
};

use serde::de::IgnoredAny;

/// Bytes at the beginning that are looked at.
const LOOKED_AT: u64 = 64 << 10;

/// Why a file is not what its name says; nothing if nothing speaks against it.
///
/// # Errors
/// If it cannot be read.
pub(super) fn fault(key: &str, path: &Path) -> io::Result<Option<String>> {
    let mut file = File::open(path)?;
    if key.ends_with(".json") {
        let parsed = serde_json::from_reader::<_, IgnoredAny>(BufReader::new(file));
        return match parsed {
            Err(error) if error.is_io() => Err(error.into()),
            parsed => Ok(parsed.err().map(|error| format!("it is no JSON: {error}"))),
        };
    }
    let mut start = Vec::new();
    (&mut file).take(LOOKED_AT).read_to_end(&mut start)?;
    Ok(of_start(key, &start))
}

fn of_start(key: &str, start: &[u8]) -> Option<String> {
    let begins = |magic: &[u8], what: &str| {
        (!start.starts_with(magic)).then(|| format!("it does not begin as {what} does"))
    };
    match key.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "gz" => begins(&[0x1f, 0x8b], "a file of gzip or bgzip"),
        "pdf" => begins(b"%PDF-", "a PDF"),
        "png" => begins(b"\x89PNG\r\n\x1a\n", "a PNG"),
        // Tables are judged when they are asked, and notes by whoever reads them.
        "tsv" | "txt" | "md" | "csi" | "tbi" | "gzi" | "fai" | "dict" => None,
        ending => {
            if let Some(reason) = not_text(start) {
                return Some(reason);
            }
            let text = String::from_utf8_lossy(start);
            let mut lines = text.lines().filter(|line| !line.trim().is_empty());
            let mut begins = |start: &str, fault: &str| {
                let other = lines.next().is_some_and(|line| !line.starts_with(start));
                other.then(|| fault.to_owned())
            };
            match ending {
                "fa" => begins(">", "it does not begin with `>` and the name of a sequence"),
                "gff3" => begins("##gff-version", "its first line is not `##gff-version 3`"),
                "bed" => bed(lines),
                _ => None,
            }
        }
    }
}

/// Text has no NUL, and is UTF-8 as far as it goes.
fn not_text(start: &[u8]) -> Option<String> {
    if start.contains(&0) {
        return Some("it is not text: it has NUL bytes".to_owned());
    }
    let error = std::str::from_utf8(start).err()?;
    // A character that the end of what is looked at cuts is none of the file's faults.
    error.error_len()?;
    Some(format!(
        "it is not UTF-8: byte {} is no part of a character",
        error.valid_up_to() + 1
    ))
}

/// A scaffold, a begin from 0, and an end (UCSC, "BED format").
fn bed<'l>(mut lines: impl Iterator<Item = &'l str>) -> Option<String> {
    let is_head = |line: &&str| {
        ["#", "track", "browser"]
            .iter()
            .any(|head| line.starts_with(head))
    };
    let first = lines.find(|line| !is_head(line))?;
    let columns: Vec<&str> = first.split_whitespace().collect();
    let number = |at: usize| columns.get(at)?.parse::<u64>().ok();
    match (number(1), number(2)) {
        (Some(begin), Some(end)) if begin <= end => None,
        _ => Some("its first line is no scaffold with a begin and an end after it".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_what_their_names_say() {
        for (key, start) in [
            ("a.bed", &b"#x\nchr1\t0\t10\n"[..]),
            ("a.bed", b"track name=x\nchr1 5 5\n"),
            ("a.bed", b""),
            ("a.bed.gz", b"\x1f\x8b\x08"),
            ("a.gff3", b"##gff-version 3\nx"),
            ("a.fa", b"\n>chr1\nACGT"),
            ("a.csv", "å,b\n".as_bytes()),
            ("a.csv", &"å".as_bytes()[..1]),
            ("a.pdf", b"%PDF-1.7"),
            ("a.md", b"# x"),
            ("a.fai", b"1\t2"),
        ] {
            assert_eq!(of_start(key, start), None, "{key} {start:?}");
        }
        for (key, start, words) in [
            ("a.bed", &b"chr1\tx\t10\n"[..], "no scaffold"),
            ("a.bed", b"chr1\t10\t5\n", "no scaffold"),
            ("a.fa.gz", b">chr1", "gzip"),
            ("a.gff3", b"chr1\t.", "##gff-version"),
            ("a.fa", b"ACGT", "`>`"),
            ("a.csv", b"a\0b", "NUL"),
            ("a.yaml", b"a\xff\xfe", "byte 2"),
            ("a.pdf", b"<html>", "PDF"),
            ("a.png", b"GIF89a", "PNG"),
        ] {
            let found = of_start(key, start);
            assert!(
                found.as_ref().is_some_and(|text| text.contains(words)),
                "{key}: {found:?}"
            );
        }
    }

    #[test]
    fn json_is_read_to_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        for (text, is_good) in [
            ("{\"a\": [1, 2]}\n", true),
            ("{\"a\": [1, 2}", false),
            ("", false),
        ] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(fault("a.json", &path).unwrap().is_none(), is_good, "{text}");
        }
    }
}
