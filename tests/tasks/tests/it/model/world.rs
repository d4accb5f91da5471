//! One sequence: what exists, and how it ends.

use std::{
    collections::{HashMap, HashSet},
    ops::AddAssign,
    sync::Arc,
    time::Duration,
};

use aws_sdk_sqs::types::QueueAttributeName;
use divbase_db::tasks::RunningLimits;
use divbase_local::AnyError;
use divbase_task_tests::{Rig, probe::Gates, rig::FAST};
use divbase_tasks::{
    Queue, Received, Redrive, Runner, Sender, Stragglers, Submitter, Timing, Transport,
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{audit, flaky::Flaky};

/// Most steps of a sequence.
const STEPS: u32 = 40;
/// Messages that are looked at in one round.
const MESSAGES: u32 = 20;
/// Rounds after which a task that has not ended never will.
const ROUNDS: u32 = 60;

/// What the sequences have seen.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) succeeded: u64,
    pub(crate) failed: u64,
    pub(crate) revoked: u64,
    pub(crate) crashes: u64,
    pub(crate) fenced: u64,
    pub(crate) joined: u64,
    pub(crate) seconds: u64,
    pub(crate) lost: u64,
    pub(crate) unheard: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.succeeded += other.succeeded;
        self.failed += other.failed;
        self.revoked += other.revoked;
        self.crashes += other.crashes;
        self.fenced += other.fenced;
        self.joined += other.joined;
        self.seconds += other.seconds;
        self.lost += other.lost;
        self.unheard += other.unheard;
    }
}

/// An attempt that stands at the gate, with the message it came from.
pub(crate) type AtGate = (JoinHandle<()>, Received);

/// What exists in a sequence.
pub(crate) struct World {
    pub(crate) rig: Arc<Rig>,
    pub(crate) rng: StdRng,
    pub(crate) sender: Arc<Flaky>,
    pub(crate) submitter: Submitter,
    pub(crate) redrive: Redrive,
    pub(crate) workers: Vec<Arc<Runner<Gates>>>,
    /// Tasks of which a caller was told.
    pub(crate) accepted: HashSet<i64>,
    /// What was answered to a key.
    pub(crate) by_key: HashMap<String, i64>,
    /// Bodies that were delivered, which SQS may deliver again.
    pub(crate) delivered: Vec<String>,
    /// Messages whose worker died before it answered the queue.
    pub(crate) stuck: Vec<Received>,
    pub(crate) at_gate: Vec<AtGate>,
    pub(crate) crashes: u64,
    /// Messages that the queue has lost.
    pub(crate) lost: u64,
}

impl World {
    pub(crate) fn new(rig: Arc<Rig>, seed: u64) -> Self {
        let sender = Arc::new(Flaky::new(Arc::clone(&rig.queues)));
        let worker = |name: &str, timing: Timing| {
            let sender = Arc::clone(&sender) as Arc<dyn Sender>;
            Arc::new(rig.worker_with(name, timing, CancellationToken::new(), sender))
        };
        // Every tick is a call of the queue service, which all sequences share.
        let calm = Timing {
            tick: Duration::from_millis(300),
            // Every part of a batch that still runs when another has ended.
            stragglers: Stragglers {
                factor: 0.0,
                least: Duration::ZERO,
            },
            ..FAST
        };
        let workers = vec![
            worker("attentive", calm),
            worker(
                "sleepy",
                Timing {
                    tick: Duration::from_secs(3600),
                    ..calm
                },
            ),
            worker(
                "impatient",
                Timing {
                    silent: Duration::ZERO,
                    ..calm
                },
            ),
        ];
        Self {
            rng: StdRng::seed_from_u64(seed),
            submitter: Submitter::new(rig.db.clone(), Arc::clone(&sender) as Arc<_>),
            redrive: Redrive::new(
                rig.db.clone(),
                Arc::clone(&rig.queues),
                Arc::clone(&sender) as Arc<_>,
            ),
            rig,
            sender,
            workers,
            accepted: HashSet::new(),
            by_key: HashMap::new(),
            delivered: Vec::new(),
            stuck: Vec::new(),
            at_gate: Vec::new(),
            crashes: 0,
            lost: 0,
        }
    }

    /// Runs the sequence, stops the faults and checks the promises.
    pub(crate) async fn run(mut self) -> Result<Tally, AnyError> {
        audit::clear(&self.rig.pool).await?;
        // Low enough that tasks are kept waiting, in two sequences of three.
        let [per_project, per_user] = [[1, 3], [2, 50], [50, 50]][self.rng.random_range(0..3)];
        let limits = RunningLimits {
            per_project,
            per_user,
            paused: Vec::new(),
        };
        self.rig.db.set_running_limits(&limits).await?;
        let mut trace = Vec::new();
        for _ in 0..STEPS {
            let step = self.choose();
            trace.push(step);
            self.step(step)
                .await
                .map_err(|error| format!("{trace:?}: {error}"))?;
        }
        self.settle()
            .await
            .map_err(|error| format!("{trace:?}: {error}").into())
    }

