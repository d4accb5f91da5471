//! Which account an identity at a provider opens, and what a person reads of a provider's faults.

use divbase_db::{NewIdentity, Newcomer, User, Welcomed};
use divbase_sso::{Identity, Provider, SsoError};
use http::StatusCode;

use crate::{AppState, error::ApiError, extract::Origin};

/// Somebody whom a provider has named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Arrival {
    pub(crate) user: User,
    /// Whether the account is new.
    pub(crate) is_new: bool,
}

/// An identity as it is kept.
pub(crate) fn row(identity: &Identity) -> NewIdentity<'_> {
    NewIdentity {
        issuer: &identity.issuer,
        subject: &identity.subject,
        email: identity.email.as_deref(),
    }
}

/// The account that an identity opens. One that nobody knows opens the account of its address, if the address is believed
/// to be theirs, or makes one, if such a person may register or was invited.
///
/// # Errors
/// 403 if it opens none.
pub(crate) async fn arrive(
    state: &AppState,
    provider: &Provider,
    identity: &Identity,
    origin: Origin,
) -> Result<Arrival, ApiError> {
    if let Some(user) = state.db.use_identity(row(identity)).await? {
        return admitted(user, false);
    }
    let email = identity.email.as_ref().filter(|_| identity.email_verified);
    let Some(email) = email else {
        return Err(unknown(provider));
    };
    let refusal = state.settings.registration.refusal(email);
    let new = Newcomer {
        identity: row(identity),
        email,
        name: identity.name.as_deref().unwrap_or(email),
        may_register: refusal.is_none(),
    };
    let welcomed = state.db.welcome(new, &origin.of_somebody()).await;
    let welcomed = welcomed.map_err(|error| {
        let at_once = ["external_identity_once", "app_user_email_key"];
        if at_once.iter().any(|name| error.violates(name)) {
            return ApiError::conflict("That was done twice at once. Sign in again.");
        }
        error.into()
    })?;
    match welcomed {
        Welcomed::Known(user) => admitted(user, false),
        Welcomed::Made(user) => admitted(user, true),
        Welcomed::Refused => Err(ApiError::forbidden(format!(
            "{} '{email}' has none, and was not invited.",
            refusal.unwrap_or_default()
        ))),
    }
}

fn admitted(user: User, is_new: bool) -> Result<Arrival, ApiError> {
    if user.may_act() && user.email_verified {
        return Ok(Arrival { user, is_new });
    }
    tracing::warn!(
        user = user.id,
        "an identity opens an account that must not be used"
    );
    Err(ApiError::forbidden(
        "This account cannot be used. Ask an administrator.".to_owned(),
    ))
}

/// The same whether or not an account has the address that was given: whoever gives it has not shown that it is theirs.
fn unknown(provider: &Provider) -> ApiError {
    ApiError::forbidden(format!(
        "No account is linked to this identity, and {} does not vouch for its e-mail address. Sign in another way and \
         link it on the page of your account; without an account, register or accept your invitation first.",
        provider.name
    ))
}

/// What a person reads when a provider's part failed; the cause goes to the log.
pub(crate) fn refused(provider: &Provider, error: &SsoError) -> ApiError {
    tracing::warn!(provider = provider.id, %error, "a provider signed nobody in");
    let name = &provider.name;
    match error {
        SsoError::UnknownProvider => no_such_provider(),
        SsoError::Refused(_) => ApiError::bad_request(format!(
            "{name} does not take what your browser brought back. Please sign in again."
        )),
        SsoError::Token(_) | SsoError::Jwt(_) | SsoError::OtherSubject => ApiError::bad_request(
            format!("The answer of {name} is not valid. Please sign in again."),
        ),
        SsoError::Unreachable(_)
        | SsoError::UnreachableLately
        | SsoError::TooLarge(_)
        | SsoError::Unreadable { .. }
        | SsoError::Description(_) => ApiError::http(
            StatusCode::BAD_GATEWAY,
            format!(
                "{name} does not answer as it should. Try again in a minute, or sign in another way."
            ),
        ),
    }
}

/// The settings have no provider of this id.
pub(crate) fn no_such_provider() -> ApiError {
    ApiError::not_found("There is no such way to sign in.")
}
