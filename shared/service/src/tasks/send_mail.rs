//! Sends a letter. A one-time token is made here, at the moment of sending: it is in no argument, no result and no log, and the
//! database has its SHA-256. An attempt that is repeated makes another one, which voids the one before.

use chrono::{Duration, Utc};
use divbase_auth::{
    Secret,
    secret::{CONFIRMATION_PREFIX, INVITATION_PREFIX, RESET_PREFIX},
};
use divbase_contract::project_requests::RequestState;
use divbase_db::{Origin, User};
use divbase_tasks::{Queue, Task, TaskError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Context, Services,
    mail::{Brought, Letter, Mailer},
};

/// How long a token that somebody asked for by mail is good.
const ASKED_LIFE: Duration = Duration::hours(1);

/// The task.
pub struct SendMail;

/// Which letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "letter", rename_all = "snake_case")]
pub enum MailKwargs {
    /// To who is invited.
    Invitation {
        /// The invitation.
        invitation_id: i64,
    },
    /// To an account whose password an administrator lets be set.
    ResetAllowed {
        /// The account.
        user_id: i64,
    },
    /// To an address for which somebody asked for a new password; nobody may have it.
    ResetAsked {
        /// The address.
        email: String,
        /// Where the request came from.
        address: Option<String>,
        /// The request.
        request_id: Option<String>,
    },
    /// To an address that waits to be confirmed.
    Confirmation {
        /// The account.
        user_id: i64,
    },
    /// To an address that somebody registered with although it has an account.
    AlreadyRegistered {
        /// The address.
        email: String,
    },
    /// To the address that an account had.
    AddressChanged {
        /// The address that it had.
        email: String,
        /// The address that it has.
        to: String,
    },
    /// To an account's owner, that something was done to the account.
    Notice {
        /// The account.
        user_id: i64,
        /// What was done.
        notice: AccountNotice,
        /// What it was done to, if the account has several.
        name: Option<String>,
        /// Where it was done from.
        address: Option<String>,
    },
    /// To an administrator: somebody asks for a project.
    ProjectAsked {
        /// The request.
        request_id: i64,
        /// The administrator.
        user_id: i64,
    },
    /// To who asked for a project: it was decided.
    ProjectDecided {
        /// The request.
        request_id: i64,
    },
    /// To a manager of a project that will be deleted.
    ProjectDeletion {
        /// The project.
        project_id: i64,
        /// The manager.
        user_id: i64,
    },
    /// Whether mail arrives.
    Test {
        /// The address.
        email: String,
    },
}

/// What an account's owner is told of, in case it was somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountNotice {
    /// The password was set anew, by a token or with the one before.
    PasswordSet,
    /// A personal access token was made.
    TokenCreated,
    /// A personal access token was revoked.
    TokenRevoked,
    /// Signing in asks for a code from now on.
    SecondFactorOn,
    /// Signing in asks for a code no more.
    SecondFactorOff,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MailOutcome {
    /// The relay has it.
    Sent,
    /// Nothing was sent: what it is about has ended, or nobody has the address.
    Void,
}

/// The result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MailResult {
    /// What became of it.
    pub outcome: MailOutcome,
}

impl Task for SendMail {
    const NAME: &'static str = "tasks.send_mail";
    const QUEUE: Queue = Queue::Quick;
    type Services = Services;
    type Kwargs = MailKwargs;
    type Output = MailResult;

    async fn run(ctx: Context, kwargs: MailKwargs) -> Result<MailResult, TaskError> {
        let Some(mailer) = &ctx.services.settings.mail else {
            return Err(TaskError::user(
                "Mail is not configured: set DIVBASE_SMTP_URL and DIVBASE_MAIL_FROM for the workers.",
            ));
        };
        let letter = write(&ctx.services, mailer, kwargs).await?;
        let outcome = match letter {
            Some((to, letter)) => {
                mailer.send(&to, &letter).await?;
                MailOutcome::Sent
            }
            None => MailOutcome::Void,
        };
        Ok(MailResult { outcome })
    }
}

