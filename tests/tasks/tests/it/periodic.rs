//! The periodic tasks, run through the life cycle with a real database.

use std::{sync::Arc, time::Duration};

use divbase_contract::history::TaskStatus;
use divbase_local::AnyError;
use divbase_service::{
    Services, TaskSettings, registry,
    tasks::periodic::{
        CleanupExpiredFiles, CleanupOldTaskHistory, CleanupOldTokens, CleanupProjectVersions,
        CleanupStuckTasks, Days, FileRetention, HistoryRetention, StuckLimits, TokenRetention,
        UpdateStorageUsage, VersionRetention,
    },
};
use divbase_storage::{StorageSettings, Store, VersionKind};
use divbase_task_tests::{Rig, probe::Act, rig::FAST};
use divbase_tasks::{Delivery, InlineError, Queue, Runner, Stragglers, Submit, Task};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

fn store(rig: &Rig) -> Result<Store, AnyError> {
    let endpoint_url = Some(std::env::var("AWS_ENDPOINT_URL")?);
    Ok(Store::new(
        &rig.sdk,
        &StorageSettings {
            presigning_url: endpoint_url.clone(),
            endpoint_url,
            ..StorageSettings::default()
        },
    ))
}

pub(crate) async fn run<T: Task<Services = Services>>(
    rig: &Rig,
    kwargs: T::Kwargs,
) -> Result<Value, AnyError> {
    let services = Services::new(rig.db.clone(), store(rig)?, TaskSettings::from_env()?);
    let runner = Runner::new(
        rig.db.clone(),
        registry(),
        Arc::new(services),
        rig.queues.clone(),
        "cron".to_owned(),
        FAST,
        CancellationToken::new(),
    );
    let submit = Submit::default();
    let budget = Duration::from_secs(60);
    match runner.run_inline::<T>(submit, |_| kwargs, budget).await {
        Ok((_, value)) => Ok(value),
        // It has split: its parts and what follows them are run as a worker would.
        Err(InlineError::HandedOver { task_id }) => {
            while rig.task(task_id).await?.status != TaskStatus::Success {
                let message = rig
                    .queues
                    .receive(Queue::Long, 1, Duration::from_secs(10), FAST.lease)
                    .await?
                    .pop()
                    .ok_or("no message came")?;
                let delivery = Delivery {
                    queue: Queue::Long,
                    body: message.body,
                    lease: None,
                };
                runner.handle(delivery).await;
                rig.queues.delete(Queue::Long, &[message.receipt]).await?;
            }
            Ok(rig.task(task_id).await?.result.ok_or("no result")?)
        }
        Err(error) => Err(error.into()),
    }
}

async fn age(rig: &Rig, task_id: i64, days: i32) -> Result<(), AnyError> {
    sqlx::query(
        "UPDATE task SET created_at = created_at - make_interval(days => $2),
                started_at = started_at - make_interval(days => $2) WHERE id = $1",
    )
    .bind(task_id)
    .bind(days)
    .execute(&rig.pool)
    .await?;
    Ok(())
}

#[tokio::test]
async fn old_history_is_deleted_and_unfinished_tasks_never_are() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let worker = rig.fast_worker();
    let mut ended = Vec::new();
    for _ in 0..3 {
        ended.push(rig.submit(&[Act::Succeed]).await?);
        rig.step(&worker).await?;
    }
    let waiting = rig.submit(&[Act::Succeed]).await?;
    for (task_id, days) in [
        (ended[0], 40),
        (ended[1], 31),
        (ended[2], 29),
        (waiting, 400),
    ] {
        age(&rig, task_id, days).await?;
    }
    let result = run::<CleanupOldTaskHistory>(&rig, HistoryRetention::default()).await?;
    let numbers = json!({
        "status": "completed", "retention_days": 30, "number_of_celery_meta_deleted": 2,
        "number_of_task_history_deleted": 2, "number_of_started_at_deleted": 2,
        "cutoff_date": result["cutoff_date"],
    });
    assert_eq!(result, numbers);
    assert!(rig.task(ended[0]).await.is_err() && rig.task(ended[1]).await.is_err());
    assert_eq!(rig.task(ended[2]).await?.status, TaskStatus::Success);
    assert_eq!(rig.task(waiting).await?.status, TaskStatus::Pending);
    Ok(())
}

