//! Statistics against `bcftools stats -s -` 1.24, line by line, on generated files and on real ones.

mod generated;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use divbase_vcf::bgzf::{Deflater, EOF_MARKER, cut_blocks};
use divbase_vcf::dimensions::{scan_in_full, scan_sorted};
use divbase_vcf::source::MemorySource;
use divbase_vcf::stats::{DepthBin, Statistics};

use generated::{Style, generated};

use crate::oracle::Oracle;
use crate::random::Random;

const SUBSTITUTIONS: [&str; 12] = [
    "A>C", "A>G", "A>T", "C>A", "C>G", "C>T", "G>A", "G>C", "G>T", "T>A", "T>C", "T>G",
];

/// The lines of ours that bcftools has, as it writes them but for the number of the set; QUAL in wider bins.
fn lines_of(statistics: &Statistics, samples: &[String]) -> Vec<String> {
    let sites = &statistics.sites;
    let mut lines = vec![
        format!("SN number of records: {}", sites.records),
        format!("SN number of no-ALTs: {}", sites.no_alts),
        format!("SN number of SNPs: {}", sites.snps),
        format!("SN number of MNPs: {}", sites.mnps),
        format!("SN number of indels: {}", sites.indels),
        format!("SN number of others: {}", sites.others),
        format!("SN number of multiallelic sites: {}", sites.multiallelic),
        format!(
            "SN number of multiallelic SNP sites: {}",
            sites.multiallelic_snps
        ),
        format!(
            "TSTV {} {} {} {}",
            sites.transitions,
            sites.transversions,
            sites.first_transitions,
            sites.first_transversions
        ),
        format!("SiS {} {}", sites.singletons.0, sites.singletons.1),
    ];
    lines.extend(statistics.frequencies.iter().map(|bin| {
        format!(
            "AF {:.6} {} {} {} {}",
            statistics.frequency(bin.bin),
            bin.snps,
            bin.transitions,
            bin.transversions,
            bin.indels
        )
    }));
    lines.extend(statistics.qualities.iter().map(|bin| {
        let quality = bin
            .quality
            .map_or_else(|| ".".to_owned(), |q| q.to_string());
        format!(
            "QUAL {quality} {} {} {}",
            bin.transitions, bin.transversions, bin.indels
        )
    }));
    let lengths = statistics.indel_lengths.iter();
    lines.extend(lengths.map(|(length, alleles)| format!("IDD {length} {alleles}")));
    let substitutions = SUBSTITUTIONS.iter().zip(sites.substitutions);
    lines.extend(substitutions.map(|(name, count)| format!("ST {name} {count}")));
    lines.extend(statistics.depths.iter().map(|bin| {
        let DepthBin {
            depth,
            genotypes,
            sites,
        } = bin;
        let depth = match depth {
            -1 => "<0".to_owned(),
            501 => ">500".to_owned(),
            depth => depth.to_string(),
        };
        format!("DP {depth} {genotypes} {sites}")
    }));
    let counts = &statistics.samples;
    for (at, name) in samples.iter().enumerate() {
        let depth = match counts.depths[at] {
            0 => 0.0,
            count => counts.depth_sum[at] as f32 / count as f32,
        };
        lines.push(format!(
            "PSC {name} {} {} {} {} {} {} {depth:.1} {} {} {} {}",
            counts.hom_ref[at],
            counts.hom_alt[at],
            counts.het[at],
            counts.transitions[at],
            counts.transversions[at],
            counts.indels[at],
            counts.singletons[at],
            counts.haploid_ref[at],
            counts.haploid_alt[at],
            counts.missing[at],
        ));
    }
    lines
}

/// The bin of ours that a bin of bcftools' QUAL is in.
fn quality_bin(text: &str) -> (i64, String) {
    if text == "." {
        return (-1, ".".to_owned());
    }
    let whole = text.parse::<f64>().unwrap() as i64;
    let lowest = match whole {
        0..100 => whole,
        100..1_000 => whole / 10 * 10,
        1_000..10_000 => whole / 100 * 100,
        _ => 10_000,
    };
    (lowest, lowest.to_string())
}

/// What bcftools says, in the form of [`lines_of`].
fn lines_of_bcftools(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut qualities: BTreeMap<(i64, String), [u64; 3]> = BTreeMap::new();
    let mut qualities_at = 0;
    for line in text.lines() {
        let columns: Vec<&str> = line.split('\t').collect();
        match columns[..] {
            ["SN", _, "number of samples:", _] => {}
            ["SN", _, key, value] => lines.push(format!("SN {key} {value}")),
            ["TSTV", _, ts, tv, _, first_ts, first_tv, _] => {
                lines.push(format!("TSTV {ts} {tv} {first_ts} {first_tv}"));
            }
            ["SiS", _, _, snps, _, _, indels, ..] => lines.push(format!("SiS {snps} {indels}")),
            ["AF", _, frequency, snps, ts, tv, indels, ..] => {
                lines.push(format!("AF {frequency} {snps} {ts} {tv} {indels}"));
                qualities_at = lines.len();
            }
            ["QUAL", _, quality, _, ts, tv, indels] => {
                let bin = qualities.entry(quality_bin(quality)).or_default();
                for (sum, text) in bin.iter_mut().zip([ts, tv, indels]) {
                    *sum += text.parse::<u64>().unwrap();
                }
            }
            ["IDD", _, length, alleles, ..] => lines.push(format!("IDD {length} {alleles}")),
            ["ST", _, name, count] => lines.push(format!("ST {name} {count}")),
            ["DP", _, depth, genotypes, _, sites, _] => {
                lines.push(format!("DP {depth} {genotypes} {sites}"));
            }
            ["PSC", _, ref rest @ ..] => lines.push(format!("PSC {}", rest.join(" "))),
            _ => {}
        }
        if line.starts_with("# AF\t") {
            qualities_at = lines.len();
        }
    }
    let bins = qualities.into_iter();
    let bins =
        bins.map(|((_, quality), [ts, tv, indels])| format!("QUAL {quality} {ts} {tv} {indels}"));
    lines.splice(qualities_at..qualities_at, bins);
    lines
}

