//! Values that mean harm, or nothing.

use serde_json::{Value, json};

use super::operations::{Field, Place};

/// A value for one field.
#[derive(Clone, Debug)]
pub(super) enum Hostile {
    /// In JSON, or as a text where there is no JSON.
    Value(Value),
    /// A number that JSON has and no type of ours holds.
    Huge,
    /// So many times the good item.
    Repeated(usize),
}

const TEXTS: [&str; 14] = [
    "",
    " ",
    "\n",
    "\0",
    "a\0b",
    "\u{7f}",
    "\u{fffe}",
    "\u{ffff}.txt",
    "..",
    "../../x",
    "a\r\nX-Evil: 1",
    "result_of_job_1.vcf.gz",
    "\u{202e}å🧬",
    "9999999999999999999999",
];

/// Everything that is tried in a field.
pub(super) fn values(field: &Field) -> Vec<Hostile> {
    let mut values: Vec<Hostile> = TEXTS
        .iter()
        .map(|text| Hostile::Value(json!(text)))
        .collect();
    // A URL has at most 64 KiB, a body 4 MiB.
    let long = if field.place == Place::Body {
        300_000
    } else {
        9_000
    };
    values.push(Hostile::Value(json!("x".repeat(long))));
    for number in [
        json!(-1),
        json!(0),
        json!(i64::MIN),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(1.5),
        json!(1e308),
    ] {
        values.push(Hostile::Value(number));
    }
    if field.place == Place::Body {
        values.push(Hostile::Huge);
        for wrong in [json!(null), json!(true), json!([]), json!({}), json!([[]])] {
            values.push(Hostile::Value(wrong));
        }
    }
    if field.is_list {
        values.push(Hostile::Repeated(101));
        values.push(Hostile::Repeated(100_001));
    }
    values
}

impl Hostile {
    pub(super) fn value(&self, good: &Value) -> Value {
        match self {
            Self::Value(value) => value.clone(),
            Self::Huge => serde_json::from_str("99999999999999999999").unwrap_or_default(),
            Self::Repeated(times) => {
                let item = good.get(0).cloned().unwrap_or_else(|| json!("abc"));
                // A body has at most 4 MiB.
                let fitting = 3_500_000 / item.to_string().len().max(1);
                vec![item; fitting.min(*times)].into()
            }
        }
    }

    /// As a text, for paths, query strings and forms.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Value(Value::String(text)) => text.clone(),
            Self::Value(value) => value.to_string(),
            Self::Huge | Self::Repeated(_) => "99999999999999999999".to_owned(),
        }
    }

    pub(super) fn shown(&self) -> String {
        match self {
            Self::Value(value) => value.to_string().chars().take(60).collect(),
            other => format!("{other:?}"),
        }
    }

    /// What of it a message would quote.
    pub(super) fn quoted(&self) -> String {
        let text = self.text();
        if text.trim().is_empty() || text.chars().any(char::is_control) {
            // Nothing that a message could have by accident.
            return "\0".to_owned();
        }
        text.chars().take(60).collect()
    }

    /// Programs between resolve such a segment.
    pub(super) fn changes_the_path(&self) -> bool {
        matches!(self.text().as_str(), "" | ".." | "../../x")
    }
}
