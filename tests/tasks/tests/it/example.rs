//! The example of `docs/adding-a-task.md`.

use std::{sync::Arc, time::Duration};

use divbase_local::AnyError;
use divbase_service::{Services, TaskSettings};
use divbase_storage::{StorageSettings, Store};
use divbase_task_tests::{
    Rig,
    example::{CountSamples, CountSamplesKwargs},
    rig::FAST,
};
use divbase_tasks::{InlineError, Registry, Runner};
use serde_json::json;
use tokio_util::sync::CancellationToken;

const PAGE: &str = include_str!("../../../../docs/adding-a-task.md");
const CODE: &str = include_str!("../../src/example.rs");

#[tokio::test]
async fn the_page_is_the_code_and_the_code_runs() -> Result<(), AnyError> {
    let (_, rest) = PAGE.split_once("```rust\n").ok_or("no example")?;
    let (shown, _) = rest.split_once("```").ok_or("no end of the example")?;
    assert_eq!(shown, CODE);

    let rig = Rig::new().await?;
    let runner = Runner::new(
        rig.db.clone(),
        Registry::default().with::<CountSamples>(),
        Arc::new(Services::new(
            rig.db.clone(),
            Store::new(&rig.sdk, &StorageSettings::default()),
            TaskSettings::from_env()?,
        )),
        rig.queues.clone(),
        "worker-1".to_owned(),
        FAST,
        CancellationToken::new(),
    );
    let project_id: i64 = sqlx::query_scalar(
        "INSERT INTO project (name, bucket_name, storage_quota_bytes) VALUES ('birds', 'birds', 1)
         RETURNING id",
    )
    .fetch_one(&rig.pool)
    .await?;
    let kwargs = |prefix: &str| CountSamplesKwargs {
        project_id,
        prefix: prefix.to_owned(),
    };
    let budget = Duration::from_secs(60);
    let empty = runner
        .run_inline::<CountSamples>(rig.as_user(), |_| kwargs(""), budget)
        .await;
    assert!(
        matches!(&empty, Err(InlineError::Failed { message, .. }) if message.contains("dimensions update")),
        "{empty:?}"
    );
    sqlx::query(
        "INSERT INTO vcf_file (project_id, object_key, version_id, etag, size_bytes, record_count, samples)
         VALUES ($1, 'a.vcf.gz', 'v', 'e', 1, 1, '{crow1,crow2,rook1}'),
                ($1, 'b.vcf.gz', 'v', 'e', 1, 1, '{crow2,crow3}')",
    )
    .bind(project_id)
    .execute(&rig.pool)
    .await?;
    for (prefix, count) in [("", 4), ("crow", 3), ("owl", 0)] {
        let (_, value) = runner
            .run_inline::<CountSamples>(rig.as_user(), |_| kwargs(prefix), budget)
            .await?;
        assert_eq!(value, json!({"samples": count}), "{prefix}");
    }
    Ok(())
}
