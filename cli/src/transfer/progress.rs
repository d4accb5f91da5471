//! What users see while they wait: bars and spinners on a terminal, plain lines otherwise.

use std::{
    io::{self, IsTerminal},
    sync::Mutex,
    time::Duration,
};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output;

const REDRAWS_PER_SECOND: u8 = 8;
const TICK: Duration = Duration::from_millis(120);

/// Bars of several transfers. Nothing is drawn where stderr is not a terminal.
pub struct Bars {
    all: MultiProgress,
}

impl Bars {
    /// No bars yet.
    #[must_use]
    pub fn new() -> Self {
        let target = if io::stderr().is_terminal() && !output::is_quiet() {
            ProgressDrawTarget::stderr_with_hz(REDRAWS_PER_SECOND)
        } else {
            ProgressDrawTarget::hidden()
        };
        Self {
            all: MultiProgress::with_draw_target(target),
        }
    }

    /// A bar for one file; its size may become known later.
    #[must_use]
    pub fn file(&self, name: &str, size: Option<u64>) -> ProgressBar {
        let bar = self
            .all
            .add(size.map_or_else(ProgressBar::no_length, ProgressBar::new));
        if let Ok(style) = ProgressStyle::with_template(
            "{wide_msg} {decimal_bytes:>10} / {decimal_total_bytes:<10} {decimal_bytes_per_sec:>12} {bar:24}",
        ) {
            bar.set_style(style);
        }
        bar.set_message(output::name(name).into_owned());
        bar
    }

    /// A bar for reading a file before it is sent.
    #[must_use]
    pub fn hashing(&self, name: &str, size: u64) -> ProgressBar {
        let bar = self.file(name, Some(size));
        bar.set_message(format!("Reading {}", output::name(name)));
        bar
    }

    /// Writes to stdout without disturbing the bars.
    pub fn suspend<T>(&self, write: impl FnOnce() -> T) -> T {
        self.all.suspend(write)
    }
}

impl Default for Bars {
    fn default() -> Self {
        Self::new()
    }
}

/// A spinner for a wait; where there is no terminal, a line on stderr at each change.
pub struct Waiting {
    id: i64,
    bar: Option<ProgressBar>,
    last: Mutex<String>,
}

impl Waiting {
    /// Waits for task `id`.
    #[must_use]
    pub fn new(id: i64) -> Self {
        let bar = (io::stderr().is_terminal() && !output::is_quiet()).then(|| {
            let bar = ProgressBar::new_spinner();
            bar.enable_steady_tick(TICK);
            bar
        });
        let waiting = Self {
            id,
            bar,
            last: Mutex::new(String::new()),
        };
        if let Some(bar) = &waiting.bar {
            bar.set_message(format!("Waiting for task {id} …"));
        }
        waiting
    }

    /// Shows what the task is doing.
    pub fn show(&self, state: &str, phase: Option<&str>) {
        let text = match phase {
            Some(phase) => format!("Task {}: {state}, {}", self.id, output::name(phase)),
            None => format!("Task {}: {state}", self.id),
        };
        match &self.bar {
            Some(bar) => bar.set_message(text),
            None => {
                if let Ok(mut last) = self.last.lock()
                    && *last != text
                {
                    output::remark(&text);
                    *last = text;
                }
            }
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
