//! How the engine's time grows when one dimension of its input doubles: samples, files, regions, header lines.
//! What is n log n stays near 2 for a doubling; what grows with the square comes to 4.

use std::fmt::Write as _;
use std::time::Instant;

use divbase_vcf::command::{Pipeline, parse_local};
use divbase_vcf::query::{Cancel, Encoding, Facts, Input, Join, Options, Request, answer, decide};
use divbase_vcf::reader::open;
use divbase_vcf::source::MemorySource;
use divbase_vcf::view::Context;

use crate::error::Error;

/// Doublings are measured this often; the fastest counts, for others are disturbed.
const REPEAT: usize = 3;
/// The most by which time may grow when a dimension doubles.
pub(crate) const ALLOWED: f64 = 2.2;

/// The shape of the files that are joined.
#[derive(Clone, Copy)]
struct Shape {
    samples: usize,
    files: usize,
    regions: usize,
    header_lines: usize,
}

/// What doubles, where it begins, and what the rest is.
type Dimension = (&'static str, Shape, fn(&mut Shape) -> &mut usize);

const DIMENSIONS: [Dimension; 4] = [
    (
        "samples in another order",
        Shape {
            samples: 50_000,
            files: 3,
            regions: 0,
            header_lines: 1,
        },
        |shape| &mut shape.samples,
    ),
    (
        "files",
        Shape {
            samples: 4,
            files: 500,
            regions: 0,
            header_lines: 10,
        },
        |shape| &mut shape.files,
    ),
    (
        "regions",
        Shape {
            samples: 4,
            files: 2,
            regions: 20_000,
            header_lines: 1,
        },
        |shape| &mut shape.regions,
    ),
    (
        "header lines",
        Shape {
            samples: 4,
            files: 3,
            regions: 0,
            header_lines: 20_000,
        },
        |shape| &mut shape.header_lines,
    ),
];

/// For each dimension its name and the growth of time when it doubles.
pub(crate) fn measure() -> Result<Vec<(String, f64)>, Error> {
    DIMENSIONS
        .iter()
        .map(|(name, shape, dimension)| {
            let mut double = *shape;
            *dimension(&mut double) *= 2;
            let (once, twice) = (fastest(*shape)?, fastest(double)?);
            Ok((format!("growth, {name} doubled"), twice / once))
        })
        .collect()
}

fn fastest(shape: Shape) -> Result<f64, Error> {
    let texts: Vec<String> = (0..shape.files).map(|nth| text(shape, nth)).collect();
    let mut fastest = f64::INFINITY;
    for _ in 0..REPEAT {
        let start = Instant::now();
        run(shape, &texts).map_err(|error| Error::Engine(error.to_string()))?;
        fastest = fastest.min(start.elapsed().as_secs_f64());
    }
    Ok(fastest)
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

fn run(shape: Shape, texts: &[String]) -> Result<(), divbase_vcf::Error> {
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
