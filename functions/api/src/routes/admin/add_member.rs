//! Add a member to a project.

use axum::Json;
use divbase_contract::{ErrorType, Role, admin::Membership, field::LoginName};
use http::StatusCode;
use serde::Deserialize;

use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, Path, Query},
};

/// Whom, and where.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Wanted {
    project_id: i64,
    user_email: LoginName,
}

/// The role to give.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct RoleQuery {
    role: Role,
}

/// Adds a registered user to a project.
#[utoipa::path(post, path = "/admin/projects/{project_id}/members/{user_email}", tag = "admin",
    params(("project_id" = i64, Path), ("user_email" = inline(LoginName), Path), ("role" = Role, Query)),
    responses((status = 201, body = Membership), crate::Refuses<404, 409>))]
pub(super) async fn handler(
    state: AppState,
    Admin { by, .. }: Admin,
    Path(Wanted {
        project_id,
        user_email,
    }): Path<Wanted>,
    Query(query): Query<RoleQuery>,
) -> Result<(StatusCode, Json<Membership>), ApiError> {
    let user_id = state
        .db
        .user_id_by_email(&user_email)
        .await?
        .ok_or_else(|| {
            ApiError::new(
                ErrorType::UserNotFound,
                format!("No user has the address '{user_email}'."),
            )
        })?;
    let id = state
        .db
        .add_member(project_id, user_id, query.role, &by)
        .await
        .map_err(|error| {
            if error.violates("project_membership_once") {
                ApiError::new(
                    ErrorType::ProjectMemberAlreadyExists,
                    format!("'{user_email}' is already a member of the project."),
                )
            } else if error.violates("project_membership_project_id_fkey") {
                ApiError::new(
                    ErrorType::ProjectNotFound,
                    format!("No project has the id {project_id}."),
                )
            } else {
                error.into()
            }
        })?;
    let membership = Membership {
        id,
        user_id,
        project_id,
        role: query.role,
    };
    Ok((StatusCode::CREATED, Json(membership)))
}
