//! A second opinion on results beside bcftools: what the engine writes is read, and found through its index, by noodles,
//! which shares no code with either.

use std::fmt::Write;
use std::num::NonZeroUsize;

use divbase_vcf::bgzf::{Deflater, EOF_MARKER, cut_blocks};
use divbase_vcf::command::{Pipeline, parse_local};
use divbase_vcf::dimensions;
use divbase_vcf::query::{self, Cancel, Encoding, Indexing, Input, Options, Request};
use divbase_vcf::reader::open;
use divbase_vcf::source::MemorySource;
use divbase_vcf::view::Context;
use noodles_vcf::io::indexed_reader::Builder;
use noodles_vcf::variant::record::samples::Sample as _;

const SAMPLES: usize = 7;

/// Two scaffolds with records a hundred bases apart, several lines in a block.
fn cohort() -> Vec<u8> {
    let mut text = String::from(
        "##fileformat=VCFv4.3\n##FILTER=<ID=PASS,Description=\"All filters passed\">\n\
         ##FILTER=<ID=q10,Description=\"low\">\n\
         ##contig=<ID=1,length=600000000>\n##contig=<ID=scaffold_2,length=2000000>\n\
         ##INFO=<ID=DP,Number=1,Type=Integer,Description=\"Depth\">\n\
         ##INFO=<ID=AF,Number=A,Type=Float,Description=\"Frequency\">\n\
         ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n\
         ##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"Depths\">\n\
         #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT",
    );
    for sample in 0..SAMPLES {
        write!(text, "\tS{sample}").unwrap();
    }
    text.push('\n');
    for record in 0..6_000_usize {
        let scaffold = if record < 4_000 { "1" } else { "scaffold_2" };
        let (alt, depths) = match record % 3 {
            0 => ("C", "7,3"),
            1 => ("C,TT", "7,3,0"),
            _ => ("<DEL>", ".,1"),
        };
        let position = if record < 4_000 {
            record * 140_000 + 1
        } else {
            (record - 4_000) * 100 + 1
        };
        write!(
            text,
            "{scaffold}\t{position}\trs{record}\tA\t{alt}\t{}\t{}\tDP={record};AF={}\tGT:AD",
            record % 97,
            if record % 5 == 0 { "q10" } else { "PASS" },
            if alt.contains(',') {
                "0.25,0.5"
            } else {
                "0.125"
            },
        )
        .unwrap();
        for sample in 0..SAMPLES {
            let genotype = ["0/1", "1|1", "./.", "0/0"][(record + sample) % 4];
            write!(text, "\t{genotype}:{depths}").unwrap();
        }
        text.push('\n');
    }
    let mut file = Vec::new();
    let mut deflater = Deflater::new(6);
    for block in cut_blocks(text.as_bytes()) {
        deflater.deflate(block, &mut file);
    }
    file.extend_from_slice(&EOF_MARKER);
    file
}

/// The bgzipped result of a command, and its index.
fn answer(source: &MemorySource, command: &str, threads: usize) -> (Vec<u8>, Vec<u8>) {
    answer_as(source, command, threads, Encoding::Bgzip(6))
}

fn answer_as(
    source: &MemorySource,
    command: &str,
    threads: usize,
    encoding: Encoding,
) -> (Vec<u8>, Vec<u8>) {
    let opened = open(source).unwrap();
    let tokens: Vec<String> = command.split(' ').map(str::to_owned).collect();
    let stage = parse_local(&tokens).unwrap().stage;
    let csi = dimensions::scan(source).unwrap().csi;
    let index = divbase_vcf::index::Index::parse(&csi).unwrap();
    let pipeline = Pipeline {
        stages: vec![stage],
    };
    let context = Context::default();
    let inputs = [Input {
        name: "file",
        source,
        opened: &opened,
        index: Some(&index),
        stages: &pipeline,
        context: &context,
    }];
    let options = Options {
        threads: NonZeroUsize::new(threads).unwrap(),
        encoding,
        indexing: Indexing::Csi,
        ..Options::default()
    };
    let mut out = Vec::new();
    let request = Request::new(&inputs);
    let answer = query::answer(&request, &options, &Cancel::default(), &mut out).unwrap();
    (out, answer.summary.csi.unwrap())
}

