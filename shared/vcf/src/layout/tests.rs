//! Slices are files: they are put together from their parts and read again.

use super::*;
use crate::bgzf::{Deflater, tests::inflated, whole_blocks};
use crate::dimensions::scan_with_layout;
use crate::source::MemorySource;

const HEADER: &str = "##fileformat=VCFv4.2\n##contig=<ID=1>\n##contig=<ID=2>\n\
    #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";

/// Records of two scaffolds, a kilobase apart.
fn records() -> Vec<String> {
    let sites = (0..3_000_u64).map(|n| (1 + n / 1_500, 1 + n % 1_500 * 1_000));
    sites
        .map(|(scaffold, position)| {
            format!(
                "{scaffold}\t{position}\t.\tA\tC\t.\t.\tX={}\n",
                position * 7_919 % 10_007
            )
        })
        .collect()
}

/// A file whose text is cut into blocks of so many bytes, wherever that is; the header is in blocks of its own, or not.
fn file(block: usize, apart: bool) -> Vec<u8> {
    cut_file(apart, |text| text.len().min(block))
}

/// A file whose blocks end with a line.
fn file_of_lines(block: usize, apart: bool) -> Vec<u8> {
    cut_file(apart, |text| {
        let most = text.len().min(block);
        let end = text[..most].iter().rposition(|byte| *byte == b'\n');
        end.map_or(most, |end| end + 1)
    })
}

fn cut_file(apart: bool, length: impl Fn(&[u8]) -> usize) -> Vec<u8> {
    let text = records().concat();
    let pieces = if apart {
        vec![HEADER.to_owned(), text]
    } else {
        vec![format!("{HEADER}{text}")]
    };
    let mut file = vec![];
    for piece in pieces {
        let mut rest = piece.as_bytes();
        while !rest.is_empty() {
            let (block, behind) = rest.split_at(length(rest));
            Deflater::new(6).deflate(block, &mut file);
            rest = behind;
        }
    }
    file.extend_from_slice(&EOF_MARKER);
    file
}

fn joined(file: &[u8], slice: &Slice) -> Vec<u8> {
    let mut out = vec![];
    for (part, _) in &slice.parts {
        match part {
            Part::Bytes(range) => {
                out.extend_from_slice(&file[range.start as usize..range.end as usize]);
            }
            Part::Block(block) => out.extend_from_slice(block),
            Part::Span(span) => {
                let parts = span.parts(|at| &file[at as usize..]).unwrap();
                let parts = parts.into_iter().map(|part| (part, None)).collect();
                out.extend(joined(file, &Slice { parts }));
            }
        }
    }
    out
}

/// The records of a slice that overlap a region, and the bytes of the file that it takes.
fn taken(file: &[u8], slice: &Slice, region: &Region) -> (Vec<String>, u64) {
    let made = joined(file, slice);
    assert!(made.ends_with(&EOF_MARKER));
    let text = String::from_utf8(inflated(&made)).unwrap();
    let lines = text.strip_prefix(HEADER).expect("the header comes first");
    let lines = lines.split_inclusive('\n');
    let inside = lines.filter(|line| {
        let mut columns = line.split('\t');
        let scaffold = columns.next().unwrap();
        let position: u64 = columns.next().unwrap().parse().unwrap();
        scaffold == region.scaffold && (region.start..region.end).contains(&(position - 1))
    });
    let bytes = slice.parts.iter().map(|(part, _)| match part {
        Part::Bytes(range) => range.end - range.start,
        Part::Block(_) => 0,
        Part::Span(span) => span.end.block() - span.start.block(),
    });
    (inside.map(str::to_owned).collect(), bytes.sum())
}

impl Slice {
    /// Whether nothing has to be read for it.
    fn is_known(&self) -> bool {
        !self
            .parts
            .iter()
            .any(|(part, _)| matches!(part, Part::Span(_)))
    }
}

fn region(scaffold: &str, start: u64, end: u64) -> Region {
    Region {
        scaffold: scaffold.to_owned(),
        start,
        end,
    }
}

