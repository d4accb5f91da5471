//! Members: list, add, change, remove, leave, hand over.

use axum::Json;
use divbase_contract::{
    ErrorType,
    projects::{Member, NewMember, RoleChange, Transfer},
};
use divbase_db::{MemberChange, User};
use http::StatusCode;

use super::create::no_such_user;
use crate::{
    AppState,
    error::ApiError,
    extract::{Governed, JsonBody, ManageRole, Path, Project, ReadRole},
    routes::numbers::UserPath,
    url_sessions::end_urls,
};

/// All members, by name.
#[utoipa::path(get, path = "/projects/{project_name}/members", tag = "projects", operation_id = "list_members",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Path)),
    responses((status = 200, body = [Member]), crate::Refuses<401, 403, 404>))]
pub(crate) async fn list(
    state: AppState,
    call: Governed<ReadRole>,
) -> Result<Json<Vec<Member>>, ApiError> {
    let rows = state.db.members(call.project.project_id).await?;
    Ok(Json(rows.into_iter().map(member).collect()))
}

/// Adds somebody who has an account; invite those who have none. For managers.
#[utoipa::path(post, path = "/projects/{project_name}/members", tag = "projects", operation_id = "add_member",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Path)), request_body = NewMember,
    responses((status = 201, body = Member), crate::Refuses<401, 403, 404, 409, 422>))]
pub(crate) async fn add(
    state: AppState,
    call: Governed<ManageRole, JsonBody<NewMember>>,
) -> Result<(StatusCode, Json<Member>), ApiError> {
    let JsonBody(new) = &call.body;
    let (email, project) = (new.email.as_str(), &call.project);
    let account = state.db.user_for_login(email).await?;
    let account = account.map(|(user, _)| user).filter(User::may_act);
    let user_id = account.ok_or_else(|| no_such_user(email))?.id;
    state
        .db
        .add_member(project.project_id, user_id, new.role, &call.by)
        .await
        .map_err(|error| {
            if error.violates("project_membership_once") {
                ApiError::new(
                    ErrorType::ProjectMemberAlreadyExists,
                    format!("'{email}' is already a member of the project."),
                )
            } else {
                error.into()
            }
        })?;
    tracing::info!(by = call.user.id, project = project.project_id, user = user_id, role = %new.role, "added a member");
    Ok((
        StatusCode::CREATED,
        Json(one(&state, project.project_id, user_id).await?),
    ))
}

/// Gives a member another role. Managers cannot change their own.
#[utoipa::path(patch, path = "/projects/{project_name}/members/{user_id}", tag = "projects",
    operation_id = "change_role", params(("project_name" = inline(divbase_contract::field::ProjectName), Path), ("user_id" = i64, Path)),
    request_body = RoleChange,
    responses((status = 200, body = Member), crate::Refuses<400, 401, 403, 404, 409, 422>))]
pub(crate) async fn change_role(
    state: AppState,
    Path(UserPath { user_id }): Path<UserPath>,
    call: Governed<ManageRole, JsonBody<RoleChange>>,
) -> Result<Json<Member>, ApiError> {
    not_oneself(&call.user, user_id)?;
    let (project_id, role) = (call.project.project_id, call.body.0.role);
    let changed = state.db.change_role(project_id, user_id, role, &call.by);
    done(changed.await?, user_id)?;
    end_urls(&state, &call.by).await;
    tracing::info!(by = call.user.id, project = project_id, user = user_id, %role, "changed a role");
    Ok(Json(one(&state, project_id, user_id).await?))
}

/// Ends a membership. Managers cannot end their own: they leave.
#[utoipa::path(delete, path = "/projects/{project_name}/members/{user_id}", tag = "projects",
    operation_id = "remove_member", params(("project_name" = inline(divbase_contract::field::ProjectName), Path), ("user_id" = i64, Path)),
    responses((status = 204), crate::Refuses<400, 401, 403, 404, 409, 422>))]
