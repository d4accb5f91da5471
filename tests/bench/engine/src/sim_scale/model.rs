//! The model: unit times, and what comes of them.

use std::{cmp::Reverse, collections::BinaryHeap};

/// Unit times, seconds and bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Units {
    /// Compressed bytes a second that a worker reads, filters and writes (`bench-engine`, two threads).
    pub(crate) engine: f64,
    /// Bytes a second that one request delivers.
    pub(crate) transfer: f64,
    /// To the first byte of a request.
    pub(crate) latency: f64,
    /// Bytes of one request.
    pub(crate) request: f64,
    /// Whether one request is under way ahead of use.
    pub(crate) ahead: bool,
    /// A window beside its records: claim, plan, headers, index, end.
    pub(crate) fixed: f64,
    /// A function that has not run yet (`bench-coldstart`, and what the platform adds).
    pub(crate) cold: f64,
    /// Functions that a queue's pollers start at once, and how many more each second (AWS Lambda developer guide, "Using Lambda
    /// with Amazon SQS": five, and 300 a minute).
    pub(crate) pollers: (f64, f64),
    /// Functions at a time at most (the same guide: 1,250; an account has 1,000 by default).
    pub(crate) most: usize,
    /// Parts that the store copies a second while a result is put together.
    pub(crate) copies: f64,
    /// US dollars: a second of a function with 2 GB on arm64, a GET, a message with its receipt.
    pub(crate) prices: [f64; 3],
}

pub(crate) const UNITS: Units = Units {
    engine: 40e6,
    transfer: 90e6,
    latency: 0.03,
    request: 4e6,
    ahead: true,
    fixed: 0.6,
    cold: 0.25,
    pollers: (5.0, 5.0),
    most: 1000,
    copies: 40.0,
    prices: [2.0 * 0.000_013_333_4, 0.000_000_4, 0.000_001_2],
};

/// A scan.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scan {
    /// Compressed bytes.
    pub(crate) bytes: f64,
    /// Bytes of its result.
    pub(crate) result: f64,
    /// Windows.
    pub(crate) windows: usize,
    /// Workers; functions that are started as they are needed if there are none.
    pub(crate) workers: Option<usize>,
}

/// What it takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Takes {
    pub(crate) seconds: f64,
    pub(crate) dollars: f64,
}

impl Units {
    /// One window's reading: the engine waits where the next request is slower than it.
    pub(crate) fn window(&self, bytes: f64) -> f64 {
        let requests = bytes / self.request;
        let of_request = self.latency + self.request / self.transfer;
        let of_engine = self.request / self.engine;
        if self.ahead {
            self.fixed + of_request + requests * of_engine.max(of_request)
        } else {
            self.fixed + requests * (of_engine + of_request)
        }
    }

    /// When the last window ends, and how long workers are busy with windows, seconds.
    pub(crate) fn windows(&self, scan: Scan) -> (f64, f64) {
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
        (last, busy)
    }

    pub(crate) fn run(&self, scan: Scan) -> Takes {
        let (last, busy) = self.windows(scan);
        let cut = self.fixed;
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
