//! The reference of a project: the scaffolds that its files are about, and which files contradict it.

use chrono::{DateTime, Utc};
use divbase_contract::audit::AuditAction;
use sqlx::PgConnection;

use crate::{Db, DbError, Origin, Result, audit::NewEntry, statement::Statement};

/// Where a reference comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReferenceMode {
    /// From the files themselves, the first one first.
    #[default]
    Files,
    /// From a file that a manager chose.
    Chosen,
    /// There is none; nothing is compared with it.
    None,
}

impl ReferenceMode {
    /// As it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::Chosen => "chosen",
            Self::None => "none",
        }
    }

    fn parse(text: &str) -> Result<Self> {
        [Self::Files, Self::Chosen, Self::None]
            .into_iter()
            .find(|mode| mode.as_str() == text)
            .ok_or_else(|| DbError::Corrupt(format!("a reference of mode {text}")))
    }
}

/// A scaffold of a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceScaffold {
    /// Its name.
    pub name: String,
    /// Its length in bases.
    pub length: u64,
    /// MD5 of its bases in hexadecimal digits, if it is known.
    pub digest: Option<String>,
}

/// A project's reference.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectReference {
    /// Where it comes from.
    pub mode: ReferenceMode,
    /// The file that it was taken from.
    pub source: Option<String>,
    /// Its scaffolds.
    pub scaffolds: Vec<ReferenceScaffold>,
    /// Other names of scaffolds, and what they stand for.
    pub aliases: Vec<(String, String)>,
    /// When it was changed last; absent if it never was.
    pub changed_at: Option<DateTime<Utc>>,
}

/// Names, lengths and digests of scaffolds, as they are stored.
fn columns(scaffolds: &[ReferenceScaffold]) -> (Vec<String>, Vec<i64>, Vec<String>) {
    let scaffolds = scaffolds.iter();
    let columns = scaffolds.map(|one| {
        let length = i64::try_from(one.length).unwrap_or(i64::MAX);
        let digest = one.digest.clone().unwrap_or_default();
        (one.name.clone(), length, digest)
    });
    columns.collect()
}

impl Db {
    /// The reference of a project; that of files, and empty, if nobody changed it and no file was indexed.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn project_reference(&self, project_id: i64) -> Result<ProjectReference> {
        let row = sqlx::query!(
            "SELECT mode, source, names, lengths, digests, aliases, alias_names, changed_at
             FROM project_reference WHERE project_id = $1",
            project_id,
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else {
            return Ok(ProjectReference::default());
        };
        let columns = row.names.into_iter().zip(row.lengths).zip(row.digests);
        Ok(ProjectReference {
            mode: ReferenceMode::parse(&row.mode)?,
            source: row.source,
            scaffolds: columns
                .map(|((name, length), digest)| ReferenceScaffold {
                    name,
                    length: u64::try_from(length).unwrap_or_default(),
                    digest: Some(digest).filter(|digest| !digest.is_empty()),
                })
                .collect(),
            aliases: row.aliases.into_iter().zip(row.alias_names).collect(),
            changed_at: Some(row.changed_at),
        })
    }

    /// Changes where a project's reference comes from; aliases stay.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn set_reference(
        &self,
        project_id: i64,
        mode: ReferenceMode,
        source: Option<&str>,
        scaffolds: &[ReferenceScaffold],
        by: &Origin,
    ) -> Result<()> {
        let mut tx = self.begin().await?;
        let (names, lengths, digests) = columns(scaffolds);
        sqlx::query!(
            "INSERT INTO project_reference (project_id, mode, source, names, lengths, digests)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (project_id) DO UPDATE SET mode = $2, source = $3, names = $4, lengths = $5, digests = $6,
                 changed_at = now()",
            project_id,
            mode.as_str(),
            source,
            &names,
            &lengths,
            &digests,
        )
        .execute(&mut *tx)
        .await?;
        noted(&mut tx, project_id, mode.as_str(), source, by).await?;
        Ok(tx.commit().await?)
    }

    /// Sets all other names of scaffolds, each with what it stands for.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn set_reference_aliases(
        &self,
        project_id: i64,
        aliases: &[(String, String)],
        by: &Origin,
    ) -> Result<()> {
        let mut tx = self.begin().await?;
        let (others, names): (Vec<String>, Vec<String>) = aliases.iter().cloned().unzip();
        sqlx::query!(
            "INSERT INTO project_reference (project_id, mode, aliases, alias_names) VALUES ($1, 'files', $2, $3)
             ON CONFLICT (project_id) DO UPDATE SET aliases = $2, alias_names = $3, changed_at = now()",
            project_id,
            &others,
            &names,
        )
        .execute(&mut *tx)
        .await?;
        noted(&mut tx, project_id, "aliases", None, by).await?;
        Ok(tx.commit().await?)
    }

    /// Writes down what the files of a project say of their reference, unless a manager decided otherwise.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn derive_reference(
        &self,
        project_id: i64,
        source: Option<&str>,
        scaffolds: &[ReferenceScaffold],
    ) -> Result<()> {
        let (names, lengths, digests) = columns(scaffolds);
        sqlx::query!(
            "INSERT INTO project_reference AS r (project_id, mode, source, names, lengths, digests)
             VALUES ($1, 'files', $2, $3, $4, $5)
             ON CONFLICT (project_id) DO UPDATE SET source = $2, names = $3, lengths = $4, digests = $5
             WHERE r.mode = 'files'",
            project_id,
            source,
            &names,
            &lengths,
            &digests,
        )
        .run(&self.pool)
        .await
    }

    /// Writes down which versions, by row, contradict the reference and in what; nothing for those that do not.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn set_reference_faults(&self, ids: &[i64], faults: &[Option<String>]) -> Result<()> {
        // An array of the driver has no nulls in it.
        let texts: Vec<String> = faults
            .iter()
            .map(|f| f.clone().unwrap_or_default())
            .collect();
        sqlx::query!(
            "UPDATE file_version v SET reference_fault = nullif(judged.fault, '')
             FROM unnest($1::bigint[], $2::text[]) AS judged (id, fault)
             WHERE v.id = judged.id AND v.reference_fault IS DISTINCT FROM nullif(judged.fault, '')",
            ids,
            &texts,
        )
        .run(&self.pool)
        .await
    }

    /// The present files that contradict the project's reference, with what does, by key.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn reference_faults(&self, project_id: i64) -> Result<Vec<(String, String)>> {
        Ok(sqlx::query!(
            "SELECT v.object_key, v.reference_fault AS \"fault!\"
             FROM present_file p JOIN file_version v ON v.id = p.file_version_id
             WHERE p.project_id = $1 AND v.reference_fault IS NOT NULL ORDER BY p.object_key COLLATE \"C\"",
            project_id,
        )
        .map(|row| (row.object_key, row.fault))
        .fetch_all(&self.pool)
        .await?)
    }
}

async fn noted(
    tx: &mut PgConnection,
    project_id: i64,
    what: &str,
    source: Option<&str>,
    by: &Origin,
) -> Result<()> {
    NewEntry::of_project(AuditAction::ProjectReferenceChanged, project_id)
        .with("reference", Some(what))
        .with("file", source)
        .write(tx, by)
        .await
}
