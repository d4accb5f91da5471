//! The same with tables that are full: what grows with the number of tasks that have ended, and what does not.

use std::{path::Path, time::Instant};

use divbase_contract::history::TaskStatus;
use divbase_db::{
    Db,
    tasks::{HistoryFilter, HistoryScope},
};
use divbase_local::{AnyError, database};
use divbase_services::{MiniStack, Postgres, RunFolder};
use serde_json::Value;
use sqlx::{AssertSqlSafe, PgPool};

use super::{Measured, in_process, migrated, show};

/// Rows of one statement.
const AT_ONCE: u64 = 1_000_000;
/// What a list may take, milliseconds.
const LIST_MS: f64 = 50.0;

/// Measures with empty tables and with full ones.
pub(super) async fn measure(
    root: &Path,
    folder: &Path,
    rows: u64,
    tasks: usize,
) -> Result<(), AnyError> {
    let run = RunFolder::kept(folder)?;
    let postgres = Postgres::start(root, &run).await?;
    let ministack = MiniStack::start(root, &run).await?;
    let server = postgres.url("postgres");
    let empty = database::ensure(&server, "bench_empty", None).await?;
    let before = in_process(&empty, &ministack.endpoint(), tasks).await?;
    show("ours, empty tables", before);
    let url = database::ensure(&server, "bench_filled", None).await?;
    let db = migrated(&url).await?;
    let pool = PgPool::connect(&url).await?;
    fill(&pool, rows).await?;
    let after = in_process(&url, &ministack.endpoint(), tasks).await?;
    show(&format!("ours, {rows} tasks in the tables"), after);
    let Measured { rate, idle_ms, .. } = after;
    println!(
        "growth with {rows} rows: {:.2} x the time of a task, {:.2} x that of an idle one, {:.2} x that of a batch",
        before.rate / rate,
        idle_ms / before.idle_ms,
        after.batch / before.batch
    );
    println!(
        "RATIO tasks-rate-{rows}-rows {:.2} 0.80",
        rate / before.rate
    );
    lists(&db, &pool).await?;
    postgres.stop().await;
    ministack.stop().await;
    Ok(())
}

/// Tasks of 1,000 projects and 100 users that have ended, of which one in 100,000 failed and one was cancelled, and their attempts.
/// Indexes are made when all rows are there.
async fn fill(pool: &PgPool, rows: u64) -> Result<(), AnyError> {
    let begun = Instant::now();
    let mut connection = pool.acquire().await?;
    sqlx::raw_sql(
        "INSERT INTO app_user (name, email, organisation, organisation_role, password_hash)
         SELECT 'Mary Anning', 'u' || n || '@example.org', 'Museum', 'Collector', '-' FROM generate_series(1, 100) n;
         INSERT INTO project (name, bucket_name, storage_quota_bytes)
         SELECT 'filled-' || n, 'filled-' || n, 1 FROM generate_series(1, 1000) n",
    )
    .execute(&mut *connection)
    .await?;
    let indexes: Vec<(String, String)> = sqlx::query_as(
        "SELECT i.indexname, i.indexdef FROM pg_indexes i
         WHERE i.tablename = 'task' AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conname = i.indexname)",
    )
    .fetch_all(&mut *connection)
    .await?;
    for (name, _) in &indexes {
        let drop = format!("DROP INDEX {name}");
        sqlx::raw_sql(AssertSqlSafe(drop))
            .execute(&mut *connection)
            .await?;
    }
    // References are right by construction.
    sqlx::raw_sql("SET session_replication_role = replica")
        .execute(&mut *connection)
        .await?;
    let mut made = 0;
    while made < rows {
        let count = AT_ONCE.min(rows - made);
        sqlx::query(
            "WITH made AS (
                 INSERT INTO task (name, queue, kwargs, result, status, attempt, max_attempts, user_id, project_id, worker,
                                   created_at, started_at, finished_at)
                 SELECT (ARRAY['tasks.bcftools_query', 'tasks.update_vcf_dimensions_task'])[1 + n % 2], 'long',
                        jsonb_build_object('job_id', n, 'command', repeat('view -r 1:1-100;', 4)),
                        '{\"status\": \"completed\"}',
                        CASE n % 100000 WHEN 0 THEN 'FAILURE' WHEN 1 THEN 'REVOKED' ELSE 'SUCCESS' END, 1, 5,
                        (SELECT min(id) FROM app_user WHERE name = 'Mary Anning') + n % 100,
                        (SELECT min(id) FROM project) + n % 1000, 'lambda-1', t.at, t.at, t.at
                 FROM generate_series($1, $2) n, LATERAL (SELECT now() - make_interval(secs => $3 - n) AS at) t
                 RETURNING id, created_at, status
             )
             INSERT INTO task_attempt (task_id, attempt, worker, started_at, finished_at, outcome)
             SELECT id, 1, 'lambda-1', created_at, created_at, lower(status) FROM made",
        )
        .bind(i64::try_from(made)?)
        .bind(i64::try_from(made + count - 1)?)
        .bind(rows as f64)
        .execute(&mut *connection)
        .await?;
        made += count;
        println!("{made} rows after {:.0} s", begun.elapsed().as_secs_f64());
    }
    for (_, definition) in indexes {
        sqlx::raw_sql(AssertSqlSafe(definition))
            .execute(&mut *connection)
            .await?;
    }
    sqlx::raw_sql("SET session_replication_role = DEFAULT")
        .execute(&mut *connection)
        .await?;
    for table in ["task", "task_attempt"] {
        let vacuum = format!("VACUUM ANALYZE {table}");
        sqlx::raw_sql(AssertSqlSafe(vacuum))
            .execute(&mut *connection)
            .await?;
    }
    println!(
        "filled with all indexes in {:.0} s",
        begun.elapsed().as_secs_f64()
    );
    Ok(())
}

