//! SIGTERM: the long-poll loop hands back what it runs.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use divbase_contract::history::TaskStatus;
use divbase_local::AnyError;
use divbase_task_tests::{Rig, probe::Act, rig::FAST};
use divbase_tasks::{LongPoll, Queue};
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn unfinished_work_is_handed_back_and_does_not_count() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let mut tasks = Vec::new();
    for act in [Act::UntilStopped, Act::Deaf] {
        // More hand-overs than attempts.
        tasks.push(rig.submit(&[act, act, act, act, Act::Succeed]).await?);
    }
    for round in 1..=4 {
        let shutdown = CancellationToken::new();
        let worker = Arc::new(rig.worker("worker-1", FAST, shutdown.clone()));
        let poll = LongPoll::new(worker, rig.queues.clone(), shutdown.clone());
        let serving = tokio::spawn(poll.run(&[(Queue::Quick, 2)]));
        for &task_id in &tasks {
            rig.until_task(task_id, |row| {
                row.status == TaskStatus::Started && row.attempt == round
            })
            .await?;
        }
        let asked = Instant::now();
        shutdown.cancel();
        serving.await?;
        assert!(
            asked.elapsed() < Duration::from_secs(5),
            "{:?}",
            asked.elapsed()
        );
        for &task_id in &tasks {
            assert_eq!(rig.task(task_id).await?.status, TaskStatus::Retry);
        }
    }
    let shutdown = CancellationToken::new();
    let worker = Arc::new(rig.worker("worker-2", FAST, shutdown.clone()));
    let poll = LongPoll::new(worker, rig.queues.clone(), shutdown.clone());
    let serving = tokio::spawn(poll.run(&[(Queue::Quick, 2)]));
    for task_id in tasks {
        rig.until(task_id, TaskStatus::Success).await?;
    }
    shutdown.cancel();
    serving.await?;
    Ok(())
}

#[tokio::test]
async fn what_is_handed_back_is_there_for_others_at_once() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let task_id = rig.submit(&[Act::UntilStopped, Act::Succeed]).await?;
    let shutdown = CancellationToken::new();
    let worker = Arc::new(rig.worker("worker-1", FAST, shutdown.clone()));
    let poll = LongPoll::new(worker, rig.queues.clone(), shutdown.clone());
    // A free slot, and so a receive that is under way when the task is handed back.
    let serving = tokio::spawn(poll.run(&[(Queue::Quick, 2)]));
    rig.until(task_id, TaskStatus::Started).await?;
    shutdown.cancel();
    serving.await?;
    // Far less than the lease, for which a receiver that has gone would hide it.
    let message = rig
        .queues
        .receive(Queue::Quick, 1, Duration::from_secs(5), FAST.lease)
        .await?
        .pop()
        .ok_or("the message is hidden")?;
    rig.handle(&rig.fast_worker(), message).await?;
    assert_eq!(rig.task(task_id).await?.status, TaskStatus::Success);
    Ok(())
}
