//! Members of a project. There is always a manager whose account is active: a change that would leave none is refused.

use chrono::{DateTime, Utc};
use divbase_contract::{Role, audit::AuditAction};
use sqlx::{PgConnection, Postgres, Transaction};

use crate::{Db, Origin, Result, audit::NewEntry, projects::role, statement::Statement};

/// A member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Account number.
    pub user_id: i64,
    /// Full name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// What the member may do.
    pub role: Role,
    /// Whether the account may be used.
    pub is_active: bool,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// What a change of a membership led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberChange {
    /// It is done.
    Done,
    /// There is no such member.
    NotAMember,
    /// Refused: the project would have no manager.
    LastManager,
}

impl Db {
    /// All members of a project, by name.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn members(&self, project_id: i64) -> Result<Vec<Member>> {
        sqlx::query!(
            "SELECT u.id, u.name, u.email, m.role, u.is_active AND NOT u.is_deleted AS \"is_active!\", m.created_at
             FROM project_membership m JOIN app_user u ON u.id = m.user_id
             WHERE m.project_id = $1 ORDER BY u.name, u.id",
            project_id,
        )
        .fetch_all(&self.pool)
        .await?
        .into_iter()
        .map(|row| {
            Ok(Member {
                user_id: row.id,
                name: row.name,
                email: row.email,
                role: role(&row.role)?,
                is_active: row.is_active,
                since: row.created_at,
            })
        })
        .collect()
    }

    /// Gives a member another role. One who is no manager any more has invited nobody.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn change_role(
        &self,
        project_id: i64,
        user_id: i64,
        to: Role,
        by: &Origin,
    ) -> Result<MemberChange> {
        let mut tx = self.begin().await?;
        lock(&mut tx, project_id).await?;
        let from = sqlx::query_scalar!(
            "WITH before AS (SELECT id, role FROM project_membership
                             WHERE project_id = $1 AND user_id = $2)
             UPDATE project_membership m SET role = $3 FROM before b WHERE m.id = b.id RETURNING b.role",
            project_id,
            user_id,
            to.as_str(),
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(from) = from else {
            return Ok(MemberChange::NotAMember);
        };
        NewEntry::of_user(AuditAction::MemberRoleChanged, user_id)
            .project(project_id)
            .with("from", Some(from))
            .with("role", Some(to))
            .write(&mut tx, by)
            .await?;
        finish(tx, project_id, user_id).await
    }

    /// Hands a project over: another member becomes a manager, and the one who hands it over has another role. Neither is done
    /// without the other.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn transfer_project(
        &self,
        project_id: i64,
        from: i64,
        to: i64,
        keep: Role,
        by: &Origin,
    ) -> Result<MemberChange> {
        let mut tx = self.begin().await?;
        lock(&mut tx, project_id).await?;
        let changed = sqlx::query!(
            "UPDATE project_membership SET role = CASE WHEN user_id = $3 THEN 'manage' ELSE $4 END
             WHERE project_id = $1 AND user_id IN ($2, $3)",
            project_id,
            from,
            to,
            keep.as_str(),
        )
        .changed(&mut *tx)
        .await?;
        if changed != 2 {
            return Ok(MemberChange::NotAMember);
        }
        NewEntry::of_user(AuditAction::ProjectTransferred, to)
            .project(project_id)
            .with("keep", Some(keep))
            .write(&mut tx, by)
            .await?;
        finish(tx, project_id, from).await
    }

    /// Ends a membership.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn remove_member(
        &self,
        project_id: i64,
        user_id: i64,
        by: &Origin,
    ) -> Result<MemberChange> {
        let mut tx = self.begin().await?;
        lock(&mut tx, project_id).await?;
        let role = sqlx::query_scalar!(
            "DELETE FROM project_membership WHERE project_id = $1 AND user_id = $2 RETURNING role",
            project_id,
            user_id,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(role) = role else {
            return Ok(MemberChange::NotAMember);
        };
        let action = if by.user_id == Some(user_id) {
            AuditAction::MemberLeft
        } else {
            AuditAction::MemberRemoved
        };
        NewEntry::of_user(action, user_id)
            .project(project_id)
            .with("role", Some(role))
            .write(&mut tx, by)
            .await?;
        finish(tx, project_id, user_id).await
    }
}

/// Makes changes of one project's members take turns.
pub(crate) async fn lock(tx: &mut PgConnection, project_id: i64) -> Result<()> {
    sqlx::query!(
        "SELECT id FROM project WHERE id = $1 FOR UPDATE",
        project_id
    )
    .fetch_optional(&mut *tx)
    .await?;
    Ok(())
}

async fn finish(
    mut tx: Transaction<'static, Postgres>,
    project_id: i64,
    user_id: i64,
) -> Result<MemberChange> {
    let managed = sqlx::query_scalar!(
        "SELECT EXISTS (SELECT 1 FROM project_membership m JOIN app_user u ON u.id = m.user_id
                        WHERE m.project_id = $1 AND m.role = 'manage' AND u.is_active AND NOT u.is_deleted)
         AS \"managed!\"",
        project_id,
    )
    .fetch_one(&mut *tx)
    .await?;
    if !managed {
        return Ok(MemberChange::LastManager);
    }
    sqlx::query!(
        "DELETE FROM invitation i WHERE i.project_id = $1 AND i.invited_by = $2
           AND NOT EXISTS (SELECT 1 FROM project_membership m
                           WHERE m.project_id = $1 AND m.user_id = $2 AND m.role = 'manage')",
        project_id,
        user_id,
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(MemberChange::Done)
}
