//! Cancelling.

use std::sync::Arc;

use divbase_contract::history::TaskStatus;
use divbase_db::tasks::{CancelOutcome, Cost};
use divbase_local::AnyError;
use divbase_task_tests::{Rig, probe::Act, rig};

#[tokio::test]
async fn a_queued_task_ends_at_once_and_is_never_run() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let manager = rig::user(&rig.pool, "manager@example.org").await?;
    let task_id = rig.submit(&[Act::Succeed]).await?;
    assert_eq!(
        rig.db.cancel_task(task_id, manager).await?,
        CancelOutcome::Revoked
    );
    rig.step(&rig.fast_worker()).await?;
    let task = rig.task(task_id).await?;
    assert_eq!(task.status, TaskStatus::Revoked);
    assert_eq!(
        task.cancel_requested_by.as_deref(),
        Some("manager@example.org")
    );
    assert!(task.cancel_requested_at.is_some());
    assert_eq!(rig.gates.runs(), 0);
    Ok(())
}

#[tokio::test]
async fn a_running_task_is_stopped_whether_it_listens_or_not() -> Result<(), AnyError> {
    let rig = Arc::new(Rig::new().await?);
    for act in [Act::UntilStopped, Act::Deaf] {
        let task_id = rig.submit(&[act]).await?;
        let running = {
            let rig = Arc::clone(&rig);
            tokio::spawn(async move {
                rig.step(&rig.fast_worker())
                    .await
                    .map_err(|e| e.to_string())
            })
        };
        rig.gates.reached().await;
        assert_eq!(
            rig.db.cancel_task(task_id, rig.user_id).await?,
            CancelOutcome::Requested
        );
        running.await??;
        let task = rig.task(task_id).await?;
        assert_eq!(task.status, TaskStatus::Revoked, "{act:?}");
        assert_eq!(
            task.cancel_requested_by.as_deref(),
            Some("mary@example.org")
        );
        assert_eq!(rig.outcomes(task_id).await?, [Some("revoked".to_owned())]);
        assert_eq!(
            rig.db.cancel_task(task_id, rig.user_id).await?,
            CancelOutcome::Ended(TaskStatus::Revoked)
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_cancelled_task_whose_attempt_fails_gets_no_other() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let task_id = rig.submit(&[Act::Transient]).await?;
    let claim = rig.db.claim_task(task_id, "worker-1", 30.0).await?;
    let divbase_db::tasks::Claim::Claimed(claimed) = claim else {
        return Err(format!("{claim:?}").into());
    };
    rig.db.cancel_task(task_id, rig.user_id).await?;
    let ending = divbase_db::tasks::Ending::Retry {
        delay_seconds: 0.0,
        error: "the store is away".to_owned(),
    };
    rig.db
        .end_attempt(claimed.fence(), &ending, Cost::default())
        .await?;
    assert_eq!(rig.task(task_id).await?.status, TaskStatus::Revoked);
    Ok(())
}

#[tokio::test]
async fn a_cancelled_task_whose_worker_died_is_ended_by_the_rescue() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let task_id = rig.submit(&[Act::Succeed]).await?;
    rig.db.claim_task(task_id, "doomed", 30.0).await?;
    rig.db.cancel_task(task_id, rig.user_id).await?;
    let worker = rig.fast_worker();
    worker.rescue().await;
    assert_eq!(rig.task(task_id).await?.status, TaskStatus::Started);
    rig.expire(task_id).await?;
    worker.rescue().await;
    assert_eq!(rig.task(task_id).await?.status, TaskStatus::Revoked);
    assert_eq!(rig.outcomes(task_id).await?, [Some("lost".to_owned())]);
    Ok(())
}

#[tokio::test]
async fn progress_is_seen_while_the_task_runs() -> Result<(), AnyError> {
    let rig = Arc::new(Rig::new().await?);
    let task_id = rig.submit(&[Act::Gate]).await?;
    let running = {
        let rig = Arc::clone(&rig);
        tokio::spawn(async move {
            rig.step(&rig.fast_worker())
                .await
                .map_err(|e| e.to_string())
        })
    };
    let seen = rig
        .until_task(task_id, |row| row.progress_phase.is_some())
        .await?;
    assert_eq!(seen.status, TaskStatus::Started);
    assert_eq!(seen.progress_phase.as_deref(), Some("at the gate"));
    assert_eq!(seen.progress_fraction, Some(0.5));
    rig.gates.open();
    running.await??;
    let ended = rig.task(task_id).await?;
    assert_eq!(ended.status, TaskStatus::Success);
    assert_eq!(ended.progress_phase, None);
    Ok(())
}
