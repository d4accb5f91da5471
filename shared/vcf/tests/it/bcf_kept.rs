//! Records of BCF that are kept as they are: copied into BCF, printed without another look into text. By whichever road,
//! what comes out is what bcftools 1.24 makes of it.

use std::fs;

use divbase_vcf::error::Category;
use divbase_vcf::query::Encoding;

use crate::bcf::{Bench, blocks, inflated, our_text, ours, try_ours};
use crate::oracle::Oracle;
use crate::random::Random;

const HEADER: &str = "##fileformat=VCFv4.3
##FILTER=<ID=q10,Description=\"q\">
##contig=<ID=1,length=9000000>
##contig=<ID=2,length=9000000>
##ALT=<ID=DEL,Description=\"d\">
##INFO=<ID=AC,Number=A,Type=Integer,Description=\"c\">
##INFO=<ID=AN,Number=1,Type=Integer,Description=\"n\">
##INFO=<ID=DP,Number=1,Type=Integer,Description=\"d\">
##INFO=<ID=AF,Number=A,Type=Float,Description=\"a\">
##INFO=<ID=TX,Number=.,Type=String,Description=\"t\">
##INFO=<ID=END,Number=1,Type=Integer,Description=\"e\">
##FORMAT=<ID=GT,Number=1,Type=String,Description=\"g\">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"a\">
##FORMAT=<ID=PL,Number=G,Type=Integer,Description=\"p\">
##FORMAT=<ID=GL,Number=.,Type=Float,Description=\"l\">
##FORMAT=<ID=FT,Number=1,Type=String,Description=\"t\">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ta\tb\tc\td\te\n";

/// Values of every width and sign, missing ones, vectors of every length, genotypes of every ploidy.
fn text(seed: u64, records: usize) -> String {
    let mut random = Random::new(seed);
    let mut text = HEADER.to_owned();
    let mut pos = 0;
    for n in 0..records {
        if n == records / 2 {
            pos = 0;
        }
        pos += 1 + random.below(400);
        let chrom = if n < records / 2 { 1 } else { 2 };
        let alt = random.pick(&["C", "C,G", "<DEL>", ".", "CT,C,AAA"]);
        let quality = random.pick(&["30", "0.333333343", ".", "1e-05", "29.5", "123456789"]);
        let filter = random.pick(&["PASS", "q10", "."]);
        let end = pos + random.below(300);
        let info = random.pick(&["DP=3;AF=0.5", "AF=0.1234567,.;TX=a,b", ".", "TX=x"]);
        let info = match alt {
            "<DEL>" => format!("END={end}"),
            "C" if random.chance(50) => "AC=1;AN=10".to_owned(),
            _ => info.to_owned(),
        };
        // No genotype names an allele that is not there.
        let genotypes = match alt {
            "." => ["0/0", "./.", "0|0", "0", "0/0/0", ".|0", "."],
            _ => ["0/1", "./.", "1|1", "0", "0/0/1", ".|0", "."],
        };
        let format = random.pick(&["GT", "GT:AD:PL", "GT:GL:FT", "AD:GT", "FT:AD", "GT:FT"]);
        let line = format!("{chrom}\t{pos}\t.\tA\t{alt}\t{quality}\t{filter}\t{info}\t{format}");
        text.push_str(&line);
        for _ in 0..5 {
            let value = |key: &str, random: &mut Random| match key {
                "GT" => random.pick(&genotypes).to_owned(),
                "FT" => random.pick(&["PASS", ".", "long_text", "", "x"]).to_owned(),
                "GL" => random
                    .pick(&["-1.5", "-0.123456789,.", ".", "1e-20,0,3"])
                    .to_owned(),
                _ => {
                    let most = [9, 100, 9_000, 70_000, 2_000_000_000][random.below(5)];
                    let item = |random: &mut Random| match random.below(6) {
                        0 => ".".to_owned(),
                        1 => format!("-{}", random.below(most)),
                        _ => random.below(most).to_string(),
                    };
                    let count = 1 + random.below(4);
                    let items: Vec<_> = (0..count).map(|_| item(random)).collect();
                    items.join(",")
                }
            };
            let values: Vec<_> = format
                .split(':')
                .map(|key| value(key, &mut random))
                .collect();
            text.push('\t');
            text.push_str(&values.join(":"));
        }
        text.push('\n');
    }
    text
}

