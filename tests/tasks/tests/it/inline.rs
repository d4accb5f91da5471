//! Quick tasks that run in their caller.

use std::time::Duration;

use divbase_contract::history::TaskStatus;
use divbase_local::AnyError;
use divbase_task_tests::{
    Rig,
    probe::{Act, Acts, Probe},
};
use divbase_tasks::InlineError;
use serde_json::json;

const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn it_leaves_the_same_history_and_no_message() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let acts = vec![Act::Succeed];
    let (task_id, value) = rig
        .fast_worker()
        .run_inline::<Probe>(rig.as_user(), |job_id| Acts { acts, job_id }, LONG)
        .await?;
    assert_eq!(value, json!({"attempt": 1, "job_id": task_id}));
    let task = rig.task(task_id).await?;
    assert_eq!((task.status, task.attempt), (TaskStatus::Success, 1));
    let messages: i64 = sqlx::query_scalar("SELECT count(*) FROM outbox")
        .fetch_one(&rig.pool)
        .await?;
    assert_eq!(messages, 0);
    Ok(())
}

#[tokio::test]
async fn its_failure_is_the_callers() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let acts = vec![Act::User];
    let failed = rig
        .fast_worker()
        .run_inline::<Probe>(rig.as_user(), |job_id| Acts { acts, job_id }, LONG)
        .await;
    assert!(
        matches!(&failed, Err(InlineError::Failed { message, .. }) if message == "there is no such sample"),
        "{failed:?}"
    );
    Ok(())
}

#[tokio::test]
async fn after_its_budget_it_goes_on_in_the_queue() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let worker = rig.fast_worker();
    let acts = vec![Act::Deaf, Act::Succeed];
    let handed = worker
        .run_inline::<Probe>(
            rig.as_user(),
            |job_id| Acts { acts, job_id },
            Duration::from_millis(50),
        )
        .await;
    let Err(InlineError::HandedOver { task_id }) = handed else {
        return Err(format!("{handed:?}").into());
    };
    assert_eq!(rig.task(task_id).await?.status, TaskStatus::Retry);
    rig.step(&worker).await?;
    let task = rig.task(task_id).await?;
    assert_eq!(task.status, TaskStatus::Success);
    assert_eq!(
        rig.outcomes(task_id).await?,
        [Some("released".to_owned()), Some("success".to_owned())]
    );
    Ok(())
}
