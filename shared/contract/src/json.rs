//! JSON values from outside that are stored as they are.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    field::{Chars, TextError},
    limits::KWARGS_MAX_BYTES,
};

/// Arguments of a task: an object of at most 16 KiB with texts that can be stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub struct Kwargs(Value);

impl Default for Kwargs {
    fn default() -> Self {
        Self(Value::Object(Map::new()))
    }
}

impl TryFrom<Value> for Kwargs {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        if !value.is_object() {
            return Err("use an object".to_owned());
        }
        let bytes = value.to_string().len();
        if bytes > KWARGS_MAX_BYTES {
            return Err(format!(
                "use at most {KWARGS_MAX_BYTES} bytes of JSON; it has {bytes}"
            ));
        }
        match first_refused(&value) {
            Some(character) => Err(TextError::Character {
                character,
                allowed: Chars::Prose,
            }
            .to_string()),
            None => Ok(Self(value)),
        }
    }
}

impl From<Kwargs> for Value {
    fn from(kwargs: Kwargs) -> Self {
        kwargs.0
    }
}

fn first_refused(value: &Value) -> Option<char> {
    match value {
        Value::String(text) => Chars::Prose.first_refused(text),
        Value::Array(items) => items.iter().find_map(first_refused),
        Value::Object(fields) => fields.iter().find_map(|(name, value)| {
            Chars::Prose
                .first_refused(name)
                .or_else(|| first_refused(value))
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn arguments_are_small_objects_that_can_be_stored() {
        assert!(Kwargs::try_from(json!({"days": 30, "names": ["å\n"]})).is_ok());
        for bad in [
            json!([]),
            json!({"a": ["\0"]}),
            json!({"\u{ffff}": 1}),
            json!({"a": "x".repeat(20_000)}),
        ] {
            let shown = bad.to_string();
            assert!(
                Kwargs::try_from(bad).is_err(),
                "{}",
                &shown[..10.min(shown.len())]
            );
        }
    }
}
