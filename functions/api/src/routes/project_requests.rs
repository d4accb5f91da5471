//! `/project-requests`: projects that people ask for, where administrators decide about each.

use crate::described::{DescribedRouter, Describing, routes};
use axum::Json;
use divbase_contract::{
    project_requests::{
        ApproveRequest, DeclineRequest, NewProjectRequest, ProjectRequest, ProjectRequestPage,
    },
    projects::ProjectInfo,
};
use divbase_db::{Limited, Origin as By, User};
use divbase_service::tasks::MailKwargs;
use http::StatusCode;

use super::{
    numbers::ProjectRequestPath,
    paging::Paging,
    projects::{
        create::{self, DEFAULT_QUOTA_BYTES, Wanted},
        list::Which,
    },
};
use crate::{
    AppState, ProjectCreation,
    error::ApiError,
    extract::{Admin, JsonBody, Path, Query, SignedIn},
    mail,
};

/// Administrators who get a letter of a request.
const MOST_LETTERS: i64 = 20;

pub(super) fn routes<D: Describing>() -> DescribedRouter<D> {
    DescribedRouter::new()
        .routes(routes!(list, ask))
        .routes(routes!(withdraw))
        .routes(routes!(approve))
        .routes(routes!(decline))
}

fn shown(row: divbase_db::ProjectRequest) -> ProjectRequest {
    ProjectRequest {
        id: row.id,
        email: row.email,
        name: row.name,
        description: row.description,
        storage_quota_bytes: row.storage_quota_bytes,
        reason: row.reason,
        state: row.state,
        answer: row.answer,
        created_at: row.created_at,
        decided_at: row.decided_at,
    }
}

/// The caller's requests by number; with `all`, for administrators, those of everybody that wait.
#[utoipa::path(get, path = "/project-requests", tag = "projects", operation_id = "list_project_requests",
    params(("all" = Option<bool>, Query), ("after" = Option<i64>, Query),
           ("limit" = Option<u16>, Query, minimum = 1, maximum = 1000)),
    responses((status = 200, body = ProjectRequestPage), crate::Refuses<401, 403, 422>))]
pub(crate) async fn list(
    state: AppState,
    SignedIn { user, .. }: SignedIn,
    Query(Which { all }): Query<Which>,
    Query(paging): Query<Paging>,
) -> Result<Json<ProjectRequestPage>, ApiError> {
    if all && !user.is_admin {
        return Err(ApiError::forbidden("This needs an administrator."));
    }
    let whose = (!all).then_some(user.id);
    let (after, limit) = (paging.after(), paging.to_fetch());
    let mut rows = state.db.project_requests(whose, after, limit).await?;
    let next = paging.cut(&mut rows, |row| row.id);
    let requests = rows.into_iter().map(shown).collect();
    Ok(Json(ProjectRequestPage { requests, next }))
}

/// Asks the administrators for a project, where that is how projects are made. Who asks becomes its manager.
#[utoipa::path(post, path = "/project-requests", tag = "projects", operation_id = "request_project",
    request_body = NewProjectRequest,
    responses((status = 201, body = ProjectRequest), crate::Refuses<400, 401, 403, 409, 422>))]
pub(crate) async fn ask(
    state: AppState,
    SignedIn { user, by }: SignedIn,
    JsonBody(new): JsonBody<NewProjectRequest>,
) -> Result<(StatusCode, Json<ProjectRequest>), ApiError> {
    takes_requests(&state, &user)?;
    let quota = create::quota(new.storage_quota_bytes)?.unwrap_or(DEFAULT_QUOTA_BYTES);
    if state.db.project_name_is_taken(&new.name).await? {
        return Err(create::name_is_taken());
    }
    let wanted = divbase_db::NewProjectRequest {
        user_id: user.id,
        name: &new.name,
        description: new.description.as_deref(),
        storage_quota_bytes: quota,
        reason: &new.reason,
    };
    let asked = state.db.ask_for_project(wanted, &by).await;
    let asked = asked.map_err(|error| match error.violates("project_request_once") {
        true => ApiError::conflict("You have asked for a project of this name already."),
        false => error.into(),
    })?;
    let request = match asked {
        Limited::Done(request) => request,
        Limited::Full(most) => {
            return Err(ApiError::conflict(format!(
                "{most} of your requests wait, which is the most there may be. Take one back, or wait for an answer."
            )));
        }
    };
    tracing::info!(
        by = user.id,
        request = request.id,
        "somebody asks for a project"
    );
    tell_administrators(&state, request.id, &by).await?;
    Ok((StatusCode::CREATED, Json(shown(request))))
}

