//! Accounts.

use chrono::{DateTime, Utc};
use divbase_contract::audit::AuditAction;
use sqlx::PgConnection;

use crate::{Db, Origin, Result, audit::NewEntry};

/// In place of a hash: the account has no password. No password has this hash.
pub(crate) const NO_PASSWORD: &str = "!";

/// An account row. The password hash is read by [`Db::user_for_login`] only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Account number.
    pub id: i64,
    /// Full name.
    pub name: String,
    /// E-mail address, lower case.
    pub email: String,
    /// Employer.
    pub organisation: String,
    /// Role there.
    pub organisation_role: String,
    /// Site administrator.
    pub is_admin: bool,
    /// May log in.
    pub is_active: bool,
    /// Deleted accounts keep their row.
    pub is_deleted: bool,
    /// Whether the e-mail address was confirmed.
    pub email_verified: bool,
    /// Tokens issued before are void.
    pub last_password_change: DateTime<Utc>,
    /// Session tokens of another generation are void.
    pub token_generation: i32,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// The account in a row that has more than its columns, and so a type of its own.
macro_rules! account {
    ($row:ident) => {
        $crate::User {
            id: $row.id,
            name: $row.name,
            email: $row.email,
            organisation: $row.organisation,
            organisation_role: $row.organisation_role,
            is_admin: $row.is_admin,
            is_active: $row.is_active,
            is_deleted: $row.is_deleted,
            email_verified: $row.email_verified,
            last_password_change: $row.last_password_change,
            token_generation: $row.token_generation,
            created_at: $row.created_at,
            updated_at: $row.updated_at,
        }
    };
}
pub(crate) use account;

impl User {
    /// Whether the account may be used at all.
    #[must_use]
    pub fn may_act(&self) -> bool {
        self.is_active && !self.is_deleted
    }
}

/// A new account.
#[derive(Clone, Debug)]
pub struct NewUser<'a> {
    /// Full name.
    pub name: &'a str,
    /// E-mail address; stored in lower case.
    pub email: &'a str,
    /// Employer.
    pub organisation: &'a str,
    /// Role there.
    pub organisation_role: &'a str,
    /// Argon2 hash, PHC format.
    pub password_hash: &'a str,
    /// Site administrator.
    pub is_admin: bool,
    /// Skip the e-mail verification.
    pub email_verified: bool,
}

/// Makes what changes an account, or what it has, take turns.
pub(crate) async fn lock(tx: &mut PgConnection, user_id: i64) -> Result<()> {
    sqlx::query!("SELECT id FROM app_user WHERE id = $1 FOR UPDATE", user_id)
        .fetch_optional(tx)
        .await?;
    Ok(())
}

/// Whether a change that is not committed yet leaves somebody to administrate.
pub(crate) async fn administrator_is_left(tx: &mut PgConnection) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        "SELECT EXISTS (SELECT 1 FROM app_user WHERE is_admin AND is_active AND NOT is_deleted) AS \"left!\""
    )
    .fetch_one(tx)
    .await?)
}

