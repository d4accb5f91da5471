use super::*;
use crate::bgzf::{Deflater, EOF_MARKER};
use crate::dimensions::scan_in_full;
use crate::source::MemorySource;

fn statistics(header: &str, samples: &str, records: &str) -> Statistics {
    let columns = "#CHROM POS ID REF ALT QUAL FILTER INFO".replace(' ', "\t");
    let records = records.trim().replace(' ', "\t");
    let text = format!("##fileformat=VCFv4.2\n{header}{columns}{samples}\n{records}\n");
    let mut file = Vec::new();
    Deflater::new(1).deflate(text.as_bytes(), &mut file);
    file.extend_from_slice(&EOF_MARKER);
    scan_in_full(&MemorySource::new(file)).unwrap().statistics
}

const DEPTH: &str = "##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"d\">\n";

#[test]
fn sites_samples_and_depths_are_counted() {
    let found = statistics(
        DEPTH,
        "\tFORMAT\ta\tb\tc",
        "1 5 . A G 50 . . GT:DP 0/1:7 0/0:0 ./.:.
1 9 . A C,T 7.5 . . GT:DP 1/2:600 0/0:3 0|0:3
1 2000 . A AT . . . GT:DP 1/1:8 1:9 0/0:1
2 1 . C . 3 . . GT:DP 0/0:1 0/0:1 0/0:1",
    );
    let sites = &found.sites;
    assert_eq!(
        (sites.records, sites.snps, sites.indels, sites.no_alts),
        (4, 2, 1, 1)
    );
    assert_eq!((sites.multiallelic, sites.multiallelic_snps), (1, 1));
    assert_eq!((sites.transitions, sites.transversions), (1, 2));
    assert_eq!((sites.first_transitions, sites.first_transversions), (1, 1));
    let samples = &found.samples;
    assert_eq!(samples.het, [2, 0, 0]);
    assert_eq!(samples.hom_ref, [1, 3, 3]);
    assert_eq!(samples.hom_alt, [0, 0, 0]);
    assert_eq!(samples.missing, [0, 0, 1]);
    assert_eq!(samples.haploid_alt, [0, 1, 0]);
    assert_eq!(samples.indels, [1, 0, 0]);
    assert_eq!(samples.singletons, [3, 0, 0]);
    assert_eq!((samples.depths[0], samples.depth_sum[0]), (4, 616));
    assert_eq!(
        found.depths.last().map(|bin| (bin.depth, bin.genotypes)),
        Some((501, 1))
    );
    assert_eq!(found.indel_lengths, [(1, 1)]);
    let qualities: Vec<_> = found.qualities.iter().map(|bin| bin.quality).collect();
    assert_eq!(qualities, [None, Some(7), Some(50)]);
    let density = &found.density.scaffolds;
    assert_eq!(
        (density[0].width, &density[0].records[..]),
        (1024, &[2, 1][..])
    );
    assert_eq!(
        (density[1].scaffold, &density[1].records[..]),
        (1, &[1][..])
    );
    assert!(found.complete);
}

#[test]
fn an_allele_that_a_record_does_not_have_is_missing() {
    let found = statistics(
        "",
        "\tFORMAT\ta\tb",
        "1 5 . A G . . . GT 0/2 10/0\n1 6 . A . . . . GT 0/1 0/0",
    );
    assert_eq!(found.samples.missing, [2, 1]);
    assert_eq!(found.samples.hom_ref, [0, 1]);
}

#[test]
fn more_samples_than_are_counted_are_told() {
    let names: String = (0..=SAMPLES_MAX).map(|n| format!("\ts{n}")).collect();
    let calls = "\t0/1".repeat(SAMPLES_MAX + 1);
    let columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT";
    let text =
        format!("##fileformat=VCFv4.2\n{columns}{names}\n1\t5\t.\tA\tG\t.\t.\t.\tGT{calls}\n");
    let mut file = Vec::new();
    for block in crate::bgzf::cut_blocks(text.as_bytes()) {
        Deflater::new(1).deflate(block, &mut file);
    }
    file.extend_from_slice(&EOF_MARKER);
    let found = scan_in_full(&MemorySource::new(file)).unwrap().statistics;
    assert!(!found.complete);
    assert_eq!(found.sites.snps, 1);
    assert_eq!(found.samples, SampleCounts::default());
}

/// A million scaffolds, thousands of samples: the bytes stay few.
#[test]
fn what_is_kept_is_small() {
    let mut text =
        "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n".to_owned();
    for scaffold in 0..300_000 {
        text += &format!(
            "scaffold_{scaffold}\t{}\t.\tA\tC\t{}\t.\t.\n",
            scaffold * 977,
            scaffold % 9_000
        );
    }
    let mut file = Vec::new();
    for block in crate::bgzf::cut_blocks(text.as_bytes()) {
        Deflater::new(1).deflate(block, &mut file);
    }
    file.extend_from_slice(&EOF_MARKER);
    let found = scan_in_full(&MemorySource::new(file)).unwrap().statistics;
    assert_eq!(found.density.left_out, 300_000 - SCAFFOLDS_MAX as u64);
    let bytes = found.to_bytes();
    assert!(bytes.len() < 8_000, "{}", bytes.len());
}

#[test]
fn other_bytes_are_no_statistics() {
    let bytes = Statistics::default().to_bytes();
    assert_eq!(Statistics::parse(&bytes), Some(Statistics::default()));
    for length in 0..bytes.len() {
        assert_eq!(Statistics::parse(&bytes[..length]), None);
    }
    let mut later = bytes.clone();
    later[0] += 1;
    assert_eq!(Statistics::parse(&later), None);
    let mut long = bytes;
    long[1..5].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(Statistics::parse(&long), None);
}