#[tokio::test]
async fn stuck_tasks_fail_and_stay_in_history() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let running = rig.submit(&[Act::Succeed]).await?;
    let waiting = rig.submit(&[Act::Succeed]).await?;
    let fresh = rig.submit(&[Act::Succeed]).await?;
    rig.db.claim_task(running, "hung", 30.0).await?;
    age(&rig, running, 8).await?;
    age(&rig, waiting, 8).await?;
    // To be announced again is no reason to have waited less.
    let silent = Duration::from_secs(60);
    for announced in [1, 0] {
        let rescued = rig
            .db
            .rescue_tasks(silent, Stragglers::NEVER, &json!({}))
            .await?;
        assert_eq!(rescued.announced, announced);
    }
    let gauges = rig.db.queue_gauges().await?;
    let oldest = gauges.iter().map(|gauge| gauge.oldest_seconds);
    assert!(oldest.fold(0.0, f64::max) > 7.9 * 86_400.0, "{gauges:?}");
    let result = run::<CleanupStuckTasks>(&rig, StuckLimits::default()).await?;
    assert_eq!(result["number_of_stuck_pending_tasks_failed"], 1);
    assert_eq!(result["number_of_stuck_started_tasks_failed"], 1);
    for task_id in [running, waiting] {
        let task = rig.task(task_id).await?;
        assert_eq!(task.status, TaskStatus::Failure);
        assert_eq!(
            task.result.ok_or("no result")?["exc_type"],
            "StuckTaskError"
        );
    }
    assert_eq!(rig.task(fresh).await?.status, TaskStatus::Pending);
    Ok(())
}

#[tokio::test]
async fn old_tokens_are_deleted() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    for days in [6, 8] {
        sqlx::query(
            "INSERT INTO revoked_token (jti, token_type, reason, revoked_at)
             VALUES (gen_random_uuid(), 'refresh_token', 'logout', now() - make_interval(days => $1))",
        )
        .bind(days)
        .execute(&rig.pool)
        .await?;
        sqlx::query(
            "INSERT INTO personal_access_token (user_id, name, token_sha256, permissions, revoked_at)
             VALUES ($1, 'laptop', repeat($2, 64), '{}', now() - make_interval(days => $3))",
        )
        .bind(rig.user_id)
        .bind(days.to_string())
        .bind(days)
        .execute(&rig.pool)
        .await?;
    }
    let result = run::<CleanupOldTokens>(&rig, TokenRetention::default()).await?;
    assert_eq!(result["number_of_revoked_tokens_deleted"], 1);
    assert_eq!(result["number_of_pats_deleted"], 1);
    Ok(())
}

#[tokio::test]
async fn storage_is_counted_by_project_and_a_lost_bucket_stops_nothing() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let store = store(&rig)?;
    let bucket = format!("usage-{}", rand::random::<u32>());
    store.ensure_bucket(&bucket).await?;
    store.put(&bucket, "a.txt", b"0123456789".to_vec()).await?;
    store.put(&bucket, "a.txt", b"01234".to_vec()).await?;
    for (name, bucket) in [("birds", bucket.as_str()), ("lost", "no-such-bucket-here")] {
        sqlx::query(
            "INSERT INTO project (name, bucket_name, storage_quota_bytes) VALUES ($1, $2, 1000)",
        )
        .bind(name)
        .bind(bucket)
        .execute(&rig.pool)
        .await?;
    }
    let result = run::<UpdateStorageUsage>(&rig, Default::default()).await?;
    assert_eq!(
        result,
        json!({"status": "completed", "number_of_projects_updated": 1,
               "number_of_projects_failed": 1, "total_bytes": 15})
    );
    let used: i64 =
        sqlx::query_scalar("SELECT storage_used_bytes FROM project WHERE name = 'birds'")
            .fetch_one(&rig.pool)
            .await?;
    // Both versions.
    assert_eq!(used, 15);
    Ok(())
}

/// How many versions and delete markers of each key there are, the newest being a marker or not.
async fn kept(store: &Store, bucket: &str) -> Result<Vec<(String, usize, bool)>, AnyError> {
    let all = store.all_versions(bucket).await?;
    Ok(all
        .chunk_by(|a, b| a.key == b.key)
        .map(|versions| {
            let hidden = versions
                .iter()
                .any(|version| version.is_latest && version.kind == VersionKind::Marker);
            (versions[0].key.clone(), versions.len(), hidden)
        })
        .collect())
}

