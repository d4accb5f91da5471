//! What a claim costs does not grow with what there is: pages that the database touches, as it counts them itself.

use std::time::Duration;

use divbase_db::{
    Db, PoolSize,
    tasks::{Claim, ClaimedTask, Cost, Ending, RunningLimits},
};
use divbase_local::AnyError;
use divbase_task_tests::Rig;
use serde_json::json;
use sqlx::PgPool;

/// How much there is.
#[derive(Clone, Copy, Debug)]
struct Size {
    /// Tasks that have ended.
    ended: i64,
    /// Tasks of the busy project that wait.
    waiting: i64,
    /// Those of them that have no message.
    held: i64,
    /// Those of them whose next attempt is far off.
    later: i64,
    /// Tasks of projects and users for whom none waits, that run.
    running: i64,
}

const SMALL: Size = Size {
    ended: 1000,
    waiting: 100,
    held: 0,
    later: 0,
    running: 10,
};
/// Projects that have a few tasks waiting, beside the busy one.
const OTHERS: i64 = 20;
const STEPS: usize = 30;

/// Fills the tables; gives the busy project.
async fn fill(rig: &Rig, size: Size) -> Result<i64, AnyError> {
    let limits = RunningLimits {
        per_project: 5,
        per_user: 1000,
        paused: Vec::new(),
    };
    rig.db.set_running_limits(&limits).await?;
    let busy = rig.project("busy").await?;
    let statements = [
        ("INSERT INTO project (name, bucket_name, storage_quota_bytes)
          SELECT 'other-' || n, 'other-' || n, 1 FROM generate_series(1, $1 + 100) n", OTHERS),
        ("INSERT INTO task (name, queue, kwargs, result, status, finished_at, user_id, project_id, max_attempts)
          SELECT 'tasks.probe', 'quick', '{}', '{}', 'SUCCESS', now(), u.id, p.id, 1
          FROM app_user u, (SELECT min(id) AS id FROM project) p, generate_series(1, $1) n", size.ended),
        // Run by others: of the last hundred projects.
        ("INSERT INTO task (name, queue, kwargs, status, attempt, lease_expires_at, project_id, max_attempts)
          SELECT 'tasks.probe', 'quick', '{}', 'STARTED', 1, now() + interval '1 hour',
                 (SELECT max(id) FROM project) - n % 100, 3
          FROM generate_series(1, $1) n", size.running),
        ("INSERT INTO task (name, queue, kwargs, user_id, project_id, max_attempts, held)
          SELECT 'tasks.probe', 'quick', '{}', u.id, p.id, 3, false
          FROM app_user u, (SELECT min(id) AS id FROM project) p, generate_series(1, $1) n", size.waiting),
        ("UPDATE task SET held = true WHERE id IN (SELECT id FROM task WHERE status = 'PENDING' ORDER BY id LIMIT $1)",
         size.held),
        ("UPDATE task SET not_before = now() + interval '1 hour', held = false
          WHERE id IN (SELECT id FROM task WHERE status = 'PENDING' ORDER BY id LIMIT $1)", size.later),
        ("INSERT INTO task (name, queue, kwargs, project_id, max_attempts)
          SELECT 'tasks.probe', 'quick', '{}', (SELECT min(id) FROM project) + 1 + n % $1, 3
          FROM generate_series(1, 60) n", OTHERS),
    ];
    let mut connection = rig.pool.acquire().await?;
    for (statement, number) in statements {
        sqlx::query(statement)
            .bind(number)
            .execute(&mut *connection)
            .await?;
    }
    sqlx::query("VACUUM ANALYZE task")
        .execute(&mut *connection)
        .await?;
    // What filling has touched is told now, and not while claims are counted.
    sqlx::query("SELECT pg_stat_force_next_flush()")
        .execute(&mut *connection)
        .await?;
    Ok(busy)
}

/// Pages of `task` and its indexes that were touched so far.
async fn touched(pool: &PgPool) -> Result<i64, AnyError> {
    Ok(sqlx::query_scalar(
        "SELECT (heap_blks_read + heap_blks_hit + idx_blks_read + idx_blks_hit)::bigint
         FROM pg_statio_user_tables WHERE relname = 'task'",
    )
    .fetch_one(pool)
    .await?)
}

async fn end(db: &Db, task: &ClaimedTask) -> Result<(), AnyError> {
    db.end_attempt(task.fence(), &Ending::Success(json!(1)), Cost::default())
        .await?;
    db.release_held(task.project_id, task.user_id).await?;
    Ok(())
}

/// Pages for each claim and end, when the messages are mostly those of a project that may not run more.
async fn pages_per_claim(size: Size) -> Result<i64, AnyError> {
    let rig = Rig::new().await?;
    let busy = fill(&rig, size).await?;
    let messages: Vec<i64> = sqlx::query_scalar(
        "SELECT id FROM task WHERE project_id = $1 AND status = 'PENDING' ORDER BY id DESC LIMIT 90",
    )
    .bind(busy)
    .fetch_all(&rig.pool)
    .await?;
    let ended: i64 = sqlx::query_scalar("SELECT min(id) FROM task")
        .fetch_one(&rig.pool)
        .await?;
    let before = touched(&rig.pool).await?;
    // A connection tells what it has touched when it ends.
    let db = Db::connect(&rig.database_url, PoolSize(1))?;
    let mut running = Vec::new();
    let mut messages = messages.into_iter();
    for step in 0..STEPS {
        for message in [messages.next(), messages.next(), Some(ended)] {
            let message = message.ok_or("too few messages")?;
            if let Claim::Claimed(task) =
                db.claim_fairly("quick", message, "worker", 3600.0).await?
            {
                running.push(*task);
            }
        }
        if step % 2 == 1 && !running.is_empty() {
            end(&db, &running.remove(0)).await?;
        }
    }
    assert!(running.len() > 10, "{} run", running.len());
    db.close().await;
    let told = async {
        let mut last = before;
        loop {
            let now = touched(&rig.pool).await?;
            // It is told in one piece.
            if now > last + 100 {
                return Ok::<_, AnyError>(now);
            }
            last = last.max(now);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let after = tokio::time::timeout(Duration::from_secs(20), told).await??;
    Ok((after - before) / (3 * STEPS as i64))
}

#[tokio::test]
async fn a_claim_costs_the_same_however_much_there_is() -> Result<(), AnyError> {
    let small = pages_per_claim(SMALL).await?;
    for size in [
        Size {
            ended: 100_000,
            ..SMALL
        },
        Size {
            waiting: 10_000,
            ..SMALL
        },
        Size {
            waiting: 10_000,
            held: 9_900,
            ..SMALL
        },
        Size {
            waiting: 10_000,
            later: 9_000,
            ..SMALL
        },
        Size {
            running: 3000,
            ..SMALL
        },
    ] {
        let large = pages_per_claim(size).await?;
        println!("{size:?}: {large} pages a claim, of a small table {small}");
        assert!(
            large <= small + small / 2 + 50,
            "{size:?}: {large} pages, {small}"
        );
    }
    Ok(())
}
