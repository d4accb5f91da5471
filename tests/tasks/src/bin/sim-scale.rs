//! `sim-scale`: how long a full scan takes that is answered in windows, and what it costs, by the size of the files and the number of
//! workers. Discrete events: a window is taken when the queue's pollers may start another function, reads and filters, and ends;
//! cutting comes before, putting together behind. Fed by unit times ([`Units`]), of which those of the engine and of functions were
//! measured and those of AWS are documented; its predictions have not been compared with runs of many workers. Prints
//! `RATIO name value goal`; the goal is met from there on.

use std::{cmp::Reverse, collections::BinaryHeap};

/// Unit times, seconds and bytes.
#[derive(Clone, Copy, Debug)]
struct Units {
    /// Compressed bytes a second that a worker reads, filters and writes (`bench-engine`, two threads).
    engine: f64,
    /// Bytes a second that one request delivers.
    transfer: f64,
    /// To the first byte of a request.
    latency: f64,
    /// Bytes of one request, of which one is under way ahead of use.
    request: f64,
    /// A window beside its records: claim, plan, headers, index, end.
    fixed: f64,
    /// A function that has not run yet (`bench-coldstart`, and what the platform adds).
    cold: f64,
    /// Functions that a queue's pollers start at once, and how many more each second (AWS Lambda developer guide, "Using Lambda
    /// with Amazon SQS": five, and 300 a minute).
    pollers: (f64, f64),
    /// Functions at a time at most (the same guide: 1,250; an account has 1,000 by default).
    most: usize,
    /// Parts that the store copies a second while a result is put together.
    copies: f64,
    /// US dollars: a second of a function with 2 GB on arm64, a GET, a message with its receipt.
    prices: [f64; 3],
}

const UNITS: Units = Units {
    engine: 40e6,
    transfer: 90e6,
    latency: 0.03,
    request: 4e6,
    fixed: 0.6,
    cold: 0.25,
    pollers: (5.0, 5.0),
    most: 1000,
    copies: 40.0,
    prices: [2.0 * 0.000_013_333_4, 0.000_000_4, 0.000_001_2],
};

/// A scan.
#[derive(Clone, Copy, Debug)]
struct Scan {
    /// Compressed bytes.
    bytes: f64,
    /// Bytes of its result.
    result: f64,
    /// Windows.
    windows: usize,
    /// Workers; functions that are started as they are needed if there are none.
    workers: Option<usize>,
}

/// What it takes.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Takes {
    seconds: f64,
    dollars: f64,
}

impl Units {
    /// One window's reading: the engine waits where the next request is slower than it.
    fn window(&self, bytes: f64) -> f64 {
        let requests = bytes / self.request;
        let of_request = self.latency + self.request / self.transfer;
        let of_engine = self.request / self.engine;
        self.fixed + of_request + requests * of_engine.max(of_request)
    }

    fn run(&self, scan: Scan) -> Takes {
        let each = self.window(scan.bytes / scan.windows as f64);
        let cut = self.fixed;
        // Where each worker is free next. A function comes into being when the pollers may start one.
        let mut free: BinaryHeap<Reverse<Moment>> = BinaryHeap::new();
        let (mut started, most) = (0, scan.workers.unwrap_or(self.most));
        let (mut last, mut busy) = (cut, 0.0);
        for _ in 0..scan.windows {
            let newest = (started < most).then(|| match scan.workers {
                Some(_) => cut,
                None => cut + ((started + 1) as f64 - self.pollers.0).max(0.0) / self.pollers.1,
            });
            let reused = free.peek().map(|Reverse(Moment(at))| *at);
            let begin = match (newest, reused) {
                (Some(newest), Some(reused)) if reused <= newest => {
                    free.pop();
                    reused
                }
                (None, Some(reused)) => {
                    free.pop();
                    reused
                }
                (Some(newest), _) => {
                    started += 1;
                    newest
                        + if scan.workers.is_none() {
                            self.cold
                        } else {
                            0.0
                        }
                }
                (None, None) => cut,
            };
            busy += each;
            last = last.max(begin + each);
            free.push(Reverse(Moment(begin + each)));
        }
        // Parts inside of a window's piece are copied; one for each window, and no more than there are, is read and sent.
        let parts = (scan.result / f64::from(32 << 20)).ceil();
        let sent = parts.min(scan.windows as f64);
        let together = self.fixed
            + scan.windows as f64 * self.latency / 16.0
            + (parts - sent) / self.copies
            + sent * 2.0 * f64::from(32 << 20) / self.transfer / 4.0;
        let seconds = last + together;
        let gets = scan.bytes / self.request + 3.0 * scan.windows as f64;
        let dollars = (busy + cut + together) * self.prices[0]
            + gets * self.prices[1]
            + scan.windows as f64 * self.prices[2];
        Takes { seconds, dollars }
    }
}

/// A moment, for a heap.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Moment(f64);

impl Eq for Moment {}

impl PartialOrd for Moment {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Moment {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

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
const WINDOW: f64 = 1.8e9;

fn main() {
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