const COMMANDS: [&str; 25] = [
    "",
    "-i QUAL>29",
    "-e DP>1",
    "-i AF>0.2",
    "-i MAC>=1",
    "-i GT=\"het\"",
    "-i FMT/AD[1:0]>50",
    "-i TYPE=\"snp\"&&QUAL>1",
    "-f PASS",
    "-v snps",
    "-m3",
    "-G",
    "-G -i QUAL>29",
    "-G -s e,b",
    "-G -s b -i QUAL>29",
    "-G -s a,c -c1",
    "-G -s ^a -I",
    "-s a",
    "-s e,b",
    "-s b -I",
    "-s ^a -c1",
    "-g het",
    "-s a -i QUAL>29",
    "-s b,a -i GT[2]=\"het\"",
    "-t 1:100-900,2:1-500",
];

/// bcftools prints a zero byte for some empty texts; no VCF may hold one.
fn shown(text: &str) -> String {
    text.replace('\0', ".")
}

#[test]
fn every_road_leads_to_what_bcftools_prints() {
    let mut bench = Bench {
        oracle: Oracle::start(),
    };
    for seed in 0..6 {
        let bcf = bench.bcf(&text(seed, 60), "-Ob");
        let bytes = fs::read(&bcf).unwrap();
        let index = fs::read(bcf.with_extension("bcf.csi")).unwrap();
        for command in COMMANDS
            .into_iter()
            .chain(["-r 1:1000-4000,2", "-r 2 -s b -i QUAL>1"])
        {
            let index = command.starts_with("-r").then_some(&index[..]);
            let expected = shown(&bench.text(&bcf, command));
            let found = our_text(bytes.clone(), index, command);
            assert_eq!(found, expected, "{seed} {command}");
            for level in [0, 6] {
                let (written, csi) = ours(bytes.clone(), index, command, Encoding::Bcf(level));
                let out = bench.path("kept.bcf");
                fs::write(&out, written).unwrap();
                fs::write(bench.path("kept.bcf.csi"), csi.unwrap()).unwrap();
                assert_eq!(
                    shown(&bench.text(&out, "")),
                    expected,
                    "{seed} {command} -Ob{level}"
                );
                let region = "-H -r 2:500-3000";
                let sought = shown(&bench.text(&out, region));
                let targets = "-H -t 2:500-3000 --targets-overlap 1";
                assert_eq!(
                    sought,
                    shown(&bench.text(&out, targets)),
                    "{seed} {command}"
                );
            }
        }
    }
}

#[test]
fn bcf_of_vcf_holds_what_bcftools_puts_there() {
    let mut bench = Bench {
        oracle: Oracle::start(),
    };
    for seed in 10..14 {
        let vcf = bench.path("in.vcf");
        let text = text(seed, 60);
        fs::write(&vcf, &text).unwrap();
        for command in COMMANDS {
            let expected = shown(&bench.text(&vcf, command));
            let (written, _) = ours(text.clone().into_bytes(), None, command, Encoding::Bcf(6));
            let out = bench.path("made.bcf");
            fs::write(&out, written).unwrap();
            assert_eq!(shown(&bench.text(&out, "")), expected, "{seed} {command}");
        }
    }
}

