//! A database and queues of a test's own, and workers on them.

mod watch;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use aws_config::SdkConfig;
use divbase_db::{Db, PoolSize};
use divbase_local::{AnyError, database, queues};
use divbase_tasks::{
    Delivery, Disposition, MessageLease, Queue, QueueUrls, Queues, Received, Runner, Sender,
    Stragglers, Submission, Submit, Submitter, Timing, Transport,
};
use sqlx::{PgPool, postgres::PgPoolOptions};
use tokio_util::sync::CancellationToken;

use crate::{
    QueueService,
    probe::{self, Act, Acts, Gates, Probe},
    template,
};

/// Clocks that let a test wait for nothing.
pub const FAST: Timing = Timing {
    lease: Duration::from_secs(30),
    tick: Duration::from_millis(20),
    grace: Duration::from_millis(100),
    soft_grace: Duration::from_millis(100),
    silent: Duration::from_secs(900),
    rescue_every: Duration::from_millis(50),
    stragglers: Stragglers::NEVER,
};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// What a test works with.
pub struct Rig {
    /// The repositories.
    pub db: Db,
    /// The same database, for what only a test does.
    pub pool: PgPool,
    /// Where it is.
    pub database_url: String,
    /// The AWS emulator.
    pub sdk: SdkConfig,
    /// The queues.
    pub queues: Arc<dyn Queues>,
    /// What carries their messages.
    pub transport: Transport,
    /// Where attempts wait.
    pub gates: Arc<Gates>,
    /// A user who submits tasks.
    pub user_id: i64,
}

fn variable(name: &str) -> Result<String, AnyError> {
    std::env::var(name)
        .map_err(|_| format!("{name} is not set: run the tests by `make test`").into())
}

impl Rig {
    /// A fresh one, on the queue service that `DIVBASE_TEST_QUEUE` names: `postgres`, or the emulator of SQS.
    ///
    /// # Errors
    /// If the services are not there.
    pub async fn new() -> Result<Self, AnyError> {
        Self::on(QueueService::from_env()?).await
    }

    /// A fresh one on this queue service, whatever the environment says.
    ///
    /// # Errors
    /// If the services are not there.
    pub async fn on(service: QueueService) -> Result<Self, AnyError> {
        let server = variable("DIVBASE_TEST_POSTGRES_URL")?;
        let sdk = divbase_aws::local_sdk_config(&variable("AWS_ENDPOINT_URL")?).await;
        let name = format!(
            "task_test_{}_{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let database_url =
            database::ensure(&server, &name, Some(template::migrated(&server).await?)).await?;
        let transport = match service {
            QueueService::Sqs => Transport::Sqs(queues::ensure(&sdk, &name).await?),
            QueueService::Postgres => Transport::Postgres,
        };
        Self::connect(database_url, sdk, transport).await
    }

    /// On a database and queues that exist.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn connect(
        database_url: String,
        sdk: SdkConfig,
        transport: Transport,
    ) -> Result<Self, AnyError> {
        let pool = PgPoolOptions::new()
            .max_connections(4)
            .connect(&database_url)
            .await?;
        let user_id = user(&pool, "mary@example.org").await?;
        let db = Db::connect(&database_url, PoolSize(12))?;
        Ok(Self {
            queues: transport.connect(&sdk, &db),
            transport,
            db,
            pool,
            database_url,
            sdk,
            gates: probe::gates(),
            user_id,
        })
    }

    /// Where the queues of SQS are.
    ///
    /// # Errors
    /// If these are others.
    pub fn urls(&self) -> Result<&QueueUrls, AnyError> {
        match &self.transport {
            Transport::Sqs(urls) => Ok(urls),
            Transport::Postgres => Err("these queues are not those of SQS".into()),
        }
    }

    /// A worker that ends its work at `shutdown`.
    #[must_use]
    pub fn worker(&self, name: &str, timing: Timing, shutdown: CancellationToken) -> Runner<Gates> {
        let sender = Arc::clone(&self.queues) as Arc<dyn Sender>;
        self.worker_with(name, timing, shutdown, sender)
    }

    /// A worker that sends through something else than the queues.
    #[must_use]
    pub fn worker_with(
        &self,
        name: &str,
        timing: Timing,
        shutdown: CancellationToken,
        sender: Arc<dyn Sender>,
    ) -> Runner<Gates> {
        Runner::new(
            self.db.clone(),
            probe::registry(),
            Arc::clone(&self.gates),
            sender,
            name.to_owned(),
            timing,
            shutdown,
        )
    }

    /// A worker with fast clocks that nobody shuts down.
    #[must_use]
    pub fn fast_worker(&self) -> Arc<Runner<Gates>> {
        Arc::new(self.worker("worker-1", FAST, CancellationToken::new()))
    }

