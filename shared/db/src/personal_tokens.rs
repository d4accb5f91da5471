//! Personal access tokens. A token is looked up by its SHA-256.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use divbase_contract::{Role, audit::AuditAction};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;

use crate::{Db, Origin, Result, audit::NewEntry, projects::role, users::lock};

/// What a token opens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatPermissions {
    /// All projects of its owner, with the owner's roles.
    pub all_projects: bool,
    /// Projects by number, each with the highest role.
    pub projects: BTreeMap<i64, Role>,
    /// The owner's task history outside projects.
    pub task_history: bool,
    /// What administrators may, if the owner is one.
    #[serde(default)]
    pub admin: bool,
}

impl PatPermissions {
    /// The role that the token gives a member; none if it does not open the project.
    #[must_use]
    pub fn role(&self, project_id: i64, membership: Role) -> Option<Role> {
        if self.all_projects {
            return Some(membership);
        }
        self.projects
            .get(&project_id)
            .map(|highest| membership.min(*highest))
    }
}

/// A new token.
#[derive(Clone, Copy, Debug)]
pub struct NewPat<'a> {
    /// Its owner.
    pub user_id: i64,
    /// What it is called.
    pub name: &'a str,
    /// What it is for.
    pub description: Option<&'a str>,
    /// SHA-256 of the token.
    pub token_sha256: &'a str,
    /// What it opens.
    pub permissions: &'a PatPermissions,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// Most tokens that one account may have.
    pub limit: i64,
}

/// A token as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pat {
    /// Its number.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// What it opens.
    pub permissions: PatPermissions,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was last used, exact to an hour.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// What making a token led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PatMade {
    /// The token.
    Made(Box<Pat>),
    /// The account has as many as it may have.
    TooMany,
}

/// A token that may be used now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatUse {
    /// Whose it is.
    pub user_id: i64,
    /// What it opens.
    pub permissions: PatPermissions,
}

impl Db {
    /// Makes a token. Expired ones of the account make room for it.
    ///
    /// # Errors
    /// `personal_access_token_live_name` if the account has a token of that name.
    pub async fn create_pat(&self, new: NewPat<'_>, by: &Origin) -> Result<PatMade> {
        let mut tx = self.begin().await?;
        // Makes the account's requests take turns, so that none slips past the limit.
        lock(&mut tx, new.user_id).await?;
        sqlx::query!(
            "UPDATE personal_access_token SET revoked_at = now()
             WHERE user_id = $1 AND revoked_at IS NULL AND expires_at <= now()",
            new.user_id,
        )
        .execute(&mut *tx)
        .await?;
        let known = sqlx::query_scalar!(
            "SELECT count(*) AS \"known!\" FROM personal_access_token WHERE user_id = $1 AND revoked_at IS NULL",
            new.user_id,
        )
        .fetch_one(&mut *tx)
        .await?;
        if known >= new.limit {
            return Ok(PatMade::TooMany);
        }
        let row = sqlx::query!(
            "INSERT INTO personal_access_token (user_id, name, description, token_sha256, permissions, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             RETURNING id, created_at",
            new.user_id,
            new.name,
            new.description,
            new.token_sha256,
            Json(new.permissions) as _,
            new.expires_at,
        )
        .fetch_one(&mut *tx)
        .await?;
        NewEntry::of_user(AuditAction::TokenCreated, new.user_id)
            .with("token", Some(row.id))
            .with("name", Some(new.name))
            .with("admin", new.permissions.admin.then_some(true))
            .commit(tx, by)
            .await?;
        Ok(PatMade::Made(Box::new(Pat {
            id: row.id,
            name: new.name.to_owned(),
            description: new.description.map(str::to_owned),
            permissions: new.permissions.clone(),
            expires_at: Some(new.expires_at),
            last_used_at: None,
            created_at: row.created_at,
        })))
    }