#[test]
fn records_that_are_kept_keep_their_bytes_and_mostly_their_blocks() {
    let mut bench = Bench {
        oracle: Oracle::start(),
    };
    let text = text(3, 20_000);
    let bcf = bench.bcf(&text, "-Ob");
    let bytes = fs::read(&bcf).unwrap();
    let raw = inflated(&bytes);
    let records = |raw: &[u8]| {
        let length = u32::from_le_bytes(raw[5..9].try_into().unwrap()) as usize;
        raw[9 + length..].to_vec()
    };
    let (copy, _) = ours(bytes.clone(), None, "", Encoding::Bcf(6));
    assert_eq!(records(&inflated(&copy)), records(&raw));
    let known: std::collections::HashSet<_> = blocks(&bytes).into_iter().collect();
    let found = blocks(&copy);
    let reused = found.iter().filter(|block| known.contains(**block)).count();
    assert!(found.len() > 20, "{}", found.len());
    assert!(
        reused * 10 >= found.len() * 7,
        "{reused} of {}",
        found.len()
    );
    // At a level that asks for size nothing is taken over.
    let (anew, _) = ours(bytes.clone(), None, "", Encoding::Bcf(9));
    let found = blocks(&anew);
    let reused = found.iter().filter(|block| known.contains(**block)).count();
    assert!(reused <= 1, "{reused}");
    assert_eq!(records(&inflated(&anew)), records(&raw));
    // Records lie across blocks and across what is read at a time.
    assert!(bytes.len() > 3 * 256 * 1024, "{}", bytes.len());
    for command in ["-s d,b", "-s e -i QUAL>20", "-s ^a -c 2"] {
        let expected = shown(&bench.text(&bcf, command));
        let (fewer, _) = ours(bytes.clone(), None, command, Encoding::Bcf(6));
        assert_eq!(our_text(bytes.clone(), None, command), expected);
        assert_eq!(our_text(fewer, None, ""), expected, "{command}");
    }
    // Of what a filter leaves, too.
    let (fewer, _) = ours(bytes, None, "-e POS%7=0", Encoding::Bcf(6));
    let out = bench.path("fewer.bcf");
    fs::write(&out, fewer).unwrap();
    let expected = shown(&bench.text(&bcf, "-e POS%7=0"));
    assert_eq!(shown(&bench.text(&out, "")), expected);
}

#[test]
fn empty_texts_of_samples_are_printed_as_they_are_stored() {
    let mut bench = Bench {
        oracle: Oracle::start(),
    };
    let start = "1\t5\t.\tA\tC\t50\tPASS\t.\t";
    for (format, columns) in [
        ("FT:GT", ":0/1 abc:0/0 :0/0 x:0 .:0"),
        ("FT:GT", ":0/1 :0/0 :0/0 :0 :0"),
        ("GT:FT", "0/1: 0/1: 0/1:x 0/1:y 0/1:"),
        ("GT:FT", "0/1: 0/1:, 0/1: 0/1 0/1:zz"),
        ("FT", " abc x . xy"),
        ("FT", "a  x y z"),
    ] {
        let columns = columns.replace(' ', "\t");
        let text = format!("{HEADER}{start}{format}\t{columns}\n");
        let vcf = bench.path("in.vcf");
        fs::write(&vcf, &text).unwrap();
        let bcf = bench.bcf(&text, "-Ob");
        let bytes = fs::read(&bcf).unwrap();
        for command in ["", "-s a -I", "-s b -I", "-s c,e -I", "-s e,d -I", "-s d"] {
            let expected = shown(&bench.text(&vcf, command));
            let (written, _) = ours(text.clone().into_bytes(), None, command, Encoding::Bcf(6));
            let (again, _) = ours(bytes.clone(), None, command, Encoding::Bcf(6));
            for (name, file) in [("of text", written), ("of BCF", again)] {
                let out = bench.path("empty.bcf");
                fs::write(&out, &file).unwrap();
                let read = shown(&bench.text(&out, ""));
                assert_eq!(read, expected, "{name}: {format} {columns:?} {command}");
                assert_eq!(
                    our_text(file, None, ""),
                    expected,
                    "{name} {columns:?} {command}"
                );
            }
            let found = our_text(bytes.clone(), None, command);
            assert_eq!(found, expected, "{columns:?} {command}");
            // What was cut before keeps the room that it had.
            let cut = bench.path("cut.bcf");
            let to = ["-Ob", "-o", cut.to_str().unwrap()];
            let words = [&["view", "--no-version"], &to[..], &["-s", "a,c", "-I"]].concat();
            bench.run(&[&words[..], &[bcf.to_str().unwrap()]].concat());
            let expected = shown(&bench.text(&cut, ""));
            assert_eq!(our_text(fs::read(&cut).unwrap(), None, ""), expected);
        }
    }
}

