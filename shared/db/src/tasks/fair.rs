//! Whose turn it is. A message is leave to run one task of its queue: the one that it names if nobody of its project is being
//! served, and otherwise that of whoever is served least. So one project with many tasks keeps no other waiting, whatever the order
//! of the queue.
//!
//! A task that runs by the message of another owes that one its own message (`leaves`). A message about a task that runs or has ended,
//! and owes none, was delivered twice. One that had given its own message up before it ran owes it too: should that come again, it runs
//! another task, which is early and not wrong.
//!
//! A task that a limit or a pause keeps waiting gives its message up and is held. The end of another task of the same project or user
//! has it announced again; a rescue finds what was missed.

use super::{
    Claim, ClaimedTask,
    claim::{ByMessage, Rule, Turn, Unclaimed},
    waiting::lock,
};
use crate::{Db, Result, statement::Statement};

/// How many tasks may run at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunningLimits {
    /// Of one project.
    pub per_project: i32,
    /// Of one user.
    pub per_user: i32,
    /// Queues whose tasks do not run for now.
    pub paused: Vec<String>,
}

/// Attempts to take a task before another worker does.
const TRIES: u32 = 5;

impl Db {
    /// Tries to start the next attempt of a task, or of another one of its queue whose turn it is.
    ///
    /// # Errors
    /// If the database fails; then nothing was claimed, or the claim's lease will run out.
    pub async fn claim_fairly(
        &self,
        queue: &str,
        task_id: i64,
        worker: &str,
        lease_seconds: f64,
    ) -> Result<Claim> {
        if let Some(task) = self.claim_first(task_id, worker, lease_seconds).await {
            return Ok(Claim::Claimed(Box::new(task)));
        }
        let Unclaimed {
            named,
            leaves,
            begun,
        } = self.why_not_claimed(task_id).await?;
        if begun {
            let own = ByMessage::own(task_id);
            let again = self.try_claim(&self.pool, queue, own, worker, lease_seconds, Rule::Quiet);
            if let Some(task) = again.await? {
                return Ok(Claim::Claimed(Box::new(task)));
            }
        }
        let waits = matches!(named, Claim::NotYet { .. });
        match named {
            Claim::NotYet { ready: false, .. } => return Ok(named),
            _ if !waits && leaves == 0 => return Ok(named),
            _ => {}
        }
        if let Some(task) = self
            .take_turn(queue, task_id, waits, worker, lease_seconds)
            .await?
        {
            return Ok(Claim::Claimed(Box::new(task)));
        }
        // The message is used up, and what it was leave for has to be announced again: if its own task needs it no more, one of those
        // that wait. A task that is held already has given its message up, so this one is that of another: a copy that SQS delivered had
        // the task held in that one's place.
        let held = if waits {
            let was_held = self.hold(task_id).await?;
            if was_held == Some(true) {
                self.hold_first(queue, task_id).await?;
            }
            was_held.is_some()
        } else {
            self.hold_first(queue, task_id).await?
        };
        if !held {
            return Ok(named);
        }
        // What kept it waiting may have ended before it was held, and then nobody announces it.
        // With the hold the message was spent; this claim spends no other one.
        let turn = self
            .take_turn(queue, task_id, true, worker, lease_seconds)
            .await?;
        Ok(match turn {
            Some(task) => Claim::Claimed(Box::new(task)),
            None if waits => Claim::Held,
            None => named,
        })
    }

