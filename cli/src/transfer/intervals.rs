//! Progress where there is no terminal: a line for each transfer under way, at intervals, so that the log of a job shows that it
//! is alive without being filled.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use indicatif::ProgressBar;

use crate::output::{self, size};

const EVERY: Duration = Duration::from_secs(10);

/// While it lives, lines are written.
pub(super) struct Intervals(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    ended: Condvar,
}

#[derive(Default)]
struct State {
    bars: Vec<ProgressBar>,
    ended: bool,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Intervals {
    /// From now on.
    pub(super) fn begin() -> Self {
        let shared = Arc::new(Shared::default());
        let told = Arc::clone(&shared);
        thread::spawn(move || tell(&told));
        Self(shared)
    }

    /// Another transfer is under way, until its bar is finished.
    pub(super) fn add(&self, bar: ProgressBar) {
        self.0.state().bars.push(bar);
    }
}

impl Drop for Intervals {
    fn drop(&mut self) {
        self.0.state().ended = true;
        self.0.ended.notify_all();
    }
}

fn tell(shared: &Shared) {
    let mut state = shared.state();
    while !state.ended {
        state = shared
            .ended
            .wait_timeout_while(state, EVERY, |state| !state.ended)
            .unwrap_or_else(PoisonError::into_inner)
            .0;
        if !state.ended {
            state.bars.retain(|bar| !bar.is_finished());
            for bar in &state.bars {
                output::remark(&line(bar));
            }
        }
    }
}

/// `a.vcf.gz: 1.20 GB of 3.00 GB`
fn line(bar: &ProgressBar) -> String {
    let done = size::human(bar.position());
    match bar.length() {
        Some(length) => format!("{}: {done} of {}", bar.message(), size::human(length)),
        None => format!("{}: {done}", bar.message()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_how_much_of_what() {
        let bar = ProgressBar::hidden();
        bar.set_message("a.vcf.gz");
        bar.set_length(3_000_000_000);
        bar.set_position(1_200_000_000);
        assert_eq!(line(&bar), "a.vcf.gz: 1.20 GB of 3.00 GB");
    }

    #[test]
    fn nothing_waits_for_the_next_line_when_the_work_is_done() {
        let shared = Arc::new(Shared::default());
        let teller = thread::spawn({
            let shared = Arc::clone(&shared);
            move || tell(&shared)
        });
        drop(Intervals(shared));
        teller.join().unwrap();
    }
}