/// The indexes and tables that a plan reads, from the outside.
fn reads(plan: &Value, found: &mut Vec<String>) {
    let text = |name: &str| plan[name].as_str();
    if let Some(place) = text("Index Name").or_else(|| text("Relation Name")) {
        let kind = text("Node Type").unwrap_or_default();
        found.push(format!("{kind} of {place}"));
    }
    for below in plan["Plans"].as_array().into_iter().flatten() {
        reads(below, found);
    }
}

/// The first page of each list by each status, warm, with its time and its plan.
async fn lists(db: &Db, pool: &PgPool) -> Result<(), AnyError> {
    let (user_id, project_id): (i64, i64) = sqlx::query_as(
        "SELECT (SELECT min(id) FROM app_user WHERE name = 'Mary Anning'), (SELECT min(id) FROM project)",
    )
    .fetch_one(pool)
    .await?;
    let scopes = [
        ("all", HistoryScope::All),
        ("users", HistoryScope::AllUsers),
        ("user", HistoryScope::User(user_id)),
        ("project", HistoryScope::Project(project_id)),
        (
            "user-in-project",
            HistoryScope::UserInProject(user_id, project_id),
        ),
    ];
    let statuses = [
        None,
        Some(TaskStatus::Pending),
        Some(TaskStatus::Started),
        Some(TaskStatus::Retry),
        Some(TaskStatus::Success),
        Some(TaskStatus::Failure),
        Some(TaskStatus::Revoked),
    ];
    for (scope_name, scope) in scopes {
        for status in statuses {
            let filter = HistoryFilter {
                limit: Some(50),
                status,
                ..HistoryFilter::default()
            };
            let cold = Instant::now();
            let found = db.task_history(scope, &filter).await?.len();
            let cold = cold.elapsed().as_secs_f64() * 1e3;
            let warm = Instant::now();
            db.task_history(scope, &filter).await?;
            let warm = warm.elapsed().as_secs_f64() * 1e3;
            let plan = db.explain_task_history(scope, &filter).await?;
            let mut places = Vec::new();
            reads(&plan[0]["Plan"], &mut places);
            let status = status.map_or_else(
                || "any".to_owned(),
                |status| status.as_str().to_ascii_lowercase(),
            );
            println!(
                "list {scope_name} {status}: {found} rows, {cold:.1} ms at first, {warm:.1} ms, by {}",
                places.join(", ")
            );
            println!(
                "RATIO list-{scope_name}-{status} {:.2} 1.00",
                LIST_MS / cold
            );
        }
    }
    Ok(())
}
