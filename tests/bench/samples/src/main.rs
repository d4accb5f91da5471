//! `bench-samples`: few of many samples, and a filter that keeps few records. The engine with sample groups against itself
//! without them, against bcftools on VCF and BCF, and against vcztools on VCF Zarr, by CPU time of processes and bytes read.
//! Prints `RATIO name value goal`; larger is better.

mod ask;
mod data;
mod programs;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use rustix::time::{ClockId, clock_gettime};

use crate::ask::{Question, ask, make};
use crate::data::Data;
use crate::programs::Programs;

type Anything = Box<dyn std::error::Error>;

#[derive(Debug, Parser)]
#[command(name = "bench-samples", version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Folder for generated data, kept for the next run.
    #[arg(long, default_value = "target/bench-samples")]
    data: PathBuf,
    /// Repetitions of each side; the best counts.
    #[arg(long, default_value_t = 3)]
    repeat: usize,
    /// bcftools.
    #[arg(long, default_value = "bcftools")]
    bcftools: PathBuf,
    /// A folder with vcf2zarr and vcztools; without it they are left out.
    #[arg(long)]
    vcz: Option<PathBuf>,
    /// A tenth of the data: to try the driver.
    #[arg(long)]
    small: bool,
}

/// What the program runs itself as, to be measured from outside.
#[derive(Debug, Subcommand)]
enum Command {
    /// Writes the sample groups of a file.
    Make {
        file: PathBuf,
        groups: PathBuf,
        /// Samples of a group; what the engine takes if it is not given.
        #[arg(long)]
        group_size: Option<NonZeroUsize>,
    },
    /// Answers a query; prints the bytes that were read of the file and of the groups, and microseconds of CPU.
    Ask(Question),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.command {
        Some(Command::Make {
            file,
            groups,
            group_size,
        }) => make(file, groups, *group_size).map(|()| true),
        Some(Command::Ask(question)) => ask(question).map(|read| {
            let time = clock_gettime(ClockId::ProcessCPUTime);
            let micros = time.tv_sec * 1_000_000 + time.tv_nsec / 1_000;
            println!("{} {} {micros}", read.0, read.1);
            true
        }),
        None => bench(&arguments),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("bench-samples: {error}");
            ExitCode::from(2)
        }
    }
}

/// Says whether all goals are met.
fn bench(arguments: &Arguments) -> Result<bool, Anything> {
    let data = Data::prepare(&arguments.data, arguments.small)?;
    let programs = Programs {
        bcftools: &arguments.bcftools,
        vcz: arguments.vcz.as_deref(),
        repeat: arguments.repeat,
        folder: &arguments.data,
    };
    let mut met = true;
    let mut ratio = |name: &str, value: f64, goal: f64| {
        println!("RATIO {name} {value:.2} {goal:.2}");
        met &= value >= goal;
    };

    let made = programs.make_groups(&data.cohort, &data.groups)?;
    let size = |path: &PathBuf| std::fs::metadata(path).map_or(0, |m| m.len());
    let (file, groups) = (size(&data.cohort), size(&data.groups));
    println!(
        "2,500 samples: file {file} bytes, sample groups {groups} bytes ({:.2} times), made in {made:.2} s of CPU",
        groups as f64 / file as f64
    );
    let today = programs.ask(&data.cohort, None, &data.samples, None)?;
    let ours = programs.ask(&data.cohort, Some(&data.groups), &data.samples, None)?;
    println!(
        "10 of 2,500 samples without groups: {:.3} s of CPU, {} bytes; with: {:.3} s, {} bytes ({:.1} % of the file)",
        today.cpu,
        today.read,
        ours.cpu,
        ours.read,
        100.0 * ours.read as f64 / file as f64
    );
    if today.answer != ours.answer {
        return Err("the answers with groups and without are not the same".into());
    }
    ratio("samples-cpu-vs-without-groups", today.cpu / ours.cpu, 5.0);
    ratio(
        "samples-bytes-vs-without-groups",
        today.read as f64 / ours.read as f64,
        5.0,
    );

    let bcf = programs.bcf(&data.cohort)?;
    for (name, path) in [("vcf", &data.cohort), ("bcf", &bcf)] {
        let theirs = programs.bcftools(path, &data.samples)?;
        if theirs.records != ours.records {
            return Err(format!("bcftools gives other records of the {name}").into());
        }
        println!(
            "bcftools view -s on {name}: {:.3} s of CPU, {} bytes",
            theirs.cpu,
            size(path)
        );
        ratio(
            &format!("samples-cpu-vs-bcftools-{name}"),
            theirs.cpu / ours.cpu,
            5.0,
        );
    }
    match programs.vcztools(&data.cohort, &data.samples)? {
        Some(theirs) => {
            println!(
                "vcztools view -s on VCF Zarr: {:.3} s of CPU, of which {:.3} s to start; a store of {} bytes",
                theirs.cpu, theirs.start, theirs.size
            );
            ratio("samples-cpu-vs-vcztools", theirs.cpu / ours.cpu, 1.0);
            let without_start = (theirs.cpu - theirs.start).max(0.001);
            ratio(
                "samples-cpu-vs-vcztools-started",
                without_start / ours.cpu,
                1.0,
            );
        }
        None => println!("vcztools: not measured, for --vcz is not given"),
    }

    // Few records, and of these a scaffold's worth of samples: the file is asked, not the groups.
    let whole = programs.ask(&data.stretches, None, &[], Some("QUAL>=0"))?;
    let few = programs.ask(&data.stretches, None, &[], Some("QUAL>=900"))?;
    let kept = few.records.len() as f64 / whole.records.len().max(1) as f64;
    let length = size(&data.stretches);
    println!(
        "a filter that keeps {:.2} % of {} records, in stretches: {} of {length} bytes read ({:.1} %)",
        100.0 * kept,
        whole.records.len(),
        few.read,
        100.0 * few.read as f64 / length as f64
    );
    ratio(
        "filter-one-hundredth-bytes",
        length as f64 / few.read as f64,
        10.0,
    );
    Ok(met)
}
