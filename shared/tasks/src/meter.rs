//! What an attempt costs: bytes that it moves and CPU time that it takes.
//!
//! CPU time is that of the task's own code: each turn of its future is timed by the clock of the thread it runs on, so
//! that tasks beside it do not count. Work that it gives to other threads goes through [`Meter::blocking`] or
//! [`Meter::over`], and that of child processes is added by [`Meter::add_cpu`].

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use divbase_db::tasks::Cost;
use rustix::time::{ClockId, clock_gettime};
use tokio::task::JoinError;

#[derive(Debug, Default)]
struct Counters {
    bytes_read: AtomicU64,
    bytes_written: AtomicU64,
    requests: AtomicU64,
    cpu_nanos: AtomicU64,
}

/// Counts for one attempt; clones count together. Adding is cheap and never fails.
#[derive(Clone, Debug, Default)]
pub struct Meter(Arc<Counters>);

impl Meter {
    /// Bytes that were read from the object store.
    pub fn add_bytes_read(&self, bytes: u64) {
        self.0.bytes_read.fetch_add(bytes, Relaxed);
    }

    /// Bytes that were written to the object store.
    pub fn add_bytes_written(&self, bytes: u64) {
        self.0.bytes_written.fetch_add(bytes, Relaxed);
    }

    /// A request to the object store for bytes.
    pub fn add_request(&self) {
        self.0.requests.fetch_add(1, Relaxed);
    }

    /// CPU time that was spent elsewhere for this attempt, in a child process for example.
    pub fn add_cpu(&self, time: Duration) {
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.0.cpu_nanos.fetch_add(nanos, Relaxed);
    }

    /// Runs a piece of work and counts the CPU time that this thread spends on it. For blocking threads; the task's own
    /// thread is counted anyway.
    pub fn on_this_thread<T>(&self, work: impl FnOnce() -> T) -> T {
        let before = thread_cpu();
        let done = work();
        self.add_cpu(thread_cpu().saturating_sub(before));
        done
    }

    /// Runs a piece of work on a thread that may block, and counts its CPU time.
    ///
    /// # Errors
    /// If it panics.
    pub async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, JoinError> {
        let meter = self.clone();
        tokio::task::spawn_blocking(move || meter.on_this_thread(work)).await
    }

    /// Runs a future to its end and counts the CPU time of its turns. For futures that are spawned; the task's own is
    /// counted anyway.
    pub async fn over<F: Future + Unpin>(self, mut work: F) -> F::Output {
        poll_fn(move |cx| self.on_this_thread(|| Pin::new(&mut work).poll(cx))).await
    }

    /// What has been counted so far.
    pub(crate) fn cost(&self) -> Cost {
        let stored = |counter: &AtomicU64| i64::try_from(counter.load(Relaxed)).unwrap_or(i64::MAX);
        Cost {
            bytes_read: stored(&self.0.bytes_read),
            bytes_written: stored(&self.0.bytes_written),
            requests: stored(&self.0.requests),
            cpu_seconds: Duration::from_nanos(self.0.cpu_nanos.load(Relaxed)).as_secs_f64(),
        }
    }
}

/// CPU time of the calling thread since it began.
fn thread_cpu() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keeps the processor busy for so long.
    fn burn(time: Duration) {
        let before = thread_cpu();
        while thread_cpu() - before < time {
            std::hint::spin_loop();
        }
    }

    #[tokio::test]
    async fn work_counts_and_waiting_does_not() {
        let meter = Meter::default();
        let busy = Duration::from_millis(20);
        let beside = tokio::spawn(async move { burn(Duration::from_millis(200)) });
        let inner = meter.clone();
        meter
            .clone()
            .over(Box::pin(async move {
                burn(busy);
                // The other task takes its turn on this very thread.
                beside.await.expect("it does not panic");
                inner
                    .blocking(move || burn(busy))
                    .await
                    .expect("it does not panic");
                inner.add_bytes_read(3);
                inner.add_bytes_read(4);
            }))
            .await;
        let cost = meter.cost();
        assert!((0.040..0.150).contains(&cost.cpu_seconds), "{cost:?}");
        assert_eq!((cost.bytes_read, cost.bytes_written), (7, 0));
    }
}
