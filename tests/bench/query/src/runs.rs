//! Repetitions of a query: what they took, and the waits between them.

use std::time::Duration;

/// How often the emulator's queue looks for a message while a worker waits for one. A query waits so long at most, and always as
/// long if the next follows upon the last.
const LOOK: Duration = Duration::from_millis(100);

/// What one query took: seconds, seconds of the worker's threads, bytes of the store, the most memory of the worker in bytes.
pub(crate) struct Run {
    pub(crate) wall: f64,
    pub(crate) cpu: f64,
    pub(crate) fetched: u64,
    pub(crate) peak: u64,
}

/// What repetitions took.
#[derive(Default)]
pub(crate) struct Runs {
    pub(crate) wall: Vec<f64>,
    pub(crate) cpu: Vec<f64>,
    pub(crate) fetched: Vec<u64>,
    pub(crate) peak: Vec<u64>,
}

impl Runs {
    pub(crate) fn add(&mut self, run: Run) {
        self.wall.push(run.wall);
        self.cpu.push(run.cpu);
        self.fetched.push(run.fetched);
        self.peak.push(run.peak);
    }
}

/// Waits a part of [`LOOK`], another each time: the parts are spread evenly, whatever their number.
pub(crate) async fn pause(number: usize) {
    const GOLDEN: f64 = 0.618_033_988_749_895;
    tokio::time::sleep(LOOK.mul_f64((number as f64 * GOLDEN).fract())).await;
}

pub(crate) fn least(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}

pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}
