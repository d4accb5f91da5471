//! `/core`: liveness, readiness and announcements.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::words::words;

/// Answer of `GET /core/health`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// `ok`.
    pub status: String,
}

/// Answer of `GET /core/ready`: whether each thing the service needs answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Readiness {
    /// `ok` or `unavailable`.
    pub status: String,
    /// Whether the database answers.
    pub database: bool,
    /// Whether the queue answers.
    pub queue: bool,
    /// Whether the object store answers.
    pub store: bool,
}

impl Readiness {
    /// The answer from its parts.
    #[must_use]
    pub fn of(database: bool, queue: bool, store: bool) -> Self {
        let status = if database && queue && store {
            "ok"
        } else {
            "unavailable"
        };
        Self {
            status: status.to_owned(),
            database,
            queue,
            store,
        }
    }

    /// Whether everything answers.
    #[must_use]
    pub const fn is_ready(&self) -> bool {
        self.database && self.queue && self.store
    }
}

/// How prominent an announcement is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AnnouncementLevel {
    /// Neutral.
    #[default]
    Info,
    /// Good news.
    Success,
    /// Something to heed.
    Warning,
    /// Something that hurts.
    Danger,
}

words! {
    AnnouncementLevel {
        Info = "info", Success = "success", Warning = "warning", Danger = "danger"
    }
}

/// One message of the operators to users of the CLI.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Announcement {
    /// Title line.
    pub heading: String,
    /// Body text.
    pub message: Option<String>,
    /// How prominent it is.
    pub level: AnnouncementLevel,
}
