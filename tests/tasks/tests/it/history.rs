//! Lists of the history are read from indexes, however many tasks there are.

use divbase_contract::history::TaskStatus;
use divbase_db::tasks::{HistoryFilter, HistoryScope};
use divbase_local::AnyError;
use divbase_task_tests::Rig;
use serde_json::Value;

/// Tasks in the table; so many more, and a list that reads the table reads that many more.
const TASKS: i64 = 100_000;
/// Pages of 8 KiB that a list may touch: the table has some thousand.
const MOST_PAGES: u64 = 800;

fn pages(plan: &Value) -> u64 {
    let plan = &plan[0]["Plan"];
    let count = |name: &str| plan[name].as_u64().unwrap_or(u64::MAX / 2);
    count("Shared Hit Blocks") + count("Shared Read Blocks")
}

#[tokio::test]
async fn a_rare_status_is_found_without_reading_the_table() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let project_id: i64 = sqlx::query_scalar(
        "INSERT INTO project (name, bucket_name, storage_quota_bytes) VALUES ('herring', 'herring', 1000) RETURNING id",
    )
    .fetch_one(&rig.pool)
    .await?;
    // The few that failed are the oldest.
    sqlx::query(
        "INSERT INTO task (name, queue, kwargs, result, status, finished_at, user_id, project_id, max_attempts)
         SELECT 'tasks.probe', 'long', jsonb_build_object('text', repeat('x', 300)), '{}',
                CASE WHEN n <= 20 THEN 'FAILURE' ELSE 'SUCCESS' END, now(), $2, $3, 1
         FROM generate_series(1, $1) n ORDER BY n",
    )
    .bind(TASKS)
    .bind(rig.user_id)
    .bind(project_id)
    .execute(&rig.pool)
    .await?;
    sqlx::query("VACUUM ANALYZE task")
        .execute(&rig.pool)
        .await?;
    let table: i64 = sqlx::query_scalar("SELECT pg_relation_size('task') / 8192")
        .fetch_one(&rig.pool)
        .await?;
    assert!(table.unsigned_abs() > 4 * MOST_PAGES, "{table} pages");
    let scopes = [
        HistoryScope::All,
        HistoryScope::AllUsers,
        HistoryScope::User(rig.user_id),
        HistoryScope::Project(project_id),
        HistoryScope::UserInProject(rig.user_id, project_id),
    ];
    let statuses = [
        None,
        Some(TaskStatus::Success),
        Some(TaskStatus::Failure),
        Some(TaskStatus::Revoked),
        Some(TaskStatus::Pending),
        Some(TaskStatus::Started),
        Some(TaskStatus::Retry),
    ];
    for scope in scopes {
        for status in statuses {
            let filter = HistoryFilter {
                limit: Some(50),
                status,
                ..HistoryFilter::default()
            };
            let found = rig.db.task_history(scope, &filter).await?.len();
            let expected = match status {
                None | Some(TaskStatus::Success) => 50,
                Some(TaskStatus::Failure) => 20,
                _ => 0,
            };
            assert_eq!(found, expected, "{scope:?} {status:?}");
            let plan = rig.db.explain_task_history(scope, &filter).await?;
            assert!(
                pages(&plan) <= MOST_PAGES,
                "{scope:?} {status:?}: {} pages\n{plan:#}",
                pages(&plan)
            );
        }
    }
    Ok(())
}
