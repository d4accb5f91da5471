//! Metrics as log lines in CloudWatch's embedded metric format: one JSON object a line on standard output, from which
//! CloudWatch makes metrics. (Amazon CloudWatch user guide, "Specification: embedded metric format".)

use std::{
    io::{self, Write},
    time::{SystemTime, UNIX_EPOCH},
};

use serde_json::{Map, Value, json};

/// The namespace of all metrics.
pub const NAMESPACE: &str = "DivBase";

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    Count,
    /// Time.
    Seconds,
}

impl Unit {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Seconds => "Seconds",
        }
    }
}

/// One line, without its end. Each dimension is a name and a value; the metrics are told for all of them together.
#[must_use]
pub fn line(dimensions: &[(&str, &str)], metrics: &[(&str, Unit, f64)], now: SystemTime) -> String {
    let millis = now
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_millis();
    let names: Vec<&str> = dimensions.iter().map(|(name, _)| *name).collect();
    let described: Vec<Value> = metrics
        .iter()
        .map(|(name, unit, _)| json!({"Name": name, "Unit": unit.as_str()}))
        .collect();
    let mut line = Map::new();
    line.insert(
        "_aws".to_owned(),
        json!({
            "Timestamp": u64::try_from(millis).unwrap_or(u64::MAX),
            "CloudWatchMetrics": [
                {"Namespace": NAMESPACE, "Dimensions": [names], "Metrics": described}
            ],
        }),
    );
    for (name, value) in dimensions {
        line.insert((*name).to_owned(), json!(value));
    }
    for (name, _, value) in metrics {
        line.insert((*name).to_owned(), json!(value));
    }
    Value::Object(line).to_string()
}

/// Writes one line to standard output.
pub fn emit(dimensions: &[(&str, &str)], metrics: &[(&str, Unit, f64)]) {
    let mut text = line(dimensions, metrics, SystemTime::now());
    text.push('\n');
    // In one piece, so that lines do not mix. Metrics that cannot be written are no reason to fail.
    let _ = io::stdout().write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_line_is_what_cloudwatch_reads() {
        let text = line(
            &[("Queue", "quick")],
            &[
                ("Waiting", Unit::Count, 3.0),
                ("OldestAge", Unit::Seconds, 1.5),
            ],
            UNIX_EPOCH + Duration::from_millis(1_700_000_000_123),
        );
        assert!(!text.contains('\n'));
        let value: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(
            value,
            json!({
                "_aws": {
                    "Timestamp": 1_700_000_000_123_u64,
                    "CloudWatchMetrics": [{
                        "Namespace": "DivBase",
                        "Dimensions": [["Queue"]],
                        "Metrics": [
                            {"Name": "Waiting", "Unit": "Count"},
                            {"Name": "OldestAge", "Unit": "Seconds"}
                        ]
                    }]
                },
                "Queue": "quick", "Waiting": 3.0, "OldestAge": 1.5
            })
        );
    }
}