/// Scaffold and position of every record, every field of which can be read.
fn sites(file: &[u8], samples: usize) -> Vec<(String, usize)> {
    let decoder = noodles_bgzf::io::Reader::new(file);
    let mut reader = noodles_vcf::io::Reader::new(decoder);
    let header = reader.read_header().unwrap();
    assert_eq!(header.sample_names().len(), samples);
    let records = reader.record_bufs(&header).map(|record| {
        let record = record.unwrap();
        assert_eq!(record.samples().values().count(), samples);
        for sample in record.samples().values() {
            for field in sample.iter(&header) {
                field.unwrap();
            }
        }
        let position = record.variant_start().map_or(0, usize::from);
        (record.reference_sequence_name().to_owned(), position)
    });
    records.collect()
}

#[test]
fn noodles_reads_every_result_and_finds_its_records_by_our_index() {
    let source = MemorySource::new(cohort());
    for (command, samples) in [
        ("--no-version", 7),
        ("-i QUAL>30", 7),
        ("-s S1,S5 -c1", 2),
        ("-G", 0),
        ("-aA -m2", 7),
        ("-v snps -f PASS", 7),
        ("-r scaffold_2:1000-50000,1:1-9000000", 7),
        ("-t 1:500000000-", 7),
        ("-s ^S0 -i DP>100&&AF<0.2", 6),
    ] {
        let (file, csi) = answer(&source, command, 2);
        let all = sites(&file, samples);
        assert!(!all.is_empty(), "{command}");
        let index = noodles_csi::io::Reader::new(&csi[..]).read_index().unwrap();
        let reader = std::io::Cursor::new(&file);
        let mut reader = Builder::default()
            .set_index(index)
            .build_from_reader(reader)
            .unwrap();
        let header = reader.read_header().unwrap();
        for (scaffold, first, last) in [
            ("1", 1, 1),
            ("1", 140_001, 9_000_000),
            ("1", 400_000_000, 536_870_912),
            ("1", 536_870_913, 600_000_000),
            ("scaffold_2", 1, 199_901),
            ("scaffold_2", 20_000, 30_000),
        ] {
            let expected: Vec<_> = all
                .iter()
                .filter(|(name, position)| name == scaffold && (first..=last).contains(position))
                .cloned()
                .collect();
            if !all.iter().any(|(name, _)| name == scaffold) {
                continue;
            }
            let region = format!("{scaffold}:{first}-{last}").parse().unwrap();
            let found: Vec<_> = reader
                .query(&header, &region)
                .unwrap()
                .records()
                .map(|record| {
                    let record = record.unwrap();
                    let position = record.variant_start().unwrap().unwrap();
                    (record.reference_sequence_name().to_owned(), position.get())
                })
                .collect();
            assert_eq!(found, expected, "{command}, {scaffold}:{first}-{last}");
        }
    }
}

#[test]
fn noodles_reads_the_same_from_bcf_and_finds_it_by_our_index() {
    let source = MemorySource::new(cohort());
    for (command, samples) in [("--no-version", 7), ("-s S1,S5 -c1", 2), ("-G", 0)] {
        let (text, _) = answer(&source, command, 2);
        let (file, csi) = answer_as(&source, command, 2, Encoding::Bcf(6));
        let expected = sites(&text, samples);
        let mut reader = noodles_bcf::io::Reader::new(&file[..]);
        let header = reader.read_header().unwrap();
        let found: Vec<_> = reader
            .record_bufs(&header)
            .map(|record| {
                let record = record.unwrap();
                assert_eq!(record.samples().values().count(), samples);
                let position = record.variant_start().map_or(0, usize::from);
                (record.reference_sequence_name().to_owned(), position)
            })
            .collect();
        assert_eq!(found, expected, "{command}");

        let index = noodles_csi::io::Reader::new(&csi[..]).read_index().unwrap();
        let mut reader = noodles_bcf::io::Reader::new(std::io::Cursor::new(&file));
        let header = reader.read_header().unwrap();
        for (scaffold, first, last) in [("1", 140_001, 9_000_000), ("scaffold_2", 20_000, 30_000)] {
            let wanted = expected
                .iter()
                .filter(|(name, position)| name == scaffold && (first..=last).contains(position));
            let region = format!("{scaffold}:{first}-{last}").parse().unwrap();
            let sought = reader.query(&header, &index, &region).unwrap();
            assert_eq!(
                sought.records().count(),
                wanted.count(),
                "{command} {scaffold}"
            );
        }
    }
}
