//! What is known of each version of a VCF file. Rows never change; positions are 1-based and inclusive.

use sqlx::PgConnection;

use super::{NewVcfFile, VcfScaffold};
use crate::{Db, DbError};

/// What is known of one version of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VcfVersion {
    /// Its row.
    pub id: i64,
    /// The key.
    pub object_key: String,
    /// The version.
    pub version_id: String,
    /// Its ETag, without quotes.
    pub etag: String,
    /// Bytes, compressed.
    pub size_bytes: i64,
    /// Records.
    pub record_count: i64,
    /// Sample names in header order.
    pub samples: Vec<String>,
    /// Scaffolds that have records, in file order.
    pub scaffolds: Vec<VcfScaffold>,
}

/// Something derived from a version that is read by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sidecar {
    /// The CSI index.
    Csi,
}

impl Sidecar {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Csi => "csi",
        }
    }
}

impl Db {
    /// What is known of these versions (key and version id pairwise), in the order of the keys' bytes. Versions that
    /// were never indexed are absent.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn vcf_versions(
        &self,
        project_id: i64,
        keys: &[String],
        version_ids: &[String],
    ) -> Result<Vec<VcfVersion>, DbError> {
        let rows = sqlx::query!(
            "SELECT v.id, v.object_key, v.version_id, v.etag, v.size_bytes, v.record_count, v.samples, v.scaffolds,
                    v.record_counts, v.first_positions, v.last_positions
             FROM unnest($2::text[], $3::text[]) AS wanted (object_key, version_id)
             JOIN vcf_version v ON v.project_id = $1 AND v.object_key = wanted.object_key
                  AND v.version_id = wanted.version_id
             ORDER BY v.object_key COLLATE \"C\"",
            project_id,
            keys,
            version_ids,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| VcfVersion {
                id: row.id,
                object_key: row.object_key,
                version_id: row.version_id,
                etag: row.etag,
                size_bytes: row.size_bytes,
                record_count: row.record_count,
                samples: row.samples,
                scaffolds: row
                    .scaffolds
                    .into_iter()
                    .zip(row.record_counts)
                    .zip(row.first_positions)
                    .zip(row.last_positions)
                    .map(
                        |(((name, record_count), first_position), last_position)| VcfScaffold {
                            name,
                            record_count,
                            first_position,
                            last_position,
                        },
                    )
                    .collect(),
            })
            .collect())
    }

    /// Keys of those versions (key and version id pairwise) that are indexed and have none of the samples.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn vcf_versions_without(
        &self,
        project_id: i64,
        keys: &[String],
        version_ids: &[String],
        samples: &[String],
    ) -> Result<Vec<String>, DbError> {
        Ok(sqlx::query_scalar!(
            "SELECT v.object_key
             FROM unnest($2::text[], $3::text[]) AS wanted (object_key, version_id)
             JOIN vcf_version v ON v.project_id = $1 AND v.object_key = wanted.object_key
                  AND v.version_id = wanted.version_id
             WHERE NOT v.samples && $4",
            project_id,
            keys,
            version_ids,
            samples,
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// A sidecar of a version, if it has one of this kind.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn vcf_sidecar(
        &self,
        vcf_version_id: i64,
        kind: Sidecar,
    ) -> Result<Option<Vec<u8>>, DbError> {
        Ok(sqlx::query_scalar!(
            "SELECT content FROM vcf_sidecar WHERE vcf_version_id = $1 AND kind = $2",
            vcf_version_id,
            kind.as_str(),
        )
        .fetch_optional(&self.pool)
        .await?)
    }

    /// Stores what is known of a version that need not be the current one of its key.
    ///
    /// # Errors
    /// If the database fails; then nothing is changed.
    pub async fn store_vcf_version(
        &self,
        project_id: i64,
        new: &NewVcfFile<'_>,
    ) -> Result<(), DbError> {
        let mut tx = self.begin().await?;
        insert_version(&mut tx, project_id, new).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Adds the rows of a version; one that is known stays as it is.
pub(super) async fn insert_version(
    connection: &mut PgConnection,
    project_id: i64,
    new: &NewVcfFile<'_>,
) -> Result<(), DbError> {
    let names: Vec<String> = new
        .scaffolds
        .iter()
        .map(|scaffold| scaffold.name.clone())
        .collect();
    let column =
        |value: fn(&super::NewScaffold) -> i64| new.scaffolds.iter().map(value).collect::<Vec<_>>();
    let id = sqlx::query_scalar!(
        "INSERT INTO vcf_version (project_id, object_key, version_id, etag, size_bytes, record_count, samples,
                                  scaffolds, record_counts, first_positions, last_positions)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (project_id, object_key, version_id) DO NOTHING RETURNING id",
        project_id,
        new.object_key,
        new.version_id,
        new.etag,
        new.size_bytes,
        new.record_count,
        new.samples,
        &names,
        &column(|scaffold| scaffold.record_count),
        &column(|scaffold| scaffold.first_position),
        &column(|scaffold| scaffold.last_position),
    )
    .fetch_optional(&mut *connection)
    .await?;
    if let (Some(id), Some(csi)) = (id, new.csi) {
        sqlx::query!(
            "INSERT INTO vcf_sidecar (vcf_version_id, kind, content) VALUES ($1, $2, $3)",
            id,
            Sidecar::Csi.as_str(),
            csi,
        )
        .execute(connection)
        .await?;
    }
    Ok(())
}
