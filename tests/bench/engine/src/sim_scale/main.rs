//! `sim-scale`: how long a full scan takes that is answered in windows, and what it costs, by the size of the files and the number of
//! workers. Discrete events ([`model`]): a window is taken when the queue's pollers may start another function, reads and filters, and
//! ends; cutting comes before, putting together behind. Fed by unit times ([`Units`](model::Units)), of which those of the engine and of
//! functions were measured and those of AWS are documented. Its predictions are compared with runs of 1, 2, 4 and 8 workers on this
//! machine ([`runs`]). Prints `RATIO name value goal`; the goal is met from there on.

mod model;
mod runs;

use std::process::ExitCode;

use model::{Scan, UNITS};

/// A scan of so many bytes that keeps a hundredth, in windows of so many.
fn scan(bytes: f64, window: f64, workers: Option<usize>) -> Scan {
    Scan {
        bytes,
        result: bytes / 100.0,
        windows: ((bytes / window).round() as usize).max(1),
        workers,
    }
}

/// The windows of the service.
const WINDOW: f64 = 1.5e9;

fn main() -> ExitCode {
    println!("compressed bytes, workers: seconds, US dollars");
    for bytes in [1e9, 1e10, 1e11, 1e12, 1e13] {
        for workers in [1, 10, 100, 1000] {
            let takes = UNITS.run(scan(bytes, WINDOW, Some(workers)));
            println!(
                "{:>6} GB {workers:>5}: {:>9.1} s {:>8.3}",
                bytes / 1e9,
                takes.seconds,
                takes.dollars
            );
        }
        let takes = UNITS.run(scan(bytes, WINDOW, None));
        println!(
            "{:>6} GB functions: {:>5.1} s {:>8.3}",
            bytes / 1e9,
            takes.seconds,
            takes.dollars
        );
    }
    println!("RATIO efficiency-32-shards {:.2} 0.88", efficiency(32));
    let (hundred, thousand) = (
        UNITS.run(scan(1e11, WINDOW, None)),
        UNITS.run(scan(1e12, WINDOW, None)),
    );
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
    let one = UNITS.run(Scan {
        windows: 1,
        ..scan(bytes, WINDOW, Some(1))
    });
    let all = UNITS.run(scan(bytes, WINDOW, Some(shards)));
    one.seconds / all.seconds / shards as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_workers_are_never_slower_and_cost_the_same() {
        let mut before = f64::INFINITY;
        for workers in [1, 2, 4, 8, 100, 1000] {
            let takes = UNITS.run(scan(1e12, WINDOW, Some(workers)));
            assert!(takes.seconds <= before, "{workers}: {takes:?}");
            assert!((0.3..1.0).contains(&takes.dollars), "{takes:?}");
            before = takes.seconds;
        }
    }

    #[test]
    fn one_worker_takes_the_sum_of_all_windows() {
        let takes = UNITS.run(scan(WINDOW * 10.0, WINDOW, Some(1)));
        let sum = 10.0 * UNITS.window(WINDOW);
        assert!((takes.seconds - sum) / sum < 0.05, "{takes:?} {sum}");
    }
}
