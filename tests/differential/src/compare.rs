//! Compares two VCF texts line by line and names the first difference by its field.

/// What the outputs of both programs say about each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Equal output, or both refuse.
    Same,
    /// The native engine declines, saying why.
    Declined(String),
    /// bcftools crashed, or contradicts itself from run to run; nothing to compare with.
    NoTruth,
    /// They disagree.
    Different(Difference),
}

/// The first thing on which two runs disagree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// In what way.
    pub kind: Kind,
    /// A field, a header line's key, or the gist of a message: the same cause has the same place.
    pub place: String,
    /// What bcftools wrote.
    pub expected: String,
    /// What the program under test wrote.
    pub found: String,
}

/// Ways to disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Records.
    Records,
    /// Header lines, version lines aside.
    Header,
    /// An error where bcftools succeeds.
    OnlyWeRefuse,
    /// Success where bcftools reports an error.
    OnlyTheyRefuse,
    /// A panic or signal.
    Crash,
    /// Too slow.
    TimedOut,
}

/// Lines that name the program, its version and the time.
const VERSION_LINES: [&str; 3] = ["##bcftools_", "##divbase", "##DivBase"];

/// What `bcftools merge` 1.24 writes for a text that a sample has not got because its trailing subfields were
/// dropped: a zero byte, which no VCF may hold. A dot is right.
const NO_TEXT: char = '\0';

/// `None` if equal but for version lines.
#[must_use]
pub fn texts(expected: &[u8], found: &[u8]) -> Option<Difference> {
    if expected == found {
        return None;
    }
    let expected = String::from_utf8_lossy(expected).replace(NO_TEXT, ".");
    let found = String::from_utf8_lossy(found);
    let lines = |text| -> (Vec<&str>, Vec<&str>) {
        let text: &str = text;
        let is_kept = |line: &&str| !VERSION_LINES.iter().any(|start| line.starts_with(start));
        text.split_inclusive('\n')
            .filter(is_kept)
            .partition(|line| line.starts_with('#'))
    };
    let (expected_header, expected_records) = lines(&expected);
    let (found_header, found_records) = lines(&found);
    first(&expected_records, &found_records)
        .map(|(theirs, ours)| {
            let place = record_place(&expected_header, theirs, ours);
            (Kind::Records, place, theirs, ours)
        })
        .or_else(|| {
            let (theirs, ours) = first(&expected_header, &found_header)?;
            Some((Kind::Header, header_place(theirs, ours), theirs, ours))
        })
        .map(|(kind, place, theirs, ours)| Difference {
            kind,
            place,
            expected: theirs.to_owned(),
            found: ours.to_owned(),
        })
}

fn first<'a>(expected: &[&'a str], found: &[&'a str]) -> Option<(&'a str, &'a str)> {
    let longest = expected.len().max(found.len());
    let line = |lines: &[&'a str], nth: usize| lines.get(nth).copied().unwrap_or("");
    (0..longest)
        .map(|nth| (line(expected, nth), line(found, nth)))
        .find(|(theirs, ours)| theirs != ours)
}

fn header_place(expected: &str, found: &str) -> String {
    let key = |line: &str| {
        let key = line.split(['=', '\t']).next().unwrap_or_default().trim();
        if key.is_empty() {
            "nothing".to_owned()
        } else {
            key.to_owned()
        }
    };
    if key(expected) == key(found) {
        key(expected)
    } else {
        format!("{} against {}", key(expected), key(found))
    }
}

const COLUMNS: [&str; 9] = [
    "CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT",
];

fn record_place(header: &[&str], expected: &str, found: &str) -> String {
    let theirs: Vec<&str> = expected.trim_end().split('\t').collect();
    let ours: Vec<&str> = found.trim_end().split('\t').collect();
    if expected.is_empty() {
        return "extra record".to_owned();
    }
    if found.is_empty() {
        return "missing record".to_owned();
    }
    if theirs[..2.min(theirs.len())] != ours[..2.min(ours.len())] {
        return "other records".to_owned();
    }
    if theirs.len() != ours.len() {
        return "number of columns".to_owned();
    }
    let Some(at) = theirs.iter().zip(&ours).position(|(a, b)| a != b) else {
        return "line end".to_owned();
    };
    match COLUMNS.get(at) {
        Some(&"INFO") => format!("INFO/{}", info_tag(theirs[at], ours[at])),
        Some(column) => (*column).to_owned(),
        None => {
            let keys = theirs[8].split(':');
            let values = theirs[at].split(':').zip(ours[at].split(':'));
            let key = keys
                .zip(values)
                .find(|(_, (a, b))| a != b)
                .map_or("?", |(key, _)| key);
            let declared = header
                .iter()
                .any(|line| line.starts_with(&format!("##FORMAT=<ID={key},")));
            format!(
                "FORMAT/{key}{}",
                if declared { "" } else { " (undeclared)" }
            )
        }
    }
}

fn info_tag<'a>(expected: &'a str, found: &'a str) -> &'a str {
    let mut pairs = expected.split(';').zip(found.split(';'));
    let differing = pairs.find(|(theirs, ours)| theirs != ours);
    let longer = || {
        expected
            .split(';')
            .nth(found.split(';').count())
            .or_else(|| found.split(';').next_back())
    };
    let field = differing
        .map(|(theirs, _)| theirs)
        .or_else(longer)
        .unwrap_or_default();
    field.split('=').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "##fileformat=VCFv4.2\n##FORMAT=<ID=DP,x>\n#CHROM\tPOS\n";

    fn place(expected: &str, found: &str) -> String {
        let text = |record: &str| format!("{HEADER}{record}\n");
        texts(text(expected).as_bytes(), text(found).as_bytes())
            .unwrap()
            .place
    }

    #[test]
    fn version_lines_do_not_count() {
        let other = HEADER.replace("#CHROM", "##bcftools_viewVersion=1.24\n#CHROM");
        assert_eq!(texts(HEADER.as_bytes(), other.as_bytes()), None);
    }

    #[test]
    fn a_difference_is_named_by_its_field() {
        let record = "1\t5\t.\tA\tC\t9\tPASS\tAC=1;AN=2\tGT:DP\t0/1:3";
        assert_eq!(place(record, &record.replace("AN=2", "AN=4")), "INFO/AN");
        assert_eq!(place(record, &record.replace(":3", ":4")), "FORMAT/DP");
        assert_eq!(
            place(record, &record.replace("0/1", "0|1")),
            "FORMAT/GT (undeclared)"
        );
        assert_eq!(place(record, &record.replace("\t9\t", "\t9.0\t")), "QUAL");
        assert_eq!(
            place(record, &record.replace("1\t5", "1\t6")),
            "other records"
        );
    }

    #[test]
    fn a_missing_line_feed_is_a_difference() {
        assert!(texts(b"#CHROM\n1\t2\n", b"#CHROM\n1\t2").is_some());
    }
}