    /// The account's tokens that were not revoked, newest first, expired ones included.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn pats(&self, user_id: i64) -> Result<Vec<Pat>> {
        Ok(sqlx::query!(
            "SELECT id, name, description, permissions AS \"permissions: Json<PatPermissions>\", expires_at,
                    last_used_at, created_at
             FROM personal_access_token WHERE user_id = $1 AND revoked_at IS NULL ORDER BY id DESC",
            user_id,
        )
        .map(|row| Pat {
            id: row.id,
            name: row.name,
            description: row.description,
            permissions: row.permissions.0,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
            created_at: row.created_at,
        })
        .fetch_all(&self.pool)
        .await?)
    }

    /// Revokes one of the account's tokens; tells whether there was one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn revoke_pat(&self, user_id: i64, id: i64, by: &Origin) -> Result<Option<String>> {
        let mut tx = self.begin().await?;
        let revoked = sqlx::query_scalar!(
            "UPDATE personal_access_token SET revoked_at = now()
             WHERE id = $2 AND user_id = $1 AND revoked_at IS NULL RETURNING name",
            user_id,
            id,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(name) = revoked else {
            return Ok(None);
        };
        NewEntry::of_user(AuditAction::TokenRevoked, user_id)
            .with("token", Some(id))
            .with("name", Some(&name))
            .commit(tx, by)
            .await?;
        Ok(Some(name))
    }

    /// The token with this SHA-256, if it and its owner may act now. That it was used is noted once an hour.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn use_pat(&self, token_sha256: &str) -> Result<Option<PatUse>> {
        let row = sqlx::query!(
            "WITH found AS (
                 SELECT t.id, t.user_id, t.permissions, t.last_used_at
                 FROM personal_access_token t JOIN app_user u ON u.id = t.user_id
                 WHERE t.token_sha256 = $1 AND t.revoked_at IS NULL AND coalesce(t.expires_at, 'infinity') > now()
                   AND u.is_active AND NOT u.is_deleted AND u.email_verified
             ), used AS (
                 UPDATE personal_access_token t SET last_used_at = now() FROM found f
                 WHERE t.id = f.id AND coalesce(f.last_used_at, '-infinity') < now() - interval '1 hour'
             )
             SELECT user_id, permissions AS \"permissions: Json<PatPermissions>\" FROM found",
            token_sha256,
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|row| PatUse {
            user_id: row.user_id,
            permissions: row.permissions.0,
        }))
    }

    /// Numbers of the open projects of these names that the account is a member of, with its roles.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn projects_by_name(
        &self,
        user_id: i64,
        names: &[String],
    ) -> Result<BTreeMap<String, (i64, Role)>> {
        sqlx::query!(
            "SELECT p.name, p.id, m.role FROM project p JOIN project_membership m ON m.project_id = p.id
             WHERE m.user_id = $1 AND p.name = ANY($2) AND p.is_active AND NOT p.is_deleted",
            user_id,
            names,
        )
        .fetch_all(&self.pool)
        .await?
        .into_iter()
        .map(|row| Ok((row.name, (row.id, role(&row.role)?))))
        .collect()
    }

    /// Names of the projects of these numbers, deleted ones left out.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn project_names(&self, ids: &[i64]) -> Result<BTreeMap<i64, String>> {
        Ok(sqlx::query!(
            "SELECT id, name FROM project WHERE id = ANY($1) AND NOT is_deleted",
            ids
        )
        .fetch_all(&self.pool)
        .await?
        .into_iter()
        .map(|row| (row.id, row.name))
        .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_gives_the_lower_of_two_roles() {
        let some = PatPermissions {
            projects: BTreeMap::from([(7, Role::Query)]),
            ..PatPermissions::default()
        };
        assert_eq!(some.role(7, Role::Manage), Some(Role::Query));
        assert_eq!(some.role(7, Role::Read), Some(Role::Read));
        assert_eq!(some.role(8, Role::Manage), None);
        let all = PatPermissions {
            all_projects: true,
            ..PatPermissions::default()
        };
        assert_eq!(all.role(8, Role::Edit), Some(Role::Edit));
        let stored = serde_json::to_value(&some).unwrap();
        assert_eq!(stored["projects"]["7"], "query");
        assert_eq!(
            serde_json::from_value::<PatPermissions>(stored).unwrap(),
            some
        );
    }
}
