//! Reading what is known, by version or of the present state.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::{
    Extent, FileVersion, PresentFile, Scaffolds, Sidecar, VcfVersion, VersionName, unsigned,
};
use crate::{Db, DbError, Result};

/// Sidecars of one answer of the database; an index has mostly some 100 kB.
const SIDECARS_AT_ONCE: usize = 100;

/// A row of `file_version`, with the times of `present_file` where that is asked.
struct Row {
    id: i64,
    object_key: String,
    version_id: String,
    etag: String,
    size_bytes: i64,
    verdict: String,
    fault: Option<String>,
    record_count: i64,
    samples_id: Option<i64>,
    header_id: Option<i64>,
    scaffolds_id: Option<i64>,
    record_counts: Vec<i64>,
    first_positions: Vec<i64>,
    last_positions: Vec<i64>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl Db {
    /// The present state of a project with all that is known of it, by the bytes of the keys.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn present_files(&self, project_id: i64) -> Result<Vec<PresentFile>> {
        let rows = sqlx::query_as!(
            Row,
            "SELECT v.id, v.object_key, v.version_id, v.etag, v.size_bytes, v.verdict, v.fault, v.record_count,
                    v.samples_id, v.header_id, v.scaffolds_id, v.record_counts, v.first_positions, v.last_positions,
                    p.created_at, p.updated_at
             FROM present_file p JOIN file_version v ON v.id = p.file_version_id
             WHERE p.project_id = $1 ORDER BY p.object_key COLLATE \"C\"",
            project_id,
        )
        .fetch_all(&self.pool)
        .await?;
        self.with_lists(rows).await
    }

