//! Columns of numbers as the Python implementation's table reader understands them. Compat mode only.
//!
//! That reader takes at most 17 digits of a number and scales them by one power of ten, so that the last digit of a long
//! fraction can differ from the nearest float. Comparisons for equality see the difference.

use std::sync::LazyLock;

use crate::{
    cells::Cells,
    missing::{is_missing, trim},
    mode::Mode,
    number::float,
};

/// Digits behind these are dropped.
const MOST_DIGITS: usize = 17;

/// Powers of ten from 0 to 308, each the nearest float.
static POWERS: LazyLock<Vec<f64>> = LazyLock::new(|| {
    let power = |exponent: u32| format!("1e{exponent}").parse().unwrap_or(f64::INFINITY);
    (0..=308).map(power).collect()
});

/// A column that the table reader turns into numbers.
pub(super) enum StockNumbers {
    /// All cells are there and are whole numbers of 64 bits.
    Whole(Vec<i128>),
    /// NaN where a cell is missing.
    Floats(Vec<f64>),
}

/// `None` if the column stays text.
pub(super) fn numbers(table: &Cells, column: usize) -> Option<StockNumbers> {
    let present = |raw: &str| !is_missing(raw, trim(raw), Mode::Compat);
    let whole: Option<Vec<i128>> = table
        .column(column)
        .map(|raw| trim(raw).parse().ok())
        .collect();
    if let Some(whole) = whole {
        let signed = whole.iter().all(|number| i64::try_from(*number).is_ok());
        let unsigned = whole.iter().all(|number| u64::try_from(*number).is_ok());
        return (signed || unsigned).then_some(StockNumbers::Whole(whole));
    }
    let cells = table.column(column);
    cells
        .map(|raw| {
            if present(raw) {
                table_float(trim(raw))
            } else {
                Some(f64::NAN)
            }
        })
        .collect::<Option<_>>()
        .map(StockNumbers::Floats)
}

/// `text` as the table reader reads it: no underscores, no `nan`, nothing too large.
fn table_float(text: &str) -> Option<f64> {
    let near = float(text).filter(|number| !number.is_nan() && !text.contains('_'))?;
    let digits = text.trim_start_matches(['+', '-']);
    if digits.starts_with(['i', 'I']) {
        return Some(near);
    }
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut number = 0.0;
    for digit in whole.bytes().chain(fraction.bytes()).take(MOST_DIGITS) {
        number = number * 10.0 + f64::from(digit - b'0');
    }
    let dropped = whole.len().saturating_sub(MOST_DIGITS);
    let decimals = fraction.len().min(MOST_DIGITS.saturating_sub(whole.len()));
    let exponent = exponent.parse::<i64>().ok()? + i64::try_from(dropped).ok()?
        - i64::try_from(decimals).ok()?;
    let scaled = scale(number, exponent)?;
    Some(if text.starts_with('-') {
        -scaled
    } else {
        scaled
    })
}

fn scale(number: f64, exponent: i64) -> Option<f64> {
    let power = |exponent: i64| {
        usize::try_from(exponent)
            .ok()
            .and_then(|at| POWERS.get(at).copied())
    };
    match exponent {
        309.. => None,
        0..=308 => Some(number * power(exponent)?).filter(|number| number.is_finite()),
        -308..0 => Some(number / power(-exponent)?),
        _ => Some(power(-308 - exponent).map_or(0.0, |power| number / power / POWERS[308])),
    }
}
