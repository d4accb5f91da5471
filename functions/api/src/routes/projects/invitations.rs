//! Inviting people without an account into a project, for its managers.

use axum::Json;
use divbase_contract::{
    accounts::{Invitation, IssuedInvitation},
    projects::NewMember,
};
use divbase_db::InvitationScope;
use http::StatusCode;

use crate::{
    AppState,
    error::ApiError,
    extract::{Governed, JsonBody, ManageRole, Path},
    routes::{
        invitations::{Place, issue, open, take_back},
        numbers::InvitationPath,
    },
};

/// Invitations into the project that have not ended.
#[utoipa::path(get, path = "/projects/{project_name}/invitations", tag = "projects",
    operation_id = "list_project_invitations", params(("project_name" = inline(divbase_contract::field::ProjectName), Path)),
    responses((status = 200, body = [Invitation]), crate::Refuses<401, 403, 404>))]
pub(crate) async fn list(
    state: AppState,
    call: Governed<ManageRole>,
) -> Result<Json<Vec<Invitation>>, ApiError> {
    let scope = InvitationScope::Project(call.project.project_id);
    Ok(Json(open(&state, scope).await?))
}

/// Invites somebody to make an account that is a member of the project. The invitation is good for a week and for one
/// account; inviting the same address again replaces it. It is sent by mail, or where no mail is sent, its token is in the
/// answer.
#[utoipa::path(post, path = "/projects/{project_name}/invitations", tag = "projects",
    operation_id = "invite_to_project", params(("project_name" = inline(divbase_contract::field::ProjectName), Path)), request_body = NewMember,
    responses((status = 201, body = IssuedInvitation), crate::Refuses<401, 403, 404, 409, 422>))]
pub(crate) async fn invite(
    state: AppState,
    call: Governed<ManageRole, JsonBody<NewMember>>,
) -> Result<(StatusCode, Json<IssuedInvitation>), ApiError> {
    let (JsonBody(new), project) = (&call.body, &call.project);
    let place = Place {
        is_admin: false,
        project: Some((project.project_id, &project.project_name, new.role)),
    };
    let issued = issue(&state, (&call.user, &call.by), new.email.as_str(), place).await?;
    Ok((StatusCode::CREATED, Json(issued)))
}

/// Takes an invitation into the project back.
#[utoipa::path(delete, path = "/projects/{project_name}/invitations/{invitation_id}", tag = "projects",
    operation_id = "withdraw_project_invitation",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Path), ("invitation_id" = i64, Path)),
    responses((status = 204), crate::Refuses<401, 403, 404, 422>))]
pub(crate) async fn withdraw(
    state: AppState,
    Path(path): Path<InvitationPath>,
    call: Governed<ManageRole>,
) -> Result<StatusCode, ApiError> {
    let scope = InvitationScope::Project(call.project.project_id);
    take_back(&state, path.invitation_id, scope, &call.by).await
}
