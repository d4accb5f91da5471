//! What is too long, too deep, too many or cut off ends with an error, and soon.

use divbase_vcf::bgzf::{Deflater, EOF_MARKER};
use divbase_vcf::error::Category;
use divbase_vcf::index::Index;
use divbase_vcf::reader::open;
use divbase_vcf::source::MemorySource;
use divbase_vcf::{Error, dimensions, expr};

use super::invariants::HEADER;

fn bgzip(blocks: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Vec<u8> {
    let mut deflater = Deflater::new(6);
    let mut file = Vec::new();
    for block in blocks {
        deflater.deflate(block.as_ref(), &mut file);
    }
    file.extend_from_slice(&EOF_MARKER);
    file
}

fn scan(file: Vec<u8>) -> Result<u64, Error> {
    dimensions::scan(&MemorySource::new(file)).map(|scan| scan.dimensions.records)
}

#[test]
fn a_line_that_inflates_without_end_is_cut_off() {
    // 100 MiB in one line, out of less than 1 MiB.
    let line = vec![b'A'; 60_000];
    let blocks = std::iter::once(HEADER.as_bytes().to_vec())
        .chain([b"1\t5\t.\t".to_vec()])
        .chain(std::iter::repeat_n(line, 1_750));
    let file = bgzip(blocks);
    assert!(file.len() < 1 << 20, "{}", file.len());
    let error = scan(file).unwrap_err();
    assert!(error.to_string().contains("longer than 64 MiB"), "{error}");
}

#[test]
fn a_file_that_ends_early_is_told_from_one_that_is_damaged() {
    let text = format!("{HEADER}1\t5\t.\tA\tC\t.\t.\t.\tGT\t0/1\t.\t.\n");
    let whole = bgzip(text.as_bytes().chunks(300));
    assert_eq!(scan(whole.clone()).unwrap(), 1);
    for length in (0..whole.len()).step_by(7) {
        let error = scan(whole[..length].to_vec()).unwrap_err();
        assert!(
            matches!(
                error.category(),
                Category::Truncated
                    | Category::UnknownFileType
                    | Category::InvalidHeader
                    | Category::NotBgzip
            ),
            "{length}: {error}"
        );
    }
    let mut damaged = whole.clone();
    damaged[40] ^= 0x55;
    assert!(scan(damaged).is_err());
}

#[test]
fn a_million_samples_are_read_and_repeated_names_refused() {
    let mut header = HEADER.trim_end_matches("a\tb\tc\n").to_owned();
    for sample in 0..1_000_000 {
        header += &format!("s{sample}\t");
    }
    header.pop();
    let opened = open(&MemorySource::new(format!("{header}\n").into_bytes())).unwrap();
    assert_eq!(opened.header.samples().len(), 1_000_000);
    let error = open(&MemorySource::new(format!("{header}\ts7\n").into_bytes())).unwrap_err();
    assert_eq!(error.category(), Category::DuplicateSample);
    let error = open(&MemorySource::new(
        format!("{header}\tone more\n").into_bytes(),
    ))
    .unwrap_err();
    assert!(
        error.to_string().contains("more than 1000000 samples"),
        "{error}"
    );
}

#[test]
fn counts_in_an_index_are_not_believed() {
    for count in [0x7fff_ffff_u32, 0xffff_ffff] {
        for fields in 1..5 {
            let mut bytes = b"CSI\x01".to_vec();
            for value in [14_u32, 5, 0]
                .into_iter()
                .chain([count; 4])
                .take(3 + fields)
            {
                bytes.extend_from_slice(&value.to_le_bytes());
            }
            assert!(Index::parse(&bytes).is_err());
        }
    }
}

#[test]
fn expressions_and_their_numbers_have_bounds() {
    let deep = format!("{}1{}>0", "(".repeat(9_000), ")".repeat(9_000));
    assert!(expr::parse(&deep).is_ok());
    let deeper = format!("{}1{}>0", "(".repeat(200_000), ")".repeat(200_000));
    assert!(expr::parse(&deeper).is_err());
    let functions = format!("{}QUAL{}>0", "ABS(".repeat(100_000), ")".repeat(100_000));
    assert!(expr::parse(&functions).is_err());
    let header = divbase_vcf::Header::parse(HEADER.as_bytes()).unwrap();
    let subscript = expr::parse("FMT/AD[0:99999999999]>1").unwrap();
    assert!(expr::compile(&subscript, &header).is_err());
}

#[test]
fn integers_out_of_range_are_missing_or_refused_but_never_wrapped() {
    for (column, text) in [
        (1, "99999999999999999999"),
        (1, "-5"),
        (1, "4611686018427387904"),
    ] {
        let mut fields = ["1", "5", ".", "A", "C", ".", ".", ".", "GT", "0", "0", "0"];
        fields[column] = text;
        let error = scan(bgzip([format!("{HEADER}{}\n", fields.join("\t"))])).unwrap_err();
        assert!(error.to_string().contains("line 23"), "{error}");
    }
    let far = format!("{HEADER}1\t281474976710656\t.\tA\tC\t.\t.\t.\tGT\t0\t0\t0\n");
    assert_eq!(scan(bgzip([far])).unwrap_err().category(), Category::Index);
}

#[test]
fn a_scaffold_that_an_index_cannot_name_is_refused() {
    let text = format!("{HEADER}1\0\t5\t.\tA\tC\t.\t.\t.\tGT\t0\t0\t0\n");
    assert_eq!(scan(bgzip([text])).unwrap_err().category(), Category::Index);
}
