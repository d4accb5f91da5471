//! Taking what came back as what is expected: only what differs is written anew, and placeholders that fit stay.

use serde_json::{Map, Value};

use super::{fill_in, split_body};
use crate::shape::{Kept, compare};

/// The file's text with another expectation of one exchange.
///
/// # Errors
/// If there is nothing that could be written: a header differs, or a placeholder stands where JSON has none.
pub(super) fn accept(
    text: &str,
    title: &str,
    (status, body): (u16, &str),
    values: &Kept,
) -> Result<String, String> {
    let head = format!("\n## {title}\n");
    let start = text.find(&head).ok_or("the exchange is gone")? + head.len();
    let end = text[start..]
        .find("\n## ")
        .map_or(text.len(), |length| start + length);
    let expected = text[start..end]
        .find("\n=> ")
        .ok_or("there is no `=> STATUS`")?;
    let from = start + expected + "\n=> ".len();
    let (old_head, old_body) = split_body(&text[from..end]);
    let (first, headers) = old_head.split_once('\n').unwrap_or((old_head, ""));
    let eventually = if first.ends_with(" eventually") {
        " eventually"
    } else {
        ""
    };
    let mut new = format!("{status}{eventually}");
    for header in headers.lines() {
        new += &format!("\n{header}");
    }
    let body = expectation(&old_body, body, values)?;
    if !body.is_empty() {
        new += &format!("\n\n{body}");
    }
    new.push('\n');
    let accepted = format!("{}{new}{}", &text[..from], &text[end..]);
    if accepted == text {
        return Err("what differs cannot be accepted; change the file by hand".to_owned());
    }
    Ok(accepted)
}

fn expectation(old: &str, found: &str, values: &Kept) -> Result<String, String> {
    let Ok(found_value) = serde_json::from_str::<Value>(found) else {
        return Ok(found.trim().to_owned());
    };
    let shape = match serde_json::from_str::<Value>(old) {
        Ok(shape) => shape,
        Err(_) if old.is_empty() => Value::Null,
        Err(error) => return Err(format!("the expected body is not JSON: {error}")),
    };
    if fits(&shape, &found_value, values) {
        return Ok(old.to_owned());
    }
    serde_json::to_string_pretty(&merged(&shape, &found_value, values))
        .map_err(|error| error.to_string())
}

fn fits(shape: &Value, found: &Value, values: &Kept) -> bool {
    let filled = serde_json::from_str::<Value>(&fill_in(&shape.to_string(), values));
    filled.is_ok_and(|shape| compare(&shape, found, "$", &mut Kept::new()).is_ok())
}

fn merged(shape: &Value, found: &Value, values: &Kept) -> Value {
    if fits(shape, found, values) {
        return shape.clone();
    }
    match (shape, found) {
        (Value::Object(shapes), Value::Object(fields)) => {
            let is_open = shapes.contains_key("...");
            let mut all = Map::new();
            for (name, value) in fields {
                match shapes.get(name) {
                    Some(shape) => {
                        all.insert(name.clone(), merged(shape, value, values));
                    }
                    None if is_open => {}
                    None => {
                        all.insert(name.clone(), value.clone());
                    }
                }
            }
            if let Some(dots) = shapes.get("...") {
                all.insert("...".to_owned(), dots.clone());
            }
            all.into()
        }
        (Value::Array(shapes), Value::Array(items)) if shapes.len() == items.len() => {
            let pairs = shapes.iter().zip(items);
            pairs
                .map(|(shape, item)| merged(shape, item, values))
                .collect()
        }
        _ => found.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# about\n\n## first\nGET /a\n\n=> 200 eventually\nX-A: <any>\n\n{\"id\": \"<int>\", \"name\": \"old\", \
                        \"of\": \"{project}\"}\n\n## second\nGET /b\n\n=> 404\n";

    fn values() -> Kept {
        Kept::from([("project".to_owned(), "herring".to_owned())])
    }

    #[test]
    fn only_what_differs_is_written_anew() {
        let body = r#"{"id": 7, "name": "new", "of": "herring", "more": [1]}"#;
        let accepted = accept(TEXT, "first", (201, body), &values()).unwrap();
        let expected = "# about\n\n## first\nGET /a\n\n=> 201 eventually\nX-A: <any>\n\n{\n  \"id\": \"<int>\",\n  \
                        \"more\": [\n    1\n  ],\n  \"name\": \"new\",\n  \"of\": \"{project}\"\n}\n\n## second\nGET /b\n\n=> 404\n";
        assert_eq!(accepted, expected);
    }

    #[test]
    fn a_body_may_come_and_go() {
        let accepted = accept(TEXT, "second", (404, "gone"), &values()).unwrap();
        assert!(
            accepted.ends_with("GET /b\n\n=> 404\n\ngone\n"),
            "{accepted}"
        );
        let back = accept(&accepted, "second", (404, ""), &values()).unwrap();
        assert_eq!(back, TEXT);
    }

    #[test]
    fn what_cannot_be_accepted_is_an_error() {
        let same = r#"{"id": 7, "name": "old", "of": "herring"}"#;
        assert!(accept(TEXT, "first", (200, same), &values()).is_err());
        assert!(accept(TEXT, "third", (200, ""), &values()).is_err());
    }
}