    /// Submits through the queues.
    #[must_use]
    pub fn submitter(&self) -> Submitter {
        Submitter::new(self.db.clone(), Arc::clone(&self.queues) as Arc<_>)
    }

    /// The conditions of a plain submission.
    #[must_use]
    pub fn as_user(&self) -> Submit<'static> {
        Submit {
            user_id: Some(self.user_id),
            ..Submit::default()
        }
    }

    /// A project in which the user may run tasks; made if there is none of this name.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn project(&self, name: &str) -> Result<i64, AnyError> {
        let project_id: i64 = sqlx::query_scalar(
            "INSERT INTO project (name, bucket_name, storage_quota_bytes) VALUES ($1, $1, 1000)
             ON CONFLICT (name) DO UPDATE SET bucket_name = excluded.bucket_name RETURNING id",
        )
        .bind(name)
        .fetch_one(&self.pool)
        .await?;
        sqlx::query(
            "INSERT INTO project_membership (project_id, user_id, role) VALUES ($1, $2, 'manage')
             ON CONFLICT DO NOTHING",
        )
        .bind(project_id)
        .bind(self.user_id)
        .execute(&self.pool)
        .await?;
        Ok(project_id)
    }

    /// Submits a probe and gives its number.
    ///
    /// # Errors
    /// If it is not accepted.
    pub async fn submit(&self, acts: &[Act]) -> Result<i64, AnyError> {
        let acts = acts.to_vec();
        match self
            .submitter()
            .submit::<Probe>(self.as_user(), |job_id| Acts { acts, job_id })
            .await?
        {
            Submission::Accepted(task_id) => Ok(task_id),
            Submission::Excluded(task_id) => Err(format!("excluded by {task_id}").into()),
        }
    }

    /// Waits for a message of the quick queue.
    ///
    /// # Errors
    /// If none comes.
    pub async fn receive(&self) -> Result<Received, AnyError> {
        self.queues
            .receive(Queue::Quick, 1, Duration::from_secs(10), FAST.lease)
            .await?
            .pop()
            .ok_or_else(|| "no message came".into())
    }

    /// Hands a received message to a worker as the long-poll loop does, and gives the queue its answer.
    ///
    /// # Errors
    /// If the queue fails.
    pub async fn handle(
        &self,
        worker: &Runner<Gates>,
        message: Received,
    ) -> Result<Disposition, AnyError> {
        let Received { body, receipt } = message;
        let lease = MessageLease::new(self.queues.clone(), Queue::Quick, receipt.clone());
        let disposition = worker
            .handle(Delivery {
                queue: Queue::Quick,
                body,
                lease: Some(lease),
            })
            .await;
        match disposition {
            Disposition::Done => self.queues.delete(Queue::Quick, &[receipt]).await?,
            Disposition::Again(_) => {
                self.queues
                    .hide(Queue::Quick, &receipt, Duration::ZERO)
                    .await?;
            }
        }
        Ok(disposition)
    }

    /// Receives one message and has it dealt with.
    ///
    /// # Errors
    /// If none comes.
    pub async fn step(&self, worker: &Runner<Gates>) -> Result<Disposition, AnyError> {
        let message = self.receive().await?;
        self.handle(worker, message).await
    }

    /// The bodies of all dead letters, which are taken out.
    ///
    /// # Errors
    /// If the queue fails.
    pub async fn dead_letters(&self) -> Result<Vec<String>, AnyError> {
        let mut bodies = Vec::new();
        loop {
            let letters = self
                .queues
                .receive_dead(Queue::Quick, 10, Duration::ZERO, FAST.lease)
                .await?;
            if letters.is_empty() {
                return Ok(bodies);
            }
            let receipts: Vec<String> = letters.iter().map(|l| l.receipt.clone()).collect();
            self.queues.delete_dead(Queue::Quick, &receipts).await?;
            bodies.extend(letters.into_iter().map(|letter| letter.body));
        }
    }

    /// Makes the lease of a running task run out.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn expire(&self, task_id: i64) -> Result<(), AnyError> {
        sqlx::query(
            "UPDATE task SET lease_expires_at = now() - interval '1 second'
             WHERE id = $1 AND status = 'STARTED'",
        )
        .bind(task_id)
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

/// Makes a user, if there is none of this address.
///
/// # Errors
/// If the database fails.
pub async fn user(pool: &PgPool, email: &str) -> Result<i64, AnyError> {
    Ok(sqlx::query_scalar(
        "INSERT INTO app_user (name, email, organisation, organisation_role, password_hash)
         VALUES ('Mary Anning', $1, 'Museum', 'Collector', '-')
         ON CONFLICT (email) DO UPDATE SET name = excluded.name RETURNING id",
    )
    .bind(email)
    .fetch_one(pool)
    .await?)
}
