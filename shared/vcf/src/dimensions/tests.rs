use super::*;
use crate::bgzf::{Deflater, EOF_MARKER};
use crate::error::Category;
use crate::index::Index;
use crate::source::MemorySource;

const HEADER: &str = "##fileformat=VCFv4.2\n##contig=<ID=1>\n\
    #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ta\tb\n";

fn bgzip(text: &str) -> Vec<u8> {
    let mut file = Vec::new();
    Deflater::new(6).deflate(text.as_bytes(), &mut file);
    file.extend_from_slice(&EOF_MARKER);
    file
}

fn scan_text_of(records: &str) -> Result<Scan, Error> {
    scan(&MemorySource::new(bgzip(&format!("{HEADER}{records}"))))
}

fn line(site: &str) -> String {
    format!("{site}\t.\tA\tC\t.\t.\t.\tGT\t0/1\t1/1\n")
}

#[test]
fn counts_records_by_scaffold_and_indexes_them() {
    let sites = ["1\t5", "1\t5", "1\t900", "scaffold_2\t600000000"];
    let found = scan_text_of(&sites.map(line).concat()).unwrap();
    let dimensions = &found.dimensions;
    assert_eq!(dimensions.samples, ["a", "b"]);
    assert_eq!(dimensions.records, 4);
    let scaffolds: Vec<_> = dimensions
        .scaffolds
        .iter()
        .map(|s| (s.name.as_str(), s.records, s.first, s.last))
        .collect();
    assert_eq!(
        scaffolds,
        [
            ("1", 3, 5, 900),
            ("scaffold_2", 1, 600_000_000, 600_000_000)
        ]
    );
    let index = Index::parse(&found.csi).unwrap();
    assert_eq!(index.records(b"1"), Some(3));
    assert_eq!(
        index.query(b"scaffold_2", 599_999_999, 600_000_000).len(),
        1
    );
}

#[test]
fn faults_are_told_apart_and_placed() {
    let good = line("1\t5");
    let cases = [
        (
            scan_text_of(&[line("1\t9"), good.clone()].concat()),
            Category::Unsorted,
            "line 5",
        ),
        (
            scan_text_of(&["1\t5", "2\t5", "1\t9"].map(line).concat()),
            Category::Unsorted,
            "line 6",
        ),
        (
            scan_text_of(&good.replace("\t1/1", "")),
            Category::MalformedRecord,
            "line 4 (1:5)",
        ),
        (scan_text_of("1\t5\n"), Category::MalformedRecord, "line 4"),
        (
            scan_text_of(&line("1\tx")),
            Category::MalformedRecord,
            "POS",
        ),
        (
            scan(&MemorySource::new(bgzip(&HEADER.replace("\tb", "\ta")))),
            Category::DuplicateSample,
            "\"a\"",
        ),
        (
            scan(&MemorySource::new(bgzip(
                "##fileformat=VCFv4.2\nNO HEADER\n",
            ))),
            Category::InvalidHeader,
            "line 2",
        ),
        (
            scan(&MemorySource::new(HEADER)),
            Category::NotBgzip,
            "bgzip",
        ),
        (
            scan(&MemorySource::new("a note")),
            Category::UnknownFileType,
            "a note",
        ),
        (
            scan(&MemorySource::new("")),
            Category::UnknownFileType,
            "empty",
        ),
        (
            scan(&MemorySource::new(vec![
                0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3,
            ])),
            Category::NotBgzip,
            "gzip",
        ),
    ];
    for (result, category, part) in cases {
        let error = result.unwrap_err();
        assert_eq!(error.category(), category, "{error}");
        assert!(error.to_string().contains(part), "{error}");
        assert!(!error.remedy().is_empty());
    }
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let whole = bgzip(&format!("{HEADER}{}", line("1\t5").repeat(50)));
    for length in 1..whole.len() {
        let error = scan(&MemorySource::new(whole[..length].to_vec())).unwrap_err();
        assert!(
            matches!(
                error.category(),
                Category::Truncated | Category::NotBgzip | Category::UnknownFileType
            ),
            "{length}: {error}"
        );
    }
}

/// CPU time of scanning a file with one record on each of so many declared scaffolds, and of asking its index for each.
fn cpu_of_scaffolds(count: usize) -> f64 {
    let mut text = "##fileformat=VCFv4.2\n".to_owned();
    for number in 0..count {
        text += &format!("##contig=<ID=scaffold_{number},length=1000>\n");
    }
    text += "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";
    for number in 0..count {
        text += &format!("scaffold_{number}\t5\t.\tA\tC\t50\tPASS\t.\n");
    }
    let mut file = Vec::new();
    for block in crate::bgzf::cut_blocks(text.as_bytes()) {
        Deflater::new(1).deflate(block, &mut file);
    }
    file.extend_from_slice(&EOF_MARKER);
    let source = MemorySource::new(file);
    let clock = || {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
    };
    let begin = clock();
    let scan = scan(&source).unwrap();
    assert_eq!(scan.dimensions.scaffolds.len(), count);
    scan_text(&source).unwrap();
    let index = Index::parse(&scan.csi).unwrap();
    for name in index.names() {
        assert_eq!(index.records(name), Some(1));
        assert_eq!(index.query(name, 0, 100).len(), 1);
    }
    clock() - begin
}

#[test]
fn time_grows_with_the_scaffolds_not_with_their_square() {
    cpu_of_scaffolds(1_000);
    let (few, many) = (cpu_of_scaffolds(10_000), cpu_of_scaffolds(80_000));
    // Eight times as many: 64 times the time if every one looks at all others.
    assert!(many < 24.0 * few, "{few} s and {many} s");
}
