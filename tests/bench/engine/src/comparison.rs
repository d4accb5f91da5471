//! What is measured: pairs of equal work, and the ratios that are wanted of them.

use std::path::PathBuf;

use crate::runner::Work;

/// What a ratio is about. All are theirs divided by ours: larger is better.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Ratio {
    /// CPU seconds.
    Cpu { goal: f64 },
    /// Seconds by the clock, against the fastest alternative.
    Wall { goal: f64 },
    /// Bytes of memory at the peak.
    Memory { goal: f64 },
    /// Output bytes, ours allowed to be larger by this factor: the goal is 1.
    Size { allowed: f64 },
}

/// The same task for both sides.
#[derive(Debug)]
pub(crate) struct Comparison {
    pub(crate) name: String,
    /// Ways in which the other side can do it; the first is the one whose CPU counts.
    pub(crate) theirs: Vec<Work>,
    pub(crate) ours: Work,
    /// Output files of both, where their sizes matter.
    pub(crate) outputs: Option<(PathBuf, PathBuf)>,
    pub(crate) ratios: Vec<Ratio>,
}