#[test]
fn of_whatever_kind_counts_are_declared_they_and_their_sites_are_printed_as_bcftools_does() {
    let mut bench = Bench {
        oracle: Oracle::start(),
    };
    let usual = HEADER
        .lines()
        .filter(|line| line.starts_with("##INFO=<ID=A") && !line.contains("ID=AF"));
    let usual: String = usual.map(|line| format!("{line}\n")).collect();
    assert!(HEADER.contains(&usual));
    let declared = |tag: &str, number: &str, kind: &str| {
        format!("##INFO=<ID={tag},Number={number},Type={kind},Description=\"c\">\n")
    };
    let kinds = [
        (usual.clone(), true),
        (String::new(), true),
        (declared("AN", "1", "Integer"), true),
        (
            declared("AN", "1", "Integer") + &declared("AC", ".", "Integer"),
            true,
        ),
        (
            declared("AN", ".", "Integer") + &declared("AC", "1", "Integer"),
            true,
        ),
        (
            declared("AN", "1", "Integer") + &declared("AC", "A", "Float"),
            false,
        ),
        (
            declared("AN", "1", "Float") + &declared("AC", "A", "Integer"),
            false,
        ),
        (
            declared("AN", "1", "String") + &declared("AC", ".", "String"),
            false,
        ),
    ];
    let calls = "GT:GL 0/1:-1.5 1|1:-0.123456789,. ./.:. 0:1e-20,0,3 0/0:.";
    let sites = [
        "C 30 PASS DP=3",
        "C 30 PASS .",
        "C,G 0.333333343 . AF=0.1234567,0.5;DP=2",
        "C 123456789 q10 AF=1e-05;TX=a,b",
        "<DEL> 30 PASS END=90;DP=1",
        "C,<DEL> 30 PASS AF=0.25,0.123456789;DP=1",
        "CT,* . . TX=x",
        "C 30 PASS AC=1;DP=3;AN=10",
        "C 30 PASS AN=10;AC=1;AF=0.123456789",
        "<DEL> 30 PASS AN=10;END=90;AC=1",
        "C 30 PASS AN=4",
        "C,G . PASS DP=1;AC=3,1",
    ];
    for (lines, is_answered) in kinds {
        let mut text = HEADER.replace(&usual, &lines);
        for (pos, site) in (10..).zip(sites) {
            let has_counts = site.contains("AC=") || site.contains("AN=");
            if !lines.contains("ID=AC") && has_counts {
                continue;
            }
            let record = format!("1 {pos} . A {site} {calls}\n");
            text.push_str(&record.replace(' ', "\t"));
        }
        let bcf = bench.bcf(&text, "-Ob");
        let bytes = fs::read(&bcf).unwrap();
        for command in [
            "-s a",
            "-s e,b",
            "-s b -I",
            "-s ^a -c1",
            "-s d,a -i QUAL>29",
        ] {
            match try_ours(bytes.clone(), None, command, Encoding::Text) {
                Ok((found, _)) => {
                    let expected = shown(&bench.text(&bcf, command));
                    assert_eq!(String::from_utf8(found).unwrap(), expected, "{command}");
                }
                Err(error) => {
                    assert!(!is_answered, "{lines}{command}: {error}");
                    assert_eq!(
                        error.category(),
                        Category::Declined,
                        "{lines}{command}: {error}"
                    );
                }
            }
        }
    }
}