#[test]
fn a_slice_is_a_file_with_the_records_of_its_regions() {
    let cases = [(700, true), (700, false), (60_001, true), (60_001, false)];
    let cases = cases.map(|(block, apart)| {
        let files = [
            (file(block, apart), true),
            (file_of_lines(block, apart), false),
        ];
        (block, apart, files)
    });
    for (block, apart, file, is_cut) in cases
        .into_iter()
        .flat_map(|(block, apart, files)| files.map(|(file, is_cut)| (block, apart, file, is_cut)))
    {
        let (found, layout) = scan_with_layout(&MemorySource::new(file.clone())).unwrap();
        let index = Index::parse(&found.csi).unwrap();
        let size = file.len() as u64;
        let known = Layout::parse(&layout.to_bytes()).unwrap();
        assert_eq!(known, layout);
        assert_eq!(known.cuts_records, is_cut, "{block} {apart}");
        assert!(
            is_cut
                || known
                    .slice(&index, size, &[region("1", 5_000, 900_000)])
                    .is_known()
        );
        let from_index = Layout::of_index(Stored::Vcf, &index, size);
        for asked in [
            region("1", 0, 2_000),
            region("1", 500_000, 600_000),
            region("1", 1_499_000, 2_000_000),
            region("2", 0, 1),
            region("2", 700_000, 1_499_001),
            region("3", 0, 1_000),
        ] {
            let wanted: Vec<String> = records()
                .into_iter()
                .filter(|line| {
                    let mut columns = line.split('\t');
                    let scaffold = columns.next().unwrap();
                    let position: u64 = columns.next().unwrap().parse().unwrap();
                    scaffold == asked.scaffold && (asked.start..asked.end).contains(&(position - 1))
                })
                .collect();
            let regions = std::slice::from_ref(&asked);
            let (exact, _) = taken(&file, &known.slice(&index, size, regions), &asked);
            assert_eq!(exact, wanted, "{block} {apart} {asked:?}");
            let (rough, _) = taken(&file, &from_index.slice(&index, size, regions), &asked);
            assert_eq!(rough, wanted, "{block} {apart} {asked:?}");
        }
        let all = [
            region("1", 0, 10_000),
            region("1", 5_000, 1_500_000),
            region("2", 0, u64::MAX),
        ];
        let made = joined(&file, &known.slice(&index, size, &all));
        assert_eq!(inflated(&made), inflated(&file), "{block} {apart}");
        let made = joined(&file, &known.whole_slice(size));
        assert_eq!(made, file);
        let made = joined(&file, &known.header_slice());
        assert_eq!(inflated(&made), HEADER.as_bytes(), "{block} {apart}");
    }
}

#[test]
fn a_slice_takes_the_blocks_that_have_its_records_and_no_others() {
    let file = file_of_lines(700, true);
    let (found, layout) = scan_with_layout(&MemorySource::new(file.clone())).unwrap();
    let index = Index::parse(&found.csi).unwrap();
    let blocks = whole_blocks(&file, 0).unwrap();
    let slice = layout.slice(&index, file.len() as u64, &[region("1", 491_520, 507_904)]);
    // Sixteen records of one window: no more than the header, they, and a block at each end.
    let longest = blocks.iter().map(|(_, header)| header.total).max().unwrap();
    let (_, bytes) = taken(&file, &slice, &region("1", 0, 1));
    assert!(
        bytes < 4 * longest as u64,
        "{bytes} with blocks of {longest}"
    );
}

#[test]
fn files_without_records_have_slices_too() {
    let mut file = vec![];
    Deflater::new(6).deflate(HEADER.as_bytes(), &mut file);
    file.extend_from_slice(&EOF_MARKER);
    let (found, layout) = scan_with_layout(&MemorySource::new(file.clone())).unwrap();
    let index = Index::parse(&found.csi).unwrap();
    let size = file.len() as u64;
    for layout in [layout, Layout::of_index(Stored::Vcf, &index, size)] {
        for slice in [
            layout.header_slice(),
            layout.whole_slice(size),
            layout.slice(&index, size, &[region("1", 0, 100)]),
        ] {
            assert_eq!(inflated(&joined(&file, &slice)), HEADER.as_bytes());
        }
    }
}

#[test]
fn what_is_no_layout_is_told() {
    let (_, layout) = scan_with_layout(&MemorySource::new(file(700, false))).unwrap();
    let bytes = layout.to_bytes();
    for length in 0..bytes.len().min(40) {
        // Cut between two borders it is one with fewer.
        let _ = Layout::parse(&bytes[..length]);
    }
    assert_eq!(Layout::parse(b"nonsense"), None);
    assert_eq!(Layout::parse(&[]), None);
    let mut later = bytes.clone();
    later[0] = 2;
    assert_eq!(Layout::parse(&later), None);
    let mut long = bytes[..10].to_vec();
    long.extend_from_slice(&[0, 0, 0, 0]);
    long.extend_from_slice(&[0xff; 11]);
    assert_eq!(Layout::parse(&long), None);
}
