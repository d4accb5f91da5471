//! `/announcements`: what the operators say to everybody, as administrators make it. Users read it below `/core`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    core::AnnouncementLevel,
    field::{AnnouncementHeading, AnnouncementText},
    words::words,
};

/// Who reads an announcement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AnnouncementTarget {
    /// Whoever uses a command line and whoever uses the pages.
    #[default]
    Both,
    /// Whoever uses a command line.
    Cli,
    /// Whoever uses the pages.
    Web,
}

words! { AnnouncementTarget { Both = "both", Web = "web", Cli = "cli" } }

/// Body of `POST /announcements`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NewAnnouncement {
    /// At most 200 characters.
    pub heading: AnnouncementHeading,
    /// At most 1000 characters.
    pub message: Option<AnnouncementText>,
    /// Who reads it; everybody if it is left out.
    #[serde(default)]
    #[schema(inline)]
    pub target: AnnouncementTarget,
    /// How prominent it is; `info` if it is left out.
    #[serde(default)]
    pub level: AnnouncementLevel,
    /// When it goes away by itself; never if it is left out.
    pub expires_at: Option<DateTime<Utc>>,
}

/// An announcement, as administrators see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeptAnnouncement {
    /// Its number.
    pub id: i64,
    /// Title line.
    pub heading: String,
    /// Body text.
    pub message: Option<String>,
    /// Who reads it.
    pub target: AnnouncementTarget,
    /// How prominent it is.
    pub level: AnnouncementLevel,
    /// When it goes away by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}
