//! Predictions against runs: windows of a file are answered by 1, 2, 4 and 8 workers, threads that each take the next window and open
//! the file anew, from a store whose every request takes 30 ms before its first byte. Requests are small, so that workers wait most of the
//! time and the machine's processors do not limit them. The unit times come from the same windows without that delay.

use std::io;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use divbase_cohort::{Cohort, Layout};
use divbase_vcf::command::{Pipeline, parse_local};
use divbase_vcf::dimensions::scan;
use divbase_vcf::index::Index;
use divbase_vcf::query::{
    Aim, Cancel, Edge, Input, Options, Parts, Request, answer, edges, window,
};
use divbase_vcf::reader::open;
use divbase_vcf::source::{MemorySource, Source};
use divbase_vcf::view::Context;

use crate::model::{Scan, UNITS, Units, Workers};

/// Windows of the file.
const WINDOWS: usize = 64;
/// Bytes of one request.
const REQUEST: usize = 64 * 1024;
/// What the store takes before it answers.
const LATENCY: Duration = Duration::from_millis(30);
/// How near a prediction has to be: the smaller of both times over the greater.
const GOAL: f64 = 0.9;

type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// A store.
struct Store {
    file: MemorySource,
    latency: Duration,
    requests: AtomicU64,
}

impl Source for Store {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn read_range(&self, offset: u64, length: usize) -> io::Result<Bytes> {
        let mut read = BytesMut::new();
        while read.len() < length {
            let from = offset + read.len() as u64;
            let part = self
                .file
                .read_range(from, REQUEST.min(length - read.len()))?;
            self.requests.fetch_add(1, Ordering::Relaxed);
            thread::sleep(self.latency);
            if part.is_empty() {
                break;
            }
            read.extend_from_slice(&part);
        }
        Ok(read.freeze())
    }
}

/// What workers do.
struct Work {
    store: Store,
    index: Index,
    stages: Pipeline,
    edges: Vec<Edge>,
}

impl Work {
    /// Answers a window; gives the records that were looked at.
    fn answer(&self, number: usize) -> Result<u64, divbase_vcf::Error> {
        let opened = open(&self.store)?;
        let context = Context::default();
        let inputs = [Input {
            name: "cohort",
            source: &self.store,
            opened: &opened,
            index: Some(&self.index),
            stages: &self.stages,
            context: &context,
        }];
        let whole = Request::new(&inputs);
        let from = number.checked_sub(1).and_then(|n| self.edges.get(n));
        let window = window(&whole, from, self.edges.get(number))?;
        let request = Request {
            window: Some(&window),
            ..whole
        };
        let options = Options {
            parts: Parts::RECORDS,
            ..Options::default()
        };
        let answered = answer(&request, &options, &Cancel::default(), io::sink())?;
        Ok(answered.summary.read)
    }

    /// Answers all windows with so many workers; gives seconds and records.
    fn run(&self, workers: usize) -> Result<(f64, u64), AnyError> {
        let (next, records) = (AtomicUsize::new(0), AtomicU64::new(0));
        let count = self.edges.len() + 1;
        let begun = Instant::now();
        thread::scope(|scope| {
            let worker = || -> Result<(), divbase_vcf::Error> {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        return Ok(());
                    }
                    records.fetch_add(self.answer(number)?, Ordering::Relaxed);
                }
            };
            let workers: Vec<_> = (0..workers).map(|_| scope.spawn(worker)).collect();
            workers.into_iter().try_for_each(|worker| {
                let ended = worker.join().map_err(|_| "a worker panicked")?;
                ended.map_err(|error| AnyError::from(error.to_string()))
            })
        })?;
        Ok((begun.elapsed().as_secs_f64(), records.into_inner()))
    }
}

fn work() -> Result<Work, AnyError> {
    let cohort = Cohort {
        samples: 50,
        records: 12_000,
        scaffolds: 4,
        ..Cohort::default()
    };
    let folder = std::env::temp_dir().join(format!("sim-scale-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let written = cohort.write(Layout::Whole, &folder, "cohort")?;
    let file = written.files.first().map(|file| std::fs::read(&file.path));
    let file = MemorySource::new(file.ok_or("no file was written")??);
    std::fs::remove_dir_all(&folder)?;
    let told = |error: divbase_vcf::Error| error.to_string();
    let index = Index::parse(&scan(&file).map_err(told)?.csi)?;
    let stages = Pipeline {
        stages: vec![
            parse_local(&["-i".to_owned(), "QUAL>=30".to_owned()])
                .map_err(|problems| format!("{problems:?}"))?
                .stage,
        ],
    };
    let opened = open(&file).map_err(told)?;
    let context = Context::default();
    let inputs = [Input {
        name: "cohort",
        source: &file,
        opened: &opened,
        index: Some(&index),
        stages: &stages,
        context: &context,
    }];
    let aim = Aim::Bytes {
        each: file.len()? / WINDOWS as u64,
        most: WINDOWS,
    };
    let edges = edges(&Request::new(&inputs), aim).map_err(told)?;
    Ok(Work {
        store: Store {
            file,
            latency: Duration::ZERO,
            requests: AtomicU64::new(0),
        },
        index,
        stages,
        edges,
    })
}

/// Prints predictions beside what they predict.
pub(crate) fn compare() -> Result<(), AnyError> {
    let mut work = work()?;
    let windows = work.edges.len() + 1;
    let bytes = work.store.len()? as f64;
    // Unit times: what the engine takes by itself, and how many requests a window makes.
    let (engine, records) = work.run(1)?;
    let requests = work.store.requests.swap(0, Ordering::Relaxed) as f64;
    let latency = LATENCY.as_secs_f64();
    let units = Units {
        engine: bytes / engine,
        network: f64::INFINITY,
        latency,
        request: bytes / requests,
        ahead: false,
        fixed: 0.0,
        messages: f64::INFINITY,
        cold: 0.0,
        ..UNITS
    };
    println!(
        "runs: {windows} windows of {bytes:.0} bytes, {requests:.0} requests of {:.0} ms, {engine:.2} s of the engine",
        1000.0 * latency
    );
    work.store.latency = LATENCY;
    for workers in [1, 2, 4, 8] {
        let answered = units.windows(Scan {
            bytes,
            result: 0.0,
            windows,
            workers: Workers::Always(workers),
        });
        let predicted = answered.last;
        let (took, read) = work.run(workers)?;
        if read != records {
            return Err(format!("{read} records were read, not {records}").into());
        }
        println!("{workers} workers: predicted {predicted:.2} s, took {took:.2} s");
        let near = (predicted / took).min(took / predicted);
        println!("RATIO prediction-{workers}-workers {near:.2} {GOAL:.2}");
    }
    Ok(())
}