    /// What is known of these versions (key and version id pairwise), by the bytes of the keys. Versions that nobody
    /// has looked at are absent.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn file_versions(
        &self,
        project_id: i64,
        keys: &[String],
        version_ids: &[String],
    ) -> Result<Vec<FileVersion>> {
        let rows = sqlx::query_as!(
            Row,
            "SELECT v.id, v.object_key, v.version_id, v.etag, v.size_bytes, v.verdict, v.fault, v.record_count,
                    v.samples_id, v.header_id, v.scaffolds_id, v.record_counts, v.first_positions, v.last_positions,
                    v.created_at, v.created_at AS updated_at
             FROM unnest($2::text[], $3::text[]) AS wanted (object_key, version_id)
             JOIN file_version v ON v.project_id = $1 AND v.object_key = wanted.object_key
                  AND v.version_id = wanted.version_id
             ORDER BY v.object_key COLLATE \"C\"",
            project_id,
            keys,
            version_ids,
        )
        .fetch_all(&self.pool)
        .await?;
        let files = self.with_lists(rows).await?;
        Ok(files.into_iter().map(|file| file.version).collect())
    }

    async fn with_lists(&self, rows: Vec<Row>) -> Result<Vec<PresentFile>> {
        let ids = |row: &Row| [row.samples_id, row.scaffolds_id].into_iter().flatten();
        let lists = self.text_lists(rows.iter().flat_map(ids)).await?;
        let list = |id: Option<i64>| {
            id.and_then(|id| lists.get(&id).cloned())
                .ok_or_else(|| DbError::Corrupt("a file version without its lists".to_owned()))
        };
        let file = |row: Row| {
            let name = || VersionName {
                object_key: row.object_key.clone(),
                version_id: row.version_id.clone(),
            };
            let version = match row.verdict.as_str() {
                "vcf" => {
                    let columns = row.record_counts.iter().zip(&row.first_positions);
                    let extents = columns.zip(&row.last_positions);
                    let extents = extents.map(|((records, first), last)| Extent {
                        records: unsigned(*records),
                        first: unsigned(*first),
                        last: unsigned(*last),
                    });
                    FileVersion::Vcf(VcfVersion {
                        id: row.id,
                        etag: row.etag,
                        size_bytes: unsigned(row.size_bytes),
                        record_count: unsigned(row.record_count),
                        samples: list(row.samples_id)?,
                        scaffolds: Scaffolds::new(list(row.scaffolds_id)?, extents.collect()),
                        header_id: row.header_id.unwrap_or_default(),
                        object_key: row.object_key,
                        version_id: row.version_id,
                    })
                }
                "result" => FileVersion::Result(name()),
                _ => FileVersion::Faulty(name(), row.fault.unwrap_or_default()),
            };
            Ok(PresentFile {
                version,
                created_at: row.created_at,
                updated_at: row.updated_at,
            })
        };
        rows.into_iter().map(file).collect()
    }

    /// Which version of which key the present state has. The version is empty if the file has to be read again: it was
    /// indexed before there were statistics.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn tracked_versions(&self, project_id: i64) -> Result<Vec<VersionName>> {
        Ok(sqlx::query_as!(
            VersionName,
            "SELECT v.object_key,
                    CASE WHEN v.verdict <> 'vcf' OR EXISTS (SELECT FROM file_sidecar s WHERE s.file_version_id = v.id
                                                            AND s.kind = 'statistics')
                         THEN v.version_id ELSE '' END AS \"version_id!\"
             FROM present_file p JOIN file_version v ON v.id = p.file_version_id
             WHERE p.project_id = $1 ORDER BY p.object_key COLLATE \"C\"",
            project_id,
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// The present files that cannot be used, with what is wrong, by key.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn faulty_files(&self, project_id: i64) -> Result<Vec<(String, String)>> {
        Ok(sqlx::query!(
            "SELECT v.object_key, v.fault AS \"fault!\"
             FROM present_file p JOIN file_version v ON v.id = p.file_version_id
             WHERE p.project_id = $1 AND v.verdict = 'faulty' ORDER BY p.object_key COLLATE \"C\"",
            project_id,
        )
        .map(|row| (row.object_key, row.fault))
        .fetch_all(&self.pool)
        .await?)
    }

    /// Sample names of all present files, each once, in byte order.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn unique_samples(&self, project_id: i64) -> Result<Vec<String>> {
        Ok(sqlx::query_scalar!(
            "SELECT DISTINCT item COLLATE \"C\" AS \"item!\" FROM text_list l, unnest(l.items) AS item
             WHERE l.id IN (SELECT v.samples_id FROM present_file p JOIN file_version v ON v.id = p.file_version_id
                            WHERE p.project_id = $1)
             ORDER BY 1",
            project_id,
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// Scaffold names of all present files, each once, in byte order.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn unique_scaffolds(&self, project_id: i64) -> Result<Vec<String>> {
        Ok(sqlx::query_scalar!(
            "SELECT DISTINCT item COLLATE \"C\" AS \"item!\" FROM text_list l, unnest(l.items) AS item
             WHERE l.id IN (SELECT v.scaffolds_id FROM present_file p JOIN file_version v ON v.id = p.file_version_id
                            WHERE p.project_id = $1)
             ORDER BY 1",
            project_id,
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// Of each of these keys the newest version that was looked at and can be queried, by the bytes of the keys.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn last_usable_versions(
        &self,
        project_id: i64,
        keys: &[String],
    ) -> Result<Vec<VcfVersion>> {
        let rows = sqlx::query_as!(
            Row,
            "SELECT DISTINCT ON (v.object_key COLLATE \"C\")
                    v.id, v.object_key, v.version_id, v.etag, v.size_bytes, v.verdict, v.fault, v.record_count,
                    v.samples_id, v.header_id, v.scaffolds_id, v.record_counts, v.first_positions, v.last_positions,
                    v.created_at, v.created_at AS updated_at
             FROM file_version v WHERE v.project_id = $1 AND v.object_key = ANY($2) AND v.verdict = 'vcf'
             ORDER BY v.object_key COLLATE \"C\", v.id DESC",
            project_id,
            keys,
        )
        .fetch_all(&self.pool)
        .await?;
        let files = self.with_lists(rows).await?;
        let usable = files.into_iter().filter_map(|file| match file.version {
            FileVersion::Vcf(version) => Some(version),
            FileVersion::Result(_) | FileVersion::Faulty(..) => None,
        });
        Ok(usable.collect())
    }

    /// Sidecars of one kind, by the rows of their versions; versions that have none are absent.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn file_sidecars(
        &self,
        file_version_ids: &[i64],
        kind: Sidecar,
    ) -> Result<HashMap<i64, Vec<u8>>> {
        let mut sidecars = HashMap::with_capacity(file_version_ids.len());
        for ids in file_version_ids.chunks(SIDECARS_AT_ONCE) {
            let rows = sqlx::query!(
                "SELECT file_version_id, content FROM file_sidecar WHERE file_version_id = ANY($1) AND kind = $2",
                ids,
                kind.as_str(),
            )
            .fetch_all(&self.pool)
            .await?;
            sidecars.extend(
                rows.into_iter()
                    .map(|row| (row.file_version_id, row.content)),
            );
        }
        Ok(sidecars)
    }
}
