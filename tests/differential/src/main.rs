//! `differential`: compares the native engine with bcftools and reports what differs.
//!
//! Exit code 0 without differences, 1 with some, 2 if the comparison could not be made.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use divbase_differential::case::merge::Rules;
use divbase_differential::case::{Case, Verb};
use divbase_differential::compare::Verdict;
use divbase_differential::data::Data;
use divbase_differential::judge::Judge;
use divbase_differential::oracle::{Oracle, workspace};
use divbase_differential::ours::Ours;
use divbase_differential::report::Counts;
use divbase_differential::{Error, explain, plan, run};

/// Compares `divbase-cli local view|merge|concat|query` with bcftools 1.24 on random commands.
#[derive(Debug, Parser)]
#[command(name = "differential", version)]
struct Arguments {
    /// The program under test; the default is `divbase-cli` beside this program.
    #[arg(long)]
    ours: Option<PathBuf>,
    /// Words between the program and the verb, separated by spaces.
    #[arg(long, default_value = "local")]
    prefix: String,
    /// Number of commands.
    #[arg(long, short = 'n', default_value_t = 2_500)]
    commands: u64,
    /// Where the random numbers start.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Run only this case, and show both outputs' places.
    #[arg(long)]
    case: Option<u64>,
    /// Verbs to compare.
    #[arg(long, value_delimiter = ',', default_value = "view,merge,concat,query")]
    verbs: Vec<String>,
    /// Only data sets and families whose name contains this.
    #[arg(long)]
    data: Option<String>,
    /// Merge rules beyond the defaults, too.
    #[arg(long)]
    any_merge: bool,
    /// Commands that run at once; the default is the number of processors.
    #[arg(long, short)]
    jobs: Option<usize>,
    /// How many differences to cut down.
    #[arg(long, default_value_t = 60)]
    minimise: usize,
    /// Keep data and outputs in this folder.
    #[arg(long)]
    keep: Option<PathBuf>,
    /// Also write the differences to this Markdown file.
    #[arg(long)]
    report: Option<PathBuf>,
    /// Also list the commands that were declined or have no truth.
    #[arg(long, short)]
    verbose: bool,
    /// Only show which commands bcftools accepts.
    #[arg(long)]
    oracle_only: bool,
}

fn main() -> ExitCode {
    match compare(&Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("differential: {error}");
            ExitCode::from(2)
        }
    }
}

fn compare(arguments: &Arguments) -> Result<ExitCode, Error> {
    let temporary = tempfile::tempdir().map_err(|source| Error::Io {
        path: "TMPDIR".into(),
        source,
    })?;
    let folder = arguments
        .keep
        .clone()
        .unwrap_or_else(|| temporary.path().to_owned());
    fs::create_dir_all(&folder).map_err(|source| Error::Io {
        path: folder.clone(),
        source,
    })?;
    let start = Instant::now();
    let mut oracle = Oracle::start()?;
    let real = workspace().join("../shared/data");
    let mut data = Data::prepare(&folder, Some(&real), &mut oracle)?;
    if let Some(part) = &arguments.data {
        data.sets.retain(|set| set.name.contains(part.as_str()));
        data.families
            .retain(|family| family.name.contains(part.as_str()));
    }
    let with_real = if real.exists() { "with" } else { "without" };
    println!(
        "{} data sets and {} families, {with_real} real files, ready after {:.1} s",
        data.sets.len(),
        data.families.len(),
        start.elapsed().as_secs_f64()
    );
    let cases = cases(arguments, &data);
    let ours = ours(arguments);
    let mut judge = Judge::new(oracle, ours.clone(), folder.clone());
    if arguments.oracle_only {
        return survey(&mut judge, &cases);
    }
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let verdicts = run::all(&cases, &ours, arguments.jobs.unwrap_or(processors), &folder)?;
    let most = arguments.minimise;
    let report = explain::differences(&mut judge, &cases, &verdicts, most, &folder)?.join("\n");
    println!("{report}");
    if let Some(path) = &arguments.report {
        fs::write(path, &report).map_err(|source| Error::Io {
            path: path.clone(),
            source,
        })?;
    }
    if arguments.verbose {
        for (nth, (case, verdict)) in cases.iter().zip(&verdicts).enumerate() {
            if matches!(verdict, Verdict::NoTruth | Verdict::Declined(_)) {
                println!("case {nth} {verdict:?}: {}: {}", case.data, case.typed());
            }
        }
    }
    let counts = Counts::of(&verdicts);
    println!(
        "{counts}\nseed {}, {:.0} s",
        arguments.seed,
        start.elapsed().as_secs_f64()
    );
    Ok(if counts.different == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn cases(arguments: &Arguments, data: &Data) -> Vec<Case> {
    let wanted = |verb: &Verb| arguments.verbs.iter().any(|word| word == verb.word());
    let verbs: Vec<Verb> = [Verb::View, Verb::Merge, Verb::Concat, Verb::Query]
        .into_iter()
        .filter(wanted)
        .collect();
    let rules = if arguments.any_merge {
        Rules::Any
    } else {
        Rules::Default
    };
    let numbers = match arguments.case {
        Some(nth) => nth..nth + 1,
        None => 0..arguments.commands,
    };
    numbers
        .filter_map(|nth| plan::case(data, arguments.seed, nth, &verbs, rules))
        .collect()
}

fn ours(arguments: &Arguments) -> Ours {
    let beside = || {
        std::env::current_exe()
            .unwrap_or_default()
            .with_file_name("divbase-cli")
    };
    Ours {
        program: arguments.ours.clone().unwrap_or_else(beside),
        prefix: arguments
            .prefix
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
        limit: Duration::from_secs(60),
    }
}

/// Which commands bcftools accepts, and why it refuses the others.
fn survey(judge: &mut Judge, cases: &[Case]) -> Result<ExitCode, Error> {
    let mut refused: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for case in cases {
        if let Some(message) = judge.ask_oracle(case)? {
            refused
                .entry(message)
                .or_default()
                .push(format!("{}: {}", case.data, case.typed()));
        }
    }
    let number: usize = refused.values().map(Vec::len).sum();
    println!(
        "bcftools accepts {} of {} commands",
        cases.len() - number,
        cases.len()
    );
    for (message, commands) in &refused {
        println!("{:>5}  {message}\n         {}", commands.len(), commands[0]);
    }
    Ok(ExitCode::SUCCESS)
}
