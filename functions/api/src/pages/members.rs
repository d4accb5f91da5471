//! `/projects/{project_name}/members`: who is in, who is invited, and in what role.

use askama::Template;
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use divbase_contract::{
    ErrorType, Role,
    accounts::{Invitation, IssuedInvitation},
    projects::{Member, NewMember, RoleChange},
};
use http::StatusCode;
use serde_json::json;

use super::{
    fields::{Fields, typed},
    frame::Frame,
    head::Head,
    respond::{Go, page},
    show,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{Governed, ManageRole, Origin, Path, Project, ReadRole},
    routes::{
        numbers::{InvitationPath, UserPath},
        projects::{invitations, list, members},
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
    problems: Vec<String>,
    fields: Fields,
    /// An invitation that is not mailed, to hand over.
    issued: Option<IssuedInvitation>,
}

/// What a form of the page led to.
#[derive(Default)]
struct Led {
    refused: Option<ApiError>,
    fields: Fields,
    issued: Option<IssuedInvitation>,
}

async fn show(
    State(state): State<AppState>,
    frame: Frame,
    call: Governed<ReadRole>,
) -> Result<Response, ApiError> {
    view(&state, frame, call, Led::default()).await
}

async fn view<R>(
    state: &AppState,
    frame: Frame,
    call: Governed<R>,
    led: Led,
) -> Result<Response, ApiError> {
    let me = call.user.id;
    let mut head = Head::of(&call.project, "members");
    let reading: Governed<ReadRole> = call.as_role()?;
    let info = list::show(State(state.clone()), reading.with(())).await?.0;
    head.is_member = info.role.is_some();
    let members = members::list(State(state.clone()), reading).await?.0;
    let invitations = match call.as_role::<ManageRole>() {
        Ok(managing) => invitations::list(State(state.clone()), managing).await?.0,
        Err(_) => Vec::new(),
    };
    let (status, problems) = match led.refused {
        Some(error) => (error.status(), error.words()),
        None => (StatusCode::OK, Vec::new()),
    };
    let (fields, issued) = (led.fields, led.issued);
    let shown = Members {
        frame,
        head,
        me,
        members,
        invitations,
        problems,
        fields,
        issued,
    };
    Ok(page(status, &shown))
}

/// Where the page is.
fn here(name: &str) -> String {
    format!("/projects/{name}/members")
}

/// Adds somebody who has an account, and invites somebody who has none.
async fn add(
    State(state): State<AppState>,
    frame: Frame,
    origin: Origin,
    call: Governed<ManageRole, Fields>,
) -> Result<Response, ApiError> {
    let (email, role) = (call.body.get("user_email"), call.body.get("role"));
    let name = call.project.project_name.clone();
    let done = async {
        let new = typed::<NewMember>(json!({"email": email, "role": role}))?;
        let added =
            members::add(State(state.clone()), origin.clone(), call.with(new.clone())).await;
        match added {
            Ok(_) => Ok(None),
            Err(error) if error.kind() == ErrorType::UserNotFound => {
                let invited = invitations::invite(State(state.clone()), origin, call.with(new));
                invited.await.map(|(_, issued)| Some(issued.0))
            }
            Err(error) => Err(error),
        }
    };
    let led = match done.await {
        Ok(Some(issued)) if issued.token.is_some() => Led {
            issued: Some(issued),
            ..Led::default()
        },
        Ok(invited) => {
            let text = match invited {
                Some(_) => format!("{email} has no account yet; an invitation is on its way."),
                None => format!("{email} is a member now."),
            };
            return Ok(Go::to(here(&name)).saying(&text).into_response());
        }
        Err(error) => Led {
            refused: Some(error),
            fields: call.body.clone(),
            issued: None,
        },
    };
    view(&state, frame, call.with(()), led).await
}

async fn change(
    State(state): State<AppState>,
    frame: Frame,
    origin: Origin,
    path: Path<UserPath>,
    call: Governed<ManageRole, Fields>,
) -> Result<Response, ApiError> {
    let done = async {
        let role = typed::<RoleChange>(json!({"role": call.body.get("role")}))?;
        members::change_role(State(state.clone()), origin, path, call.with(role)).await
    };
    match done.await {
        Ok(member) => {
            let text = format!("{} has the role {} now.", member.0.email, member.0.role);
            Ok(Go::to(here(&call.project.project_name))
                .saying(&text)
                .into_response())
        }
        Err(error) => refused(&state, frame, call.with(()), error).await,
    }
}

async fn remove(
    State(state): State<AppState>,
    frame: Frame,
    origin: Origin,
    path: Path<UserPath>,
    call: Governed<ManageRole>,
) -> Result<Response, ApiError> {
    match members::remove(State(state.clone()), origin, path, call.with(())).await {
        Ok(_) => {
            let to = here(&call.project.project_name);
            Ok(Go::to(to)
                .saying("The membership has ended.")
                .into_response())
        }
        Err(error) => refused(&state, frame, call, error).await,
    }
}

async fn refused(
    state: &AppState,
    frame: Frame,
    call: Governed<ManageRole>,
    error: ApiError,
) -> Result<Response, ApiError> {
    let led = Led {
        refused: Some(error),
        ..Led::default()
    };
    view(state, frame, call, led).await
}

async fn leave(
    State(state): State<AppState>,
    origin: Origin,
    call: Project<ReadRole>,
) -> Result<Go, ApiError> {
    let text = format!("You have left {}.", call.project.project_name);
    members::leave(State(state), origin, call).await?;
    Ok(Go::to("/projects/").saying(&text))
}

async fn withdraw(
    State(state): State<AppState>,
    origin: Origin,
    path: Path<InvitationPath>,
    call: Governed<ManageRole>,
) -> Result<Go, ApiError> {
    let to = here(&call.project.project_name);
    invitations::withdraw(State(state), origin, path, call).await?;
    Ok(Go::to(to).saying("The invitation is taken back."))
}
