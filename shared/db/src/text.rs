//! Text that Postgres cannot store: the character NUL (U+0000), in `text` as well as in `jsonb`. What a user sends
//! is refused with [`crate::DbError::UnstorableText`]; what we say about a user's file must be stored all the same.

use std::borrow::Cow;

use serde_json::Value;

/// The text with a visible sign in the place of every NUL.
pub(crate) fn storable(text: &str) -> Cow<'_, str> {
    if text.contains('\0') {
        Cow::Owned(text.replace('\0', "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The same for every text in a JSON value, names of fields included.
pub(crate) fn storable_json(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(storable(text).into_owned()),
        Value::Array(items) => items.iter().map(storable_json).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (storable(name).into_owned(), storable_json(value)))
            .collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_nul_is_left_anywhere() {
        let value = json!({"a\0": ["b\0c", {"d": "\0"}], "e": 1});
        let stored = storable_json(&value).to_string();
        assert!(!stored.contains("\\u0000"), "{stored}");
        assert!(stored.contains("b\u{fffd}c"), "{stored}");
        assert_eq!(storable("plain"), "plain");
    }
}
