//! The technical index of a project's VCF files. Positions are 1-based and inclusive.

mod versions;

use chrono::{DateTime, Utc};

use crate::{Db, DbError, text::storable};

pub use versions::{Sidecar, VcfVersion};

/// An indexed file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VcfFile {
    /// Its row.
    pub id: i64,
    /// The key.
    pub object_key: String,
    /// The version that is indexed.
    pub version_id: String,
    /// That version's ETag.
    pub etag: String,
    /// Bytes, compressed.
    pub size_bytes: i64,
    /// Records.
    pub record_count: i64,
    /// Sample names in header order.
    pub samples: Vec<String>,
    /// Scaffolds that have records, in file order.
    pub scaffolds: Vec<VcfScaffold>,
    /// When the file was first indexed.
    pub created_at: DateTime<Utc>,
    /// When this version was indexed.
    pub updated_at: DateTime<Utc>,
}

/// A scaffold of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VcfScaffold {
    /// Its name.
    pub name: String,
    /// Records on it.
    pub record_count: i64,
    /// Position of the first record.
    pub first_position: i64,
    /// Position of the last record.
    pub last_position: i64,
}

/// A file version to be stored.
#[derive(Clone, Debug)]
pub struct NewVcfFile<'a> {
    /// The key.
    pub object_key: &'a str,
    /// The version.
    pub version_id: &'a str,
    /// Its ETag.
    pub etag: &'a str,
    /// Bytes, compressed.
    pub size_bytes: i64,
    /// Records.
    pub record_count: i64,
    /// Sample names in header order.
    pub samples: &'a [String],
    /// Scaffolds in file order.
    pub scaffolds: &'a [NewScaffold],
    /// The CSI index, if one could be built.
    pub csi: Option<&'a [u8]>,
}

/// A scaffold of a file to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewScaffold {
    /// Its name.
    pub name: String,
    /// Records on it.
    pub record_count: i64,
    /// Position of the first record.
    pub first_position: i64,
    /// Position of the last record.
    pub last_position: i64,
}

/// Why a file is not indexed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipKind {
    /// It is a result of a query.
    DivbaseGenerated,
    /// Something is wrong with it.
    Invalid,
}

impl SkipKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::DivbaseGenerated => "divbase_generated",
            Self::Invalid => "invalid",
        }
    }
}

/// A file that is VCF by name and not indexed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkippedFile {
    /// The key.
    pub object_key: String,
    /// The version that was looked at.
    pub version_id: String,
    /// `divbase_generated` or what is wrong.
    pub reason: String,
}

/// What the index says about a key: which version it has seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackedVersion {
    /// The key.
    pub object_key: String,
    /// The version.
    pub version_id: String,
}

