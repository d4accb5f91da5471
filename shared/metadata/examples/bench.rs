//! Measures the library on a large table: `bench generate FILE`, then `bench measure FILE`.
//!
//! `measure` prints `name value` lines: seconds for reading with full validation (best of several), milliseconds for each
//! query on the read table (best of many), and the peak memory of the process in MB after one reading and all queries.

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    hint::black_box,
    time::{Duration, Instant},
};

use divbase_metadata::{Checks, Filter, Mode, Table, query, validate};

const ROWS: usize = 100_000;
const COLUMNS: usize = 50;
const READINGS: usize = 7;
const QUERIES: usize = 31;

/// What people ask: comparisons, words, many ids, everything, patterns.
const FILTERS: [(&str, &str); 8] = [
    ("numeric", "C1:>100,<=20,!15,18-22;C6:1-2"),
    ("text", "C2:North,West,!South;C7:East"),
    ("guide", "C2:North,West,!South;C1:>10,<=20,!15,18-22"),
    ("all", ""),
    ("ids", "Sample_ID:S000001,S050000,S099999"),
    (
        "groups",
        "(C2:North;C1:>900) or (C7:East;C4:>=2015;Sample_ID:!~\"7$\")",
    ),
    ("pattern", "C2:~\"^N.*h$\";C8:i\"east\""),
    ("dates", "C4:>=2015-06,<2020;C5:=\"\""),
];

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = env::args().skip(1).collect();
    match words
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["generate", file] => Ok(fs::write(file, generate())?),
        ["measure", file] => measure(file),
        _ => Err("usage: bench generate FILE | bench measure FILE".into()),
    }
}

fn measure(file: &str) -> Result<(), Box<dyn Error>> {
    let checks = Checks::default();
    let table = Table::read(fs::read(file)?)?;
    let report = validate(&table, Mode::Strict, &checks);
    if let Some(error) = report.errors.first() {
        return Err(error.to_string().into());
    }
    // As the service asks: each query holds the table against the samples of the project.
    let everything = Filter::parse("", Mode::Strict)?;
    let ids = query(&table, &everything, &checks)?.sample_ids;
    let project: Vec<String> = ids.into_iter().map(str::to_owned).collect();
    let asked = Checks {
        project_samples: Some(&project),
        ..Checks::default()
    };
    let mut slowest = Duration::ZERO;
    for (name, filter) in FILTERS {
        let filter = Filter::parse(filter, Mode::Strict)?;
        let mut best = Duration::MAX;
        for _ in 0..QUERIES {
            let start = Instant::now();
            black_box(query(&table, &filter, &asked)?);
            best = best.min(start.elapsed());
        }
        slowest = slowest.max(best);
        println!("query_{name}_ms {:.2}", best.as_secs_f64() * 1e3);
    }
    println!("query_slowest_ms {:.2}", slowest.as_secs_f64() * 1e3);
    println!("memory_mb {:.0}", peak_memory_mb()?);
    drop(table);

    let mut best = Duration::MAX;
    for _ in 0..READINGS {
        let start = Instant::now();
        let table = Table::read(fs::read(file)?)?;
        black_box(validate(&table, Mode::Strict, &checks));
        best = best.min(start.elapsed());
    }
    println!("read_seconds {:.4}", best.as_secs_f64());
    Ok(())
}

/// The largest resident size the process has had so far.
fn peak_memory_mb() -> Result<f64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .ok_or("no VmHWM in /proc/self/status")?;
    let kibibytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kibibytes * 1024.0 / 1e6)
}

/// The same table each time: sample ids, whole numbers, words, fractions, dates, numbers with gaps, lists, booleans.
fn generate() -> String {
    const AREAS: [&str; 6] = ["North", "South", "East", "West", "Centre", "Sound"];
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut text = String::from("#Sample_ID");
    for column in 1..COLUMNS {
        let _ = write!(text, "\tC{column}");
    }
    for row in 0..ROWS {
        let _ = write!(text, "\nS{row:06}");
        for column in 1..COLUMNS {
            let number = random.next();
            let _ = match column {
                4 => write!(
                    text,
                    "\t20{:02}-{:02}-{:02}",
                    number % 25,
                    number / 25 % 12 + 1,
                    number / 300 % 28 + 1
                ),
                5 if number.is_multiple_of(5) => write!(text, "\t"),
                9 if number.is_multiple_of(20) => {
                    write!(text, "\t[{}, {}]", number % 9, number / 9 % 9)
                }
                10 => write!(
                    text,
                    "\t{}",
                    if number.is_multiple_of(2) {
                        "True"
                    } else {
                        "False"
                    }
                ),
                11 => write!(text, "\tGroup {}", number % 40),
                _ => match column % 5 {
                    0 => write!(text, "\t{}.{}", number % 90, number / 90 % 10),
                    1 => write!(text, "\t{}", number % 1000),
                    2 | 3 => write!(text, "\t{}", AREAS[number as usize % AREAS.len()]),
                    _ => write!(text, "\t{}.{:02}", number % 900, number / 900 % 100),
                },
            };
        }
    }
    text.push('\n');
    text
}

/// Marsaglia's xorshift: enough to fill a table, the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 11
    }
}
