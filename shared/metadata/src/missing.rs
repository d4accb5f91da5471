//! Which cells count as missing.

use crate::mode::Mode;

/// The words the Python implementation's reader takes for a missing value, besides the empty cell.
const WORDS: [&str; 18] = [
    "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>",
    "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
];

/// `raw` is a cell as it stands in the file, `trimmed` the same without outer blanks; a cell of blanks only is missing. In
/// compat mode a word with blanks around it is text, as there the words are looked for before blanks are removed.
#[inline]
pub(crate) fn is_missing(raw: &str, trimmed: &str, mode: Mode) -> bool {
    let word = match mode {
        Mode::Strict => trimmed,
        Mode::Compat => raw,
    };
    trimmed.is_empty() || is_word(word)
}

/// `text` is exactly one of the words for a missing value.
#[inline]
pub(crate) fn is_word(text: &str) -> bool {
    let [first, .., last] = text.as_bytes() else {
        return false;
    };
    text.len() <= 8
        && matches!(first, b'#' | b'-' | b'1' | b'<' | b'N' | b'n')
        && matches!(
            last,
            b'A' | b'D' | b'N' | b'L' | b'a' | b'e' | b'n' | b'l' | b'>'
        )
        && WORDS.contains(&text)
}

/// Removes white space at both ends; quick for the many cells that have none.
#[inline]
pub(crate) fn trim(cell: &str) -> &str {
    match cell.as_bytes() {
        [] => cell,
        [first, .., last] if (0x21..0x80).contains(first) && (0x21..0x80).contains(last) => cell,
        [only] if (0x21..0x80).contains(only) => cell,
        _ => cell.trim(),
    }
}
