//! Who is calling, and by what: a session's access token or a personal access token.

use axum::extract::FromRequestParts;
use divbase_auth::{
    TokenKind,
    secret::{self, SHARE_PREFIX},
};
use divbase_contract::{Role, pats::PAT_PREFIX};
use divbase_db::{PatPermissions, User};
use http::{header, request::Parts};

use super::{Origin, address::client_address};
use crate::{AppState, ProjectCreation, error::ApiError, throttle::Attempt};

/// Any account that may act, by any token. It is an administrator's only if the token may do what administrators may.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The account.
    pub user: User,
    /// What it does by the request, for the audit log.
    pub by: divbase_db::Origin,
    access: Access,
}

impl Caller {
    /// The role in a project that the caller has by this token.
    #[must_use]
    pub fn role(&self, project_id: i64, membership: Option<Role>) -> Option<Role> {
        self.access.role(project_id, membership?)
    }
}

macro_rules! accounts {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name {
            /// The account.
            pub user: User,
            /// What it does by the request, for the audit log.
            pub by: divbase_db::Origin,
        }

        impl From<Caller> for $name {
            fn from(Caller { user, by, .. }: Caller) -> Self {
                Self { user, by }
            }
        }
    )*};
}
accounts! {
    /// An account that has logged in. A personal access token does not serve: it must not make another one, or set a
    /// password.
    SignedIn
    /// A site administrator, by a session or a token with that scope.
    Admin
    /// Somebody who may make projects: an administrator, or, where everybody may, an account that has logged in.
    Founder
}

/// A caller who asks for task history outside projects, by a session or a token with that scope.
#[derive(Clone, Debug)]
pub struct HistoryCaller(pub Caller);

/// What a request carries.
#[derive(Clone, Debug)]
pub(super) enum Access {
    Session { generation: i32 },
    Token(PatPermissions),
}

impl Access {
    /// The role of a member by this token; none if it does not open the project.
    pub(super) fn role(&self, project_id: i64, membership: Role) -> Option<Role> {
        match self {
            Self::Session { .. } => Some(membership),
            Self::Token(permissions) => permissions.role(project_id, membership),
        }
    }
}

/// A signed-in person's session, as the layer around the pages found it in a cookie. Only that layer puts one into a
/// request, so no cookie opens the JSON routes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageSession {
    pub(crate) user_id: i64,
    pub(crate) generation: i32,
}

/// A token that is well signed or known. Whether its account may act is not known yet: see [`Bearer::admit`].
#[derive(Clone, Debug)]
pub(super) struct Bearer {
    pub(super) user_id: i64,
    pub(super) access: Access,
}

pub(super) fn token(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn refused() -> ApiError {
    ApiError::authentication("The access token is not valid or has expired. Please log in again.")
}

impl Bearer {
    /// The token of a request.
    pub(super) async fn of(parts: &Parts, state: &AppState) -> Result<Self, ApiError> {
        if let Some(session) = parts.extensions.get::<PageSession>() {
            return Ok(Self {
                user_id: session.user_id,
                access: Access::Session {
                    generation: session.generation,
                },
            });
        }
        let token = token(parts).ok_or_else(ApiError::not_authenticated)?;
        if token.starts_with(SHARE_PREFIX) {
            return Err(ApiError::authentication(
                "The token of a link opens files only. Please log in.",
            ));
        }
        if token.starts_with(PAT_PREFIX) {
            let Some(used) = state.db.use_pat(&secret::digest(token)).await? else {
                let address = client_address(parts);
                tracing::warn!(%address, "a personal access token that is not valid");
                // Counted only if it is wrong: every call would pay for it otherwise, and nobody guesses 256 bits.
                Attempt::token(state, &address).await?;
                return Err(refused());
            };
            return Ok(Self {
                user_id: used.user_id,
                access: Access::Token(used.permissions),
            });
        }
        let tokens = &state.settings.tokens;
        let claims = tokens
            .verify(token, TokenKind::AccessToken)
            .map_err(|_| refused())?;
        Ok(Self {
            user_id: claims.user_id,
            access: Access::Session {
                generation: claims.generation,
            },
        })
    }

    /// The account, if it is there and may act, and the session was not ended. It is an administrator's only as far
    /// as the token goes.
    pub(super) fn admit(&self, user: Option<User>) -> Result<User, ApiError> {
        let mut user = user.filter(User::may_act).ok_or_else(refused)?;
        match &self.access {
            Access::Session { generation } if *generation != user.token_generation => {
                return Err(refused());
            }
            Access::Session { .. } => {}
            Access::Token(permissions) => user.is_admin &= permissions.admin,
        }
        Ok(user)
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let bearer = Bearer::of(parts, state).await?;
        let user = bearer.admit(state.db.user(bearer.user_id).await?)?;
        Ok(Self {
            by: Origin::of(parts).by(&user),
            user,
            access: bearer.access,
        })
    }
}

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, state).await?;
        match caller.access {
            Access::Session { .. } => Ok(caller.into()),
            Access::Token(_) => Err(ApiError::forbidden(
                "A personal access token cannot do this. Please log in.",
            )),
        }
    }
}

impl FromRequestParts<AppState> for HistoryCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, state).await?;
        match &caller.access {
            Access::Token(permissions) if !permissions.task_history => Err(ApiError::forbidden(
                "Your personal access token does not open your task history. Make one with that scope.",
            )),
            _ => Ok(Self(caller)),
        }
    }
}

impl FromRequestParts<AppState> for Admin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, state).await?;
        if caller.user.is_admin {
            Ok(caller.into())
        } else {
            Err(ApiError::forbidden("This needs an administrator."))
        }
    }
}

impl FromRequestParts<AppState> for Founder {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let everybody = state.settings.project_creation == ProjectCreation::Everybody;
        match caller.access {
            _ if caller.user.is_admin => Ok(caller.into()),
            Access::Session { .. } if everybody => Ok(caller.into()),
            _ => Err(ApiError::forbidden("This needs an administrator.")),
        }
    }
}
