//! `sim-scale`: how long a full scan takes that is answered in windows, and what it costs, by the size of the files and the number of
//! workers. Discrete events ([`model`]): a window is taken when the queue's pollers may start another function, reads and filters, and
//! ends; cutting comes before, putting together behind. Fed by unit times ([`Units`](model::Units)), of which those of the engine and of
//! functions were measured and those of AWS are documented, and by the templates ([`deployed`]). Its predictions are compared with runs of
//! 1, 2, 4 and 8 workers on this machine ([`runs`]). Prints `RATIO name value goal`; the goal is met from there on.

mod deployed;
mod model;
mod runs;

use std::process::ExitCode;

use deployed::{Functions, More, default_of, idle_month, running_limit};
use model::{Scan, UNITS, Workers};

/// A scan of so many bytes that keeps a hundredth, in windows of so many.
fn scan(bytes: f64, window: f64, workers: Workers) -> Scan {
    Scan {
        bytes,
        result: bytes / 100.0,
        windows: ((bytes / window).round() as usize).max(1),
        workers,
    }
}

/// The windows of the service.
const WINDOW: f64 = 1.5e9;
/// Pollers with which 1 TB is within its goal: each of its windows has a worker.
const POLLERS: usize = 70;
/// Pollers that have to be ready so that 100 GB is within its goal: each of its windows has a worker at once.
const READY: usize = 7;

/// A way to deploy the template.
struct Setting {
    /// Parameters and limits that are not the usual ones.
    name: String,
    /// What functions come of it, if those of a minute come so.
    functions: Box<dyn Fn(More) -> Functions>,
    /// Pollers that are paid for all the time.
    ready: usize,
}

fn settings() -> Vec<Setting> {
    let usual = default_of("LongConcurrency").min(running_limit());
    let most = POLLERS * deployed::OF_POLLER;
    let standard = |name: String, most| Setting {
        name,
        functions: Box::new(move |more| Functions::standard(most, more)),
        ready: 0,
    };
    let pollers = |ready: usize| Setting {
        name: format!("`LongPollers={POLLERS}`, `LongPollersReady={ready}`, limits of {most}"),
        functions: Box::new(move |more| Functions::pollers(ready, POLLERS, more)),
        ready,
    };
    let limit = running_limit();
    vec![
        standard(format!("as it is: `LongConcurrency={usual}`"), usual),
        standard(format!("`LongConcurrency={limit}`"), limit),
        standard(format!("`LongConcurrency={most}`, limits of {most}"), most),
        pollers(default_of("LongPollersReady")),
        pollers(READY),
        pollers(POLLERS),
    ]
}

/// The table of docs/costs.md.
fn table() -> String {
    let mut table = "| `infra/template.yaml`, limits | 100 GB, seconds | 1 TB, seconds | 1 TB, US dollars | idle, US dollars a month |\n\
        |---|---|---|---|---|"
        .to_owned();
    for setting in settings() {
        let takes = |bytes, more| {
            let workers = Workers::Begin((setting.functions)(more));
            UNITS.run(scan(bytes, WINDOW, workers))
        };
        let [hundred, thousand] = [1e11, 1e12].map(|bytes| {
            let [one, other] =
                [More::Steadily, More::EachMinute].map(|more| takes(bytes, more).seconds);
            let (one, other) = (format!("{one:.0}"), format!("{other:.0}"));
            if one == other {
                one
            } else {
                format!("{one} to {other}")
            }
        });
        table += &format!(
            "\n| {} | {hundred} | {thousand} | {:.2} | {:.0} |",
            setting.name,
            takes(1e12, More::EachMinute).dollars,
            idle_month(setting.ready)
        );
    }
    table
}

/// With pollers of the long queue, so many of them ready, by the slower of both readings.
fn with_pollers(bytes: f64, ready: usize) -> model::Takes {
    let functions = Functions::pollers(ready, POLLERS, More::EachMinute);
    UNITS.run(scan(bytes, WINDOW, Workers::Begin(functions)))
}

fn main() -> ExitCode {
    println!("compressed bytes, workers that are there: seconds, US dollars");
    for bytes in [1e9, 1e10, 1e11, 1e12, 1e13] {
        for workers in [1, 10, 100, 1000] {
            let takes = UNITS.run(scan(bytes, WINDOW, Workers::Always(workers)));
            println!(
                "{:>6} GB {workers:>5}: {:>9.1} s {:>8.3}",
                bytes / 1e9,
                takes.seconds,
                takes.dollars
            );
        }
    }
    println!("{}", table());
    println!("RATIO efficiency-32-shards {:.2} 0.88", efficiency(32));
    let hundred = with_pollers(1e11, READY);
    let thousand = with_pollers(1e12, default_of("LongPollersReady"));
    println!("RATIO seconds-100-GB {:.2} 1.00", 60.0 / hundred.seconds);
    println!("RATIO dollars-100-GB {:.2} 1.00", 0.5 / hundred.dollars);
    println!("RATIO seconds-1-TB {:.2} 1.00", 120.0 / thousand.seconds);
    match runs::compare() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sim-scale: {error}");
            ExitCode::from(2)
        }
    }
}

/// What part of the work of so many workers, each with one window, is the scan: the time of one worker over theirs.
fn efficiency(shards: usize) -> f64 {
    let bytes = WINDOW * shards as f64;
    let one = UNITS.run(scan(WINDOW, WINDOW, Workers::Always(1)));
    let all = UNITS.run(scan(bytes, WINDOW, Workers::Always(shards)));
    one.seconds / all.seconds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_workers_are_never_slower_and_cost_the_same() {
        let mut before = f64::INFINITY;
        for workers in [1, 2, 4, 8, 100, 1000] {
            let takes = UNITS.run(scan(1e12, WINDOW, Workers::Always(workers)));
            assert!(takes.seconds <= before, "{workers}: {takes:?}");
            assert!((0.5..1.5).contains(&takes.dollars), "{takes:?}");
            before = takes.seconds;
        }
    }

    #[test]
    fn one_worker_takes_the_sum_of_all_windows() {
        let takes = UNITS.run(scan(WINDOW * 10.0, WINDOW, Workers::Always(1)));
        let sum = 10.0 * UNITS.window(WINDOW);
        assert!((takes.seconds - sum) / sum < 0.05, "{takes:?} {sum}");
    }

    #[test]
    fn the_page_of_costs_says_what_is_computed() {
        let page = include_str!("../../../../../docs/costs.md");
        let told = page.split("<!-- scans -->\n").nth(1);
        let told = told.and_then(|rest| rest.split("\n<!-- /scans -->").next());
        assert_eq!(told, Some(table().as_str()), "{}", table());
    }

    #[test]
    fn functions_are_no_faster_than_as_many_workers_that_are_there() {
        for setting in settings() {
            for more in [More::Steadily, More::EachMinute] {
                let functions = (setting.functions)(more);
                let begin = UNITS.run(scan(1e12, WINDOW, Workers::Begin(functions)));
                let there = UNITS.run(scan(1e12, WINDOW, Workers::Always(functions.most)));
                assert!(begin.seconds > there.seconds, "{}", setting.name);
            }
        }
    }
}
