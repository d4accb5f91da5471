//! The periodic tasks, one file each. Their arguments have defaults, so that `{}` is always a valid call.

mod cleanup_audit_log;
mod cleanup_expired_files;
mod cleanup_old_task_history;
mod cleanup_old_tokens;
mod cleanup_soft_deleted_project_versions;
mod cleanup_stuck_tasks;
mod cleanup_unconfirmed_accounts;
mod cutoff;
mod delete_projects;
mod expiry;
mod follow_buckets;
mod no_arguments;
mod parts;
mod sweep;
mod update_storage_usage;

pub use cleanup_audit_log::{AuditCleanup, CleanupAuditLog, Year};
pub(crate) use cleanup_expired_files::CleanupExpiredFilesPart;
pub use cleanup_expired_files::{CleanupExpiredFiles, FileCleanup, FileRetention};
pub use cleanup_old_task_history::{CleanupOldTaskHistory, HistoryCleanup, HistoryRetention};
pub use cleanup_old_tokens::{CleanupOldTokens, TokenCleanup, TokenRetention};
pub use cleanup_soft_deleted_project_versions::{
    CleanupProjectVersions, VersionCleanup, VersionRetention,
};
pub use cleanup_stuck_tasks::{CleanupStuckTasks, StuckCleanup, StuckLimits};
pub use cleanup_unconfirmed_accounts::{
    CleanupUnconfirmedAccounts, UnconfirmedCleanup, UnconfirmedRetention,
};
pub use cutoff::{Days, Hours};
pub use delete_projects::{DeleteProjects, ProjectsDeleted};
pub use follow_buckets::{FollowBuckets, Followed};
pub(crate) use follow_buckets::{FollowBucketsPart, differs};
pub use sweep::DoomedVersion;
pub(crate) use update_storage_usage::CountStorage;
pub use update_storage_usage::{StorageUsage, UpdateStorageUsage};
