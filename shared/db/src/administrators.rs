//! Administrators that are made by who runs the service, not by another administrator.

use divbase_contract::audit::AuditAction;

use crate::{Db, Origin, Result, audit::NewEntry, users::NO_PASSWORD};

impl Db {
    /// Makes an account of this address an administrator's, or makes one without a password; gives its number. None if
    /// the account was deleted or is not active.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn ensure_administrator(&self, email: &str) -> Result<Option<i64>> {
        let mut tx = self.begin().await?;
        let row = sqlx::query!(
            "INSERT INTO app_user (name, email, organisation, organisation_role, password_hash, is_admin,
                                   email_verified)
             VALUES ('Administrator', lower($1), 'DivBase', 'Administrator', $2, true, true)
             ON CONFLICT (email) DO UPDATE SET is_admin = true
                 WHERE app_user.is_active AND NOT app_user.is_deleted
             RETURNING id, xmax = 0 AS \"is_new!\"",
            email,
            NO_PASSWORD,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let action = if row.is_new {
            AuditAction::UserCreated
        } else {
            AuditAction::UserChanged
        };
        NewEntry::of_user(action, row.id)
            .with("is_admin", Some(true))
            .commit(tx, &Origin::service())
            .await?;
        Ok(Some(row.id))
    }
}
