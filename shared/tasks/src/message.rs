//! What travels through a queue: which task, nothing more. The arguments stay in the database.

use serde::{Deserialize, Serialize};

/// Body of a message, JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskMessage {
    /// Version of this format.
    pub version: u32,
    /// The task.
    pub task_id: i64,
}

impl TaskMessage {
    /// The version that this code writes.
    pub const VERSION: u32 = 1;

    /// A message about a task.
    #[must_use]
    pub const fn about(task_id: i64) -> Self {
        Self {
            version: Self::VERSION,
            task_id,
        }
    }

    /// Reads a body. Nothing comes of a body that is not ours.
    #[must_use]
    pub fn parse(body: &str) -> Option<Self> {
        let message: Self = serde_json::from_str(body).ok()?;
        (message.version == Self::VERSION).then_some(message)
    }

    /// The body to send.
    #[must_use]
    pub fn body(self) -> String {
        format!(
            r#"{{"version":{},"task_id":{}}}"#,
            self.version, self.task_id
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes_and_nothing_else() {
        assert_eq!(
            TaskMessage::parse(&TaskMessage::about(7).body()),
            Some(TaskMessage::about(7))
        );
        for bad in [
            "",
            "7",
            "{}",
            r#"{"version":2,"task_id":7}"#,
            r#"{"version":1,"task_id":"7"}"#,
        ] {
            assert_eq!(TaskMessage::parse(bad), None, "{bad}");
        }
    }
}
