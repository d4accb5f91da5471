//! `/projects/{project_name}/members`: who is in, who is invited, and in what role.

use askama::Template;
use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use divbase_contract::{
    ErrorType, Role,
    accounts::{Invitation, IssuedInvitation},
    projects::{Member, NewMember, RoleChange},
};
use serde_json::json;

use super::{
    fields::{Fields, typed},
    frame::Frame,
    head::Head,
    respond::Go,
    show,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{Governed, ManageRole, Path, Project, ReadRole},
    routes::{
        numbers::{InvitationPath, UserPath},
        projects::{invitations, members},
    },
};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/projects/{project_name}/members", get(show))
        .route("/projects/{project_name}/members/add", post(add))
        .route(
            "/projects/{project_name}/members/{user_id}/role",
            post(change),
        )
        .route(
            "/projects/{project_name}/members/{user_id}/remove",
            post(remove),
        )
        .route("/projects/{project_name}/leave", post(leave))
        .route(
            "/projects/{project_name}/invitations/{invitation_id}/withdraw",
            post(withdraw),
        )
}

#[derive(Template)]
#[template(path = "members.html")]
struct Members {
    frame: Frame,
    head: Head,
    me: i64,
    members: Vec<Member>,
    invitations: Vec<Invitation>,
    fields: Fields,
    /// An invitation that is not mailed, to hand over.
    issued: Option<IssuedInvitation>,
}

async fn show(
    state: AppState,
    frame: Frame,
    call: Governed<ReadRole>,
) -> Result<Response, ApiError> {
    view(&state, frame, call, Fields::default(), None).await
}

/// The page, with what a form of it said, or an invitation that it made.
async fn view<R>(
    state: &AppState,
    frame: Frame,
    call: Governed<R>,
    fields: Fields,
    issued: Option<IssuedInvitation>,
) -> Result<Response, ApiError> {
    let me = call.user.id;
    let (head, _) = Head::governed(state, &call, "members").await?;
    let members = members::list(state.clone(), call.as_role()?).await?.0;
    let invitations = match call.as_role::<ManageRole>() {
        Ok(managing) => invitations::list(state.clone(), managing).await?.0,
        Err(_) => Vec::new(),
    };
    Ok(frame.page(|frame| Members {
        frame,
        head,
        me,
        members,
        invitations,
        fields,
        issued,
    }))
}

/// Where the page is.
fn here(name: &str) -> String {
    format!("/projects/{name}/members")
}

/// Adds somebody who has an account, and invites somebody who has none.
async fn add(
    state: AppState,
    frame: Frame,
    call: Governed<ManageRole, Fields>,
) -> Result<Response, ApiError> {
    let (email, role) = (call.body.get("user_email"), call.body.get("role"));
    let name = call.project.project_name.clone();
    let done = async {
        let new = typed::<NewMember>(json!({"email": email, "role": role}))?;
        match members::add(state.clone(), call.with(new.clone())).await {
            Ok(_) => Ok(None),
            Err(error) if error.kind() == ErrorType::UserNotFound => {
                let invited = invitations::invite(state.clone(), call.with(new));
                invited.await.map(|(_, issued)| Some(issued.0))
            }
            Err(error) => Err(error),
        }
    };
    let (frame, fields, issued) = match done.await {
        Ok(Some(issued)) if issued.token.is_some() => (frame, Fields::default(), Some(issued)),
        Ok(invited) => {
            let text = match invited {
                Some(_) => format!("{email} has no account yet; an invitation is on its way."),
                None => format!("{email} is a member now."),
            };
            return Ok(Go::to(here(&name)).saying(&text).into_response());
        }
        Err(error) => (frame.refused(&error), call.body.clone(), None),
    };
    view(&state, frame, call.with(()), fields, issued).await
}

async fn change(
    state: AppState,
    frame: Frame,
    path: Path<UserPath>,
    call: Governed<ManageRole, Fields>,
) -> Result<Response, ApiError> {
    let done = async {
        let role = typed::<RoleChange>(json!({"role": call.body.get("role")}))?;
        let member = members::change_role(state.clone(), path, call.with(role))
            .await?
            .0;
        Ok(format!(
            "{} has the role {} now.",
            member.email, member.role
        ))
    };
    told(&state, frame, call.with(()), done.await).await
}

async fn remove(
    state: AppState,
    frame: Frame,
    path: Path<UserPath>,
    call: Governed<ManageRole>,
) -> Result<Response, ApiError> {
    let done = members::remove(state.clone(), path, call.with(())).await;
    let done = done.map(|_| "The membership has ended.".to_owned());
    told(&state, frame, call, done).await
}

/// Says what was done, or shows the page with what was wrong.
async fn told(
    state: &AppState,
    frame: Frame,
    call: Governed<ManageRole>,
    done: Result<String, ApiError>,
) -> Result<Response, ApiError> {
    match done {
        Ok(text) => Ok(Go::to(here(&call.project.project_name))
            .saying(&text)
            .into_response()),
        Err(error) => view(state, frame.refused(&error), call, Fields::default(), None).await,
    }
}

async fn leave(state: AppState, call: Project<ReadRole>) -> Result<Go, ApiError> {
    let text = format!("You have left {}.", call.project.project_name);
    members::leave(state, call).await?;
    Ok(Go::to("/projects/").saying(&text))
}

async fn withdraw(
    state: AppState,
    path: Path<InvitationPath>,
    call: Governed<ManageRole>,
) -> Result<Go, ApiError> {
    let to = here(&call.project.project_name);
    invitations::withdraw(state, path, call).await?;
    Ok(Go::to(to).saying("The invitation is taken back."))
}
