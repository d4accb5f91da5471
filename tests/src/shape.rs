//! What a JSON value must look like: itself, with placeholders where a value cannot be known before.
//!
//! - `"<int>"`, `"<number>"`, `"<bool>"`, `"<string>"`, `"<uuid>"`, `"<jwt>"`, `"<url>"`, `"<md5>"` (hexadecimal),
//!   `"<iso-time>"` (RFC 3339), `"<utc-time>"` (RFC 3339 to the second, `Z`), `"<future>"` (unix seconds), `"<any>"`
//! - `"<contains: some words>"` for a text
//! - `"<int|null>"` for either
//! - `"<int as job>"` keeps the value as `{job}`
//! - in an array `["...", X]` means any number of X; in an object `"...": ""` allows further fields

use std::{
    collections::BTreeMap,
    time::{SystemTime, UNIX_EPOCH},
};

use serde_json::Value;

/// Values that were kept.
pub type Kept = BTreeMap<String, String>;

/// Compares; an error names the place.
///
/// # Errors
/// The first difference.
pub fn compare(shape: &Value, found: &Value, place: &str, kept: &mut Kept) -> Result<(), String> {
    let differs = || Err(format!("{place}: expected {shape}, found {found}"));
    match (shape, found) {
        (Value::String(text), found) => match placeholder(text) {
            Some(what) => fill(what, found, kept)
                .map_err(|why| format!("{place}: expected {text}, found {found} ({why})")),
            None if shape == found => Ok(()),
            None => differs(),
        },
        (Value::Array(shapes), Value::Array(values)) => {
            if let [Value::String(dots), each] = shapes.as_slice()
                && dots == "..."
            {
                return values.iter().enumerate().try_for_each(|(index, value)| {
                    compare(each, value, &format!("{place}[{index}]"), kept)
                });
            }
            if shapes.len() != values.len() {
                return differs();
            }
            shapes
                .iter()
                .zip(values)
                .enumerate()
                .try_for_each(|(index, (shape, value))| {
                    compare(shape, value, &format!("{place}[{index}]"), kept)
                })
        }
        (Value::Object(fields), Value::Object(values)) => {
            for (name, shape) in fields.iter().filter(|(name, _)| *name != "...") {
                let Some(value) = values.get(name) else {
                    return Err(format!("{place}.{name} is missing in {found}"));
                };
                compare(shape, value, &format!("{place}.{name}"), kept)?;
            }
            let unknown = values.keys().find(|name| !fields.contains_key(*name));
            match unknown {
                Some(name) if !fields.contains_key("...") => {
                    Err(format!("{place}.{name} is not expected: {found}"))
                }
                _ => Ok(()),
            }
        }
        _ if shape == found => Ok(()),
        _ => differs(),
    }
}

/// The same for a header or another text.
///
/// # Errors
/// If it differs.
pub fn compare_text(shape: &str, found: &str, kept: &mut Kept) -> Result<(), String> {
    compare(&shape.into(), &found.into(), "text", kept)
}

fn placeholder(text: &str) -> Option<&str> {
    text.strip_prefix('<')?.strip_suffix('>')
}

fn fill(what: &str, found: &Value, kept: &mut Kept) -> Result<(), String> {
    if let Some(words) = what.strip_prefix("contains: ") {
        return match found.as_str() {
            Some(text) if text.contains(words) => Ok(()),
            _ => Err("it does not contain that".to_owned()),
        };
    }
    let (kinds, name) = match what.split_once(" as ") {
        Some((kinds, name)) => (kinds, Some(name)),
        None => (what, None),
    };
    if !kinds.split('|').any(|kind| is(kind, found)) {
        return Err("it is no such thing".to_owned());
    }
    if let Some(name) = name {
        let text = found
            .as_str()
            .map_or_else(|| found.to_string(), str::to_owned);
        kept.insert(name.to_owned(), text);
    }
    Ok(())
}

fn is(kind: &str, found: &Value) -> bool {
    let text = found.as_str();
    let looks_like = |pattern: &str| text.is_some_and(|text| matches(pattern, text));
    match kind {
        "any" => true,
        "null" => found.is_null(),
        "int" => found.is_i64(),
        "number" => found.is_number(),
        "bool" => found.is_boolean(),
        "string" => text.is_some(),
        "url" => text.is_some_and(|text| text.starts_with("http")),
        "uuid" => text.is_some_and(|text| uuid::Uuid::parse_str(text).is_ok()),
        "jwt" => text.is_some_and(|text| text.split('.').count() == 3 && text.len() > 100),
        "md5" => text.is_some_and(|text| {
            text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        }),
        // Fractions of a second and the zone's spelling are left open; ISO parsers take them all.
        "iso-time" => text.is_some_and(|text| {
            text.is_char_boundary(19)
                && text.len() > 19
                && matches("0000-00-00T00:00:00", &text[..19])
                && (text.ends_with('Z') || text.ends_with("+00:00"))
        }),
        "utc-time" => looks_like("0000-00-00T00:00:00Z"),
        "future" => {
            let now = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| since.as_secs());
            found.as_u64().is_some_and(|seconds| seconds > now)
        }
        _ => false,
    }
}

/// `0` in the pattern stands for a digit.
fn matches(pattern: &str, text: &str) -> bool {
    pattern.len() == text.len()
        && pattern.bytes().zip(text.bytes()).all(|(want, have)| {
            if want == b'0' {
                have.is_ascii_digit()
            } else {
                want == have
            }
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(shape: Value, found: Value) -> Result<Kept, String> {
        let mut kept = Kept::new();
        compare(&shape, &found, "$", &mut kept).map(|()| kept)
    }

    #[test]
    fn placeholders_are_filled_and_kept() {
        let found = json!({"id": 7, "when": "2026-01-02T03:04:05Z", "list": [1, 2], "more": true});
        let shape = json!({"id": "<int as job>", "when": "<utc-time>", "list": ["...", "<int>"], "...": ""});
        assert_eq!(check(shape, found).unwrap()["job"], "7");
    }

    #[test]
    fn differences_name_their_place() {
        let cases = [
            (
                json!({"a": 1}),
                json!({"a": 1, "b": 2}),
                "$.b is not expected",
            ),
            (json!({"a": [1, 2]}), json!({"a": [1]}), "$.a: expected"),
            (
                json!({"a": "<int|null>"}),
                json!({"a": "1"}),
                "$.a: expected",
            ),
            (json!({"a": 1}), json!({}), "$.a is missing"),
        ];
        for (shape, found, place) in cases {
            let error = check(shape, found).unwrap_err();
            assert!(error.starts_with(place), "{error}");
        }
    }
}
