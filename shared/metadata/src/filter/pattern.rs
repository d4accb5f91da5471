//! Regular expressions in values: `column:~"^N[0-9]+$"`.

use regex::{Regex, RegexBuilder};

/// A pattern that compiles to more than this is refused, in bytes.
const LARGEST: usize = 1 << 20;

/// The pattern as a search anywhere in the text, in time linear in the text.
///
/// # Errors
///
/// The reason in one line.
pub(crate) fn compile(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(pattern)
        .size_limit(LARGEST)
        .build()
        .map_err(|error| {
            let text = error.to_string();
            let line = text.lines().last().unwrap_or_default();
            line.trim_start_matches("error: ").to_owned()
        })
}
