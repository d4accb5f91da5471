//! Dead letters get a second chance, once.

use std::{sync::Arc, time::Duration};

use divbase_contract::history::TaskStatus;
use divbase_local::AnyError;
use divbase_task_tests::{Rig, probe::Act};
use divbase_tasks::{Queue, Redrive, Redriven};

#[tokio::test]
async fn each_failed_task_is_run_again_once() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let worker = rig.fast_worker();
    let old = rig.submit(&[Act::Internal]).await?;
    rig.step(&worker).await?;
    let letters = Arc::clone(&rig.queues);
    let unfinished = rig.submit(&[Act::Succeed]).await?;
    for body in [
        format!(r#"{{"version":1,"task_id":{old}}}"#),
        format!(r#"{{"version":1,"task_id":{unfinished}}}"#),
        r#"{"version":1,"task_id":1000000}"#.to_owned(),
        "not JSON".to_owned(),
    ] {
        letters.bury(Queue::Quick, &body).await?;
    }
    let redrive = Redrive::new(rig.db.clone(), Arc::clone(&letters), letters);
    let wait = Duration::ZERO;
    assert_eq!(
        redrive.run(Queue::Quick, wait).await?,
        Redriven {
            retried: 1,
            announced: 1,
            // The second letter about the same task, and the one about a task that is gone.
            settled: 2,
            left: 1,
        }
    );
    assert_eq!(redrive.run(Queue::Quick, wait).await?, Redriven::default());
    let retry: i64 = sqlx::query_scalar("SELECT id FROM task WHERE retry_of = $1")
        .bind(old)
        .fetch_one(&rig.pool)
        .await?;
    while rig.task(retry).await?.status != TaskStatus::Failure {
        rig.step(&worker).await?;
    }
    assert_eq!(rig.task(unfinished).await?.status, TaskStatus::Success);
    // The new task's own letter; the one that nobody can read is hidden for a while.
    assert_eq!(
        rig.dead_letters().await?,
        [format!(r#"{{"version":1,"task_id":{retry}}}"#)]
    );
    Ok(())
}
