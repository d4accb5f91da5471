//! The messages of a queue that lies in the database.
//!
//! No statement but that of a dead letter waits for its commit to reach the disk. They and the writes of the outbox and of tasks lie in one log in their
//! order: should the database crash, a message is lost only together with whatever said that it was sent, and what was claimed, hidden
//! or deleted in the last moment comes again, as messages may at any time.
//!
//! What a statement costs does not grow with the number of messages that wait: taking one walks an index from its lower end,
//! sending one looks for the last of its group.

use chrono::{DateTime, Utc};

use crate::{Db, Result, statement::Statement};

/// The channel on which new messages are announced; the text is the queue.
pub(crate) const CHANNEL: &str = "divbase_queue";
/// Hidden messages that one call makes visible at most.
const DUE_AT_ONCE: i64 = 1_000;

/// A message that was taken: nobody else is given it until it is visible again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenMessage {
    /// Its number.
    pub id: i64,
    /// What it says.
    pub body: String,
    /// How often it has been delivered, this time included.
    pub receives: i32,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
}

/// What a call took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TakenMessages {
    /// The messages, in the order of their turns.
    pub messages: Vec<TakenMessage>,
    /// How many had been delivered too often and are dead letters from now on.
    pub given_up: usize,
}

/// Names one delivery of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageReceipt {
    /// The message.
    pub id: i64,
    /// The delivery, from 1.
    pub receives: i32,
}

/// A queue, or its dead letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessagePlace<'a> {
    /// `quick`, `long` or `heavy`.
    pub queue: &'a str,
    /// Whether its dead letters are meant.
    pub is_dead: bool,
}

impl Db {
    /// Adds messages to a queue: body, group (the project) and seconds for which it is held back of each. Whoever listens is told.
    ///
    /// # Errors
    /// If the database fails; then none was added.
    pub async fn put_messages(
        &self,
        queue: &str,
        bodies: &[String],
        groups: &[Option<i64>],
        delay_seconds: &[i32],
    ) -> Result<()> {
        sqlx::query!(
            r#"WITH new AS (
                 SELECT m.body, m.message_group, m.delay, m.place,
                        row_number() OVER (PARTITION BY m.message_group ORDER BY m.place) - 1 AS nth
                 FROM unnest($2::text[], $3::bigint[], $4::integer[]) WITH ORDINALITY
                      AS m (body, message_group, delay, place)
             ), last AS (
                 SELECT g.message_group,
                        (SELECT max(q.turn) FROM queue_message q
                         WHERE q.queue = $1 AND NOT q.is_dead AND q.message_group = g.message_group) AS turn
                 FROM (SELECT DISTINCT message_group FROM new WHERE message_group IS NOT NULL) g
             ), added AS (
                 INSERT INTO queue_message (queue, body, message_group, turn, is_visible, visible_at)
                 SELECT $1, n.body, n.message_group,
                        CASE WHEN n.message_group IS NULL THEN now()
                             ELSE greatest(now(), l.turn + interval '1 minute') + n.nth * interval '1 minute' END,
                        n.delay <= 0, now() + make_interval(secs => n.delay)
                 FROM new n LEFT JOIN last l ON l.message_group = n.message_group ORDER BY n.place
             )
             SELECT pg_notify($5, $1)::text AS told, set_config('synchronous_commit', 'off', true) AS quick"#,
            queue,
            bodies,
            groups as &[Option<i64>],
            delay_seconds,
            CHANNEL,
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(())
    }