/// The letter and whom it goes to; none if there is no reason for it any more.
async fn write(
    services: &Services,
    mailer: &Mailer,
    kwargs: MailKwargs,
) -> Result<Option<(String, Letter)>, TaskError> {
    let db = &services.db;
    let api_url = mailer.api_url.as_deref();
    let brought = |token| Brought { token, api_url };
    Ok(match kwargs {
        MailKwargs::Invitation { invitation_id } => {
            let token = Secret::generate(INVITATION_PREFIX);
            let renewed = db.renew_invitation(invitation_id, &token.digest()).await?;
            renewed.map(|invitation| {
                let letter = Letter::invitation(&invitation, brought(token.expose()));
                (invitation.email, letter)
            })
        }
        MailKwargs::ResetAllowed { user_id } => {
            let token = Secret::generate(RESET_PREFIX);
            let renewed = db.renew_password_reset(user_id, &token.digest()).await?;
            renewed.map(|(user, end)| {
                let letter = Letter::password_reset(&user.name, end, brought(token.expose()));
                (user.email, letter)
            })
        }
        MailKwargs::ResetAsked {
            email,
            address,
            request_id,
        } => {
            let account = db.user_for_login(&email).await?.map(|(user, _)| user);
            let Some(user) = account.filter(|user| User::may_act(user) && user.email_verified)
            else {
                return Ok(None);
            };
            let (token, end) = (Secret::generate(RESET_PREFIX), Utc::now() + ASKED_LIFE);
            let by = Origin {
                user_id: None,
                address,
                request_id,
            };
            db.allow_password_reset(user.id, &token.digest(), end, &by)
                .await?;
            let letter = Letter::password_reset(&user.name, end, brought(token.expose()));
            Some((user.email, letter))
        }
        MailKwargs::Confirmation { user_id } => {
            let token = Secret::generate(CONFIRMATION_PREFIX);
            let renewed = db.renew_confirmation(user_id, &token.digest()).await?;
            renewed.map(|waiting| {
                let letter = Letter::confirmation(&waiting, brought(token.expose()));
                (waiting.email, letter)
            })
        }
        MailKwargs::AlreadyRegistered { email } => {
            let account = db.user_for_login(&email).await?.map(|(user, _)| user);
            let user = account.filter(User::may_act);
            user.map(|user| {
                let letter = Letter::already_registered(&user.name, api_url);
                (user.email, letter)
            })
        }
        MailKwargs::AddressChanged { email, to } => Some((email, Letter::address_changed(&to))),
        MailKwargs::Notice {
            user_id,
            notice,
            name,
            address,
        } => {
            let user = db.user(user_id).await?.filter(User::may_act);
            user.map(|user| {
                let letter =
                    Letter::notice(&user.name, notice, name.as_deref(), address.as_deref());
                (user.email, letter)
            })
        }
        MailKwargs::ProjectAsked {
            request_id,
            user_id,
        } => {
            let request = db.project_request(request_id).await?;
            let request = request.filter(|request| request.state == RequestState::Waiting);
            let user = db.user(user_id).await?.filter(User::may_act);
            request.zip(user).map(|(request, user)| {
                let letter = Letter::project_asked(&request);
                (user.email, letter)
            })
        }
        MailKwargs::ProjectDecided { request_id } => {
            let request = db.project_request(request_id).await?;
            let letter = request.as_ref().and_then(Letter::project_decided);
            request.map(|request| request.email).zip(letter)
        }
        MailKwargs::ProjectDeletion {
            project_id,
            user_id,
        } => {
            let user = db.user(user_id).await?.filter(User::may_act);
            let doomed = db.project_deletion(project_id).await?;
            user.zip(doomed).map(|(user, (name, end))| {
                let letter = Letter::project_deletion(&name, end);
                (user.email, letter)
            })
        }
        MailKwargs::Test { email } => Some((email, Letter::test())),
    })
}