impl Db {
    /// All indexed files of a project, by key.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn vcf_files(&self, project_id: i64) -> Result<Vec<VcfFile>, DbError> {
        let rows = sqlx::query!(
            "SELECT f.id, f.object_key, f.version_id, f.etag, f.size_bytes, f.record_count, f.samples,
                    f.created_at, f.updated_at,
                    coalesce(array_agg(s.name ORDER BY s.ordinal) FILTER (WHERE s.name IS NOT NULL), '{}')
                        AS \"names!\",
                    coalesce(array_agg(s.record_count ORDER BY s.ordinal) FILTER (WHERE s.name IS NOT NULL), '{}')
                        AS \"counts!\",
                    coalesce(array_agg(s.first_position ORDER BY s.ordinal) FILTER (WHERE s.name IS NOT NULL), '{}')
                        AS \"firsts!\",
                    coalesce(array_agg(s.last_position ORDER BY s.ordinal) FILTER (WHERE s.name IS NOT NULL), '{}')
                        AS \"lasts!\"
             FROM vcf_file f LEFT JOIN vcf_scaffold s ON s.vcf_file_id = f.id
             WHERE f.project_id = $1 GROUP BY f.id ORDER BY f.object_key COLLATE \"C\"",
            project_id,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| VcfFile {
                id: row.id,
                object_key: row.object_key,
                version_id: row.version_id,
                etag: row.etag,
                size_bytes: row.size_bytes,
                record_count: row.record_count,
                samples: row.samples,
                scaffolds: row
                    .names
                    .into_iter()
                    .zip(row.counts)
                    .zip(row.firsts)
                    .zip(row.lasts)
                    .map(
                        |(((name, record_count), first_position), last_position)| VcfScaffold {
                            name,
                            record_count,
                            first_position,
                            last_position,
                        },
                    )
                    .collect(),
                created_at: row.created_at,
                updated_at: row.updated_at,
            })
            .collect())
    }

    /// All skipped files of a project, by key.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn skipped_files(&self, project_id: i64) -> Result<Vec<SkippedFile>, DbError> {
        Ok(sqlx::query_as!(
            SkippedFile,
            "SELECT object_key, version_id, reason FROM skipped_file WHERE project_id = $1
             ORDER BY object_key COLLATE \"C\"",
            project_id,
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// Which version of which key the index has seen, indexed or skipped.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn tracked_versions(&self, project_id: i64) -> Result<Vec<TrackedVersion>, DbError> {
        Ok(sqlx::query_as!(
            TrackedVersion,
            "SELECT object_key AS \"object_key!\", version_id AS \"version_id!\" FROM (
                 SELECT object_key, version_id FROM vcf_file WHERE project_id = $1
                 UNION ALL SELECT object_key, version_id FROM skipped_file WHERE project_id = $1) tracked
             ORDER BY object_key COLLATE \"C\"",
            project_id,
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// Sample names of all indexed files, each once, in byte order.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn unique_samples(&self, project_id: i64) -> Result<Vec<String>, DbError> {
        Ok(sqlx::query_scalar!(
            "SELECT DISTINCT sample COLLATE \"C\" AS \"sample!\"
             FROM vcf_file, unnest(samples) AS sample WHERE project_id = $1 ORDER BY 1",
            project_id,
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// Scaffold names of all indexed files, each once, in byte order.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn unique_scaffolds(&self, project_id: i64) -> Result<Vec<String>, DbError> {
        Ok(sqlx::query_scalar!(
            "SELECT DISTINCT s.name COLLATE \"C\" AS \"name!\"
             FROM vcf_scaffold s JOIN vcf_file f ON f.id = s.vcf_file_id
             WHERE f.project_id = $1 ORDER BY 1",
            project_id,
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// The stored CSI index of an indexed file version.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn vcf_csi(
        &self,
        vcf_file_id: i64,
        version_id: &str,
    ) -> Result<Option<Vec<u8>>, DbError> {
        Ok(sqlx::query_scalar!(
            "SELECT csi FROM vcf_file WHERE id = $1 AND version_id = $2",
            vcf_file_id,
            version_id,
        )
        .fetch_optional(&self.pool)
        .await?
        .flatten())
    }

    /// Stores a file version as indexed, in place of whatever was known of the key, and what is known of the version
    /// itself.
    ///
    /// # Errors
    /// If the database fails; then nothing is changed.
    pub async fn store_vcf_file(
        &self,
        project_id: i64,
        new: NewVcfFile<'_>,
    ) -> Result<(), DbError> {
        let mut tx = self.begin().await?;
        sqlx::query!(
            "DELETE FROM skipped_file WHERE project_id = $1 AND object_key = $2",
            project_id,
            new.object_key,
        )
        .execute(&mut *tx)
        .await?;
        let file_id = sqlx::query_scalar!(
            "INSERT INTO vcf_file (project_id, object_key, version_id, etag, size_bytes, record_count, samples,
                                   csi)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (project_id, object_key) DO UPDATE SET version_id = $3, etag = $4, size_bytes = $5,
                    record_count = $6, samples = $7, csi = $8, updated_at = now()
             RETURNING id",
            project_id,
            new.object_key,
            new.version_id,
            new.etag,
            new.size_bytes,
            new.record_count,
            new.samples,
            new.csi,
        )
        .fetch_one(&mut *tx)
        .await?;
        sqlx::query!("DELETE FROM vcf_scaffold WHERE vcf_file_id = $1", file_id)
            .execute(&mut *tx)
            .await?;
        let column =
            |value: fn(&NewScaffold) -> i64| new.scaffolds.iter().map(value).collect::<Vec<_>>();
        let names: Vec<String> = new
            .scaffolds
            .iter()
            .map(|scaffold| scaffold.name.clone())
            .collect();
        sqlx::query!(
            "INSERT INTO vcf_scaffold (vcf_file_id, ordinal, name, record_count, first_position, last_position)
             SELECT $1, (row.ordinal - 1)::integer, row.name, row.records, row.first, row.last
             FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[])
                  WITH ORDINALITY AS row (name, records, first, last, ordinal)",
            file_id,
            &names,
            &column(|scaffold| scaffold.record_count),
            &column(|scaffold| scaffold.first_position),
            &column(|scaffold| scaffold.last_position),
        )
        .execute(&mut *tx)
        .await?;
        // The index of the current version stays in `vcf_file` too while older code may read it there.
        versions::insert_version(&mut tx, project_id, &new).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Stores a file version as skipped, in place of whatever was known of the key.
    ///
    /// # Errors
    /// If the database fails; then nothing is changed.
    pub async fn store_skipped_file(
        &self,
        project_id: i64,
        object_key: &str,
        version_id: &str,
        kind: SkipKind,
        reason: &str,
    ) -> Result<(), DbError> {
        let mut tx = self.begin().await?;
        sqlx::query!(
            "DELETE FROM vcf_file WHERE project_id = $1 AND object_key = $2",
            project_id,
            object_key,
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "INSERT INTO skipped_file (project_id, object_key, version_id, kind, reason)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (project_id, object_key) DO UPDATE SET version_id = $3, kind = $4, reason = $5",
            project_id,
            object_key,
            version_id,
            kind.as_str(),
            // It may quote the file.
            &*storable(reason),
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Forgets keys that left the bucket.
    ///
    /// # Errors
    /// If the database fails; then nothing is changed.
    pub async fn forget_files(&self, project_id: i64, keys: &[String]) -> Result<(), DbError> {
        let mut tx = self.begin().await?;
        sqlx::query!(
            "DELETE FROM vcf_file WHERE project_id = $1 AND object_key = ANY($2)",
            project_id,
            keys,
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "DELETE FROM skipped_file WHERE project_id = $1 AND object_key = ANY($2)",
            project_id,
            keys,
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }
}