    /// Claims the task whose turn it is, if there is one that no limit keeps waiting.
    async fn take_turn(
        &self,
        queue: &str,
        named: i64,
        waits: bool,
        worker: &str,
        lease_seconds: f64,
    ) -> Result<Option<ClaimedTask>> {
        for tried in 1..=TRIES {
            let Some(turn) = self.turn(queue).await? else {
                return Ok(None);
            };
            let message = ByMessage {
                named,
                waits,
                of: Some(turn),
            };
            if turn.is_roomy && tried < TRIES {
                let roomy = Rule::Roomy;
                let claimed = self
                    .try_claim(&self.pool, queue, message, worker, lease_seconds, roomy)
                    .await?;
                if claimed.is_some() {
                    return Ok(claimed);
                }
                continue;
            }
            let mut tx = self.begin().await?;
            // Limits are counted by one claim of a project and of a user at a time.
            let keys = [("project", turn.project), ("user", turn.person)];
            let keys = keys.into_iter().filter(|(_, id)| *id != 0);
            let keys: Vec<String> = keys.map(|(what, id)| format!("run {what} {id}")).collect();
            lock(&mut tx, &keys).await?;
            let claimed = self
                .try_claim(&mut *tx, queue, message, worker, lease_seconds, Rule::Fits)
                .await?;
            tx.commit().await?;
            if claimed.is_some() {
                return Ok(claimed);
            }
        }
        Ok(None)
    }

