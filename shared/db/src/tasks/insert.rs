//! New tasks with their messages. What a process submits at the same moment is one transaction.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use serde_json::Value;
use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

use super::{
    NewTask, WaitingLimits, Whose,
    waiting::{Asker, lock, lock_keys, waiting_of},
};
use crate::{Db, DbError, gather::Gather};

/// Submissions that wait for a transaction. Nothing is known of one that is given no answer.
pub(crate) type Inserts = Arc<Gather<Arc<Row>, Option<Inserted>>>;

/// What an insert led to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Inserted {
    Yes {
        /// The task's message.
        outbox_id: i64,
    },
    /// A unique key is taken.
    Taken,
    Full(Whose),
}

/// A task as it is stored.
pub(crate) struct Row {
    id: i64,
    uuid: Uuid,
    name: String,
    queue: String,
    kwargs: Value,
    user_id: Option<i64>,
    project_id: Option<i64>,
    idempotency_key: Option<String>,
    idempotency_fingerprint: Option<Vec<u8>>,
    exclusive_key: Option<String>,
    max_attempts: i32,
    request_id: Option<String>,
    priority: i16,
    estimated_seconds: Option<f64>,
    traceparent: Option<String>,
    message_delay_seconds: f64,
    waiting: Option<WaitingLimits>,
}

impl Row {
    pub(super) fn new(id: i64, new: &NewTask<'_>, kwargs: Value) -> Self {
        let idempotency = new.idempotency.filter(|_| new.user_id.is_some());
        Self {
            id,
            uuid: Uuid::new_v4(),
            name: new.name.to_owned(),
            queue: new.queue.to_owned(),
            kwargs,
            user_id: new.user_id,
            project_id: new.project_id,
            idempotency_key: idempotency.map(|idempotency| idempotency.key.to_owned()),
            idempotency_fingerprint: idempotency
                .map(|idempotency| idempotency.fingerprint.to_vec()),
            exclusive_key: new.exclusive_key.map(str::to_owned),
            max_attempts: new.max_attempts,
            request_id: new.request_id.map(str::to_owned),
            priority: new.priority,
            estimated_seconds: new.estimated_seconds,
            traceparent: new.traceparent.map(str::to_owned),
            message_delay_seconds: new.message_delay_seconds,
            waiting: new.waiting,
        }
    }

    fn asker(&self) -> Option<Asker> {
        Some(Asker {
            user_id: self.user_id,
            project_id: self.project_id,
            limits: self.waiting?,
        })
    }
}

impl Db {
    pub(super) async fn insert_task(&self, row: Arc<Row>) -> Result<Inserted, DbError> {
        // Keys are taken in one order, so that two transactions never wait for each other; a task has at most one that counts there.
        if row.exclusive_key.is_none() {
            let pool = self.pool.clone();
            let inserted = self
                .gathered
                .inserts
                .ask(Arc::clone(&row), move |rows| insert_all(pool.clone(), rows));
            if let Some(inserted) = inserted.await.flatten() {
                return Ok(inserted);
            }
        }
        let alone = insert_all(self.pool.clone(), vec![row]).await?;
        alone.into_iter().flatten().next().ok_or_else(|| {
            DbError::Corrupt("a task was neither stored nor refused by itself".to_owned())
        })
    }
}

/// One statement and so one transaction, unless others of the same user or project have to be counted. One that would have room
/// were it not for the others here is given no answer: they may turn out to be no new tasks.
async fn insert_all(pool: PgPool, rows: Vec<Arc<Row>>) -> Result<Vec<Option<Inserted>>, DbError> {
    let mut answers = vec![None; rows.len()];
    let places: Vec<usize> = (0..rows.len()).collect();
    if rows.iter().all(|row| row.waiting.is_none()) {
        insert(&pool, &rows, &places, &mut answers).await?;
        return Ok(answers);
    }
    let mut tx = pool.begin().await?;
    let mut counted: BTreeMap<_, _> = rows
        .iter()
        .filter_map(|row| row.asker())
        .map(|asker| (asker, None))
        .collect();
    let keys: Vec<String> = counted
        .keys()
        .flat_map(|asker| lock_keys(asker.user_id, asker.project_id))
        .collect();
    // Held until the rows are committed: of two requests at the same moment one counts the other.
    lock(&mut tx, &keys).await?;
    let askers: Vec<Asker> = counted.keys().copied().collect();
    for (known, waiting) in counted
        .values_mut()
        .zip(waiting_of(&mut tx, &askers).await?)
    {
        *known = Some(waiting);
    }
    let (mut of_users, mut of_projects) = (HashMap::new(), HashMap::new());
    let mut admitted = Vec::with_capacity(rows.len());
    for place in places {
        let row = &rows[place];
        let of_user = of_users.entry(row.user_id).or_insert(0);
        let of_project = of_projects.entry(row.project_id).or_insert(0);
        let waiting = row
            .asker()
            .and_then(|asker| counted.get(&asker).copied().flatten());
        if let Some(waiting) = waiting {
            if let Some(whose) = waiting.full(0, 0) {
                answers[place] = Some(Inserted::Full(whose));
                continue;
            }
            if waiting.full(*of_user, *of_project).is_some() {
                continue;
            }
        }
        *of_user += 1;
        *of_project += 1;
        admitted.push(place);
    }
    insert(&mut *tx, &rows, &admitted, &mut answers).await?;
    tx.commit().await?;
    Ok(answers)
}

