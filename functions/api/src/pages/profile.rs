//! `/profile/`: the account's name, address, password and sessions.

use askama::Template;
use axum::{
    Router,
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

use super::{cookies, fields::Fields, frame::Frame, login::providers, respond::Go, session, show};
use crate::{
    AppState,
    error::ApiError,
    extract::{ClientAddress, Path, SignedIn},
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
}

async fn show(state: AppState, frame: Frame, signed_in: SignedIn) -> Result<Response, ApiError> {
    let sessions = sessions::list(state.clone(), signed_in.clone()).await?.0;
    let identities = identities::list(state.clone(), signed_in.clone()).await?.0;
    let user = signed_in.user;
    let has_password = state.db.has_password(user.id).await?;
    Ok(frame.page(|frame| Profile {
        frame,
        user,
        sessions,
        identities,
        providers: providers(&state),
        has_password,
    }))
}

/// Where a form of the page leads to, or the page with what was wrong with it.
async fn answer(
    state: AppState,
    frame: Frame,
    signed_in: SignedIn,
    done: Result<Go, ApiError>,
) -> Result<Response, ApiError> {
    match done {
        Ok(go) => Ok(go.into_response()),
        Err(error) if error.status() == StatusCode::UNAUTHORIZED => Err(error),
        Err(error) => show(state, frame.refused(&error), signed_in).await,
    }
}

async fn edit(
    state: AppState,
    frame: Frame,
    signed_in: SignedIn,
    fields: Fields,
) -> Result<Response, ApiError> {
    let done = rename(&state, &signed_in, &fields).await;
    answer(state, frame, signed_in, done).await
}

async fn rename(
    state: &AppState,
    SignedIn { user, by }: &SignedIn,
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
    match state.db.change_user(user.id, change, by).await? {
        UserChanged::Changed(_) => Ok(Go::to("/profile/").saying("Your account is changed.")),
        UserChanged::Unknown | UserChanged::LastAdministrator => {
            Err(ApiError::internal("one's own account could not be changed"))
        }
    }
}

async fn email(
    state: AppState,
    frame: Frame,
    signed_in: SignedIn,
    address: ClientAddress,
    fields: Fields,
) -> Result<Response, ApiError> {
    let done = async {
        let body = fields.decode::<ChangeEmail>()?;
        let ask = change_email::handler(state.clone(), signed_in.clone(), address, body);
        Ok(Go::to("/profile/").saying(&ask.await?.1.0.message))
    };
    answer(state.clone(), frame, signed_in.clone(), done.await).await
}

async fn password(
    state: AppState,
    frame: Frame,
    signed_in: SignedIn,
    address: ClientAddress,
    fields: Fields,
) -> Result<Response, ApiError> {
    let done = async {
        fields.same("new_password", "confirm_password")?;
        let body = fields.decode::<ChangePassword>()?;
        let set = change_password::handler(state.clone(), signed_in.clone(), address, body);
        let begun = set.await?;
        Ok(Go::to("/profile/")
            .saying("Your new password is set. All other sessions have ended.")
            .with(session::begun(&begun.0)))
    };
    answer(state.clone(), frame, signed_in.clone(), done.await).await
}

async fn delete(
    state: AppState,
    frame: Frame,
    signed_in: SignedIn,
    address: ClientAddress,
    fields: Fields,
) -> Result<Response, ApiError> {
    let done = async {
        let body = fields.decode::<DeleteAccount>()?;
        delete_account::handler(state.clone(), signed_in.clone(), address, body).await?;
        let gone = cookies::clear(cookies::SESSION);
        Ok(Go::to("/").saying("Your account is deleted.").with(gone))
    };
    answer(state.clone(), frame, signed_in.clone(), done.await).await
}

async fn end(
    state: AppState,
    signed_in: SignedIn,
    path: Path<SessionPath>,
) -> Result<Go, ApiError> {
    sessions::end(state, signed_in, path).await?;
    Ok(Go::to("/profile/").saying("The session has ended."))
}

async fn end_all(state: AppState, signed_in: SignedIn) -> Result<Go, ApiError> {
    logout::everywhere(state, signed_in).await?;
    let gone = cookies::clear(cookies::SESSION);
    Ok(Go::to("/login")
        .saying("All sessions have ended, this one too.")
        .with(gone))
}
