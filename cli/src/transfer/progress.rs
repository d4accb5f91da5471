//! What users see while they wait: bars and spinners on a terminal, plain lines otherwise.

use std::{
    io::{self, IsTerminal},
    sync::Mutex,
    time::Duration,
};

use super::intervals::Intervals;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use terminal_size::{Width, terminal_size_of};

use crate::output;

const REDRAWS_PER_SECOND: u8 = 8;
const TICK: Duration = Duration::from_millis(120);

const WIDE: &str = "{wide_msg} {decimal_bytes:>10} / {decimal_total_bytes:<10} {decimal_bytes_per_sec:>12} {bar:24}";
/// Where the name would have too little room beside a long bar.
const NARROW: &str =
    "{wide_msg} {decimal_bytes:>9} / {decimal_total_bytes:<9} {decimal_bytes_per_sec:>11} {bar:9}";
/// Columns from which there is room.
const ROOM: u16 = 100;

fn is_narrow() -> bool {
    terminal_size_of(io::stderr()).is_some_and(|(Width(columns), _)| columns < ROOM)
}

/// Bars of several transfers, above which lines are written. Where stderr is no terminal, a line tells of each at intervals.
pub struct Bars {
    all: MultiProgress,
    before: Option<MultiProgress>,
    intervals: Option<Intervals>,
}

impl Bars {
    /// No bars yet.
    #[must_use]
    pub fn new() -> Self {
        let (target, intervals) = match (output::is_quiet(), io::stderr().is_terminal()) {
            (false, true) => (ProgressDrawTarget::stderr_with_hz(REDRAWS_PER_SECOND), None),
            (false, false) => (ProgressDrawTarget::hidden(), Some(Intervals::begin())),
            (true, _) => (ProgressDrawTarget::hidden(), None),
        };
        let all = MultiProgress::with_draw_target(target);
        let before = output::on_screen(Some(all.clone()));
        Self {
            all,
            before,
            intervals,
        }
    }

    /// A bar for one file; its size may become known later.
    #[must_use]
    pub fn file(&self, name: &str, size: Option<u64>) -> ProgressBar {
        let bar = self
            .all
            .add(size.map_or_else(ProgressBar::no_length, ProgressBar::new));
        let template = if is_narrow() { NARROW } else { WIDE };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(output::name(name).into_owned());
        if let Some(intervals) = &self.intervals {
            intervals.add(bar.clone());
        }
        bar
    }

    /// A bar for reading a file before it is sent.
    #[must_use]
    pub fn hashing(&self, name: &str, size: u64) -> ProgressBar {
        let bar = self.file(name, Some(size));
        bar.set_message(format!("Reading {}", output::name(name)));
        bar
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        output::on_screen(self.before.take());
    }
}

/// Shows that so much was there before. It does not count as sent now.
pub fn was_there(bar: &ProgressBar, bytes: u64) {
    bar.set_position(bytes);
    // The rate is reckoned from what the bar has seen.
    bar.tick();
    bar.reset_eta();
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
    _bars: Bars,
    last: Mutex<String>,
}

impl Waiting {
    /// Waits for task `id`.
    #[must_use]
    pub fn new(id: i64) -> Self {
        let bars = Bars::new();
        let bar = (io::stderr().is_terminal() && !output::is_quiet()).then(|| {
            let bar = bars.all.add(ProgressBar::new_spinner());
            bar.enable_steady_tick(TICK);
            bar
        });
        let waiting = Self {
            id,
            bar,
            _bars: bars,
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
