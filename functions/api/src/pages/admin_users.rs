//! `/admin/users`: accounts, their rights, and new passwords.

use askama::Template;
use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use divbase_contract::{
    accounts::{NewInvitation, UserChange, UserPage},
    auth::User,
};
use serde_json::{Value, json};

use super::{
    asked::Asked,
    fields::{Fields, typed},
    frame::Frame,
    respond::Go,
    show,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, Path, Query},
    routes::{
        invitations,
        numbers::UserPath,
        users::{change, list, reset_password},
    },
};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/admin/users", get(users))
        .route("/admin/users/invite", post(invite))
        .route("/admin/users/{user_id}/set", post(set))
        .route("/admin/users/{user_id}/password-reset", post(allow_reset))
}

#[derive(Template)]
#[template(path = "admin_users.html")]
struct Users {
    frame: Frame,
    asked: Asked,
    users: Vec<User>,
    next: Option<i64>,
    /// A path to hand over where no mail is sent.
    issued: Option<String>,
}

async fn users(
    state: AppState,
    frame: Frame,
    admin: Admin,
    asked: Asked,
) -> Result<Response, ApiError> {
    view(state, frame, admin, asked, None).await
}

/// The list, with a path to hand over that a form of it led to.
async fn view(
    state: AppState,
    frame: Frame,
    admin: Admin,
    asked: Asked,
    issued: Option<String>,
) -> Result<Response, ApiError> {
    let search = Query(asked.decode::<list::Search>()?);
    let paging = Query(asked.decode()?);
    let UserPage { users, next } = list::list(state, admin, search, paging).await?.0;
    Ok(frame.page(|frame| Users {
        frame,
        asked,
        users,
        next,
        issued,
    }))
}

/// Says what was done, hands a path over, or shows the list with what was wrong.
async fn told(
    state: AppState,
    frame: Frame,
    admin: Admin,
    done: Result<Done, ApiError>,
) -> Result<Response, ApiError> {
    let (frame, issued) = match done {
        Ok(Done::Said(text)) => return Ok(Go::to("/admin/users").saying(&text).into_response()),
        Ok(Done::Issued(path)) => (frame, Some(path)),
        Err(error) => (frame.refused(&error), None),
    };
    view(state, frame, admin, Asked::default(), issued).await
}

/// What a form of the list led to.
enum Done {
    Said(String),
    /// A path to hand over.
    Issued(String),
}

async fn set(
    state: AppState,
    frame: Frame,
    admin: Admin,
    path: Path<UserPath>,
    fields: Fields,
) -> Result<Response, ApiError> {
    let flag = |name: &str| fields.typed(name).map(|value| Value::Bool(value == "true"));
    let done = async {
        let wanted = json!({"is_admin": flag("is_admin"), "is_active": flag("is_active")});
        let wanted = typed::<UserChange>(wanted)?;
        let changed = change::change(state.clone(), admin.clone(), path, wanted).await?;
        Ok(Done::Said(format!("{} is changed.", changed.0.email)))
    };
    told(state.clone(), frame, admin.clone(), done.await).await
}

async fn allow_reset(
    state: AppState,
    frame: Frame,
    admin: Admin,
    path: Path<UserPath>,
) -> Result<Response, ApiError> {
    let issued = reset_password::handler(state.clone(), admin.clone(), path).await;
    let done = issued.map(|(_, issued)| match issued.0.token {
        None => Done::Said("A letter with a link for a new password is on its way.".to_owned()),
        Some(token) => Done::Issued(format!("/reset-password?token={token}")),
    });
    told(state, frame, admin, done).await
}

async fn invite(
    state: AppState,
    frame: Frame,
    admin: Admin,
    fields: Fields,
) -> Result<Response, ApiError> {
    let (email, is_admin) = (fields.get("email"), fields.has("is_admin"));
    let done = async {
        let new = typed::<NewInvitation>(json!({"email": email, "is_admin": is_admin}))?;
        let issued = invitations::create(state.clone(), admin.clone(), new).await?;
        Ok(match issued.1.0.token {
            None => Done::Said(format!("An invitation to {email} is on its way.")),
            Some(token) => Done::Issued(format!("/accept-invitation?token={token}")),
        })
    };
    told(state.clone(), frame, admin.clone(), done.await).await
}
