//! Which versions have sample groups.

use super::Sidecar;
use crate::{Db, Result, statement::Statement};

/// A version of which it is noted where its sample groups are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupedVersion {
    /// The row of the version.
    pub id: i64,
    /// The key.
    pub object_key: String,
    /// The version.
    pub version_id: String,
}

impl Db {
    /// The versions of a project of which it is noted where their sample groups are.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn grouped_versions(&self, project_id: i64) -> Result<Vec<GroupedVersion>> {
        Ok(sqlx::query_as!(
            GroupedVersion,
            "SELECT v.id, v.object_key, v.version_id
             FROM file_version v JOIN file_sidecar s ON s.file_version_id = v.id
             WHERE v.project_id = $1 AND s.kind = 'groups' AND octet_length(s.content) > 0
             ORDER BY v.id",
            project_id,
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// Forgets where the sample groups of versions are.
    ///
    /// # Errors
    /// If the database fails; then nothing is changed.
    pub async fn forget_groups(&self, file_version_ids: &[i64]) -> Result<()> {
        sqlx::query!(
            "DELETE FROM file_sidecar WHERE file_version_id = ANY($1) AND kind = $2",
            file_version_ids,
            Sidecar::Groups.as_str(),
        )
        .run(&self.pool)
        .await
    }
}
