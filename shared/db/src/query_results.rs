//! Results of VCF queries, found again by the digest of their plan.

use crate::{Db, Result, statement::Statement};

/// A result that lies in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryResult {
    /// The task that made it.
    pub task_id: i64,
    /// SHA-256 of the plan.
    pub plan_digest: Vec<u8>,
    /// Its key.
    pub object_key: String,
    /// Its version.
    pub version_id: String,
    /// The version of its index; unknown of results from a time that did not note it.
    pub index_version_id: Option<String>,
    /// Bytes.
    pub size_bytes: i64,
    /// SHA-256 of the object; unknown of one that the store put together out of pieces.
    pub sha256: Option<Vec<u8>>,
    /// Records in it.
    pub record_count: i64,
    /// Samples in it.
    pub sample_count: i64,
    /// The engine that made it.
    pub engine: String,
    /// What the engine met in the records that users should know.
    pub warnings: Vec<String>,
}

/// A result as the database gives it.
impl Db {
    /// Writes a result down; a task has one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn store_query_result(&self, project_id: i64, result: &QueryResult) -> Result<()> {
        sqlx::query!(
            "INSERT INTO query_result (project_id, task_id, plan_digest, object_key, version_id, size_bytes, sha256,
                                       record_count, sample_count, engine, warnings, index_version_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
             ON CONFLICT (project_id, task_id) DO UPDATE SET plan_digest = $3, object_key = $4, version_id = $5,
                    size_bytes = $6, sha256 = $7, record_count = $8, sample_count = $9, engine = $10, warnings = $11,
                    index_version_id = $12, created_at = now()",
            project_id,
            result.task_id,
            &result.plan_digest[..],
            result.object_key,
            result.version_id,
            result.size_bytes,
            result.sha256.as_deref(),
            result.record_count,
            result.sample_count,
            result.engine,
            &result.warnings,
            result.index_version_id,
        )
        .run(&self.pool)
        .await
    }

    /// The newest results of a plan, at most `limit`; whether their objects still exist is for the caller to see.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn query_results(
        &self,
        project_id: i64,
        plan_digest: &[u8; 32],
        limit: i64,
    ) -> Result<Vec<QueryResult>> {
        Ok(sqlx::query_as!(
            QueryResult,
            "SELECT task_id, plan_digest, object_key, version_id, size_bytes, sha256, record_count, sample_count, engine,
                    warnings, index_version_id
             FROM query_result WHERE project_id = $1 AND plan_digest = $2 ORDER BY id DESC LIMIT $3",
            project_id,
            &plan_digest[..],
            limit,
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// The results that these tasks of a project have registered.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn results_of_tasks(
        &self,
        project_id: i64,
        task_ids: &[i64],
    ) -> Result<Vec<QueryResult>> {
        Ok(sqlx::query_as!(
            QueryResult,
            "SELECT task_id, plan_digest, object_key, version_id, size_bytes, sha256, record_count, sample_count, engine,
                    warnings, index_version_id
             FROM query_result WHERE project_id = $1 AND task_id = ANY($2)",
            project_id,
            task_ids,
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// Forgets a result whose object is gone.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn forget_query_result(&self, project_id: i64, task_id: i64) -> Result<()> {
        sqlx::query!(
            "DELETE FROM query_result WHERE project_id = $1 AND task_id = $2",
            project_id,
            task_id,
        )
        .run(&self.pool)
        .await
    }
}
