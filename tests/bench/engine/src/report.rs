//! Lines for eyes and scripts, and a Markdown table.

use std::fmt::Write;

use crate::comparison::{Comparison, Ratio};
use crate::runner::Used;

/// An earlier version over this one: as fast, within what two measurements of one program differ by.
const AS_BEFORE: f64 = 0.95;

/// Medians of a comparison.
#[derive(Debug)]
pub(crate) struct Measured {
    /// One per way of the other side.
    pub(crate) theirs: Vec<Used>,
    /// Of an earlier version of ours.
    pub(crate) before: Option<Used>,
    pub(crate) ours: Used,
    /// Bytes written by both.
    pub(crate) sizes: Option<(u64, u64)>,
}

/// A ratio with its goal.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub(crate) name: String,
    /// What bcftools needed, or what is allowed.
    pub(crate) theirs: String,
    pub(crate) ours: String,
    /// Theirs over ours.
    pub(crate) value: f64,
    pub(crate) goal: f64,
}

impl Line {
    /// Of a comparison that could not be made.
    pub(crate) fn failed(name: &str) -> Self {
        let dash = "-".to_owned();
        Self {
            name: name.to_owned(),
            theirs: dash.clone(),
            ours: dash,
            value: 0.0,
            goal: 1.0,
        }
    }

    pub(crate) fn is_reached(&self) -> bool {
        self.value >= self.goal
    }

    /// `RATIO name value goal`, the name without blanks.
    pub(crate) fn text(&self) -> String {
        let name = self.name.replace([' ', ','], "-").replace("--", "-");
        format!("RATIO {name} {:.2} {:.2}", self.value, self.goal)
    }
}

/// The ratios of a comparison.
pub(crate) fn lines(comparison: &Comparison, measured: &Measured) -> Vec<Line> {
    let name = &comparison.name;
    let line = |what: &str, theirs: String, ours: String, value, goal| Line {
        name: format!("{name} {what}"),
        theirs,
        ours,
        value,
        goal,
    };
    let ratio = |ratio: &Ratio| match *ratio {
        Ratio::Cpu { goal } => {
            let (theirs, ours) = (measured.theirs[0].cpu, measured.ours.cpu);
            line(
                "cpu",
                format!("{theirs:.3} s"),
                format!("{ours:.3} s"),
                theirs / ours,
                goal,
            )
        }
        Ratio::Wall { goal } => {
            let best = measured
                .theirs
                .iter()
                .map(|used| used.wall)
                .fold(f64::INFINITY, f64::min);
            let ours = measured.ours.wall;
            line(
                "wall",
                format!("{best:.3} s"),
                format!("{ours:.3} s"),
                best / ours,
                goal,
            )
        }
        Ratio::Memory { goal } => {
            let (theirs, ours) = (measured.theirs[0].memory, measured.ours.memory);
            line(
                "memory",
                format!("{} MiB", theirs >> 20),
                format!("{} MiB", ours >> 20),
                theirs as f64 / ours.max(1) as f64,
                goal,
            )
        }
        Ratio::Size { allowed } => {
            let (theirs, ours) = measured.sizes.unwrap_or((0, 1));
            let value = theirs as f64 * allowed / ours.max(1) as f64;
            let what = if allowed > 1.0 {
                format!("size, {:.0}% more allowed", (allowed - 1.0) * 100.0)
            } else {
                "size".to_owned()
            };
            line(
                &what,
                format!("{theirs} bytes"),
                format!("{ours} bytes"),
                value,
                1.0,
            )
        }
    };
    let seconds = |ratio: &Ratio| {
        let (what, of): (_, fn(&Used) -> f64) = match ratio {
            Ratio::Cpu { .. } => ("cpu as before", |used| used.cpu),
            Ratio::Wall { .. } => ("wall as before", |used| used.wall),
            Ratio::Memory { .. } | Ratio::Size { .. } => return None,
        };
        let (before, now) = (of(measured.before.as_ref()?), of(&measured.ours));
        let (earlier, ours) = (format!("{before:.3} s"), format!("{now:.3} s"));
        Some(line(what, earlier, ours, before / now, AS_BEFORE))
    };
    let as_before = comparison.ratios.iter().filter_map(seconds);
    let ratios = comparison.ratios.iter().map(ratio);
    ratios.chain(as_before).collect()
}

/// All lines as a table.
pub(crate) fn table(lines: &[Line]) -> String {
    let mut table = String::from(
        "| measurement | bcftools 1.24, or the engine before | native engine | ratio | goal | reached |\n|---|---:|---:|---:|---:|---|\n",
    );
    for line in lines {
        let reached = if line.is_reached() { "yes" } else { "no" };
        let Line {
            name,
            theirs,
            ours,
            value,
            goal,
        } = line;
        // Writing to a string cannot fail.
        let _ = writeln!(
            table,
            "| {name} | {theirs} | {ours} | {value:.2} | {goal} | {reached} |"
        );
    }
    table
}
