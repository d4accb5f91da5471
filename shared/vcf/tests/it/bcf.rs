//! BCF against bcftools 1.24: what it wrote is read as it reads it, and what is written here it reads as the text.

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use divbase_vcf::command::{Pipeline, parse_local};
use divbase_vcf::dimensions;
use divbase_vcf::error::{Category, Error};
use divbase_vcf::index::Index;
use divbase_vcf::query::{Cancel, Encoding, Indexing, Input, Options, Request, answer};
use divbase_vcf::reader::open;
use divbase_vcf::source::MemorySource;
use divbase_vcf::view::Context;

use crate::oracle::Oracle;

/// Every type, number and width of values; genotypes of every ploidy.
const TEXT: &str = "##fileformat=VCFv4.2
##FILTER=<ID=q10,Description=\"q\">
##contig=<ID=2,length=90000000>
##contig=<ID=empty>
##contig=<ID=chr_odd,length=5000>
##INFO=<ID=DP,Number=1,Type=Integer,Description=\"d\">
##INFO=<ID=IV,Number=.,Type=Integer,Description=\"i\">
##INFO=<ID=AF,Number=A,Type=Float,Description=\"a\">
##INFO=<ID=DB,Number=0,Type=Flag,Description=\"b\">
##INFO=<ID=END,Number=1,Type=Integer,Description=\"e\">
##INFO=<ID=TX,Number=.,Type=String,Description=\"t\">
##FORMAT=<ID=GT,Number=1,Type=String,Description=\"g\">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"a\">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"same name as in INFO\">
##FORMAT=<ID=GL,Number=G,Type=Float,Description=\"l\">
##FORMAT=<ID=FT,Number=.,Type=String,Description=\"t\">
#CHROM	POS	ID	REF	ALT	QUAL	FILTER	INFO	FORMAT	a	b	c
2	0	.	N	.	.	.	.	GT	.	./.	.|.
2	17	rs1;rs2	A	C,<DEL>	29.123456	PASS	DP=-1;AF=0.5,.;DB;TX=a,b	GT:AD:DP	0/1:1,2,3:4	1|2:.:.	2
2	18	.	ACGTACGTACGTACGTACGT	A	1e+06	q10	IV=-120,-121,127;END=9000	GT:GL	0/1/1:-1.5,0.25,nan	1:.	.:inf,1e-07,3
2	19	.	A	*,C,G,T,AA,AC,AT,AG,CA,CC,CG	0.333333343	q10;PASS	IV=128,-32760,.	GT:FT:AD	10/11:xyz:300,-32761	0|0|1:.:70000,.	./1:a,b:.
2	20	.	A	C	1234567.8	.	IV=32768,2147483647	DP:GT	7:0/0	.:1/1	9:.
2	80000000	x	G	T,C	.	PASS	TX=a_text_that_is_longer_than_fifteen_bytes	FT:DP	.:1	long_text_of_a_sample:2	b:.
chr_odd	5	.	G	T	50	PASS	DP=5;AF=1e-05	GT	0|1	1|0	1/1
";

pub(crate) struct Bench {
    pub(crate) oracle: Oracle,
}

impl Bench {
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.oracle.folder().join(name)
    }

    pub(crate) fn run(&mut self, arguments: &[&str]) -> Vec<u8> {
        let answer = self.oracle.run(arguments);
        assert_eq!(answer.code, 0, "{arguments:?}: {}", answer.messages);
        answer.output
    }

    /// What bcftools makes of a file, as text.
    pub(crate) fn text(&mut self, file: &Path, command: &str) -> String {
        let file = file.to_str().unwrap();
        let mut arguments = vec!["view", "--no-version"];
        arguments.extend(command.split_whitespace());
        arguments.insert(arguments.len(), file);
        String::from_utf8(self.run(&arguments)).unwrap()
    }

    /// A BCF file that bcftools wrote, with its index.
    pub(crate) fn bcf(&mut self, text: &str, kind: &str) -> PathBuf {
        let (vcf, bcf) = (self.path("in.vcf"), self.path("in.bcf"));
        fs::write(&vcf, text).unwrap();
        let (vcf, target) = (vcf.to_str().unwrap(), bcf.to_str().unwrap());
        self.run(&["view", "--no-version", kind, "-o", target, vcf]);
        self.run(&["index", "-f", target]);
        bcf
    }
}

