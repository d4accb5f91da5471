//! Accounts that an identity makes or takes: somebody comes from a provider whose word for their address is believed.

use divbase_contract::audit::AuditAction;
use sqlx::PgConnection;

use crate::{
    Db, NewIdentity, Origin, Result, User, audit::NewEntry, projects::join, users::NO_PASSWORD,
};

/// Somebody whom no identity of ours knows.
#[derive(Clone, Copy, Debug)]
pub struct Newcomer<'a> {
    /// The identity.
    pub identity: NewIdentity<'a>,
    /// Their address, which is theirs.
    pub email: &'a str,
    /// What the account is called, if one is made.
    pub name: &'a str,
    /// Whether one may be made for somebody who is not invited.
    pub may_register: bool,
}

/// Who a newcomer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Welcomed {
    /// The account of the address, which the identity opens from now on. It may be one that must not be used.
    Known(User),
    /// A new account, or one that somebody had registered and never confirmed.
    Made(User),
    /// Nobody: there is no account, and none may be made.
    Refused,
}

impl Db {
    /// The account of a newcomer. One that has the address already is linked, but for one that is turned off; invitations
    /// of the address are accepted when an account is made.
    ///
    /// # Errors
    /// `external_identity_once` or `app_user_email_key` if the same happens at the same moment.
    pub async fn welcome(&self, new: Newcomer<'_>, from: &Origin) -> Result<Welcomed> {
        let mut tx = self.begin().await?;
        let found = sqlx::query_as!(
            User,
            "SELECT id, name, email, organisation, organisation_role, is_admin, is_active, is_deleted,
                    email_verified, last_password_change, token_generation, created_at, updated_at
             FROM app_user WHERE email = $1 FOR UPDATE",
            new.email,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let welcomed = match found {
            Some(user) if !user.may_act() => return Ok(Welcomed::Known(user)),
            Some(user) if user.email_verified => Welcomed::Known(user),
            Some(user) => Welcomed::Made(take(&mut tx, &user).await?),
            None => match make(&mut tx, &new, from).await? {
                Some(user) => Welcomed::Made(user),
                None => return Ok(Welcomed::Refused),
            },
        };
        if let Welcomed::Known(user) | Welcomed::Made(user) = &welcomed {
            let by = from.as_user(user.id);
            new.identity.link(&mut tx, user.id, &by).await?;
        }
        tx.commit().await?;
        Ok(welcomed)
    }
}

/// Has an account that was registered and never confirmed belong to who has its address. Whoever registered it does not
/// keep a way in: the password goes.
async fn take(tx: &mut PgConnection, user: &User) -> Result<User> {
    sqlx::query!("DELETE FROM email_confirmation WHERE user_id = $1", user.id)
        .execute(&mut *tx)
        .await?;
    sqlx::query!("DELETE FROM password_reset WHERE user_id = $1", user.id)
        .execute(&mut *tx)
        .await?;
    sqlx::query!(
        "UPDATE personal_access_token SET revoked_at = now() WHERE user_id = $1 AND revoked_at IS NULL",
        user.id
    )
    .execute(&mut *tx)
    .await?;
    Ok(sqlx::query_as!(
        User,
        "UPDATE app_user SET email_verified = true, password_hash = $2, last_password_change = now(),
                             token_generation = token_generation + 1
         WHERE id = $1
         RETURNING id, name, email, organisation, organisation_role, is_admin, is_active, is_deleted,
                   email_verified, last_password_change, token_generation, created_at, updated_at",
        user.id,
        NO_PASSWORD,
    )
    .fetch_one(tx)
    .await?)
}

/// A new account without a password. The invitations of its address are used up: it is a member where they say.
async fn make(tx: &mut PgConnection, new: &Newcomer<'_>, from: &Origin) -> Result<Option<User>> {
    let invitations = sqlx::query!(
        "DELETE FROM invitation i USING app_user u
         WHERE i.email = $1 AND i.expires_at > now() AND u.id = i.invited_by AND u.is_active AND NOT u.is_deleted
           AND (u.is_admin OR EXISTS (SELECT 1 FROM project_membership m
                    WHERE m.project_id = i.project_id AND m.user_id = u.id AND m.role = 'manage'))
           AND (i.project_id IS NULL OR EXISTS (SELECT 1 FROM project p
                    WHERE p.id = i.project_id AND p.is_active AND NOT p.is_deleted))
         RETURNING i.is_admin, i.project_id, i.role",
        new.email,
    )
    .fetch_all(&mut *tx)
    .await?;
    if invitations.is_empty() && !new.may_register {
        return Ok(None);
    }
    let is_admin = invitations.iter().any(|invitation| invitation.is_admin);
    let user = sqlx::query_as!(
        User,
        "INSERT INTO app_user (name, email, organisation, organisation_role, password_hash, is_admin, email_verified)
         VALUES ($1, $2, '', '', $3, $4, true)
         RETURNING id, name, email, organisation, organisation_role, is_admin, is_active, is_deleted,
                   email_verified, last_password_change, token_generation, created_at, updated_at",
        new.name,
        new.email,
        NO_PASSWORD,
        is_admin,
    )
    .fetch_one(&mut *tx)
    .await?;
    let by = from.as_user(user.id);
    if invitations.is_empty() {
        NewEntry::of_user(AuditAction::UserRegistered, user.id)
            .with("issuer", Some(new.identity.issuer))
            .write(&mut *tx, &by)
            .await?;
    }
    for invitation in invitations {
        join(
            tx,
            user.id,
            invitation.project_id,
            invitation.role.as_deref(),
        )
        .await?;
        NewEntry::of_user(AuditAction::InvitationAccepted, user.id)
            .project(invitation.project_id)
            .with("role", invitation.role)
            .with("is_admin", invitation.is_admin.then_some(true))
            .with("issuer", Some(new.identity.issuer))
            .write(&mut *tx, &by)
            .await?;
    }
    Ok(Some(user))
}
