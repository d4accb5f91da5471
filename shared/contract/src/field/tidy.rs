//! Spellings that mean the same and are stored as one.

/// Without the spaces around it.
pub(super) fn trimmed(text: String) -> String {
    match text.trim() {
        inner if inner.len() == text.len() => text,
        inner => inner.to_owned(),
    }
}

/// As [`trimmed`], in lower case.
pub(super) fn lower_case(text: String) -> String {
    trimmed(text).to_ascii_lowercase()
}
