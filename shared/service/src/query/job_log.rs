//! The log that a query leaves beside its result, for the user.

use std::{fmt::Display, fmt::Write};

use chrono::Utc;
use divbase_contract::field::on_one_line;

/// What the head of the log says.
pub(crate) struct JobHead<'a> {
    pub(crate) task_id: i64,
    pub(crate) attempt: i32,
    pub(crate) project: &'a str,
    pub(crate) selection: &'a str,
    pub(crate) command: &'a str,
}

/// Lines in the order in which things happened.
#[derive(Clone, Debug, Default)]
pub(crate) struct JobLog {
    lines: Vec<String>,
}

impl JobLog {
    pub(crate) fn add(&mut self, line: impl Display) {
        self.lines.push(line.to_string());
    }

    /// The whole log, no text of a user on more than one line. `error` tells a failure.
    pub(crate) fn text(&self, head: &JobHead<'_>, error: Option<&str>) -> String {
        let mut text = String::new();
        let status = if error.is_some() {
            "FAILURE"
        } else {
            "SUCCESS"
        };
        let rows: [(&str, &dyn Display); 8] = [
            ("Job Status", &status),
            ("DivBase version", &env!("CARGO_PKG_VERSION")),
            ("BCFtools version", &"1.24"),
            ("Date", &Utc::now().format("%Y-%m-%d %H:%M:%S UTC")),
            ("Project", &head.project),
            ("Sample Selection Mode", &head.selection),
            ("Command", &head.command),
            (
                "Task ID",
                &format!("{} (attempt {})", head.task_id, head.attempt),
            ),
        ];
        text.push_str("DivBase VCF query log\n\n");
        for (name, value) in rows {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{name}: {}", on_one_line(&value.to_string()));
        }
        text.push('\n');
        for line in &self.lines {
            text.push_str(&on_one_line(line));
            text.push('\n');
        }
        if let Some(error) = error {
            let _ = writeln!(text, "ERROR: {error}");
        }
        text
    }
}
