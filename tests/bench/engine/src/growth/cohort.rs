//! The files that are joined: small but in one dimension.

use std::fmt::Write as _;

use divbase_vcf::command::{Pipeline, parse_local};
use divbase_vcf::query::{Cancel, Encoding, Facts, Input, Join, Options, Request, answer, decide};
use divbase_vcf::reader::open;
use divbase_vcf::source::MemorySource;
use divbase_vcf::view::Context;

/// The shape of the files that are joined.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub(super) samples: usize,
    pub(super) files: usize,
    pub(super) regions: usize,
    pub(super) header_lines: usize,
}

impl Shape {
    /// The texts of the files.
    pub(super) fn texts(self) -> Vec<String> {
        (0..self.files).map(|nth| text(self, nth)).collect()
    }
}

/// The text of a file: every second one has its samples in reverse order, and each its own sites.
fn text(shape: Shape, nth: usize) -> String {
    let mut text = "##fileformat=VCFv4.2\n##contig=<ID=1>\n\
        ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"g\">\n"
        .to_owned();
    for line in 0..shape.header_lines {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "##note_{nth}_{line}=of file {nth}");
    }
    text.push_str("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT");
    for sample in 0..shape.samples {
        let sample = if nth % 2 == 1 {
            shape.samples - 1 - sample
        } else {
            sample
        };
        let _ = write!(text, "\tS{sample}");
    }
    text.push('\n');
    for record in 0..4 {
        let _ = write!(
            text,
            "1\t{}\t.\tA\tC\t.\t.\t.\tGT",
            1 + record * shape.files + nth
        );
        text.push_str(&"\t0/1".repeat(shape.samples));
        text.push('\n');
    }
    text
}

/// Joins the files as a query of the service does, and throws the result away.
pub(super) fn run(shape: Shape, texts: &[String]) -> Result<(), divbase_vcf::Error> {
    let sources: Vec<MemorySource> = texts
        .iter()
        .map(|text| MemorySource::new(text.clone().into_bytes()))
        .collect();
    let opened = sources.iter().map(open).collect::<Result<Vec<_>, _>>()?;
    let regions: Vec<String> = (0..shape.regions)
        .map(|nth| format!("s{nth}:1-5"))
        .collect();
    let words = match shape.regions {
        0 => vec![],
        _ => vec!["-t".to_owned(), format!("1,{}", regions.join(","))],
    };
    let stage = parse_local(&words)
        .map(|view| view.stage)
        .unwrap_or_default();
    let stages = Pipeline {
        stages: vec![stage],
    };
    let samples: Vec<Vec<String>> = opened
        .iter()
        .map(|opened| {
            let names = opened.header.samples().iter();
            names
                .map(|name| String::from_utf8_lossy(name).into_owned())
                .collect()
        })
        .collect();
    let facts: Vec<Facts<'_>> = samples
        .iter()
        .map(|samples| Facts {
            name: "file",
            samples,
            extents: &[],
        })
        .collect();
    let groups = decide(&facts).groups;
    let context = Context::default();
    let inputs: Vec<_> = sources
        .iter()
        .zip(&opened)
        .map(|(source, opened)| Input {
            name: "file",
            source,
            opened,
            index: None,
            stages: &stages,
            context: &context,
        })
        .collect();
    let request = Request {
        join: Join {
            groups: &groups,
            ..Join::default()
        },
        ..Request::new(&inputs)
    };
    let options = Options {
        encoding: Encoding::Text,
        ..Options::default()
    };
    answer(&request, &options, &Cancel::default(), std::io::sink()).map(|_| ())
}
