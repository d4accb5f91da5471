//! What administrators do with accounts.

use chrono::{DateTime, Utc};
use divbase_contract::audit::AuditAction;

use crate::{
    Db, Origin, Result, User, audit::NewEntry, statement::Statement, users::administrator_is_left,
};

/// What becomes of an account. A field that is `None` stays as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct UserChange<'a> {
    /// Full name.
    pub name: Option<&'a str>,
    /// E-mail address, lower case.
    pub email: Option<&'a str>,
    /// Employer.
    pub organisation: Option<&'a str>,
    /// Role there.
    pub organisation_role: Option<&'a str>,
    /// Site administrator.
    pub is_admin: Option<bool>,
    /// Whether it may be used.
    pub is_active: Option<bool>,
}

/// What a change led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserChanged {
    /// The account as it is now.
    Changed(User),
    /// There is no such account.
    Unknown,
    /// Refused: nobody would be left to administrate.
    LastAdministrator,
}

impl Db {
    /// Accounts by number, those after `after`, at most `limit`. With `search` those whose name or address contain
    /// it, in any case.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn users(&self, after: i64, limit: i64, search: Option<&str>) -> Result<Vec<User>> {
        Ok(sqlx::query_as!(
            User,
            "SELECT id, name, email, organisation, organisation_role, is_admin, is_active, is_deleted,
                    email_verified, last_password_change, token_generation, created_at, updated_at
             FROM app_user
             WHERE id > $1 AND ($3::text IS NULL OR position(lower($3) IN lower(name)) > 0
                                OR position(lower($3) IN email) > 0)
             ORDER BY id LIMIT $2",
            after,
            limit,
            search,
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// Changes an account. One that is turned off loses its sessions, tokens and invitations, so that turning it on
    /// again does not bring them back.
    ///
    /// # Errors
    /// `app_user_email_key` if the new address is taken.
    pub async fn change_user(
        &self,
        user_id: i64,
        change: UserChange<'_>,
        by: &Origin,
    ) -> Result<UserChanged> {
        let mut tx = self.begin().await?;
        // Two changes at once must not take away the last two administrators.
        sqlx::query!(
            "SELECT id FROM app_user WHERE is_admin AND is_active AND NOT is_deleted ORDER BY id FOR UPDATE"
        )
        .fetch_all(&mut *tx)
        .await?;
        let email_before = sqlx::query_scalar!(
            "SELECT email FROM app_user WHERE id = $1 FOR UPDATE",
            user_id
        )
        .fetch_optional(&mut *tx)
        .await?;
        let user = sqlx::query_as!(
            User,
            "UPDATE app_user SET
                 name = coalesce($2, name), email = coalesce($3, email),
                 organisation = coalesce($4, organisation),
                 organisation_role = coalesce($5, organisation_role),
                 is_admin = coalesce($6, is_admin), is_active = coalesce($7, is_active),
                 token_generation = token_generation + CASE WHEN is_active AND NOT coalesce($7, true) THEN 1 ELSE 0 END
             WHERE id = $1 AND NOT is_deleted
             RETURNING id, name, email, organisation, organisation_role, is_admin, is_active, is_deleted,
                       email_verified, last_password_change, token_generation, created_at, updated_at",
            user_id,
            change.name,
            change.email,
            change.organisation,
            change.organisation_role,
            change.is_admin,
            change.is_active,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(user) = user else {
            return Ok(UserChanged::Unknown);
        };
        if change.is_active == Some(false) {
            sqlx::query!(
                "UPDATE personal_access_token SET revoked_at = now() WHERE user_id = $1 AND revoked_at IS NULL",
                user_id
            )
            .execute(&mut *tx)
            .await?;
            sqlx::query!("DELETE FROM invitation WHERE invited_by = $1", user_id)
                .execute(&mut *tx)
                .await?;
            sqlx::query!("DELETE FROM password_reset WHERE user_id = $1", user_id)
                .execute(&mut *tx)
                .await?;
        }
        if !administrator_is_left(&mut tx).await? {
            return Ok(UserChanged::LastAdministrator);
        }
        NewEntry::of_user(AuditAction::UserChanged, user_id)
            .with("name", change.name)
            .with("email", change.email)
            .with("email_before", change.email.and(email_before))
            .with("organisation", change.organisation)
            .with("organisation_role", change.organisation_role)
            .with("is_admin", change.is_admin)
            .with("is_active", change.is_active)
            .commit(tx, by)
            .await?;
        Ok(UserChanged::Changed(user))
    }

    /// Deletes accounts whose owners registered and never confirmed the address, if the last token for that ended before an
    /// instant. Tells how many.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn delete_unconfirmed_accounts(&self, before: DateTime<Utc>) -> Result<u64> {
        sqlx::query!(
            "DELETE FROM app_user u USING email_confirmation c
             WHERE c.user_id = u.id AND c.email = u.email AND c.expires_at < $1
               AND NOT u.email_verified AND NOT u.is_admin",
            before,
        )
        .changed(&self.pool)
        .await
    }
}
