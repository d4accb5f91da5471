//! Lists of the history are read from indexes, however many tasks there are.

use chrono::{DateTime, Utc};
use divbase_contract::history::{TaskKind, TaskStatus};
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

/// Kinds of the nodes of a plan, with the tables that they read.
fn nodes(plan: &Value) -> Vec<String> {
    let text = |name: &str| plan[name].as_str().unwrap_or_default();
    let mut found = vec![format!("{} {}", text("Node Type"), text("Relation Name"))];
    for below in plan["Plans"].as_array().into_iter().flatten() {
        found.extend(nodes(below));
    }
    found
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

/// Whatever the filter, a step reads no more than its rows: no plan reads the table or sorts it.
#[tokio::test]
async fn no_filter_reads_or_sorts_the_table() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let project_id = rig.project("herring").await?;
    // Parts of batches are the newest, and what is looked for is the oldest.
    sqlx::query(
        "INSERT INTO task (name, queue, kwargs, result, status, finished_at, user_id, project_id, max_attempts, created_at)
         SELECT CASE WHEN n <= 20 THEN 'tasks.rare' ELSE 'tasks.probe' END, 'long',
                jsonb_build_object('text', CASE WHEN n <= 20 THEN 'needle' ELSE repeat('x', 300) END), '{}',
                'SUCCESS', now(), CASE WHEN n % 2 = 0 THEN $2::bigint END, $3, 1,
                now() - make_interval(secs => $1 - n)
         FROM generate_series(1, $1) n ORDER BY n",
    )
    .bind(i32::try_from(TASKS)?)
    .bind(rig.user_id)
    .bind(project_id)
    .execute(&rig.pool)
    .await?;
    sqlx::query(
        "INSERT INTO task (name, queue, kwargs, result, status, finished_at, project_id, max_attempts, batch_of, batch_index)
         SELECT 'tasks.part', 'long', '{}', '{}', 'SUCCESS', now(), $1, 1, (SELECT min(id) FROM task), n
         FROM generate_series(1, 30000) n ORDER BY n",
    )
    .bind(project_id)
    .execute(&rig.pool)
    .await?;
    sqlx::query("VACUUM ANALYZE task")
        .execute(&rig.pool)
        .await?;
    let then: DateTime<Utc> =
        sqlx::query_scalar("SELECT created_at FROM task ORDER BY id LIMIT 1 OFFSET 9")
            .fetch_one(&rig.pool)
            .await?;
    let name = |name: &str| HistoryFilter {
        name: Some(name.to_owned()),
        ..HistoryFilter::default()
    };
    let kind = |kind: TaskKind| HistoryFilter {
        kind: Some(kind),
        ..HistoryFilter::default()
    };
    let filters = [
        (HistoryScope::All, HistoryFilter::default(), 50, 800),
        (HistoryScope::All, name("tasks.rare"), 20, 800),
        (HistoryScope::All, name("tasks.none"), 0, 800),
        (HistoryScope::All, kind(TaskKind::Part), 50, 800),
        (HistoryScope::All, kind(TaskKind::Automatic), 50, 3_000),
        (
            HistoryScope::All,
            HistoryFilter {
                until: Some(then),
                ..HistoryFilter::default()
            },
            9,
            // Numbers are near the time but for an hour, which has 3,600 tasks here: three pages each.
            12_000,
        ),
        (
            HistoryScope::All,
            HistoryFilter {
                user_email: Some("mary@example.org".to_owned()),
                kind: Some(TaskKind::User),
                ..HistoryFilter::default()
            },
            50,
            800,
        ),
    ];
    for (scope, filter, expected, most) in filters {
        let filter = HistoryFilter {
            limit: Some(50),
            ..filter
        };
        let page = rig.db.task_page(scope, &filter).await?;
        assert_eq!(page.rows.len(), expected, "{filter:?}");
        let plan = rig.db.explain_task_history(scope, &filter).await?;
        assert!(
            pages(&plan) <= most,
            "{filter:?}: {}\n{plan:#}",
            pages(&plan)
        );
        let nodes = nodes(&plan[0]["Plan"]);
        for node in &nodes {
            assert!(node != "Sort " && node != "Seq Scan task", "{nodes:?}");
        }
    }
    // A text that few tasks have is looked for step by step, and each page says where it stopped.
    let mut filter = HistoryFilter {
        limit: Some(50),
        text: Some("NEEDLE".to_owned()),
        ..HistoryFilter::default()
    };
    let (mut found, mut asked) = (0, 0);
    loop {
        let page = rig.db.task_page(HistoryScope::All, &filter).await?;
        (found, asked) = (found + page.rows.len(), asked + 1);
        match page.next {
            Some(next) => filter.before = Some(next),
            None => break,
        }
    }
    assert_eq!(found, 20);
    assert_eq!(asked, 6, "100,000 tasks in pages of 20,000, and the end");
    Ok(())
}