/// Stores the rows at these places.
async fn insert(
    executor: impl PgExecutor<'_>,
    rows: &[Arc<Row>],
    places: &[usize],
    answers: &mut [Option<Inserted>],
) -> Result<(), DbError> {
    let mut stored: Vec<&Row> = places.iter().map(|&place| &*rows[place]).collect();
    stored.sort_by_key(|row| (row.user_id, row.idempotency_key.as_deref()));
    fn column<'r, T>(rows: &[&'r Row], of: impl Fn(&'r Row) -> T) -> Vec<T> {
        rows.iter().map(|row| of(row)).collect()
    }
    let made = sqlx::query!(
        "WITH asked AS MATERIALIZED (
             SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::jsonb[], $6::bigint[], $7::bigint[],
                                  $8::text[], $9::bytea[], $10::text[], $11::integer[], $12::text[], $13::smallint[],
                                  $14::float8[], $15::text[], $16::float8[])
                  AS a(id, uuid, name, queue, kwargs, user_id, project_id, idempotency_key, idempotency_fingerprint,
                       exclusive_key, max_attempts, request_id, priority, estimated_seconds, traceparent, delay)
         ), made AS (
             INSERT INTO task (id, uuid, name, queue, kwargs, user_id, project_id, idempotency_key, idempotency_fingerprint,
                               exclusive_key, max_attempts, request_id, priority, estimated_seconds, traceparent)
             OVERRIDING SYSTEM VALUE
             SELECT id, uuid, name, queue, kwargs, user_id, project_id, idempotency_key, idempotency_fingerprint,
                    exclusive_key, max_attempts, request_id, priority, estimated_seconds, traceparent FROM asked
             ON CONFLICT DO NOTHING
             RETURNING id, queue
         )
         INSERT INTO outbox (task_id, queue, send_after)
         SELECT made.id, made.queue, now() + make_interval(secs => asked.delay) FROM made JOIN asked USING (id)
         RETURNING id, task_id",
        &column(&stored, |row| row.id),
        &column(&stored, |row| row.uuid),
        &column(&stored, |row| row.name.as_str()) as &[&str],
        &column(&stored, |row| row.queue.as_str()) as &[&str],
        &column(&stored, |row| &row.kwargs) as &[&Value],
        &column(&stored, |row| row.user_id) as &[Option<i64>],
        &column(&stored, |row| row.project_id) as &[Option<i64>],
        &column(&stored, |row| row.idempotency_key.as_deref()) as &[Option<&str>],
        &column(&stored, |row| row.idempotency_fingerprint.as_deref()) as &[Option<&[u8]>],
        &column(&stored, |row| row.exclusive_key.as_deref()) as &[Option<&str>],
        &column(&stored, |row| row.max_attempts),
        &column(&stored, |row| row.request_id.as_deref()) as &[Option<&str>],
        &column(&stored, |row| row.priority),
        &column(&stored, |row| row.estimated_seconds) as &[Option<f64>],
        &column(&stored, |row| row.traceparent.as_deref()) as &[Option<&str>],
        &column(&stored, |row| row.message_delay_seconds),
    )
    .fetch_all(executor)
    .await?;
    let made: HashMap<i64, i64> = made.into_iter().map(|row| (row.task_id, row.id)).collect();
    for &place in places {
        answers[place] = Some(match made.get(&rows[place].id) {
            Some(&outbox_id) => Inserted::Yes { outbox_id },
            None => Inserted::Taken,
        });
    }
    Ok(())
}
