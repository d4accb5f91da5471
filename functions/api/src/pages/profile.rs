//! `/profile/`: the account's name, address, password and sessions.

use askama::Template;
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use divbase_contract::{
    accounts::{ChangeEmail, ChangePassword, DeleteAccount},
    auth::{LinkedIdentity, Session},
    field::{Organisation, OrganisationRole, PersonName},
};
use divbase_db::{User, UserChange, UserChanged};
use http::StatusCode;

use super::{
    cookies,
    fields::Fields,
    frame::Frame,
    login::providers,
    respond::{Go, page},
    session, show,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{ClientAddress, Origin, Path, SignedIn},
    routes::{
        auth::{change_email, change_password, delete_account, identities, logout, sessions},
        numbers::SessionPath,
    },
};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/profile/", get(show))
        .route("/profile/edit", post(edit))
        .route("/profile/email", post(email))
        .route("/profile/password", post(password))
        .route("/profile/delete", post(delete))
        .route("/profile/sessions/end-all", post(end_all))
        .route("/profile/sessions/{session_id}/end", post(end))
}

#[derive(Template)]
#[template(path = "profile.html")]
struct Profile {
    frame: Frame,
    user: User,
    sessions: Vec<Session>,
    identities: Vec<LinkedIdentity>,
    /// Ids and names of identity providers.
    providers: Vec<(String, String)>,
    has_password: bool,
    problems: Vec<String>,
}

async fn show(
    State(state): State<AppState>,
    frame: Frame,
    SignedIn(user): SignedIn,
) -> Result<Response, ApiError> {
    view(state, frame, user, None).await
}

/// The page, with what was wrong with a form of it.
async fn view(
    state: AppState,
    frame: Frame,
    user: User,
    refused: Option<ApiError>,
) -> Result<Response, ApiError> {
    let rows = sessions::list(State(state.clone()), SignedIn(user.clone())).await?;
    let linked = identities::list(State(state.clone()), SignedIn(user.clone())).await?;
    let has_password = state.db.has_password(user.id).await?;
    let (status, problems) = match refused {
        Some(error) => (error.status(), error.words()),
        None => (StatusCode::OK, Vec::new()),
    };
    let sessions = rows.0;
    Ok(page(
        status,
        &Profile {
            frame,
            user,
            sessions,
            identities: linked.0,
            providers: providers(&state),
            has_password,
            problems,
        },
    ))
}

/// Where a form of the page leads to, or the page with what was wrong with it.
async fn answer(
    state: AppState,
    frame: Frame,
    user: User,
    done: Result<Go, ApiError>,
) -> Result<Response, ApiError> {
    match done {
        Ok(go) => Ok(go.into_response()),
        Err(error) if error.status() == StatusCode::UNAUTHORIZED => Err(error),
        Err(error) => view(state, frame, user, Some(error)).await,
    }
}

async fn edit(
    State(state): State<AppState>,
    frame: Frame,
    SignedIn(user): SignedIn,
    origin: Origin,
    fields: Fields,
) -> Result<Response, ApiError> {
    let done = rename(&state, &user, origin, &fields).await;
    answer(state, frame, user, done).await
}

async fn rename(
    state: &AppState,
    user: &User,
    origin: Origin,
    fields: &Fields,
) -> Result<Go, ApiError> {
    let name: PersonName = fields.parse("name")?;
    let organisation: Organisation = fields.parse("organisation")?;
    let role: OrganisationRole = fields.parse("organisation_role")?;
    let change = UserChange {
        name: Some(&name),
        organisation: Some(&organisation),
        organisation_role: Some(&role),
        ..UserChange::default()
    };
    match state
        .db
        .change_user(user.id, change, &origin.by(user))
        .await?
    {
        UserChanged::Changed(_) => Ok(Go::to("/profile/").saying("Your account is changed.")),
        UserChanged::Unknown | UserChanged::LastAdministrator => Err(ApiError::internal(
            &"one's own account could not be changed",
        )),
    }
}

async fn email(
    State(state): State<AppState>,
    frame: Frame,
    SignedIn(user): SignedIn,
    address: ClientAddress,
    origin: Origin,
    fields: Fields,
) -> Result<Response, ApiError> {
    let ask = async |state: AppState, user: User| -> Result<Go, ApiError> {
        let body = fields.decode::<ChangeEmail>()?;
        let ask = change_email::handler(State(state), SignedIn(user), address, origin, body);
        let (_, said) = ask.await?;
        Ok(Go::to("/profile/").saying(&said.0.message))
    };
    let done = ask(state.clone(), user.clone()).await;
    answer(state, frame, user, done).await
}

async fn password(
    State(state): State<AppState>,
    frame: Frame,
    SignedIn(user): SignedIn,
    address: ClientAddress,
    origin: Origin,
    fields: Fields,
) -> Result<Response, ApiError> {
    let set = async |state: AppState, user: User| -> Result<Go, ApiError> {
        fields.same("new_password", "confirm_password")?;
        let body = fields.decode::<ChangePassword>()?;
        let set = change_password::handler(State(state), SignedIn(user), address, origin, body);
        let begun = set.await?;
        let text = "Your new password is set. All other sessions have ended.";
        Ok(Go::to("/profile/")
            .saying(text)
            .with(session::begun(&begun.0)))
    };
    let done = set(state.clone(), user.clone()).await;
    answer(state, frame, user, done).await
}

async fn delete(
    State(state): State<AppState>,
    frame: Frame,
    SignedIn(user): SignedIn,
    address: ClientAddress,
    origin: Origin,
    fields: Fields,
) -> Result<Response, ApiError> {
    let close = async |state: AppState, user: User| -> Result<Go, ApiError> {
        let body = fields.decode::<DeleteAccount>()?;
        delete_account::handler(State(state), SignedIn(user), address, origin, body).await?;
        let gone = cookies::clear(cookies::SESSION);
        Ok(Go::to("/").saying("Your account is deleted.").with(gone))
    };
    let done = close(state.clone(), user.clone()).await;
    answer(state, frame, user, done).await
}

async fn end(
    State(state): State<AppState>,
    signed_in: SignedIn,
    origin: Origin,
    path: Path<SessionPath>,
) -> Result<Go, ApiError> {
    sessions::end(State(state), signed_in, origin, path).await?;
    Ok(Go::to("/profile/").saying("The session has ended."))
}

async fn end_all(
    State(state): State<AppState>,
    signed_in: SignedIn,
    origin: Origin,
) -> Result<Go, ApiError> {
    logout::everywhere(State(state), signed_in, origin).await?;
    let gone = cookies::clear(cookies::SESSION);
    Ok(Go::to("/login")
        .saying("All sessions have ended, this one too.")
        .with(gone))
}
