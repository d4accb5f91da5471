//! Submitted tasks as task history shows them, read leniently: older servers leave fields out.

pub mod follow;
pub mod result;

use clap::ValueEnum;
use divbase_contract::history::{Cost, Progress};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    failure::{Failure, Outcome},
    http::api::{Api, Call},
};

/// One task. Times are RFC 3339 in UTC, from older servers `YYYY-MM-DD HH:MM:SS UTC`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Task {
    /// The number that users know it by.
    pub id: i64,
    /// Who submitted it.
    pub submitter_email: Option<String>,
    /// Where it is in its life.
    pub status: Option<String>,
    /// Dotted name.
    pub name: Option<String>,
    /// When it was submitted.
    pub created_at: Option<String>,
    /// When a worker first took it.
    pub started_at: Option<String>,
    /// Seconds from start to end.
    pub runtime: Option<f64>,
    /// The result, the error, or nothing yet.
    pub result: Option<Value>,
    /// What it is doing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<Progress>,
    /// The queue it runs on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// Attempts so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts: Option<i64>,
    /// What it has cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    /// Everything else, shown as JSON only.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// Where a task is in its life, as shown to users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum State {
    /// Waiting for a worker, or not known to be anywhere else.
    Queuing,
    /// A worker runs it.
    Started,
    /// An attempt failed; another follows.
    Retry,
    /// Ended with a result.
    Success,
    /// Ended with an error.
    Failure,
    /// Cancelled.
    Revoked,
}

impl State {
    /// The word that users see.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queuing => "QUEUING",
            Self::Started => "STARTED",
            Self::Retry => "RETRY",
            Self::Success => "SUCCESS",
            Self::Failure => "FAILURE",
            Self::Revoked => "REVOKED",
        }
    }

    /// The word that the server knows.
    #[must_use]
    pub const fn on_the_wire(self) -> &'static str {
        match self {
            Self::Queuing => "PENDING",
            other => other.as_str(),
        }
    }

    /// Whether nothing more can happen.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Success | Self::Failure | Self::Revoked)
    }
}

impl Task {
    /// Where it is.
    #[must_use]
    pub fn state(&self) -> State {
        let mut all = State::value_variants().iter().copied();
        let known = all.find(|state| Some(state.on_the_wire()) == self.status.as_deref());
        known.unwrap_or(State::Queuing)
    }
}

/// Looks one task up.
///
/// # Errors
/// If it is unknown or not ours to see.
pub async fn by_id(api: &Api, id: i64) -> Outcome<Task> {
    let tasks: Vec<Task> = api.get(&["task-history", "tasks", &id.to_string()]).await?;
    tasks
        .into_iter()
        .find(|task| task.id == id)
        .ok_or_else(|| Failure::Refused(format!("the server knows no task {id}.")))
}

/// Cancels a task, or asks it to stop; answers with where it is then.
///
/// # Errors
/// If it is unknown or not ours to cancel.
pub async fn cancel(api: &Api, id: i64) -> Outcome<Task> {
    let path = ["task-history", "tasks", &id.to_string(), "cancel"];
    let call = Call::new(Method::POST, &path);
    let tasks: Vec<Task> = api.call(call).await?;
    tasks
        .into_iter()
        .next()
        .ok_or_else(|| Failure::Refused(format!("the server knows no task {id}.")))
}