    /// Adds a dead letter to those of a queue.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn put_dead_letter(&self, queue: &str, body: &str) -> Result<()> {
        sqlx::query!(
            "INSERT INTO queue_message (queue, is_dead, body) VALUES ($1, true, $2)",
            queue,
            body,
        )
        .run(&self.pool)
        .await
    }

    /// Takes up to `limit` messages whose turn it is and hides them for so long. One that was delivered `most_receives` times becomes a
    /// dead letter instead.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn take_messages(
        &self,
        place: MessagePlace<'_>,
        limit: i64,
        visibility_seconds: f64,
        most_receives: i32,
    ) -> Result<TakenMessages> {
        self.show_due_messages(place).await?;
        let mut rows = sqlx::query!(
            "UPDATE queue_message m
             SET is_visible = NOT m.is_dead AND m.receives >= $5, is_dead = m.is_dead OR m.receives >= $5,
                 receives = m.receives + 1, visible_at = now() + make_interval(secs => $4)
             WHERE m.id = ANY (ARRAY(
                       SELECT id FROM queue_message WHERE queue = $1 AND is_dead = $2 AND is_visible
                       ORDER BY turn, id LIMIT $3 FOR UPDATE SKIP LOCKED))
               AND (SELECT set_config('synchronous_commit', 'off', true)) IS NOT NULL
             RETURNING m.id, m.body, m.receives, m.sent_at, m.turn, m.is_dead",
            place.queue,
            place.is_dead,
            limit,
            visibility_seconds,
            most_receives,
        )
        .fetch_all(&self.pool)
        .await?;
        rows.sort_unstable_by_key(|row| (row.turn, row.id));
        let all = rows.len();
        let messages: Vec<TakenMessage> = rows
            .into_iter()
            .filter(|row| row.is_dead == place.is_dead)
            .map(|row| TakenMessage {
                id: row.id,
                body: row.body,
                receives: row.receives,
                sent_at: row.sent_at,
            })
            .collect();
        Ok(TakenMessages {
            given_up: all - messages.len(),
            messages,
        })
    }

    /// Makes those visible whose time is over.
    async fn show_due_messages(&self, place: MessagePlace<'_>) -> Result<()> {
        sqlx::query!(
            "UPDATE queue_message SET is_visible = true
             WHERE id = ANY (ARRAY(
                       SELECT id FROM queue_message
                       WHERE queue = $1 AND is_dead = $2 AND NOT is_visible AND visible_at <= now()
                       ORDER BY visible_at LIMIT $3 FOR UPDATE SKIP LOCKED))
               AND (SELECT set_config('synchronous_commit', 'off', true)) IS NOT NULL",
            place.queue,
            place.is_dead,
            DUE_AT_ONCE,
        )
        .run(&self.pool)
        .await
    }

    /// Deletes messages that have been dealt with. A message that was delivered again since is that delivery's, and stays.
    ///
    /// # Errors
    /// If the database fails; then they come again.
    pub async fn delete_messages(
        &self,
        place: MessagePlace<'_>,
        receipts: &[MessageReceipt],
    ) -> Result<()> {
        let ids: Vec<i64> = receipts.iter().map(|receipt| receipt.id).collect();
        let receives: Vec<i32> = receipts.iter().map(|receipt| receipt.receives).collect();
        sqlx::query!(
            "DELETE FROM queue_message m USING unnest($3::bigint[], $4::integer[]) AS r (id, receives)
             WHERE m.id = r.id AND m.receives = r.receives AND m.queue = $1 AND m.is_dead = $2
               AND (SELECT set_config('synchronous_commit', 'off', true)) IS NOT NULL",
            place.queue,
            place.is_dead,
            &ids,
            &receives,
        )
        .run(&self.pool)
        .await
    }

    /// Hides a message for so long from now; with zero, it may be taken at once, and whoever listens is told. False if that delivery is
    /// no longer current.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn hide_message(
        &self,
        place: MessagePlace<'_>,
        receipt: MessageReceipt,
        seconds: f64,
    ) -> Result<bool> {
        let hidden = sqlx::query_scalar!(
            r#"WITH hidden AS (
                 UPDATE queue_message SET is_visible = $5::float8 <= 0, visible_at = now() + make_interval(secs => $5)
                 WHERE id = $3 AND receives = $4 AND queue = $1 AND is_dead = $2
                   AND (SELECT set_config('synchronous_commit', 'off', true)) IS NOT NULL
                 RETURNING is_visible
             )
             SELECT CASE WHEN is_visible AND NOT $2 THEN pg_notify($6, $1)::text END AS told FROM hidden"#,
            place.queue,
            place.is_dead,
            receipt.id,
            receipt.receives,
            seconds,
            CHANNEL,
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(hidden.is_some())
    }

    /// How many messages there are, hidden ones included.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn count_messages(&self, place: MessagePlace<'_>) -> Result<u64> {
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM queue_message WHERE queue = $1 AND is_dead = $2"#,
            place.queue,
            place.is_dead,
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(count.unsigned_abs())
    }
}
