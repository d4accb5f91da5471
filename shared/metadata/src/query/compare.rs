//! Numbers compared without losing the last digits of long ones.

use std::cmp::Ordering;

/// From here on a 64-bit float no longer tells neighbouring whole numbers apart.
const INEXACT: f64 = 9_007_199_254_740_992.0;

/// A number of a filter, and the same as a whole number if it was written as one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bound {
    pub(super) number: f64,
    whole: Option<i128>,
}

impl Bound {
    /// `text` is how `number` is written.
    pub(super) fn exact(number: f64, text: &str) -> Self {
        Self {
            number,
            whole: text.parse().ok(),
        }
    }

    pub(super) fn inexact(number: f64) -> Self {
        Self {
            number,
            whole: None,
        }
    }

    /// A cell's number against this one; `cell` is how the cell is written. `None` if either is not a number.
    #[inline]
    pub(super) fn compare<'c>(
        &self,
        number: f64,
        cell: impl FnOnce() -> &'c str,
    ) -> Option<Ordering> {
        let ordering = number.partial_cmp(&self.number)?;
        if ordering != Ordering::Equal || number.abs() < INEXACT {
            return Some(ordering);
        }
        match (self.whole, cell().parse::<i128>()) {
            (Some(bound), Ok(cell)) => Some(cell.cmp(&bound)),
            _ => Some(ordering),
        }
    }
}
