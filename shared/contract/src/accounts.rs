//! `/users` and `/invitations`: how people get an account, and what administrators may do with it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Role,
    field::{
        EmailAddress, OneTimeToken, Organisation, OrganisationRole, Password, PersonName,
        TypedPassword,
    },
};

/// Body of `POST /users`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NewUser {
    /// 3 to 100 characters.
    pub name: PersonName,
    /// At most 50 characters; kept in lower case.
    pub email: EmailAddress,
    /// 3 to 200 characters.
    pub organisation: Organisation,
    /// 3 to 100 characters.
    pub organisation_role: OrganisationRole,
    /// 10 to 100 characters, and none of the commonest passwords.
    pub password: Password,
    /// Make a site administrator.
    #[serde(default)]
    pub is_admin: bool,
}

/// Body of `PATCH /users/{user_id}`. A field that is left out stays as it is.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct UserChange {
    /// 3 to 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonName>,
    /// At most 50 characters; kept in lower case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailAddress>,
    /// 3 to 200 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation: Option<Organisation>,
    /// 3 to 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation_role: Option<OrganisationRole>,
    /// Whether it is a site administrator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_admin: Option<bool>,
    /// Whether it may be used. Turning it off ends all its sessions and tokens at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_active: Option<bool>,
}

/// Answer of `GET /users`: a page, by number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserPage {
    /// At most as many as were asked for.
    pub users: Vec<crate::auth::User>,
    /// `after` of the next page; absent on the last one.
    pub next: Option<i64>,
}

/// Body of `POST /invitations`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NewInvitation {
    /// Whom to invite.
    pub email: EmailAddress,
    /// Make a site administrator.
    #[serde(default)]
    pub is_admin: bool,
}

/// An invitation of somebody who has no account yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Invitation {
    /// Its number.
    pub id: i64,
    /// Who is invited.
    pub email: String,
    /// Whether to become an administrator.
    pub is_admin: bool,
    /// The project to become a member of, if any.
    pub project_name: Option<String>,
    /// The role there.
    pub role: Option<Role>,
    /// The address of who invited.
    pub invited_by: String,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// A new invitation. Where mail is sent, the token that accepts it goes to who is invited; else it is shown this once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IssuedInvitation {
    /// The invitation.
    #[serde(flatten)]
    pub invitation: Invitation,
    /// Hand it to who is invited, and to nobody else. Absent if it was sent by mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// Body of `POST /auth/accept-invitation`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AcceptInvitation {
    /// The token of the invitation.
    pub token: OneTimeToken,
    /// 3 to 100 characters.
    pub name: PersonName,
    /// 3 to 200 characters.
    pub organisation: Organisation,
    /// 3 to 100 characters.
    pub organisation_role: OrganisationRole,
    /// 10 to 100 characters, and none of the commonest passwords.
    pub password: Password,
}

/// Answer of `POST /users/{user_id}/password-reset`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IssuedReset {
    /// Hand it to the account's owner, and to nobody else; shown this once. Absent if it was sent by mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// Body of `POST /auth/register`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Register {
    /// At most 50 characters; kept in lower case.
    pub email: EmailAddress,
    /// 3 to 100 characters.
    pub name: PersonName,
    /// 3 to 200 characters.
    pub organisation: Organisation,
    /// 3 to 100 characters.
    pub organisation_role: OrganisationRole,
    /// 10 to 100 characters, and none of the commonest passwords.
    pub password: Password,
}

/// Body of `POST /auth/confirm-email`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ConfirmEmail {
    /// The token of the letter.
    pub token: OneTimeToken,
    /// The account's password: the letter alone could confirm an account that somebody else made.
    pub password: TypedPassword,
}

/// Body of `POST /auth/change-email`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ChangeEmail {
    /// The address that the account shall have.
    pub email: EmailAddress,
    /// The account's password.
    pub password: TypedPassword,
}

/// Body of `POST /auth/delete-account`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DeleteAccount {
    /// The account's password.
    pub password: TypedPassword,
}

/// Body of `POST /auth/forgot-password`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ForgotPassword {
    /// The account's address.
    pub email: EmailAddress,
}

/// What was done, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Message {
    /// One sentence.
    pub message: String,
}

/// Body of `POST /auth/reset-password`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ResetPassword {
    /// The token of the reset.
    pub token: OneTimeToken,
    /// 10 to 100 characters, and none of the commonest passwords.
    pub password: Password,
    /// Whether personal access tokens outlive it.
    #[serde(default)]
    pub keep_access_tokens: bool,
}

/// Body of `POST /auth/change-password`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ChangePassword {
    /// The password of now.
    pub current_password: TypedPassword,
    /// 10 to 100 characters, and none of the commonest passwords.
    pub new_password: Password,
    /// Whether personal access tokens outlive it.
    #[serde(default)]
    pub keep_access_tokens: bool,
}
