//! How much waited on the queues over time.

use crate::{Db, Result, statement::Statement};

/// The most that waited on a queue within a stretch of time.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueStretch {
    /// `quick`, `long` or `heavy`.
    pub queue: String,
    /// How many stretches ago; 0 for the one that ends now.
    pub ago: i32,
    /// Tasks that could run.
    pub waiting: i64,
    /// How long the oldest of them had waited, seconds.
    pub oldest_seconds: f64,
    /// Tasks that ran.
    pub running: i64,
}

impl Db {
    /// Notes how much waits now. Once a minute is enough: who comes second within it changes nothing. Gives how many rows of more
    /// than eight days ago were deleted.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn note_queues(&self) -> Result<u64> {
        for gauge in self.queue_gauges().await? {
            sqlx::query!(
                "INSERT INTO queue_sample (at, queue, waiting, oldest_seconds, running)
                 VALUES (date_trunc('minute', now()), $1, $2, $3, $4) ON CONFLICT DO NOTHING",
                gauge.queue,
                gauge.waiting,
                gauge.oldest_seconds,
                gauge.running,
            )
            .execute(&self.pool)
            .await?;
        }
        sqlx::query!("DELETE FROM queue_sample WHERE at < now() - interval '8 days'")
            .changed(&self.pool)
            .await
    }

    /// What waited within the last `count` stretches of `seconds` each; stretches of which nothing is known are absent.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn queue_stretches(&self, seconds: u32, count: u32) -> Result<Vec<QueueStretch>> {
        Ok(sqlx::query_as!(
            QueueStretch,
            "SELECT queue, floor(extract(epoch FROM now() - at)::float8 / $1::float8)::int AS \"ago!\", max(waiting) AS \"waiting!\",
                    max(oldest_seconds) AS \"oldest_seconds!\", max(running) AS \"running!\"
             FROM queue_sample WHERE at > now() - make_interval(secs => $1::float8 * $2::float8)
             GROUP BY 1, 2 ORDER BY 1, 2",
            f64::from(seconds),
            f64::from(count),
        )
        .fetch_all(&self.pool)
        .await?)
    }
}