/// The engine's answer, and its index.
pub(crate) fn ours(
    file: Vec<u8>,
    index: Option<&[u8]>,
    command: &str,
    encoding: Encoding,
) -> (Vec<u8>, Option<Vec<u8>>) {
    try_ours(file, index, command, encoding).unwrap()
}

pub(crate) fn try_ours(
    file: Vec<u8>,
    index: Option<&[u8]>,
    command: &str,
    encoding: Encoding,
) -> Result<(Vec<u8>, Option<Vec<u8>>), Error> {
    let source = MemorySource::new(file);
    let opened = open(&source).unwrap();
    let index = index.map(|bytes| {
        Index::parse(bytes)
            .unwrap()
            .with_names(opened.indexed_names())
    });
    let tokens: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
    let mut stage = parse_local(&tokens).unwrap().stage;
    stage.version_lines = divbase_vcf::command::VersionLines::Omit;
    let stages = Pipeline {
        stages: vec![stage],
    };
    let context = Context::default();
    let inputs = [Input {
        name: "file",
        source: &source,
        opened: &opened,
        index: index.as_ref(),
        stages: &stages,
        context: &context,
    }];
    let options = Options {
        encoding,
        threads: NonZeroUsize::new(2).unwrap(),
        indexing: if encoding == Encoding::Text {
            Indexing::Off
        } else {
            Indexing::Csi
        },
        ..Options::default()
    };
    let mut out = Vec::new();
    let done = answer(
        &Request::new(&inputs),
        &options,
        &Cancel::default(),
        &mut out,
    )?;
    Ok((out, done.summary.csi))
}

pub(crate) fn our_text(file: Vec<u8>, index: Option<&[u8]>, command: &str) -> String {
    String::from_utf8(ours(file, index, command, Encoding::Text).0).unwrap()
}

const VERSIONS: [&str; 2] = ["VCFv4.2", "VCFv4.4"];

#[test]
fn what_bcftools_wrote_is_read_as_bcftools_reads_it() {
    let mut bench = Bench {
        oracle: Oracle::start(),
    };
    for version in VERSIONS {
        let text = TEXT.replace("VCFv4.2", version);
        for kind in ["-Ob", "-Ou"] {
            let bcf = bench.bcf(&text, kind);
            let bytes = fs::read(&bcf).unwrap();
            let index = fs::read(bcf.with_extension("bcf.csi")).unwrap();
            for command in [
                "",
                "-i QUAL>0.3333333",
                "-s b,a",
                "-r 2:18-20",
                "-r chr_odd",
                "-r empty",
                "-r 2:8000-9000",
            ] {
                let region = command.starts_with("-r").then_some(&index[..]);
                assert_eq!(
                    our_text(bytes.clone(), region, command),
                    bench.text(&bcf, command),
                    "{version} {kind} {command}"
                );
            }
        }
    }
}

#[test]
fn what_is_written_bcftools_reads_as_the_text() {
    let mut bench = Bench {
        oracle: Oracle::start(),
    };
    for version in VERSIONS {
        let text = TEXT.replace("VCFv4.2", version);
        let vcf = bench.path("in.vcf");
        fs::write(&vcf, &text).unwrap();
        for encoding in [Encoding::Bcf(6), Encoding::Bcf(0)] {
            for command in ["", "-s b,a", "-G", "-i QUAL>20"] {
                let (bytes, index) = ours(text.clone().into_bytes(), None, command, encoding);
                let bcf = bench.path("out.bcf");
                fs::write(&bcf, &bytes).unwrap();
                fs::write(bench.path("out.bcf.csi"), index.unwrap()).unwrap();
                let expected = bench.text(&vcf, command);
                assert_eq!(bench.text(&bcf, ""), expected, "{version} {command}");
                assert_eq!(our_text(bytes, None, ""), expected, "{version} {command}");
                let found = bench.text(&bcf, "-H -r 2:18-20,chr_odd");
                // bcftools' targets hold position 0, too.
                let targets = bench.text(&bcf, "-H -t 2:18-20,chr_odd");
                let lines = targets.split_inclusive('\n');
                let sought: String = lines.filter(|line| !line.starts_with("2\t0\t")).collect();
                assert_eq!(found, sought, "{version} {command}");
            }
        }
    }
}

