//! Lines that are worded as `format!` words them: `output::line!("…", …)` is `output::line` of that text.

/// A result.
macro_rules! line {
    ($($text:tt)*) => { $crate::output::line(&format!($($text)*)) };
}

/// A result that all was waiting for, in green.
macro_rules! done {
    ($($text:tt)*) => { $crate::output::line(&$crate::output::style::green(&format!($($text)*))) };
}

/// A remark to stderr.
macro_rules! note {
    ($($text:tt)*) => { $crate::output::note(&format!($($text)*)) };
}

/// A warning to stderr.
macro_rules! warning {
    ($($text:tt)*) => { $crate::output::warn(&format!($($text)*)) };
}

// `warn` alone would be the attribute of that name.
pub(crate) use {done, line, note, warning as warn};
