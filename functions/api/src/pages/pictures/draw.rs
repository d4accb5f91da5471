//! Marks as data of SVG paths.

use std::fmt::Write;

/// How high drawings are, in their own units.
pub(super) const HEIGHT: usize = 100;

/// Bars from left to right, one unit wide each with a gap if they are few; the highest of all figures is `most`.
pub(super) fn bars(values: &[u64], most: u64) -> String {
    stacked(values, &vec![0; values.len()], most)
}

/// As [`bars`], on top of others.
pub(super) fn stacked(values: &[u64], below: &[u64], most: u64) -> String {
    let width = if values.len() > 60 { "1" } else { ".84" };
    let mut path = String::new();
    for (place, (value, base)) in values.iter().zip(below).enumerate() {
        if *value == 0 {
            continue;
        }
        let height = |value: u64| HEIGHT as f64 * value as f64 / most.max(1) as f64;
        // What is there is seen, however little.
        let (bottom, tall) = (height(*base), height(*value).max(0.6));
        let bottom = HEIGHT as f64 - bottom;
        // Writing into a string does not fail.
        let _ = write!(path, "M{place} {bottom:.1}v-{tall:.1}h{width}v{tall:.1}z");
    }
    path
}

/// A whole in percent.
pub(super) fn percent(part: u64, whole: u64) -> String {
    match whole {
        0 => "0 %".to_owned(),
        whole => format!("{:.1} %", 100.0 * part as f64 / whole as f64),
    }
}

/// Bases, short.
pub(super) fn bases(number: u64) -> String {
    match number {
        0..10_000 => format!("{number} bp"),
        10_000..1_000_000 => format!("{:.0} kb", number as f64 / 1e3),
        1_000_000..100_000_000 => format!("{:.1} Mb", number as f64 / 1e6),
        _ => format!("{:.0} Mb", number as f64 / 1e6),
    }
}