/// Whether somebody may ask for a project here.
fn takes_requests(state: &AppState, user: &User) -> Result<(), ApiError> {
    let why = match state.settings.project_creation {
        _ if user.is_admin => "You make projects yourself: `divbase-cli project create`.",
        ProjectCreation::OnRequest => return Ok(()),
        ProjectCreation::Everybody => {
            "Everybody makes projects here: `divbase-cli project create`."
        }
        ProjectCreation::Administrators => {
            "This DivBase takes no requests for projects. Ask an administrator."
        }
    };
    Err(ApiError::bad_request(why))
}

async fn tell_administrators(state: &AppState, request_id: i64, by: &By) -> Result<(), ApiError> {
    if !state.sends_mail() {
        return Ok(());
    }
    for user_id in state.db.administrators(MOST_LETTERS).await? {
        let letter = MailKwargs::ProjectAsked {
            request_id,
            user_id,
        };
        mail::send(state, letter, by).await?;
    }
    Ok(())
}

async fn tell_who_asked(state: &AppState, request_id: i64, by: &By) -> Result<(), ApiError> {
    if !state.sends_mail() {
        return Ok(());
    }
    mail::send(state, MailKwargs::ProjectDecided { request_id }, by).await
}

fn no_such_request(id: i64) -> ApiError {
    ApiError::not_found(format!(
        "No request with the number {id} waits for a decision."
    ))
}

/// Takes a request of one's own back that waits.
#[utoipa::path(delete, path = "/project-requests/{request_id}", tag = "projects",
    operation_id = "withdraw_project_request", params(("request_id" = i64, Path)),
    responses((status = 204), crate::Refuses<401, 403, 404, 422>))]
pub(crate) async fn withdraw(
    state: AppState,
    SignedIn { user, by }: SignedIn,
    Path(path): Path<ProjectRequestPath>,
) -> Result<StatusCode, ApiError> {
    let id = path.request_id;
    match state.db.withdraw_project_request(id, user.id, &by).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(no_such_request(id)),
    }
}

/// Makes the project that was asked for, for administrators. Who asked becomes its manager.
#[utoipa::path(post, path = "/project-requests/{request_id}/approve", tag = "projects",
    operation_id = "approve_project_request", params(("request_id" = i64, Path)), request_body = ApproveRequest,
    responses((status = 201, body = ProjectInfo), crate::Refuses<400, 401, 403, 404, 409, 422>))]
pub(crate) async fn approve(
    state: AppState,
    Admin { user: admin, by }: Admin,
    Path(path): Path<ProjectRequestPath>,
    JsonBody(answer): JsonBody<ApproveRequest>,
) -> Result<(StatusCode, Json<ProjectInfo>), ApiError> {
    let quota = create::quota(answer.storage_quota_bytes)?;
    let request = state.db.project_request(path.request_id).await?;
    let request = request.ok_or_else(|| no_such_request(path.request_id))?;
    let asker = state.db.user(request.user_id).await?;
    if !asker.is_some_and(|user| user.may_act()) {
        return Err(ApiError::conflict(
            "The account that asked for the project is closed. Decline the request.",
        ));
    }
    let name = request.name.parse().map_err(ApiError::internal)?;
    let wanted = Wanted {
        name: &name,
        description: request.description.as_deref(),
        storage_quota_bytes: quota.unwrap_or(request.storage_quota_bytes),
        manager: request.user_id,
        request: Some(divbase_db::Approval {
            request_id: request.id,
            answer: answer.answer.as_deref(),
        }),
    };
    let made = create::make(&state, &admin, wanted, &by).await?;
    tell_who_asked(&state, request.id, &by).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Declines to make a project, for administrators.
#[utoipa::path(post, path = "/project-requests/{request_id}/decline", tag = "projects",
    operation_id = "decline_project_request", params(("request_id" = i64, Path)), request_body = DeclineRequest,
    responses((status = 200, body = ProjectRequest), crate::Refuses<401, 403, 404, 422>))]
pub(crate) async fn decline(
    state: AppState,
    Admin { user: admin, by }: Admin,
    Path(path): Path<ProjectRequestPath>,
    JsonBody(DeclineRequest { answer }): JsonBody<DeclineRequest>,
) -> Result<Json<ProjectRequest>, ApiError> {
    let id = path.request_id;
    if !state.db.decline_project_request(id, &answer, &by).await? {
        return Err(no_such_request(id));
    }
    tracing::info!(by = admin.id, request = id, "a project was declined");
    tell_who_asked(&state, id, &by).await?;
    let request = state.db.project_request(id).await?;
    Ok(Json(shown(request.ok_or_else(|| no_such_request(id))?)))
}