    /// The next of a queue: what somebody waits for before what nobody does, unless that has waited for ten minutes; then of the
    /// project that has the fewest running; then the oldest. It looks at the first task of each project and user that wait, and at no
    /// more running tasks of theirs than may run.
    async fn turn(&self, queue: &str) -> Result<Option<Turn>> {
        Ok(sqlx::query_as!(
            Turn,
            "WITH RECURSIVE lanes AS (
                 (SELECT priority, coalesce(project_id, 0) AS lane, coalesce(user_id, 0) AS person FROM task
                  WHERE queue = $1 AND status IN ('PENDING', 'RETRY') AND NOT batch_open
                  ORDER BY priority, coalesce(project_id, 0), coalesce(user_id, 0) LIMIT 1)
                 UNION ALL
                 SELECT n.priority, n.lane, n.person FROM lanes l CROSS JOIN LATERAL (
                     SELECT priority, coalesce(project_id, 0) AS lane, coalesce(user_id, 0) AS person FROM task
                     WHERE queue = $1 AND status IN ('PENDING', 'RETRY') AND NOT batch_open
                       AND (priority, coalesce(project_id, 0), coalesce(user_id, 0)) > (l.priority, l.lane, l.person)
                     ORDER BY priority, coalesce(project_id, 0), coalesce(user_id, 0) LIMIT 1) n
             ), served AS MATERIALIZED (
                 SELECT p.lane, r.running
                 FROM (SELECT DISTINCT lane FROM lanes) p CROSS JOIN LATERAL (
                     SELECT count(*) AS running FROM (
                         SELECT FROM task WHERE project_id = p.lane AND status = 'STARTED'
                         LIMIT (SELECT per_project FROM running_limit)) t) r
             ), people AS MATERIALIZED (
                 SELECT p.person, r.running
                 FROM (SELECT DISTINCT person FROM lanes) p CROSS JOIN LATERAL (
                     SELECT count(*) AS running FROM (
                         SELECT FROM task WHERE user_id = p.person AND status = 'STARTED'
                         LIMIT (SELECT per_user FROM running_limit)) t) r
             )
             SELECT l.priority AS \"priority!\", l.lane AS \"project!\", l.person AS \"person!\", s.running AS \"running!\",
                    least(m.per_project, m.per_user) >= 16 AND s.running < m.per_project / 2
                        AND b.running < m.per_user / 2 AS \"is_roomy!\"
             FROM lanes l JOIN served s USING (lane) JOIN people b USING (person) CROSS JOIN running_limit m
             CROSS JOIN LATERAL (
                 SELECT id, created_at FROM task
                 WHERE queue = $1 AND status IN ('PENDING', 'RETRY') AND NOT batch_open AND priority = l.priority
                   AND coalesce(project_id, 0) = l.lane AND coalesce(user_id, 0) = l.person
                   AND coalesce(not_before, created_at) <= now()
                   AND cancel_requested_at IS NULL AND attempt < max_attempts
                 ORDER BY coalesce(not_before, created_at), id LIMIT 1) t
             WHERE s.running < m.per_project AND b.running < m.per_user AND $1 <> ALL (m.paused)
             ORDER BY CASE WHEN t.created_at < now() - interval '10 minutes' THEN 0 ELSE l.priority END,
                      s.running, t.id
             LIMIT 1",
            queue,
        )
        .fetch_optional(&self.pool)
        .await?)
    }

    /// Notes that a task that waits has no message, and tells whether that was known; nothing if it has begun or ended since.
    async fn hold(&self, task_id: i64) -> Result<Option<bool>> {
        Ok(sqlx::query_scalar!(
            "WITH was AS (SELECT id, held FROM task WHERE id = $1 AND status IN ('PENDING', 'RETRY') FOR UPDATE)
             UPDATE task SET held = true FROM was WHERE task.id = was.id RETURNING was.held",
            task_id,
        )
        .fetch_optional(&self.pool)
        .await?)
    }

    /// The same of the task of a queue that has been able to run for longest, if there is one that is not held; so is a message spent
    /// that another task owes.
    async fn hold_first(&self, queue: &str, owes: i64) -> Result<bool> {
        let held = sqlx::query!(
            "WITH held AS (
                 UPDATE task SET held = true
                 WHERE id IN (SELECT id FROM task
                              WHERE queue = $1 AND status IN ('PENDING', 'RETRY') AND NOT batch_open AND NOT held
                                AND coalesce(not_before, created_at) <= now() AND cancel_requested_at IS NULL
                                AND attempt < max_attempts AND id <> $2
                              ORDER BY coalesce(not_before, created_at) LIMIT 1 FOR UPDATE SKIP LOCKED)
                 RETURNING id
             )
             UPDATE task SET leaves = leaves - 1 WHERE id = $2 AND leaves > 0 AND EXISTS (SELECT FROM held)",
            queue,
            owes,
        )
        .changed(&self.pool)
        .await?;
        Ok(held > 0)
    }

    /// Announces the next held task of a project or a user, of whom one has ended; gives its message.
    ///
    /// # Errors
    /// If the database fails; then a rescue does it.
    pub async fn release_held(
        &self,
        project_id: Option<i64>,
        user_id: Option<i64>,
    ) -> Result<Option<i64>> {
        if self.holds_any((project_id, user_id)).await == Some(false) {
            return Ok(None);
        }
        Ok(sqlx::query_scalar!(
            "WITH of_project AS (
                 SELECT id, priority FROM task WHERE held AND status IN ('PENDING', 'RETRY') AND project_id = $1
                 ORDER BY priority, id LIMIT 1 FOR UPDATE SKIP LOCKED
             ), of_user AS (
                 SELECT id, priority FROM task WHERE held AND status IN ('PENDING', 'RETRY') AND user_id = $2
                 ORDER BY priority, id LIMIT 1 FOR UPDATE SKIP LOCKED
             ), freed AS (
                 UPDATE task SET held = false, announced_at = now()
                 WHERE id = (SELECT id FROM (TABLE of_project UNION ALL TABLE of_user) t ORDER BY priority, id LIMIT 1)
                 RETURNING id, queue
             )
             INSERT INTO outbox (task_id, queue) SELECT id, queue FROM freed RETURNING id",
            project_id,
            user_id,
        )
        .fetch_optional(&self.pool)
        .await?)
    }

    /// The limits as they are set.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn running_limits(&self) -> Result<RunningLimits> {
        Ok(sqlx::query_as!(
            RunningLimits,
            "SELECT per_project, per_user, paused FROM running_limit"
        )
        .fetch_one(&self.pool)
        .await?)
    }

    /// Sets the limits. What a lower one keeps waiting waits; what a higher one sets free is announced by the next rescue.
    ///
    /// # Errors
    /// If the database fails, or a number is out of range.
    pub async fn set_running_limits(&self, to: &RunningLimits) -> Result<()> {
        sqlx::query!(
            "UPDATE running_limit SET per_project = $1, per_user = $2, paused = $3",
            to.per_project,
            to.per_user,
            &to.paused,
        )
        .run(&self.pool)
        .await
    }
}
