//! The periodic tasks, run through the life cycle with a real database.

use std::{sync::Arc, time::Duration};

use divbase_contract::history::TaskStatus;
use divbase_cron::{
    CronServices, built_in,
    tasks::{
        CleanupOldTaskHistory, CleanupOldTokens, CleanupStuckTasks, HistoryRetention, StuckLimits,
        TokenRetention, UpdateStorageUsage,
    },
};
use divbase_local::AnyError;
use divbase_storage::{StorageSettings, Store};
use divbase_task_tests::{Rig, probe::Act, rig::FAST};
use divbase_tasks::{Registry, Runner, Submit, Task};
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

async fn run<T: Task<Services = CronServices>>(
    rig: &Rig,
    kwargs: T::Kwargs,
) -> Result<Value, AnyError> {
    let services = CronServices {
        db: rig.db.clone(),
        store: store(rig)?,
    };
    let runner = Runner::new(
        rig.db.clone(),
        built_in::register(Registry::default()),
        Arc::new(services),
        rig.queues.clone(),
        "cron".to_owned(),
        FAST,
        CancellationToken::new(),
    );
    let submit = Submit::default();
    let (_, value) = runner
        .run_inline::<T>(submit, |_| kwargs, Duration::from_secs(60))
        .await?;
    Ok(value)
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
               "number_of_projects_failed": 1, "total_bytes": 5})
    );
    let used: i64 =
        sqlx::query_scalar("SELECT storage_used_bytes FROM project WHERE name = 'birds'")
            .fetch_one(&rig.pool)
            .await?;
    assert_eq!(used, 5);
    Ok(())
}
