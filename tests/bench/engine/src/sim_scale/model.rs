//! The model: unit times, and what comes of them.

use std::{cmp::Reverse, collections::BinaryHeap};

use crate::deployed::{Functions, price, worker_gb};

/// Bytes of a part of a result.
const PART: f64 = (32 << 20) as f64;
/// Parts that one task sends (`tasks/in_windows.rs`).
const PARTS_OF_TASK: f64 = 2.0;
/// Bytes of a result that the query's own task reads and sends (`DIVBASE_COMPOSE_BYTES`).
const ALONE: f64 = (256 << 20) as f64;

/// Unit times, seconds and bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Units {
    /// Compressed bytes a second that a worker reads, filters and writes (`bench-engine`, two threads).
    pub(crate) engine: f64,
    /// Bytes a second of a worker's network. AWS promises none; those who measured functions tell of 400 to 700 Mbit/s in the long run.
    pub(crate) network: f64,
    /// To the first byte of a request.
    pub(crate) latency: f64,
    /// Bytes of one request.
    pub(crate) request: f64,
    /// Whether one request is under way ahead of use.
    pub(crate) ahead: bool,
    /// A task beside its bytes: claim, plan, headers, index, end.
    pub(crate) fixed: f64,
    /// A function that has not run yet (`bench-coldstart`, and what the platform adds).
    pub(crate) cold: f64,
    /// Connections a second to the database by IAM tokens at most (Aurora User Guide, "IAM database authentication").
    pub(crate) logins: f64,
    /// Messages a second that the task that splits sends, ten at a time.
    pub(crate) messages: f64,
    /// Parts that the store copies a second while a result is put together.
    pub(crate) copies: f64,
}

pub(crate) const UNITS: Units = Units {
    engine: 40e6,
    network: 75e6,
    latency: 0.03,
    request: 4e6,
    ahead: true,
    fixed: 0.6,
    cold: 0.25,
    logins: 200.0,
    messages: 300.0,
    copies: 40.0,
};

/// Who works.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Workers {
    /// So many, all the time.
    Always(usize),
    /// Functions that begin as they are needed.
    Begin(Functions),
}

/// A scan.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scan {
    /// Compressed bytes.
    pub(crate) bytes: f64,
    /// Bytes of its result.
    pub(crate) result: f64,
    /// Windows.
    pub(crate) windows: usize,
    /// Workers.
    pub(crate) workers: Workers,
}

/// What it takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Takes {
    pub(crate) seconds: f64,
    pub(crate) dollars: f64,
}

/// The windows of a scan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Answered {
    /// When the last ends.
    pub(crate) last: f64,
    /// How long workers are busy with them, seconds.
    pub(crate) busy: f64,
    /// Workers that were busy.
    pub(crate) workers: usize,
}

impl Units {
    /// One window's reading: the engine waits where the next request is slower than it.
    pub(crate) fn window(&self, bytes: f64) -> f64 {
        let requests = bytes / self.request;
        let of_request = self.latency + self.request / self.network;
        let of_engine = self.request / self.engine;
        if self.ahead {
            self.fixed + of_request + requests * of_engine.max(of_request)
        } else {
            self.fixed + requests * (of_engine + of_request)
        }
    }

    /// Answers the windows, each by whoever is free first, or by a function that may begin.
    pub(crate) fn windows(&self, scan: Scan) -> Answered {
        let each = self.window(scan.bytes / scan.windows as f64);
        // Cut, if there are several.
        let cut = if scan.windows > 1 { self.fixed } else { 0.0 };
        let most = match scan.workers {
            Workers::Always(most) => most,
            Workers::Begin(functions) => functions.most,
        };
        // Where each worker is free next.
        let mut free: BinaryHeap<Reverse<Moment>> = BinaryHeap::new();
        let mut answered = Answered {
            last: cut,
            busy: 0.0,
            workers: 0,
        };
        for window in 0..scan.windows {
            let (sent, begun) = (cut + window as f64 / self.messages, answered.workers);
            let new = (begun < most).then(|| match scan.workers {
                Workers::Always(_) => cut,
                Workers::Begin(functions) => {
                    let login = begun as f64 / self.logins;
                    (cut + functions.begin(begun).max(login)).max(sent) + self.cold
                }
            });
            let reused = free.peek().map(|Reverse(Moment(at))| at.max(sent));
            let begin = match (new, reused) {
                (Some(new), Some(reused)) if reused <= new => {
                    free.pop();
                    reused
                }
                (Some(new), _) => {
                    answered.workers += 1;
                    new
                }
                (None, Some(reused)) => {
                    free.pop();
                    reused
                }
                (None, None) => cut,
            };
            answered.busy += each;
            answered.last = answered.last.max(begin + each);
            free.push(Reverse(Moment(begin + each)));
        }
        answered
    }

    /// Puts the result together when all windows have ended: seconds, and seconds of workers.
    fn together(&self, scan: Scan, workers: usize) -> (f64, f64) {
        if scan.windows == 1 {
            return (0.0, 0.0);
        }
        let parts = (scan.result / PART).ceil();
        // Parts inside of a window's piece are copied; one for each window, and no more than there are, is read and sent.
        let sent = parts.min(scan.windows as f64);
        let of_part = 2.0 * (self.latency + PART / self.network);
        let indexes = scan.windows as f64 * self.latency / 16.0;
        let own = self.fixed + indexes + (parts - sent) / self.copies;
        if sent * PART <= ALONE {
            let own = own + sent * of_part;
            return (own, own);
        }
        let tasks = (sent / PARTS_OF_TASK).ceil();
        let of_task = self.fixed + PARTS_OF_TASK * of_part;
        let rounds = (tasks / workers.max(1) as f64).ceil();
        // The task runs again when they have ended.
        let own = own + self.fixed;
        let seconds = own + tasks / self.messages + rounds * of_task;
        (seconds, own + tasks * of_task)
    }

    pub(crate) fn run(&self, scan: Scan) -> Takes {
        let answered = self.windows(scan);
        let (together, busy_together) = self.together(scan, answered.workers);
        let busy = answered.busy + self.fixed + busy_together;
        let windows = scan.windows as f64;
        let gets = scan.bytes / self.request + 3.0 * windows + 2.0 * scan.result / PART;
        let dollars = busy * worker_gb() * price("lambda_gb_second")
            + gets * price("s3_get_million") / 1e6
            // Each is sent, received and deleted.
            + 3.0 * windows * price("sqs_million") / 1e6;
        Takes {
            seconds: answered.last + together,
            dollars,
        }
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
