//! Identities at providers, and the accounts that they open.

use chrono::{DateTime, Utc};
use divbase_contract::audit::AuditAction;
use sqlx::PgConnection;

use crate::{
    Db, Origin, Result, User,
    audit::NewEntry,
    users::{NO_PASSWORD, lock},
};

/// Most identities of an account.
pub const MOST_IDENTITIES: i64 = 20;

/// Somebody at a provider.
#[derive(Clone, Copy, Debug)]
pub struct NewIdentity<'a> {
    /// The provider's issuer.
    pub issuer: &'a str,
    /// Who it is there.
    pub subject: &'a str,
    /// The address that the provider gives.
    pub email: Option<&'a str>,
}

/// An identity of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalIdentity {
    /// Its number.
    pub id: i64,
    /// The provider's issuer.
    pub issuer: String,
    /// The address that the provider gave last.
    pub email: Option<String>,
    /// When it was linked.
    pub created_at: DateTime<Utc>,
    /// When it last opened the account.
    pub last_used_at: DateTime<Utc>,
}

/// What linking led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentityLinked {
    /// It opens the account from now on.
    Linked,
    /// It opened it before.
    Already,
    /// It opens another account.
    OfAnother,
    /// The account has as many as it may.
    TooMany,
}

/// What unlinking led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentityUnlinked {
    /// It opens nothing any more.
    Unlinked,
    /// The account has no such identity.
    Unknown,
    /// Refused: nothing else would open the account.
    LastWayIn,
}

impl NewIdentity<'_> {
    /// Links it in a transaction; the caller has seen that nobody has it.
    pub(crate) async fn link(
        &self,
        connection: &mut PgConnection,
        user_id: i64,
        by: &Origin,
    ) -> Result<()> {
        sqlx::query!(
            "INSERT INTO external_identity (user_id, issuer, subject, email) VALUES ($1, $2, $3, $4)",
            user_id,
            self.issuer,
            self.subject,
            self.email,
        )
        .execute(&mut *connection)
        .await?;
        NewEntry::of_user(AuditAction::IdentityLinked, user_id)
            .with("issuer", Some(self.issuer))
            .with("subject", Some(self.subject))
            .write(connection, by)
            .await
    }
}

impl Db {
    /// The account that an identity opens, whether or not it may act. Notes that it was asked for.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn use_identity(&self, identity: NewIdentity<'_>) -> Result<Option<User>> {
        Ok(sqlx::query_as!(
            User,
            "UPDATE external_identity e SET last_used_at = now(), email = coalesce($3, e.email)
             FROM app_user u WHERE e.issuer = $1 AND e.subject = $2 AND u.id = e.user_id
             RETURNING u.id, u.name, u.email, u.organisation, u.organisation_role, u.is_admin, u.is_active,
                       u.is_deleted, u.email_verified, u.last_password_change, u.token_generation, u.created_at,
                       u.updated_at",
            identity.issuer,
            identity.subject,
            identity.email,
        )
        .fetch_optional(&self.pool)
        .await?)
    }

    /// Whether an account has a password.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn has_password(&self, user_id: i64) -> Result<bool> {
        let has = sqlx::query_scalar!(
            "SELECT password_hash <> $2 AS \"has!\" FROM app_user WHERE id = $1",
            user_id,
            NO_PASSWORD,
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(has.unwrap_or_default())
    }

    /// The identities of an account, in the order in which they were linked.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn identities(&self, user_id: i64) -> Result<Vec<ExternalIdentity>> {
        Ok(sqlx::query_as!(
            ExternalIdentity,
            "SELECT id, issuer, email, created_at, last_used_at FROM external_identity WHERE user_id = $1 ORDER BY id
             LIMIT 100",
            user_id,
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// Links an identity to an account for its owner.
    ///
    /// # Errors
    /// `external_identity_once` if it is linked at the same moment.
    pub async fn link_identity(
        &self,
        user_id: i64,
        identity: NewIdentity<'_>,
        by: &Origin,
    ) -> Result<IdentityLinked> {
        let mut tx = self.begin().await?;
        lock(&mut tx, user_id).await?;
        let owner = sqlx::query_scalar!(
            "SELECT user_id FROM external_identity WHERE issuer = $1 AND subject = $2",
            identity.issuer,
            identity.subject,
        )
        .fetch_optional(&mut *tx)
        .await?;
        match owner {
            Some(owner) if owner == user_id => return Ok(IdentityLinked::Already),
            Some(_) => return Ok(IdentityLinked::OfAnother),
            None => {}
        }
        let count = sqlx::query_scalar!(
            "SELECT count(*) AS \"count!\" FROM external_identity WHERE user_id = $1",
            user_id
        )
        .fetch_one(&mut *tx)
        .await?;
        if count >= MOST_IDENTITIES {
            return Ok(IdentityLinked::TooMany);
        }
        identity.link(&mut tx, user_id, by).await?;
        tx.commit().await?;
        Ok(IdentityLinked::Linked)
    }

    /// Has an identity open its account no more, unless nothing else would: neither a password nor another identity.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn unlink_identity(
        &self,
        user_id: i64,
        id: i64,
        by: &Origin,
    ) -> Result<IdentityUnlinked> {
        let mut tx = self.begin().await?;
        // Two that unlink at once must not take away the last two.
        let has_password = sqlx::query_scalar!(
            "SELECT password_hash <> $2 AS \"has!\" FROM app_user WHERE id = $1 FOR UPDATE",
            user_id,
            NO_PASSWORD,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let gone = sqlx::query!(
            "DELETE FROM external_identity WHERE id = $1 AND user_id = $2 RETURNING issuer, subject",
            id,
            user_id,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let (Some(has_password), Some(gone)) = (has_password, gone) else {
            return Ok(IdentityUnlinked::Unknown);
        };
        let others = sqlx::query_scalar!(
            "SELECT count(*) AS \"count!\" FROM external_identity WHERE user_id = $1",
            user_id
        )
        .fetch_one(&mut *tx)
        .await?;
        if !has_password && others == 0 {
            return Ok(IdentityUnlinked::LastWayIn);
        }
        NewEntry::of_user(AuditAction::IdentityUnlinked, user_id)
            .with("issuer", Some(gone.issuer))
            .with("subject", Some(gone.subject))
            .commit(tx, by)
            .await?;
        Ok(IdentityUnlinked::Unlinked)
    }
}