fn bgzip(text: &str) -> Vec<u8> {
    let mut file = Vec::new();
    for block in cut_blocks(text.as_bytes()) {
        Deflater::new(1).deflate(block, &mut file);
    }
    file.extend_from_slice(&EOF_MARKER);
    file
}

/// Compares ours with bcftools' of this file; gives how many lines were compared.
fn compare(oracle: &mut Oracle, name: &str, file: Vec<u8>) -> usize {
    let path = oracle.folder().join(name);
    fs::write(&path, &file).unwrap();
    let path = path.to_str().unwrap().to_owned();
    let full = scan_in_full(&MemorySource::new(file)).unwrap();
    let samples = &full.scan.dimensions.samples;
    let arguments = match samples.is_empty() {
        true => vec!["stats", path.as_str()],
        false => vec!["stats", "-s", "-", path.as_str()],
    };
    let answer = oracle.run(&arguments);
    assert_eq!(answer.code, 0, "{name}: {}", answer.messages);
    let theirs = lines_of_bcftools(&String::from_utf8(answer.output).unwrap());
    let ours = lines_of(&full.statistics, samples);
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert_eq!(ours, theirs, "{name}");
    }
    assert_eq!(ours.len(), theirs.len(), "{name}");
    assert!(full.statistics.complete);
    let bytes = full.statistics.to_bytes();
    assert!(Statistics::parse(&bytes) == Some(full.statistics));
    ours.len()
}

/// As [`compare`], of a text as VCF and as BCF.
fn compare_text(oracle: &mut Oracle, name: &str, text: &str) -> usize {
    let compared = compare(oracle, &format!("{name}.vcf.gz"), bgzip(text));
    let path = oracle.folder().join(format!("{name}.vcf.gz"));
    let bcf = oracle.run(&["view", "-Ob", path.to_str().unwrap()]);
    assert_eq!(bcf.code, 0, "{name}: {}", bcf.messages);
    compare(oracle, &format!("{name}.bcf"), bcf.output);
    let (_, plain) = scan_sorted(&MemorySource::new(text.as_bytes().to_vec())).unwrap();
    let zipped = scan_in_full(&MemorySource::new(bgzip(text))).unwrap();
    assert!(plain == zipped.statistics);
    compared
}

#[test]
fn generated_files_have_the_numbers_of_bcftools() {
    let mut oracle = Oracle::start();
    let mut compared = 0;
    for seed in 0..6 {
        let random = &mut Random::new(seed);
        for style in [Style::Diploid, Style::Caller, Style::Awkward] {
            for (samples, records) in [(1, 300), (16, 300), (37, 300), (150, 300)] {
                let text = generated(random, style, samples, records);
                let name = format!("{style:?}-{samples}-{seed}");
                compared += compare_text(&mut oracle, &name, &text);
            }
        }
    }
    println!("{compared} lines are equal");
    assert!(compared > 10_000);
}

#[test]
fn counts_go_on_where_bytes_are_full_and_without_samples() {
    let mut oracle = Oracle::start();
    let random = &mut Random::new(77);
    for (style, samples, records) in [
        (Style::Diploid, 21, 4_000),
        (Style::Caller, 900, 60),
        (Style::Awkward, 0, 500),
        (Style::Caller, 3, 0),
    ] {
        let text = generated(random, style, samples, records);
        compare_text(&mut oracle, &format!("{style:?}-{samples}"), &text);
    }
}

/// Those beside the checkout, if they are there.
#[test]
fn real_files_have_the_numbers_of_bcftools() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let mut oracle = Oracle::start();
    let mut paths = Vec::new();
    for group in ["real", "divbase"] {
        if let Ok(entries) = fs::read_dir(folder.join(group)) {
            paths.extend(entries.flatten().map(|entry| entry.path()));
        }
    }
    if paths.is_empty() {
        println!(
            "there is no {}; generated files have to do",
            folder.display()
        );
        return;
    }
    paths.sort();
    let mut compared = 0;
    for path in &paths {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = fs::read(path).unwrap();
        let file = match name.ends_with(".vcf") {
            true => bgzip(&String::from_utf8(bytes).unwrap()),
            false => bytes,
        };
        // Some are broken on purpose, and some are tables.
        if scan_in_full(&MemorySource::new(file.clone())).is_ok() {
            let lines = compare(&mut oracle, &format!("real-{name}"), file);
            println!("{name}: {lines} lines are equal");
            compared += 1;
        }
    }
    assert!(compared >= 20, "{compared} files");
}
