//! Postgres repositories. Every SQL statement of the project lives here, checked at compile time.
//!
//! A repository is a set of methods on [`Db`], one file per concern. It returns plain rows and must not decide
//! what a caller may see. Constraints guard what must hold; [`DbError::violates`] tells which one refused.

mod administrators;
mod announcements;
mod attempts;
mod audit;
mod connect;
mod device_sign_ins;
mod error;
mod file_audit;
mod files;
mod gather;
mod identities;
mod index_requests;
mod invitations;
mod members;
mod newcomers;
mod own_account;
mod passwords;
mod personal_tokens;
mod project_deletion;
mod project_limits;
mod project_requests;
mod project_upkeep;
mod project_versions;
mod projects;
mod query_results;
mod queue_status;
mod quota;
mod references;
mod restored;
mod schedule_executions;
mod schedules;
mod second_factors;
mod sessions;
mod sharing;
mod statement;
pub mod tasks;
mod text;
mod tokens;
mod upkeep;
mod uploads;
mod url_sessions;
mod usage;
mod user_upkeep;
mod users;
mod workers;

pub use announcements::{Announcement, KeptAnnouncement, NewAnnouncement};
pub use attempts::AttemptLimit;
pub use audit::{AuditEntry, Origin};
pub use connect::{Db, PoolSize, SESSION};
pub use device_sign_ins::{DevicePoll, DeviceSignIn, NewDeviceSignIn};
pub use error::DbError;
pub(crate) use error::Result;
pub use files::{
    Change, CopiedVersion, Extent, FileCounts, FileState, FileVersion, GroupedVersion, NameList,
    NewContent, NewFacts, NewFileVersion, PresentFile, PresentMark, Scaffolds, Sidecar, Standing,
    VcfVersion, Verdict, VersionName,
};
pub use identities::{
    ExternalIdentity, IdentityLinked, IdentityUnlinked, MOST_IDENTITIES, NewIdentity,
};
pub use index_requests::DueUpdate;
pub use invitations::{Invitation, InvitationScope, NewInvitation};
pub use members::{Member, MemberChange};
pub use newcomers::{Newcomer, Welcomed};
pub use own_account::{AccountClosed, Confirmation};
pub use personal_tokens::{NewPat, Pat, PatMade, PatPermissions, PatUse};
pub use project_deletion::{DoomedProject, Undeletion};
pub use project_limits::Limited;
pub use project_requests::{Approval, NewProjectRequest, ProjectRequest};
pub use project_upkeep::{ProjectChange, ProjectPlace, ProjectSummary, SetLimits};
pub use project_versions::{NewProjectVersion, ProjectVersion};
pub use projects::{NewProject, Project, ProjectMember};
pub use query_results::QueryResult;
pub use queue_status::{QueueStatus, QueueSwitch};
pub use quota::Room;
pub use references::{ProjectReference, ReferenceMode, ReferenceScaffold};
pub use restored::Facts;
pub use schedule_executions::Execution;
pub use schedules::{Fired, MadeBy, Schedule};
pub use second_factors::SecondFactor;
pub use sessions::{Session, SessionToken, SessionUse};
pub use sharing::{NewShareLink, PublicProject, ShareLink, ShareLinkMade, ShareLinkUse};
pub use upkeep::PurgedTokens;
pub use uploads::{BegunUpload, NotedUpload};
pub use url_sessions::EndedUrlSessions;
pub use usage::KeyCount;
pub use user_upkeep::{UserChange, UserChanged};
pub use users::{NewUser, User};
pub use workers::WorkerInstance;
