//! `bench-engine`: the native engine against bcftools 1.24, in ratios.
//!
//! Both sides are measured in the same way by one small process; the start of Python is not counted.
//! Repetitions of the sides alternate, and medians are compared.

mod bytes;
mod comparison;
mod data;
mod error;
mod growth;
mod gvcf;
mod pieces;
mod report;
mod runner;
mod shapes;
mod suite;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;

use crate::comparison::Comparison;
use crate::data::{Data, Scale};
use crate::error::Error;
use crate::report::{Line, Measured};
use crate::runner::{Runner, Used};
use crate::suite::Bench;

/// Measures `divbase-cli local` against bcftools 1.24 and prints `RATIO name value goal`.
#[derive(Debug, Parser)]
#[command(name = "bench-engine", version)]
struct Arguments {
    /// The `divbase-cli` to measure; the default is the one beside this program.
    #[arg(long)]
    cli: Option<PathBuf>,
    /// An earlier `divbase-cli`, measured in turns with the other: what it took over what that takes now.
    #[arg(long)]
    before: Option<PathBuf>,
    /// Words between the program and the verb, separated by spaces.
    #[arg(long, default_value = "local")]
    prefix: String,
    /// Folder for generated data, kept for the next run.
    #[arg(long, default_value = "target/bench-engine")]
    data: PathBuf,
    /// Repetitions of each side.
    #[arg(long, default_value_t = 3)]
    repeat: usize,
    /// A tenth of the data: to try the driver, not to judge the engine.
    #[arg(long)]
    small: bool,
    /// Only comparisons whose name contains this.
    #[arg(long)]
    only: Option<String>,
    /// Measure how the work grows when samples, files, regions and header lines double, and nothing else; instructions
    /// beyond the goal fail.
    #[arg(long)]
    growth: bool,
    /// What `--growth` has valgrind count: this program by itself, for one dimension and size.
    #[arg(long, hide = true)]
    count: Option<growth::Counted>,
    /// Measure shapes that are large in one way, and nothing else.
    #[arg(long)]
    shapes: bool,
    /// Index a file of so many GB in 16 pieces and whole, and nothing else.
    #[arg(long, value_name = "GB")]
    pieces: Option<f64>,
    /// Also write a Markdown table to this file.
    #[arg(long)]
    table: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(counted) = arguments.count {
        return ended(growth::count(counted).map(|()| true));
    }
    if arguments.growth {
        return ended(growth::measure(arguments.only.as_deref()));
    }
    if arguments.shapes {
        let cli = arguments.cli.clone().unwrap_or_else(beside);
        let only = arguments.only.as_deref();
        return ended(shapes::measure(&arguments.data, &cli, only));
    }
    if let Some(gigabytes) = arguments.pieces {
        return in_pieces(&arguments, gigabytes);
    }
    ended(bench(&arguments).map(|lines| lines.iter().all(Line::is_reached)))
}

fn beside() -> PathBuf {
    std::env::current_exe()
        .unwrap_or_default()
        .with_file_name("divbase-cli")
}

/// Whether all goals were reached, or what stopped the measurement, as the code of the program.
fn ended(reached: Result<bool, Error>) -> ExitCode {
    match reached {
        Ok(reached) => ExitCode::from(u8::from(!reached)),
        Err(error) => {
            eprintln!("bench-engine: {error}");
            ExitCode::from(2)
        }
    }
}

fn in_pieces(arguments: &Arguments, gigabytes: f64) -> ExitCode {
    let measured = fs::create_dir_all(&arguments.data)
        .map_err(Error::io(&arguments.data))
        .and_then(|()| pieces::measure(&arguments.data, gigabytes, arguments.repeat));
    ended(measured.map(|ratio| {
        let goal = pieces::GOAL;
        println!("RATIO index-in-16-pieces-on-two-threads {ratio:.2} {goal:.2}");
        ratio >= goal
    }))
}

fn bench(arguments: &Arguments) -> Result<Vec<Line>, Error> {
    let scale = if arguments.small {
        Scale::Small
    } else {
        Scale::Full
    };
    let folder = arguments
        .data
        .join(if arguments.small { "small" } else { "full" });
    fs::create_dir_all(&folder).map_err(Error::io(&folder))?;
    let mut runner = Runner::start(&folder)?;
    let data = Data::prepare(&folder, scale, &mut runner)?;
    let cli = arguments.cli.clone().unwrap_or_else(beside);
    let prefix: Vec<String> = arguments
        .prefix
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    let bench = Bench {
        data: &data,
        cli: &cli,
        prefix: &prefix,
        folder: &folder,
    };
    let mut lines = Vec::new();
    for comparison in bench.comparisons() {
        if arguments
            .only
            .as_ref()
            .is_some_and(|part| !comparison.name.contains(part.as_str()))
        {
            continue;
        }
        let before = arguments.before.as_deref();
        match measure(&comparison, before, arguments.repeat, &mut runner) {
            Ok(measured) => {
                for line in report::lines(&comparison, &measured) {
                    println!("{}", line.text());
                    lines.push(line);
                }
            }
            Err(Error::Command {
                command,
                code,
                messages,
            }) => {
                eprintln!(
                    "{}: code {code}: {command:.200} {messages}",
                    comparison.name
                );
                lines.push(Line::failed(&comparison.name));
            }
            Err(error) => return Err(error),
        }
    }
    if arguments
        .only
        .as_ref()
        .is_none_or(|part| "region".contains(part.as_str()))
    {
        for line in bytes::lines(&data.large, &data.region)? {
            println!("{}", line.text());
            lines.push(line);
        }
    }
    if let Some(path) = &arguments.table {
        fs::write(path, report::table(&lines)).map_err(Error::io(path))?;
    }
    Ok(lines)
}

fn measure(
    comparison: &Comparison,
    before: Option<&Path>,
    repeat: usize,
    runner: &mut Runner,
) -> Result<Measured, Error> {
    let mut theirs = vec![Vec::new(); comparison.theirs.len()];
    let earlier = before.and_then(|program| comparison.ours.with_program(program));
    let (mut before, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..repeat.max(1) {
        for (work, runs) in comparison.theirs.iter().zip(&mut theirs) {
            runs.push(runner.run(work)?);
        }
        if let Some(earlier) = &earlier {
            before.push(runner.run(earlier)?);
        }
        ours.push(runner.run(&comparison.ours)?);
    }
    let size = |path: &Path| {
        fs::metadata(path)
            .map(|data| data.len())
            .map_err(Error::io(path))
    };
    let sizes = match &comparison.outputs {
        Some((theirs, ours)) => Some((size(theirs)?, size(ours)?)),
        None => None,
    };
    Ok(Measured {
        theirs: theirs.iter().map(|runs| median(runs)).collect(),
        before: earlier.map(|_| median(&before)),
        ours: median(&ours),
        sizes,
    })
}

/// The median of each number by itself.
fn median(runs: &[Used]) -> Used {
    let middle = |number: fn(&Used) -> f64| {
        let mut numbers: Vec<f64> = runs.iter().map(number).collect();
        numbers.sort_by(f64::total_cmp);
        numbers[numbers.len() / 2]
    };
    Used {
        cpu: middle(|used| used.cpu),
        wall: middle(|used| used.wall),
        ..runs[0]
    }
}
