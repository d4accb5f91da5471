//! CPU time of a run: that of the thread that asks for it, and of all threads the engine starts for it.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// Told the CPU time of a thread when its part of a run ends, also if that part fails. Called on that thread.
pub type Report = Arc<dyn Fn(Duration) + Send + Sync>;

thread_local! {
    static REPORT: RefCell<Option<Report>> = const { RefCell::new(None) };
}

/// Runs `work` and reports its CPU time: once for this thread, and once for each thread that the engine starts in it.
pub fn reported<T>(report: Report, work: impl FnOnce() -> T) -> T {
    Inherited(Some(report)).run(work)
}

/// To whom the current thread reports; handed to the threads that it starts.
#[derive(Clone)]
pub(crate) struct Inherited(Option<Report>);

impl Inherited {
    pub(crate) fn from_this_thread() -> Self {
        Self(REPORT.with_borrow(Clone::clone))
    }

    pub(crate) fn run<T>(self, work: impl FnOnce() -> T) -> T {
        let Some(report) = self.0 else {
            return work();
        };
        let _running = Running {
            before: REPORT.replace(Some(Arc::clone(&report))),
            began: of_this_thread(),
            report,
        };
        work()
    }
}

/// Reports when it is dropped, so that a panic is reported too.
struct Running {
    before: Option<Report>,
    began: Duration,
    report: Report,
}

impl Drop for Running {
    fn drop(&mut self) {
        REPORT.set(self.before.take());
        (self.report)(of_this_thread().saturating_sub(self.began));
    }
}

/// CPU time of the calling thread since it began.
fn of_this_thread() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn threads_report_to_whom_their_starter_does() {
        let reports = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&reports);
        let burn = || {
            let began = of_this_thread();
            while of_this_thread() - began < Duration::from_millis(20) {
                std::hint::spin_loop();
            }
        };
        reported(
            Arc::new(move |time| told.lock().unwrap().push(time)),
            || {
                std::thread::scope(|scope| {
                    for _ in 0..2 {
                        let inherited = Inherited::from_this_thread();
                        scope.spawn(move || inherited.run(burn));
                    }
                });
                burn();
            },
        );
        // Nobody asks for this.
        Inherited::from_this_thread().run(burn);
        let reports = reports.lock().unwrap();
        assert_eq!(reports.len(), 3);
        for time in reports.iter() {
            assert!((20..200).contains(&time.as_millis()), "{reports:?}");
        }
    }
}
