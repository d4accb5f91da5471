//! `/admin/users`: accounts, their rights, and new passwords.

use askama::Template;
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use divbase_contract::{
    accounts::{IssuedReset, NewInvitation, UserChange, UserPage},
    auth::User,
};
use http::StatusCode;
use serde_json::{Value, json};

use super::{
    asked::Asked,
    fields::{Fields, typed},
    frame::Frame,
    respond::{Go, page},
    show,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, Origin, Path, Query},
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
    tab: &'static str,
    problems: Vec<String>,
    asked: Asked,
    users: Vec<User>,
    next: Option<i64>,
    /// A path to hand over where no mail is sent.
    issued: Option<String>,
}

async fn users(
    State(state): State<AppState>,
    frame: Frame,
    admin: Admin,
    asked: Asked,
) -> Result<Response, ApiError> {
    view(state, frame, admin, asked, Ok(None)).await
}

/// The list, with what a form of it led to: a path to hand over, or what was wrong.
async fn view(
    state: AppState,
    frame: Frame,
    admin: Admin,
    asked: Asked,
    led: Result<Option<String>, ApiError>,
) -> Result<Response, ApiError> {
    let search = Query(asked.decode::<list::Search>()?);
    let paging = Query(asked.decode()?);
    let UserPage { users, next } = list::list(State(state), admin, search, paging).await?.0;
    let (status, problems, issued) = match led {
        Ok(issued) => (StatusCode::OK, Vec::new(), issued),
        Err(error) => (error.status(), error.words(), None),
    };
    let tab = "users";
    Ok(page(
        status,
        &Users {
            frame,
            tab,
            problems,
            asked,
            users,
            next,
            issued,
        },
    ))
}

async fn set(
    State(state): State<AppState>,
    frame: Frame,
    admin: Admin,
    origin: Origin,
    path: Path<UserPath>,
    fields: Fields,
) -> Result<Response, ApiError> {
    let flag = |name: &str| fields.typed(name).map(|value| Value::Bool(value == "true"));
    let change = async |admin: Admin| -> Result<String, ApiError> {
        let wanted = json!({"is_admin": flag("is_admin"), "is_active": flag("is_active")});
        let wanted = typed::<UserChange>(wanted)?;
        let changed = change::change(State(state.clone()), admin, origin, path, wanted).await?;
        Ok(changed.0.email)
    };
    match change(admin.clone()).await {
        Ok(email) => {
            let text = format!("{email} is changed.");
            Ok(Go::to("/admin/users").saying(&text).into_response())
        }
        Err(error) => view(state.clone(), frame, admin, Asked::default(), Err(error)).await,
    }
}

async fn allow_reset(
    State(state): State<AppState>,
    frame: Frame,
    admin: Admin,
    origin: Origin,
    path: Path<UserPath>,
) -> Result<Response, ApiError> {
    let issued = reset_password::handler(State(state.clone()), admin.clone(), origin, path).await;
    match issued.map(|(_, issued)| issued.0) {
        Ok(IssuedReset { token: None, .. }) => {
            let text = "A letter with a link for a new password is on its way.";
            Ok(Go::to("/admin/users").saying(text).into_response())
        }
        Ok(IssuedReset {
            token: Some(token), ..
        }) => {
            let path = format!("/reset-password?token={token}");
            view(state, frame, admin, Asked::default(), Ok(Some(path))).await
        }
        Err(error) => view(state, frame, admin, Asked::default(), Err(error)).await,
    }
}

async fn invite(
    State(state): State<AppState>,
    frame: Frame,
    admin: Admin,
    origin: Origin,
    fields: Fields,
) -> Result<Response, ApiError> {
    let (email, is_admin) = (fields.get("email"), fields.has("is_admin"));
    let issue = async |admin: Admin| -> Result<Option<String>, ApiError> {
        let new = typed::<NewInvitation>(json!({"email": email, "is_admin": is_admin}))?;
        let issued = invitations::create(State(state.clone()), admin, origin, new).await?;
        Ok(issued.1.0.token)
    };
    match issue(admin.clone()).await {
        Ok(None) => {
            let text = format!("An invitation to {email} is on its way.");
            Ok(Go::to("/admin/users").saying(&text).into_response())
        }
        Ok(Some(token)) => {
            let path = format!("/accept-invitation?token={token}");
            view(
                state.clone(),
                frame,
                admin,
                Asked::default(),
                Ok(Some(path)),
            )
            .await
        }
        Err(error) => view(state.clone(), frame, admin, Asked::default(), Err(error)).await,
    }
}