    /// Ends all faults and has everything run. Whatever had a message to lose is found by the time after which a task is announced
    /// again; nothing else may need that.
    async fn settle(&mut self) -> Result<Tally, AnyError> {
        self.sender.set_away(false);
        self.open_gate().await?;
        for message in std::mem::take(&mut self.stuck) {
            // It may have been dealt with since; then there is nothing to unhide.
            let _ = self
                .rig
                .queues
                .hide(Queue::Quick, &message.receipt, Duration::ZERO)
                .await;
        }
        let patient = Arc::clone(&self.workers[0]);
        let mut unheard = self.run_all(&patient).await?;
        let mut hidden = self.hidden().await?;
        while unheard > self.lost + hidden {
            // One that came into sight between the two questions is run when it is asked for once more; one that is nowhere is not.
            let before = std::mem::replace(&mut unheard, self.run_all(&patient).await?);
            hidden = self.hidden().await?;
            if unheard < before || unheard <= self.lost + hidden {
                continue;
            }
            let rows: Vec<String> = sqlx::query_scalar(
                "SELECT concat_ws(' ', id, name, status, 'attempt', attempt, 'held', held, 'open', batch_open, 'of', batch_of)
                 FROM task WHERE status IN ('PENDING', 'STARTED', 'RETRY') ORDER BY id",
            )
            .fetch_all(&self.rig.pool)
            .await?;
            return Err(format!(
                "{unheard} tasks have no message although {} were lost and {hidden} are hidden: {rows:?}",
                self.lost
            )
            .into());
        }
        // Their time passes. A parent and its parts have theirs one after the other.
        for _ in 0..ROUNDS {
            sqlx::query(
                "UPDATE task SET created_at = created_at - $1, not_before = not_before - $1,
                        announced_at = announced_at - $1
                 WHERE status IN ('PENDING', 'STARTED', 'RETRY') AND NOT batch_open",
            )
            .bind(patient.timing.silent)
            .execute(&self.rig.pool)
            .await?;
            if self.run_all(&patient).await? == 0 {
                break;
            }
        }
        let buried = self.sender.buried();
        let ends = audit::check(&self.rig.pool, &self.accepted, &buried).await?;
        Ok(Tally {
            succeeded: ends.succeeded,
            failed: ends.failed,
            revoked: ends.revoked,
            crashes: self.crashes,
            fenced: ends.lost,
            joined: ends.joined,
            seconds: ends.seconds,
            lost: self.lost,
            unheard,
        })
    }

    /// Messages that the queue keeps hidden: what a process that died had asked for may still reach it.
    async fn hidden(&self) -> Result<u64, AnyError> {
        let urls = match &self.rig.transport {
            Transport::Sqs(urls) => urls,
            Transport::Postgres => {
                let hidden: i64 = sqlx::query_scalar(
                    "SELECT count(*) FROM queue_message WHERE queue = 'quick' AND NOT is_dead AND NOT is_visible",
                )
                .fetch_one(&self.rig.pool)
                .await?;
                return Ok(hidden.unsigned_abs());
            }
        };
        let name = QueueAttributeName::ApproximateNumberOfMessagesNotVisible;
        let answer = aws_sdk_sqs::Client::new(&self.rig.sdk)
            .get_queue_attributes()
            .queue_url(&urls.quick)
            .attribute_names(name.clone())
            .send()
            .await?;
        let count = answer.attributes().and_then(|all| all.get(&name));
        Ok(count.ok_or("it does not tell")?.parse()?)
    }

    /// Runs what has a message until nothing is left that has one; gives how many tasks have not ended and wait for no other.
    async fn run_all(&mut self, worker: &Arc<Runner<Gates>>) -> Result<u64, AnyError> {
        let mut before = None;
        for _ in 0..ROUNDS {
            sqlx::query("UPDATE task SET lease_expires_at = now() - interval '1 second' WHERE status = 'STARTED'")
                .execute(&self.rig.pool)
                .await?;
            worker.rescue().await;
            let mut idle = true;
            // A claim of a process that died may still arrive. Its lease runs out in the next round, so no round
            // waits for it.
            for _ in 0..MESSAGES {
                let Some(message) = self.receive().await? else {
                    break;
                };
                idle = false;
                self.deliver(worker, message, None).await?;
                self.open_gate().await?;
            }
            let (unfinished, waiting, running): (i64, i64, i64) = sqlx::query_as(
                "SELECT count(*), count(*) FILTER (WHERE NOT batch_open),
                        count(*) FILTER (WHERE status = 'STARTED') + (SELECT count(*) FROM outbox)
                 FROM task WHERE status IN ('PENDING', 'STARTED', 'RETRY')",
            )
            .fetch_one(&self.rig.pool)
            .await?;
            let quiet = idle && running == 0 && before == Some(unfinished);
            if unfinished + running == 0 || quiet {
                return Ok(waiting.unsigned_abs());
            }
            before = idle.then_some(unfinished);
        }
        Err(format!("after {ROUNDS} rounds there is still something to run").into())
    }

    /// Lets all attempts at the gate go on, and waits for their ends.
    pub(crate) async fn open_gate(&mut self) -> Result<(), AnyError> {
        for (mut running, message) in std::mem::take(&mut self.at_gate) {
            let end = async {
                loop {
                    self.rig.gates.open();
                    // Some are still on their way to the gate.
                    tokio::select! {
                        ended = &mut running => return ended,
                        () = tokio::time::sleep(Duration::from_millis(2)) => {}
                    }
                }
            };
            tokio::time::timeout(Duration::from_secs(20), end)
                .await
                .map_err(|_| format!("the attempt of {} never ended", message.body))??;
        }
        Ok(())
    }
}