impl Db {
    /// Makes an account.
    ///
    /// # Errors
    /// `app_user_email_key` if the address is taken.
    pub async fn create_user(&self, new: NewUser<'_>, by: &Origin) -> Result<User> {
        let mut tx = self.begin().await?;
        let made = sqlx::query_as!(
            User,
            "INSERT INTO app_user (name, email, organisation, organisation_role, password_hash, is_admin,
                                   email_verified)
             VALUES ($1, lower($2), $3, $4, $5, $6, $7)
             RETURNING id, name, email, organisation, organisation_role, is_admin, is_active, is_deleted,
                       email_verified, last_password_change, token_generation, created_at, updated_at",
            new.name,
            new.email,
            new.organisation,
            new.organisation_role,
            new.password_hash,
            new.is_admin,
            new.email_verified,
        )
        .fetch_one(&mut *tx)
        .await?;
        NewEntry::of_user(AuditAction::UserCreated, made.id)
            .with("is_admin", made.is_admin.then_some(true))
            .commit(tx, by)
            .await?;
        Ok(made)
    }

    /// Whether there is an administrator.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn has_admin(&self) -> Result<bool> {
        Ok(sqlx::query_scalar!(
            "SELECT EXISTS (SELECT 1 FROM app_user WHERE is_admin AND NOT is_deleted) AS \"there!\""
        )
        .fetch_one(&self.pool)
        .await?)
    }

    /// Makes the first administrator, unless there is an administrator.
    ///
    /// # Errors
    /// `app_user_email_key` if the address belongs to somebody who is not an administrator.
    pub async fn ensure_first_admin(&self, email: &str, password_hash: &str) -> Result<bool> {
        let mut tx = self.begin().await?;
        let made = make_first_admin(&mut tx, email, password_hash).await?;
        if made.is_none() {
            return Ok(false);
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Lets the first administrator choose a password by a one-time token: makes the account if there is no administrator, and gives
    /// one that nobody has ever signed in to another token, which voids the one before. Tells whether the token is good.
    ///
    /// # Errors
    /// `app_user_email_key` if the address belongs to somebody who is not an administrator.
    pub async fn let_first_admin_in(
        &self,
        email: &str,
        token_sha256: &str,
        expires_at: DateTime<Utc>,
    ) -> Result<bool> {
        let mut tx = self.begin().await?;
        let by = Origin::service();
        make_first_admin(&mut tx, email, NO_PASSWORD).await?;
        let user_id = sqlx::query_scalar!(
            "INSERT INTO password_reset (user_id, token_sha256, expires_at)
             SELECT u.id, $2, $3 FROM app_user u
             WHERE u.email = lower($1) AND u.is_admin AND u.is_active AND NOT u.is_deleted AND u.password_hash = $4
               AND NOT EXISTS (SELECT 1 FROM external_identity i WHERE i.user_id = u.id)
             ON CONFLICT (user_id) DO UPDATE SET token_sha256 = $2, expires_at = $3
             RETURNING user_id",
            email,
            token_sha256,
            expires_at,
            NO_PASSWORD,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(user_id) = user_id else {
            return Ok(false);
        };
        NewEntry::of_user(AuditAction::PasswordResetAllowed, user_id)
            .commit(tx, &by)
            .await?;
        Ok(true)
    }

    /// The account and its password hash, if it has a password, by e-mail address in any case.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn user_for_login(&self, email: &str) -> Result<Option<(User, Option<String>)>> {
        let row = sqlx::query!(
            "SELECT id, name, email, organisation, organisation_role, is_admin, is_active, is_deleted,
                    email_verified, last_password_change, token_generation, created_at, updated_at, password_hash
             FROM app_user WHERE email = lower($1)",
            email,
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|row| {
            let user = account!(row);
            let hash = (row.password_hash != NO_PASSWORD).then_some(row.password_hash);
            (user, hash)
        }))
    }

    /// The account of this number.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn user(&self, id: i64) -> Result<Option<User>> {
        Ok(sqlx::query_as!(
            User,
            "SELECT id, name, email, organisation, organisation_role, is_admin, is_active, is_deleted,
                    email_verified, last_password_change, token_generation, created_at, updated_at
             FROM app_user WHERE id = $1",
            id,
        )
        .fetch_optional(&self.pool)
        .await?)
    }

    /// The number of the account with this e-mail address in any case.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn user_id_by_email(&self, email: &str) -> Result<Option<i64>> {
        Ok(
            sqlx::query_scalar!("SELECT id FROM app_user WHERE email = lower($1)", email)
                .fetch_optional(&self.pool)
                .await?,
        )
    }
}

/// Makes the account of the first administrator, if there is none; gives its number.
async fn make_first_admin(
    connection: &mut PgConnection,
    email: &str,
    password_hash: &str,
) -> Result<Option<i64>> {
    let made = sqlx::query_scalar!(
        "INSERT INTO app_user (name, email, organisation, organisation_role, password_hash, is_admin,
                                   email_verified)
             SELECT 'First administrator', lower($1), 'DivBase', 'Administrator', $2, true, true
             WHERE NOT EXISTS (SELECT 1 FROM app_user WHERE is_admin AND NOT is_deleted)
             RETURNING id",
        email,
        password_hash,
    )
    .fetch_optional(&mut *connection)
    .await?;
    if let Some(id) = made {
        NewEntry::of_user(AuditAction::UserCreated, id)
            .with("is_admin", Some(true))
            .write(connection, &Origin::service())
            .await?;
    }
    Ok(made)
}
