//! `/projects`: projects, their members and who is invited. Administrators govern every project without being a
//! member; its files they do not see.

pub(crate) mod change;
pub(crate) mod create;
pub(crate) mod deletion;
pub(crate) mod invitations;
pub(crate) mod list;
pub(crate) mod members;
pub(crate) mod reference;
pub(crate) mod share_links;
pub(crate) mod visibility;

use divbase_contract::projects::ProjectInfo;
use divbase_db::ProjectSummary;

use crate::{
    AppState,
    described::{DescribedRouter, Describing, routes},
};

pub(super) fn routes<D: Describing>() -> DescribedRouter<D> {
    DescribedRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(list::show, change::change))
        .routes(routes!(deletion::delete))
        .routes(routes!(deletion::undelete))
        .routes(routes!(members::list, members::add))
        .routes(routes!(members::change_role, members::remove))
        .routes(routes!(members::leave))
        .routes(routes!(members::transfer))
        .routes(routes!(reference::show, reference::set))
        .routes(routes!(reference::set_aliases))
        .routes(routes!(invitations::list, invitations::invite))
        .routes(routes!(invitations::withdraw))
        .routes(routes!(visibility::show, visibility::set))
        .routes(routes!(share_links::list, share_links::create))
        .routes(routes!(share_links::revoke))
}

/// A project as a member sees it; administrators see its bucket too.
fn info(state: &AppState, summary: ProjectSummary, is_admin: bool) -> ProjectInfo {
    let project = summary.project;
    ProjectInfo {
        id: project.id,
        name: project.name,
        description: project.description,
        is_active: project.is_active,
        storage_quota_bytes: project.storage_quota_bytes,
        storage_used_bytes: project.storage_used_bytes,
        members: summary.members,
        role: summary.role,
        bucket_name: is_admin.then_some(project.bucket_name),
        created_at: summary.created_at,
        limits: Some(state.settings.project_rules.with(summary.limits)),
        deleted_after: summary.deleted_after,
    }
}
