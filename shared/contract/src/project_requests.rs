//! `/project-requests`: projects that people ask for, where administrators decide about each.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    field::{ProjectDescription, ProjectName, ProjectReason, RequestAnswer},
    words::words,
};

/// Most requests of one account that may wait.
pub const WAITING_REQUESTS_MAX: i64 = 5;

/// Body of `POST /project-requests`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NewProjectRequest {
    /// Name of the project: 3 to 100 letters, digits, `.`, `_` and `-`.
    pub name: ProjectName,
    /// What it is about.
    pub description: Option<ProjectDescription>,
    /// Quota in bytes; 100 GB if it is left out.
    #[schema(minimum = 0, maximum = 1_125_899_906_842_624_i64)]
    pub storage_quota_bytes: Option<i64>,
    /// Why it is needed; administrators read it.
    pub reason: ProjectReason,
}

/// Body of `POST /project-requests/{request_id}/approve`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ApproveRequest {
    /// Quota in bytes, if another one than was asked for.
    #[schema(minimum = 0, maximum = 1_125_899_906_842_624_i64)]
    pub storage_quota_bytes: Option<i64>,
    /// What is said to who asked.
    pub answer: Option<RequestAnswer>,
}

/// Body of `POST /project-requests/{request_id}/decline`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DeclineRequest {
    /// Why; who asked reads it.
    pub answer: RequestAnswer,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RequestState {
    /// No administrator has decided yet.
    Waiting,
    /// The project was made.
    Approved,
    /// The project was not made.
    Declined,
}

words! { RequestState { Waiting = "waiting", Approved = "approved", Declined = "declined" } }

/// A project that somebody asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProjectRequest {
    /// Its number.
    pub id: i64,
    /// Address of who asked.
    pub email: String,
    /// Name of the project.
    pub name: String,
    /// What it is about.
    pub description: Option<String>,
    /// Quota in bytes.
    pub storage_quota_bytes: i64,
    /// Why it is needed.
    pub reason: String,
    /// What became of it.
    pub state: RequestState,
    /// What the administrator says.
    pub answer: Option<String>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
}

/// Answer of `GET /project-requests`: a page, by number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProjectRequestPage {
    /// At most as many as were asked for.
    pub requests: Vec<ProjectRequest>,
    /// `after` of the next page; absent on the last one.
    pub next: Option<i64>,
}