#[test]
fn names_that_no_header_line_declares_are_left_to_bcftools() {
    let text = TEXT.replace("chr_odd\t5", "new\t5");
    for (from, to, column) in [
        ("", "", "CHROM: \"new\""),
        (
            "new\t5\t.\tG\tT\t50\tPASS",
            "2\t80000001\t.\tG\tT\t50\tq20",
            "FILTER: \"q20\"",
        ),
        ("DP=-1", "XX=-1", "INFO: \"XX\""),
        ("FT:DP\t", "FT:ZZ\t", "FORMAT: \"ZZ\""),
    ] {
        let text = text.replace(from, to);
        let error = try_ours(text.into_bytes(), None, "", Encoding::Bcf(6)).unwrap_err();
        assert_eq!(error.category(), Category::Declined, "{error}");
        let told = format!("column {column} is not declared");
        assert!(error.to_string().contains(&told), "{error}");
    }
}

#[test]
fn floats_keep_their_bits_from_bcf_to_bcf() {
    let mut bench = Bench {
        oracle: Oracle::start(),
    };
    let bcf = bench.bcf(TEXT, "-Ob");
    let again = bench.path("again.bcf");
    fs::write(
        &again,
        ours(fs::read(&bcf).unwrap(), None, "", Encoding::Bcf(6)).0,
    )
    .unwrap();
    // Six digits do not tell these apart from their neighbours.
    for command in [
        "-i QUAL=29.123456",
        "-i QUAL=0.333333343",
        "-i QUAL=1234567.75",
    ] {
        let kept = bench.text(&bcf, command);
        assert_eq!(
            kept.lines().filter(|line| !line.starts_with('#')).count(),
            1,
            "{command}"
        );
        assert_eq!(bench.text(&again, command), kept, "{command}");
    }
}

#[test]
fn a_bcf_file_is_indexed_as_bcftools_indexes_it() {
    let mut bench = Bench {
        oracle: Oracle::start(),
    };
    let bcf = bench.bcf(TEXT, "-Ob");
    let bytes = fs::read(&bcf).unwrap();
    let scan = dimensions::scan(&MemorySource::new(bytes)).unwrap();
    assert_eq!(scan.dimensions.records, 7);
    let names: Vec<_> = scan
        .dimensions
        .scaffolds
        .iter()
        .map(|s| &s.name[..])
        .collect();
    assert_eq!(names, ["2", "chr_odd"]);
    let regions = ["2:18-20", "2:80000000", "2:9000", "empty", "chr_odd:1-9"];
    let mut found = || {
        let counted = bench.run(&["index", "-s", bcf.to_str().unwrap()]);
        let of = |region| bench.text(&bcf, &format!("-H -r {region}"));
        (counted, regions.map(of))
    };
    let theirs = found();
    fs::write(bcf.with_extension("bcf.csi"), &scan.csi).unwrap();
    assert_eq!(found(), theirs);
}