pub(crate) async fn remove(
    state: AppState,
    Path(UserPath { user_id }): Path<UserPath>,
    call: Governed<ManageRole>,
) -> Result<StatusCode, ApiError> {
    not_oneself(&call.user, user_id)?;
    let project_id = call.project.project_id;
    let removed = state.db.remove_member(project_id, user_id, &call.by);
    done(removed.await?, user_id)?;
    end_urls(&state, &call.by).await;
    tracing::info!(
        by = call.user.id,
        project = project_id,
        user = user_id,
        "removed a member"
    );
    Ok(StatusCode::NO_CONTENT)
}

/// Hands the project over: the member becomes a manager, and the caller has the role `keep` from then on. For managers who are
/// members.
#[utoipa::path(post, path = "/projects/{project_name}/transfer", tag = "projects", operation_id = "transfer_project",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Path)), request_body = Transfer,
    responses((status = 200, body = Member), crate::Refuses<400, 401, 403, 404, 409, 422>))]
pub(crate) async fn transfer(
    state: AppState,
    call: Project<ManageRole, JsonBody<Transfer>>,
) -> Result<Json<Member>, ApiError> {
    let (project_id, own) = (call.project.project_id, call.user.id);
    let JsonBody(Transfer { email, keep }) = &call.body;
    let members = state.db.members(project_id).await?;
    let to = members
        .into_iter()
        .find(|member| member.email == email.as_str())
        .ok_or_else(|| {
            ApiError::new(
                ErrorType::ProjectMemberNotFound,
                format!("'{email}' is not a member of the project. Add or invite them first."),
            )
        })?;
    not_oneself(&call.user, to.user_id)?;
    let done_by = state
        .db
        .transfer_project(project_id, own, to.user_id, *keep, &call.by);
    done(done_by.await?, to.user_id)?;
    end_urls(&state, &call.by).await;
    tracing::info!(
        by = own,
        project = project_id,
        to = to.user_id,
        "handed a project over"
    );
    Ok(Json(one(&state, project_id, to.user_id).await?))
}

/// Ends the caller's own membership. The last manager cannot leave.
#[utoipa::path(post, path = "/projects/{project_name}/leave", tag = "projects", operation_id = "leave_project",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Path)),
    responses((status = 204), crate::Refuses<401, 403, 404, 409>))]
pub(crate) async fn leave(
    state: AppState,
    call: Project<ReadRole>,
) -> Result<StatusCode, ApiError> {
    let (project_id, user_id) = (call.project.project_id, call.user.id);
    let left = state.db.remove_member(project_id, user_id, &call.by);
    done(left.await?, user_id)?;
    end_urls(&state, &call.by).await;
    tracing::info!(project = project_id, user = user_id, "left a project");
    Ok(StatusCode::NO_CONTENT)
}

fn not_oneself(caller: &User, user_id: i64) -> Result<(), ApiError> {
    if caller.id == user_id {
        return Err(ApiError::bad_request(
            "You cannot change or end your own membership here. Leave the project, or ask another manager.",
        ));
    }
    Ok(())
}

fn done(change: MemberChange, user_id: i64) -> Result<(), ApiError> {
    match change {
        MemberChange::Done => Ok(()),
        MemberChange::NotAMember => Err(not_a_member(user_id)),
        MemberChange::LastManager => Err(ApiError::conflict(
            "The project would have no manager. Make another member a manager first.",
        )),
    }
}

fn not_a_member(user_id: i64) -> ApiError {
    ApiError::new(
        ErrorType::ProjectMemberNotFound,
        format!("The account {user_id} is not a member of the project."),
    )
}

async fn one(state: &AppState, project_id: i64, user_id: i64) -> Result<Member, ApiError> {
    let rows = state.db.members(project_id).await?;
    let row = rows.into_iter().find(|row| row.user_id == user_id);
    row.map(member).ok_or_else(|| not_a_member(user_id))
}

fn member(row: divbase_db::Member) -> Member {
    Member {
        user_id: row.user_id,
        name: row.name,
        email: row.email,
        role: row.role,
        is_active: row.is_active,
        since: row.since,
    }
}
