//! The ticker: makes the runs that are due, on one machine. In the cloud EventBridge Scheduler does that.

use std::time::Duration;

use chrono::{DateTime, Utc};
use divbase_db::{Db, DbError, Fired, MadeBy, Schedule};
use tokio_util::sync::CancellationToken;

use super::Recurrence;
use crate::Relay;

/// Makes the run of a schedule that was due at an instant, and tries to send its message.
///
/// # Errors
/// If the database fails; then nothing was made.
pub async fn fire(
    db: &Db,
    relay: &Relay,
    key: &str,
    scheduled_for: DateTime<Utc>,
    made_by: MadeBy<'_>,
) -> Result<Fired, DbError> {
    let fired = db.fire_schedule(key, scheduled_for, made_by).await?;
    match &fired {
        Fired::Made {
            task_id, outbox_id, ..
        } => {
            tracing::info!(key, %scheduled_for, task_id, "a scheduled run was made");
            relay.try_send(*task_id, *outbox_id).await;
        }
        Fired::Skipped(reason) => {
            tracing::warn!(key, %scheduled_for, reason, "a scheduled run was skipped");
        }
        Fired::Waits | Fired::Already | Fired::Unknown => {}
    }
    Ok(fired)
}

/// Looks for due runs. Any number may run at once.
#[derive(Clone)]
pub struct Ticker {
    db: Db,
    relay: Relay,
}

impl Ticker {
    /// Makes tasks in this database and sends their messages by this relay.
    #[must_use]
    pub fn new(db: Db, relay: Relay) -> Self {
        Self { db, relay }
    }

    /// Makes all runs that are due at `now`; tells how many tasks that were.
    ///
    /// # Errors
    /// If the database fails; the next tick does what is left.
    pub async fn tick(&self, now: DateTime<Utc>) -> Result<usize, DbError> {
        let mut made = 0;
        for schedule in self.db.due_schedules(now).await? {
            made += self.make_due(&schedule, now).await?;
        }
        Ok(made)
    }

    /// Deals with a call for one schedule: makes the run of the instant that the call is for, if the schedule's rule
    /// names it, and otherwise what is due of it at `now`. Called twice it makes nothing twice. Tells how many tasks it
    /// made; nothing if there is no such schedule, or it is disabled.
    ///
    /// # Errors
    /// If the database fails; then the call should be repeated.
    pub async fn called(
        &self,
        key: &str,
        scheduled_for: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<Option<usize>, DbError> {
        let found = self.db.schedules(Some(key)).await?.pop();
        let Some(schedule) = found.filter(|schedule| schedule.enabled) else {
            return Ok(None);
        };
        let rule = Recurrence::of(&schedule);
        if let (Ok(rule), Some(at)) = (rule, scheduled_for)
            && rule.names(at)
        {
            let fired = fire(&self.db, &self.relay, key, at, MadeBy::Timer).await?;
            return Ok(Some(usize::from(matches!(fired, Fired::Made { .. }))));
        }
        if schedule.next_run_at.is_some_and(|due| due > now) {
            return Ok(Some(0));
        }
        self.make_due(&schedule, now).await.map(Some)
    }

    async fn make_due(&self, schedule: &Schedule, now: DateTime<Utc>) -> Result<usize, DbError> {
        let rule = match Recurrence::of(schedule) {
            Ok(rule) => rule,
            Err(error) => {
                tracing::error!(key = schedule.key, %error, "a schedule that cannot be read never runs");
                return Ok(0);
            }
        };
        let mut made = 0;
        let mut last = now;
        if let Some(first) = schedule.next_run_at {
            let mut due = rule.due_between(first, now);
            if schedule.coalesce {
                due = due.split_off(due.len().saturating_sub(1));
            }
            for at in due {
                let fired = fire(&self.db, &self.relay, &schedule.key, at, MadeBy::Timer).await?;
                if fired == Fired::Waits {
                    // It stays due: the next tick tries again.
                    self.db
                        .advance_schedule(schedule.id, schedule.next_run_at, Some(at))
                        .await?;
                    return Ok(made);
                }
                made += usize::from(matches!(fired, Fired::Made { .. }));
                last = at;
            }
        }
        self.db
            .advance_schedule(schedule.id, schedule.next_run_at, rule.next_after(last))
            .await?;
        Ok(made)
    }

    /// Ticks until shutdown.
    pub async fn run(self, every: Duration, shutdown: CancellationToken) {
        loop {
            if let Err(error) = self.tick(Utc::now()).await {
                tracing::error!(%error, "due runs could not be made; the next tick goes on");
            }
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(every) => {}
            }
        }
    }
}
