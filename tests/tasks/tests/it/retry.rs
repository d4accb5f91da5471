//! Running a failed task again.

use divbase_contract::history::TaskStatus;
use divbase_db::tasks::{Idempotency, RetryBy, RetryOutcome};
use divbase_local::AnyError;
use divbase_task_tests::{Rig, probe::Act};

fn by(key: Option<&str>) -> RetryBy<'_> {
    RetryBy {
        idempotency: key.map(|key| Idempotency {
            key,
            fingerprint: &[0; 32],
        }),
        ..RetryBy::default()
    }
}

#[tokio::test]
async fn a_retry_is_a_new_task_that_names_the_old_one() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let worker = rig.fast_worker();
    let old = rig.submit(&[Act::User]).await?;
    let submitter = rig.submitter();
    assert_eq!(
        submitter.retry(old, by(None)).await?,
        RetryOutcome::NotFailed(TaskStatus::Pending)
    );
    rig.step(&worker).await?;
    let RetryOutcome::New { task_id: new, .. } = submitter.retry(old, by(None)).await? else {
        return Err("no new task".into());
    };
    // While it has not ended, the wish is the same wish.
    assert_eq!(
        submitter.retry(old, by(None)).await?,
        RetryOutcome::Repeated { task_id: new }
    );
    let task = rig.task(new).await?;
    assert_eq!(task.retry_of, Some(old));
    assert_eq!(task.user_id, Some(rig.user_id));
    assert_eq!(task.kwargs["job_id"], new);
    assert_eq!(task.kwargs["acts"], rig.task(old).await?.kwargs["acts"]);
    rig.step(&worker).await?;
    assert_eq!(rig.task(new).await?.status, TaskStatus::Failure);
    // It has failed again, and may be tried once more.
    let again = submitter.retry(old, by(Some("once more"))).await?;
    assert!(matches!(again, RetryOutcome::New { .. }), "{again:?}");
    rig.step(&worker).await?;
    let same = submitter.retry(old, by(Some("once more"))).await?;
    let RetryOutcome::New { task_id, .. } = again else {
        return Err("no new task".into());
    };
    assert_eq!(same, RetryOutcome::Repeated { task_id });
    assert_eq!(
        submitter.retry(1_000_000, by(None)).await?,
        RetryOutcome::Unknown
    );
    Ok(())
}
