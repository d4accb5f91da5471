//! What a project's files take: the bytes of all their versions, key by key, and their sum. A key is counted when the store tells
//! that it changed; everything is counted nightly, in case an event was lost.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::{Db, Result, statement::Statement};

/// Keys of one statement.
const AT_ONCE: usize = 10_000;

/// What became of a count of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyCount {
    /// The project's sum has it.
    Counted,
    /// The project's files were never counted in full, so that its sum cannot follow a key.
    NotYet,
    /// The bucket is none of a project.
    NoProject,
}

impl Db {
    /// Counts a key: `count` asks the store for the bytes of all its versions. Two who count the same key take turns, so that the
    /// later answer of the store is the one that stays.
    ///
    /// # Errors
    /// If the database fails; inside, if `count` does.
    pub async fn count_key<E: Send>(
        &self,
        bucket: &str,
        key: &str,
        count: impl Future<Output = Result<u64, E>> + Send,
    ) -> Result<Result<KeyCount, E>> {
        let mut tx = self.begin().await?;
        let project_id =
            sqlx::query_scalar!("SELECT id FROM project WHERE bucket_name = $1", bucket)
                .fetch_optional(&mut *tx)
                .await?;
        let Some(project_id) = project_id else {
            return Ok(Ok(KeyCount::NoProject));
        };
        sqlx::query!(
            "SELECT pg_advisory_xact_lock(hashtextextended('usage ' || $1, $2))",
            key,
            project_id,
        )
        .execute(&mut *tx)
        .await?;
        let bytes = match count.await {
            Ok(bytes) => i64::try_from(bytes).unwrap_or(i64::MAX),
            Err(error) => return Ok(Err(error)),
        };
        let follows = sqlx::query_scalar!(
            "SELECT storage_counted_at IS NOT NULL AS \"follows!\" FROM project WHERE id = $1 FOR NO KEY UPDATE",
            project_id,
        )
        .fetch_one(&mut *tx)
        .await?;
        let before = sqlx::query_scalar!(
            "SELECT bytes FROM key_usage WHERE project_id = $1 AND object_key = $2",
            project_id,
            key,
        )
        .fetch_optional(&mut *tx)
        .await?;
        sqlx::query!(
            "INSERT INTO key_usage (project_id, object_key, bytes, counted_at) VALUES ($1, $2, $3, now())
             ON CONFLICT (project_id, object_key) DO UPDATE SET bytes = $3, counted_at = now()",
            project_id,
            key,
            bytes,
        )
        .execute(&mut *tx)
        .await?;
        let grown = bytes.saturating_sub(before.unwrap_or_default());
        if follows {
            sqlx::query!(
                "UPDATE project SET storage_used_bytes = greatest(storage_used_bytes + $2, 0) WHERE id = $1",
                project_id,
                grown,
            )
            .execute(&mut *tx)
            .await?;
            keep_promises(&mut tx, project_id, key, grown).await?;
        }
        tx.commit().await?;
        Ok(Ok(match follows {
            true => KeyCount::Counted,
            false => KeyCount::NotYet,
        }))
    }

    /// Notes how many bytes each key takes, by a count of everything that began at an instant. Keys that were counted by themselves
    /// since then stay as they are. What was promised two hours before it has come or will not come, because URLs have ended by
    /// then; uploads in parts keep their promise for eight days, after which the store has given them up.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn count_all_keys(
        &self,
        project_id: i64,
        keys: &[(String, i64)],
        began: DateTime<Utc>,
    ) -> Result<i64> {
        let mut tx = self.begin().await?;
        sqlx::query!(
            "SELECT id FROM project WHERE id = $1 FOR NO KEY UPDATE",
            project_id
        )
        .fetch_optional(&mut *tx)
        .await?;
        for some in keys.chunks(AT_ONCE) {
            let (names, bytes): (Vec<&str>, Vec<i64>) = some
                .iter()
                .map(|(name, bytes)| (name.as_str(), *bytes))
                .unzip();
            sqlx::query!(
                "INSERT INTO key_usage (project_id, object_key, bytes, counted_at)
                 SELECT $1, key, bytes, $4 FROM unnest($2::text[], $3::bigint[]) AS counted (key, bytes)
                 ON CONFLICT (project_id, object_key) DO UPDATE SET bytes = excluded.bytes, counted_at = $4
                     WHERE key_usage.counted_at < $4",
                project_id,
                &names as &[&str],
                &bytes,
                began,
            )
            .execute(&mut *tx)
            .await?;
        }
        sqlx::query!(
            "DELETE FROM key_usage WHERE project_id = $1 AND counted_at < $2",
            project_id,
            began,
        )
        .execute(&mut *tx)
        .await?;
        let used = sqlx::query_scalar!(
            "UPDATE project SET storage_counted_at = $2, storage_used_bytes =
                    (SELECT coalesce(sum(bytes), 0)::bigint FROM key_usage WHERE project_id = $1)
             WHERE id = $1 RETURNING storage_used_bytes",
            project_id,
            began,
        )
        .fetch_optional(&mut *tx)
        .await?;
        sqlx::query!(
            "DELETE FROM promised_upload WHERE project_id = $1
               AND created_at < CASE WHEN upload_id IS NULL THEN $2::timestamptz - interval '2 hours'
                                     ELSE $2::timestamptz - interval '8 days' END",
            project_id,
            began,
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(used.unwrap_or_default())
    }
}

/// What a key has grown by was promised to it: as many promises as fit into that are kept, the oldest first. Growth is seen once
/// however often it is told, so no promise is taken for kept because of what another one brought.
async fn keep_promises(
    tx: &mut PgConnection,
    project_id: i64,
    key: &str,
    grown: i64,
) -> Result<()> {
    if grown <= 0 {
        return Ok(());
    }
    let promised = sqlx::query!(
        "SELECT id, bytes FROM promised_upload
         WHERE project_id = $1 AND object_key = $2 AND upload_id IS NULL ORDER BY id",
        project_id,
        key,
    )
    .fetch_all(&mut *tx)
    .await?;
    let (mut left, mut kept) = (grown, Vec::new());
    for promise in promised {
        if promise.bytes <= left {
            left -= promise.bytes;
            kept.push(promise.id);
        }
    }
    sqlx::query!("DELETE FROM promised_upload WHERE id = ANY($1)", &kept)
        .run(&mut *tx)
        .await
}
