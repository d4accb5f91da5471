//! Writing facts down, and which version counts.

use sqlx::PgConnection;

use super::{Extent, NewContent, NewFacts, NewFileVersion, Sidecar, signed};
use crate::{Db, Result, statement::Statement, text::storable};

/// Whether a version that is stored counts from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is the present one of its file.
    Present,
    /// It is one that a query is about; what counts stays as it is.
    Pinned,
}

/// What a version was found to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It can be queried.
    Vcf,
    /// It is the result of a query.
    Result,
    /// It cannot be used; the text tells users why.
    Faulty(String),
}

/// The columns that only a version that can be queried fills.
#[derive(Default)]
struct FactColumns {
    samples_id: Option<i64>,
    header_id: Option<i64>,
    scaffolds_id: Option<i64>,
    record_counts: Vec<i64>,
    first_positions: Vec<i64>,
    last_positions: Vec<i64>,
}

impl Db {
    /// Stores what is known of a version, in place of what was known of that version.
    ///
    /// # Errors
    /// If the database fails; then neither the version's facts nor the present state are changed.
    /// [`DbError::UnstorableText`] if a name contains the character NUL.
    pub async fn store_file_version(
        &self,
        project_id: i64,
        new: &NewFileVersion<'_>,
        standing: Standing,
    ) -> Result<()> {
        let (verdict, fault, facts) = match new.content {
            NewContent::Vcf(facts) => ("vcf", None, Some(facts)),
            NewContent::Result => ("result", None, None),
            // It may quote the file.
            NewContent::Faulty(fault) => ("faulty", Some(storable(fault)), None),
        };
        let columns = match &facts {
            Some(facts) => self.fact_columns(project_id, facts).await?,
            None => FactColumns::default(),
        };
        let mut tx = self.begin().await?;
        let id = sqlx::query_scalar!(
            "INSERT INTO file_version (project_id, object_key, version_id, etag, size_bytes, verdict, fault,
                                       record_count, samples_id, header_id, scaffolds_id, record_counts,
                                       first_positions, last_positions)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
             ON CONFLICT (project_id, object_key, version_id) DO UPDATE SET etag = $4, size_bytes = $5, verdict = $6,
                    fault = $7, record_count = $8, samples_id = $9, header_id = $10, scaffolds_id = $11,
                    record_counts = $12, first_positions = $13, last_positions = $14
             RETURNING id",
            project_id,
            new.object_key,
            new.version_id,
            new.etag,
            signed(new.size_bytes),
            verdict,
            fault.as_deref(),
            facts.map_or(0, |facts| signed(facts.record_count)),
            columns.samples_id,
            columns.header_id,
            columns.scaffolds_id,
            &columns.record_counts,
            &columns.first_positions,
            &columns.last_positions,
        )
        .fetch_one(&mut *tx)
        .await?;
        for (kind, content) in facts.map_or(&[][..], |facts| facts.sidecars) {
            put_sidecar(&mut tx, id, *kind, content).await?;
        }
        if standing == Standing::Present {
            make_present(&mut tx, project_id, new.object_key, id).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Keeps something that was derived from a version later, in place of what was there of its kind.
    ///
    /// # Errors
    /// If the database fails, or does not know the version.
    pub async fn store_sidecar(
        &self,
        file_version_id: i64,
        kind: Sidecar,
        content: &[u8],
    ) -> Result<()> {
        let mut tx = self.begin().await?;
        put_sidecar(&mut tx, file_version_id, kind, content).await?;
        Ok(tx.commit().await?)
    }

    async fn fact_columns(&self, project_id: i64, facts: &NewFacts<'_>) -> Result<FactColumns> {
        let column = |value: fn(&Extent) -> u64| {
            let extents = facts.extents.iter();
            extents.map(|extent| signed(value(extent))).collect()
        };
        Ok(FactColumns {
            samples_id: Some(self.text_list_id(project_id, facts.samples).await?),
            header_id: Some(self.text_list_id(project_id, facts.header).await?),
            scaffolds_id: Some(self.text_list_id(project_id, facts.scaffolds).await?),
            record_counts: column(|extent| extent.records),
            first_positions: column(|extent| extent.first),
            last_positions: column(|extent| extent.last),
        })
    }

    /// Makes those of these versions (key and version id pairwise) the present ones that were looked at before. Gives
    /// their keys and what they are. Versions that can be queried and have no statistics count as not looked at.
    ///
    /// # Errors
    /// If the database fails; then nothing is changed.
    pub async fn make_known_present(
        &self,
        project_id: i64,
        keys: &[String],
        version_ids: &[String],
    ) -> Result<Vec<(String, Verdict)>> {
        let rows = sqlx::query!(
            "WITH known AS (
                 SELECT v.id, v.object_key, v.verdict, v.fault
                 FROM unnest($2::text[], $3::text[]) AS wanted (object_key, version_id)
                 JOIN file_version v ON v.project_id = $1 AND v.object_key = wanted.object_key
                      AND v.version_id = wanted.version_id
                 WHERE v.verdict <> 'vcf' OR EXISTS (SELECT FROM file_sidecar s WHERE s.file_version_id = v.id
                                                     AND s.kind = 'statistics')
             ), made AS (
                 INSERT INTO present_file (project_id, object_key, file_version_id)
                 SELECT $1, object_key, id FROM known ORDER BY object_key
                 ON CONFLICT (project_id, object_key)
                 DO UPDATE SET file_version_id = excluded.file_version_id, updated_at = now()
             )
             SELECT object_key, verdict, fault FROM known",
            project_id,
            keys,
            version_ids,
        )
        .fetch_all(&self.pool)
        .await?;
        let found = rows.into_iter().map(|row| {
            let verdict = match (row.verdict.as_str(), row.fault) {
                ("vcf", _) => Verdict::Vcf,
                ("result", _) => Verdict::Result,
                (_, fault) => Verdict::Faulty(fault.unwrap_or_default()),
            };
            (row.object_key, verdict)
        });
        Ok(found.collect())
    }

    /// Takes keys that left the bucket out of the present state. What is known of their versions stays: project
    /// versions may name them.
    ///
    /// # Errors
    /// If the database fails; then nothing is changed.
    pub async fn forget_files(&self, project_id: i64, keys: &[String]) -> Result<()> {
        sqlx::query!(
            "DELETE FROM present_file WHERE project_id = $1 AND object_key = ANY($2)",
            project_id,
            keys,
        )
        .run(&self.pool)
        .await
    }
}

async fn put_sidecar(tx: &mut PgConnection, id: i64, kind: Sidecar, content: &[u8]) -> Result<()> {
    sqlx::query!(
        "INSERT INTO file_sidecar (file_version_id, kind, content) VALUES ($1, $2, $3)
                 ON CONFLICT (file_version_id, kind) DO UPDATE SET content = $3",
        id,
        kind.as_str(),
        content,
    )
    .run(&mut *tx)
    .await
}

async fn make_present(
    tx: &mut PgConnection,
    project_id: i64,
    object_key: &str,
    id: i64,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO present_file (project_id, object_key, file_version_id) VALUES ($1, $2, $3)
         ON CONFLICT (project_id, object_key) DO UPDATE SET file_version_id = $3, updated_at = now()",
        project_id,
        object_key,
        id,
    )
    .run(&mut *tx)
    .await
}
