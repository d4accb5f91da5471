//! `/projects`: projects, their members and who is invited. Administrators govern every project without being a
//! member; its files they do not see.

pub(crate) mod change;
pub(crate) mod create;
pub(crate) mod invitations;
pub(crate) mod list;
pub(crate) mod members;

use divbase_contract::projects::ProjectInfo;
use divbase_db::ProjectSummary;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(list::show, change::change))
        .routes(routes!(members::list, members::add))
        .routes(routes!(members::change_role, members::remove))
        .routes(routes!(members::leave))
        .routes(routes!(invitations::list, invitations::invite))
        .routes(routes!(invitations::withdraw))
}

/// A project as a member sees it; administrators see its bucket too.
fn info(row: ProjectSummary, is_admin: bool) -> ProjectInfo {
    ProjectInfo {
        id: row.id,
        name: row.name,
        description: row.description,
        is_active: row.is_active,
        storage_quota_bytes: row.storage_quota_bytes,
        storage_used_bytes: row.storage_used_bytes,
        members: row.members,
        role: row.role,
        bucket_name: is_admin.then_some(row.bucket_name),
        created_at: row.created_at,
    }
}