#[test]
fn faults_name_record_and_field() {
    let mut bench = Bench {
        oracle: Oracle::start(),
    };
    let bcf = bench.bcf(&TEXT.replace("29.123456", "30"), "-Ou");
    let raw = inflated(&fs::read(&bcf).unwrap());
    let said = |bytes: Vec<u8>| {
        let error = dimensions::scan_text(&MemorySource::new(bytes)).unwrap_err();
        error.to_string()
    };
    let cut = raw[..raw.len() - 3].to_vec();
    assert_eq!(said(cut), "truncated: the file ends inside a record");
    let mut other = raw.clone();
    other[3] = 1;
    assert_eq!(
        said(other),
        "not a VCF file: it is BCF 1.2; BCF 2.2 is read"
    );
    // Two names have one number; which of them a record means nobody knows.
    let text = b",IDX=2>";
    let at = raw.windows(text.len()).position(|bytes| bytes == text);
    let mut twice = raw.clone();
    twice[at.unwrap() + 5] = b'1';
    let found = said(twice);
    assert!(found.contains("have the same number, IDX=1"), "{found}");
    // The key of DP, the first INFO tag of the second record, becomes one that no line has.
    let key = [0x11, 2, 0x11, 0xff];
    let at = raw.windows(4).position(|bytes| bytes == key).unwrap();
    let mut foreign = raw.clone();
    foreign[at + 1] = 99;
    assert_eq!(
        said(foreign),
        "line 20 (2:17): column INFO: the header has no tag of its number"
    );
    // Printed, each would be read as something else; bcftools prints it.
    for (text, changed, expected) in [
        (
            &b"a_text_that_is"[..],
            &b"a;text_that_is"[..],
            "line 24 (2:80000000): column TX: a text holds a semicolon, which ends values in VCF",
        ),
        (
            b"long_text_of",
            b"long:text_of",
            "line 24 (2:80000000): column FT: a text holds a colon, which ends values in VCF",
        ),
        (
            b"<DEL>",
            b"<D,L>",
            "line 20 (2:17): column ALT: an allele holds a comma, which ends alleles in VCF",
        ),
    ] {
        let places = raw.windows(text.len());
        let at = places.clone().rposition(|bytes| bytes == text).unwrap();
        let mut broken = raw.clone();
        broken[at..at + text.len()].copy_from_slice(changed);
        fs::write(&bcf, &broken).unwrap();
        let changed = str::from_utf8(changed).unwrap();
        assert!(bench.text(&bcf, "").contains(changed), "{changed}");
        assert_eq!(said(broken), expected);
    }
}

/// A name that is declared whole and read in parts.
#[test]
fn names_that_hold_what_ends_them_are_undeclared_where_samples_are_taken_out() {
    let mut bench = Bench {
        oracle: Oracle::start(),
    };
    let bcf = bench.bcf(TEXT, "-Ou");
    let raw = inflated(&fs::read(&bcf).unwrap());
    for (name, changed, expected) in [
        (&b"ID=q10,"[..], &b"ID=q;0,"[..], "FILTER"),
        (b"ID=TX,", b"ID=T;,", "INFO"),
        (b"ID=TX,", b"ID=T=,", "INFO"),
    ] {
        let at = raw.windows(name.len()).position(|bytes| bytes == name);
        let at = at.unwrap();
        let mut broken = raw.clone();
        broken[at..at + name.len()].copy_from_slice(changed);
        for encoding in [Encoding::Text, Encoding::Bcf(1)] {
            let said = try_ours(broken.clone(), None, "-s a", encoding).unwrap_err();
            let said = said.to_string();
            assert!(said.contains(expected), "{changed:?} {encoding:?} {said}");
        }
    }
}

pub(crate) fn inflated(blocks: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut inflater = divbase_vcf::bgzf::Inflater::default();
    for (at, header) in divbase_vcf::bgzf::whole_blocks(blocks, 0).unwrap() {
        let block = &blocks[at..at + header.total];
        inflater
            .inflate(block, header, at as u64, &mut bytes)
            .unwrap();
    }
    bytes
}

/// The blocks of a file.
pub(crate) fn blocks(file: &[u8]) -> Vec<&[u8]> {
    let whole = divbase_vcf::bgzf::whole_blocks(file, 0).unwrap();
    let blocks = whole.iter();
    blocks
        .map(|(at, header)| &file[*at..*at + header.total])
        .collect()
}