#[tokio::test]
async fn deleted_files_and_results_go_after_their_time_and_protected_versions_stay()
-> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let store = store(&rig)?;
    let bucket = format!("files-{}", rand::random::<u32>());
    store.ensure_bucket(&bucket).await?;
    for key in [
        "deleted.txt",
        "kept.txt",
        "protected.txt",
        "result_of_job_1.vcf.gz",
    ] {
        store.put(&bucket, key, b"old".to_vec()).await?;
        store.put(&bucket, key, b"new".to_vec()).await?;
    }
    for key in ["deleted.txt", "protected.txt"] {
        store.delete(&bucket, key).await?;
    }
    let project_id: i64 = sqlx::query_scalar(
        "INSERT INTO project (name, bucket_name, storage_quota_bytes) VALUES ('birds', $1, 1000) RETURNING id",
    )
    .bind(&bucket)
    .fetch_one(&rig.pool)
    .await?;
    let all = store.all_versions(&bucket).await?;
    let protected = all
        .iter()
        .rfind(|version| version.key == "protected.txt" && version.kind == VersionKind::Data)
        .ok_or("no version")?;
    // One that was deleted itself protects its files until it is destroyed.
    for (name, days) in [("recent", 29), ("old", 31)] {
        sqlx::query(
            "INSERT INTO project_version (project_id, name, files, deleted_at)
             VALUES ($1, $2, $3, now() - make_interval(days => $4))",
        )
        .bind(project_id)
        .bind(name)
        .bind(json!({"protected.txt": {"version_id": protected.version_id}}))
        .bind(days)
        .execute(&rig.pool)
        .await?;
    }

    let before = kept(&store, &bucket).await?;
    let result = run::<CleanupExpiredFiles>(&rig, FileRetention::default()).await?;
    assert_eq!(result["number_of_file_versions_deleted"], 0);
    assert_eq!(kept(&store, &bucket).await?, before);

    let at_once = FileRetention {
        task_files_retention_days: Days::least(),
        soft_deleted_files_retention_days: Days::least(),
        ..FileRetention::default()
    };
    run::<CleanupExpiredFiles>(&rig, at_once).await?;
    let after = kept(&store, &bucket).await?;
    let names: Vec<_> = after.iter().map(|(key, ..)| key.as_str()).collect();
    assert_eq!(names, ["kept.txt", "protected.txt"]);
    assert_eq!(after[0], ("kept.txt".to_owned(), 2, false));
    // The named version, and a marker that keeps it hidden.
    assert_eq!(after[1], ("protected.txt".to_owned(), 2, true));

    let result = run::<CleanupProjectVersions>(&rig, VersionRetention::default()).await?;
    assert_eq!(result["number_of_project_versions_deleted"], 1);
    run::<CleanupExpiredFiles>(&rig, at_once).await?;
    assert_eq!(kept(&store, &bucket).await?.len(), 2);
    let gone = run::<CleanupProjectVersions>(
        &rig,
        VersionRetention {
            retention_days: Days::least(),
        },
    )
    .await?;
    assert_eq!(gone["number_of_project_versions_deleted"], 1);
    run::<CleanupExpiredFiles>(&rig, at_once).await?;
    let left = kept(&store, &bucket).await?;
    assert_eq!(left, [("kept.txt".to_owned(), 2, false)]);
    Ok(())
}

/// Rows of the table `task` are deleted by one statement of the program, that of the retention job.
#[test]
fn history_is_deleted_by_one_statement_alone() -> Result<(), AnyError> {
    let mut found = Vec::new();
    let mut folders = vec![divbase_services::workspace_root().join("shared/db/src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path)?;
            let words: Vec<&str> = text.split_whitespace().collect();
            let times = words
                .windows(3)
                .filter(|three| {
                    matches!(
                        three,
                        ["DELETE", "FROM", "task"] | ["\"DELETE", "FROM", "task"]
                    )
                })
                .count();
            found.extend(std::iter::repeat_n(path, times));
        }
    }
    let names: Vec<_> = found.iter().filter_map(|path| path.file_name()).collect();
    assert_eq!(names, ["retention.rs"]);
    Ok(())
}

/// What waits is judged by one argument and what runs by the other.
#[tokio::test]
async fn each_limit_of_stuck_tasks_counts_for_itself() -> Result<(), AnyError> {
    let limits = |waiting: i64, running: i64| -> Result<StuckLimits, AnyError> {
        Ok(serde_json::from_value(json!({
            "stuck_pending_hours": waiting, "stuck_started_hours": running,
        }))?)
    };
    for (hours, failed) in [
        ((24, 500), (1, 0)),
        ((500, 24), (0, 1)),
        ((500, 500), (0, 0)),
    ] {
        let rig = Rig::new().await?;
        let running = rig.submit(&[Act::Succeed]).await?;
        let waiting = rig.submit(&[Act::Succeed]).await?;
        rig.db.claim_task(running, "hung", 30.0).await?;
        age(&rig, running, 8).await?;
        age(&rig, waiting, 8).await?;
        let result = run::<CleanupStuckTasks>(&rig, limits(hours.0, hours.1)?).await?;
        let number = |field: &str| result[field].as_i64().ok_or(format!("no {field}"));
        let ended = (
            number("number_of_stuck_pending_tasks_failed")?,
            number("number_of_stuck_started_tasks_failed")?,
        );
        assert_eq!(ended, failed, "{hours:?}");
        for (task_id, fails) in [(waiting, failed.0 == 1), (running, failed.1 == 1)] {
            let is_failed = rig.task(task_id).await?.status == TaskStatus::Failure;
            assert_eq!(is_failed, fails, "{hours:?}");
        }
    }
    Ok(())
}
