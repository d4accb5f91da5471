//! Roughly how long a query takes and what it costs, from the bytes that are read. An estimate chooses the queue; it
//! promises nothing.

use std::time::Duration;

use divbase_contract::plan::EngineChoice;
use divbase_tasks::Queue;

use super::plan::Plan;
use crate::Prices;

/// Compressed bytes a second that the native engine reads, filters and writes on two virtual CPUs.
const NATIVE_BYTES_A_SECOND: f64 = 40e6;

/// The same of bcftools with its downloads and intermediate files.
const BCFTOOLS_BYTES_A_SECOND: f64 = 6e6;

/// Start, planning, first bytes, storing the result.
const FIXED_SECONDS: f64 = 1.0;

/// A function may run for 15 minutes; what is estimated longer goes to a worker that may run on.
const LONGEST_FUNCTION: Duration = Duration::from_secs(8 * 60);

/// Bytes of one request.
const REQUEST_BYTES: f64 = 4e6;

/// What is expected of a query.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Estimate {
    /// Wall time.
    pub(crate) seconds: f64,
    /// Compressed bytes that are read.
    pub(crate) bytes: u64,
    /// US dollars.
    pub(crate) dollars: f64,
    /// Where it should run.
    pub(crate) queue: Queue,
}

/// The minutes that bcftools takes for a plan as a whole, if that is longer than a function may run.
pub(crate) fn longer_than_a_worker_runs(plan: &Plan) -> Option<f64> {
    let whole = estimate(plan.bytes(), plan.inputs.len(), EngineChoice::Bcftools, 1);
    (whole.queue == Queue::Heavy).then_some(whole.seconds / 60.0)
}

/// Windows that run at the same time.
const WINDOWS_AT_ONCE: f64 = 100.0;

/// Estimates a query that reads so many bytes of so many files in so many windows.
pub(crate) fn estimate(bytes: u64, files: usize, engine: EngineChoice, windows: u64) -> Estimate {
    let speed = match engine {
        EngineChoice::Auto | EngineChoice::Native => NATIVE_BYTES_A_SECOND,
        EngineChoice::Bcftools => BCFTOOLS_BYTES_A_SECOND,
    };
    let read = bytes;
    let bytes = bytes as f64;
    let windows = windows.max(1) as f64;
    let of_window = FIXED_SECONDS + bytes / windows / speed;
    let seconds = if windows > 1.0 {
        // Cutting comes before the windows, putting together behind them.
        2.0 * FIXED_SECONDS + (windows / WINDOWS_AT_ONCE).ceil() * of_window
    } else {
        of_window
    };
    let requests = windows * files as f64 + bytes / REQUEST_BYTES;
    Estimate {
        seconds,
        bytes: read,
        dollars: Prices::current().dollars(windows * of_window, requests),
        queue: if of_window > LONGEST_FUNCTION.as_secs_f64() {
            Queue::Heavy
        } else {
            Queue::Long
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_longer_than_a_function_may_run_is_heavy() {
        let gib = 1 << 30;
        let queue = |bytes, engine| estimate(bytes, 1, engine, 1).queue;
        assert_eq!(queue(gib, EngineChoice::Auto), Queue::Long);
        assert_eq!(queue(40 * gib, EngineChoice::Auto), Queue::Heavy);
        assert_eq!(queue(4 * gib, EngineChoice::Bcftools), Queue::Heavy);
    }

    #[test]
    fn what_is_answered_in_windows_takes_as_long_as_a_window() {
        let tib = 1 << 40;
        let one = estimate(tib, 1, EngineChoice::Auto, 1);
        let windows = estimate(tib, 1, EngineChoice::Auto, 611);
        assert_eq!(windows.queue, Queue::Long);
        assert!(windows.seconds < one.seconds / 80.0, "{windows:?}");
        assert!(windows.dollars < one.dollars * 1.1, "{windows:?}");
    }
}
