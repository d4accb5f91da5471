//! `/invitations`: inviting people who have no account yet, for administrators. Managers invite into their projects
//! below `/projects`.

use axum::Json;
use chrono::{DateTime, Duration, Utc};
use divbase_auth::{Secret, secret::INVITATION_PREFIX};
use divbase_contract::{
    Role,
    accounts::{Invitation, IssuedInvitation, NewInvitation},
};
use divbase_db::{InvitationScope, User};
use divbase_service::tasks::MailKwargs;
use http::StatusCode;

use crate::{
    AppState,
    described::{DescribedRouter, Describing, routes},
    error::ApiError,
    extract::{Admin, JsonBody, Path},
    mail,
    routes::numbers::InvitationPath,
};

const LIFE: Duration = Duration::days(7);

pub(super) fn routes<D: Describing>() -> DescribedRouter<D> {
    DescribedRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(withdraw))
}

/// Invitations that have not ended, into projects too; at most 1000.
#[utoipa::path(get, path = "/invitations", tag = "invitations", operation_id = "list_invitations",
    responses((status = 200, body = [Invitation]), crate::Refuses<401, 403>))]
async fn list(state: AppState, _: Admin) -> Result<Json<Vec<Invitation>>, ApiError> {
    Ok(Json(open(&state, InvitationScope::All).await?))
}

/// Invites somebody to make an account. The invitation is good for a week and for one account; inviting the same address
/// again replaces it. It is sent by mail, or where no mail is sent, its token is in the answer.
#[utoipa::path(post, path = "/invitations", tag = "invitations", operation_id = "invite",
    request_body = NewInvitation,
    responses((status = 201, body = IssuedInvitation), crate::Refuses<401, 403, 409, 422>))]
pub(crate) async fn create(
    state: AppState,
    Admin { user: admin, by }: Admin,
    JsonBody(new): JsonBody<NewInvitation>,
) -> Result<(StatusCode, Json<IssuedInvitation>), ApiError> {
    let place = Place {
        is_admin: new.is_admin,
        project: None,
    };
    let issued = issue(&state, (&admin, &by), new.email.as_str(), place).await?;
    Ok((StatusCode::CREATED, Json(issued)))
}

/// Takes an invitation back.
#[utoipa::path(delete, path = "/invitations/{invitation_id}", tag = "invitations",
    operation_id = "withdraw_invitation", params(("invitation_id" = i64, Path)),
    responses((status = 204), crate::Refuses<401, 403, 404, 422>))]
async fn withdraw(
    state: AppState,
    Admin { by, .. }: Admin,
    Path(path): Path<InvitationPath>,
) -> Result<StatusCode, ApiError> {
    let scope = InvitationScope::All;
    take_back(&state, path.invitation_id, scope, &by).await
}

/// What somebody is invited to.
pub(super) struct Place<'a> {
    pub(super) is_admin: bool,
    /// Number, name and role.
    pub(super) project: Option<(i64, &'a str, Role)>,
}

pub(super) async fn open(
    state: &AppState,
    scope: InvitationScope,
) -> Result<Vec<Invitation>, ApiError> {
    let rows = state.db.invitations(scope).await?;
    Ok(rows
        .into_iter()
        .map(|row| Invitation {
            id: row.id,
            email: row.email,
            is_admin: row.is_admin,
            project_name: row.project_name,
            role: row.role,
            invited_by: row.invited_by,
            expires_at: row.expires_at,
        })
        .collect())
}

pub(super) async fn issue(
    state: &AppState,
    (by, origin): (&User, &divbase_db::Origin),
    email: &str,
    place: Place<'_>,
) -> Result<IssuedInvitation, ApiError> {
    if state.db.user_id_by_email(email).await?.is_some() {
        return Err(ApiError::conflict(format!(
            "'{email}' has an account already; add it to the project instead of inviting it."
        )));
    }
    // Where mail is sent, nobody is told this token: the letter has one of its own.
    let token = Secret::generate(INVITATION_PREFIX);
    let by_mail = state.sends_mail();
    let expires_at: DateTime<Utc> = Utc::now() + LIFE;
    let id = state
        .db
        .invite(
            divbase_db::NewInvitation {
                email,
                token_sha256: &token.digest(),
                is_admin: place.is_admin,
                project: place.project.map(|(id, _, role)| (id, role)),
                invited_by: by.id,
                expires_at,
            },
            origin,
        )
        .await?;
    if by_mail {
        let letter = MailKwargs::Invitation { invitation_id: id };
        mail::send(state, letter, origin).await?;
    }
    tracing::info!(by = by.id, invitation = id, by_mail, "invited somebody");
    Ok(IssuedInvitation {
        invitation: Invitation {
            id,
            email: email.to_owned(),
            is_admin: place.is_admin,
            project_name: place.project.map(|(_, name, _)| name.to_owned()),
            role: place.project.map(|(_, _, role)| role),
            invited_by: by.email.clone(),
            expires_at,
        },
        token: (!by_mail).then(|| token.expose().to_owned()),
    })
}

pub(super) async fn take_back(
    state: &AppState,
    id: i64,
    scope: InvitationScope,
    by: &divbase_db::Origin,
) -> Result<StatusCode, ApiError> {
    if state.db.withdraw_invitation(id, scope, by).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::not_found(format!(
            "No invitation has the number {id}."
        )))
    }
}
