//! Which failures are tried again, how often and after how long: what a task's policy says.

use divbase_contract::history::TaskStatus;
use divbase_local::AnyError;
use divbase_task_tests::{
    Rig,
    probe::{Act, Acts, Choosy, Gates, Stubborn},
};
use divbase_tasks::{Delivery, Queue, Runner, Submission, Task, TaskMessage};

async fn submit<T: Task<Kwargs = Acts>>(rig: &Rig, acts: &[Act]) -> Result<i64, AnyError> {
    let kwargs = |job_id| Acts {
        acts: acts.to_vec(),
        job_id,
    };
    match rig.submitter().submit::<T>(rig.as_user(), kwargs).await? {
        Submission::Accepted(task_id) => Ok(task_id),
        Submission::Excluded(task_id) => Err(format!("excluded by {task_id}").into()),
    }
}

/// Runs the next attempt without waiting for its time; tells for how long the one after it has to wait, seconds.
async fn attempt(
    rig: &Rig,
    worker: &Runner<Gates>,
    task_id: i64,
) -> Result<(TaskStatus, f64), AnyError> {
    sqlx::query("UPDATE task SET not_before = now() WHERE id = $1")
        .bind(task_id)
        .execute(&rig.pool)
        .await?;
    let delivery = Delivery {
        queue: Queue::Quick,
        body: TaskMessage::about(task_id).body(),
        lease: None,
    };
    worker.handle(delivery).await;
    let wait = sqlx::query_scalar(
        "SELECT coalesce(extract(epoch FROM not_before - now()), 0)::float8 FROM task WHERE id = $1",
    )
    .bind(task_id)
    .fetch_one(&rig.pool)
    .await?;
    Ok((rig.task(task_id).await?.status, wait))
}

/// Each kind of failure has delays and a number of attempts of its own; one that has none is final.
#[tokio::test]
async fn each_kind_of_failure_has_its_own_rule() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let worker = rig.fast_worker();
    let final_is = (TaskStatus::Failure, 0.0..=0.0);
    let again = |least, most| (TaskStatus::Retry, least..=most);
    for (acts, expected) in [
        // Half of the delay up to all of it; doubled, up to the longest.
        (
            &[Act::Transient][..],
            vec![
                again(490.0, 1000.0),
                again(740.0, 1500.0),
                again(740.0, 1500.0),
                final_is.clone(),
            ],
        ),
        (&[Act::Internal], vec![again(4.0, 10.0), final_is.clone()]),
        // The second attempt is the last for this failure, whatever the first one ended with.
        (
            &[Act::Transient, Act::Internal],
            vec![again(490.0, 1000.0), final_is.clone()],
        ),
        (
            &[Act::Internal, Act::Transient, Act::Succeed],
            vec![
                again(4.0, 10.0),
                again(740.0, 1500.0),
                (TaskStatus::Success, f64::MIN..=f64::MAX),
            ],
        ),
        (&[Act::Panic], vec![final_is.clone()]),
        (&[Act::User], vec![final_is.clone()]),
        // What was snoozed is no attempt: neither of the number of attempts, nor for the length of the delay.
        (
            &[
                Act::Snooze,
                Act::Snooze,
                Act::Snooze,
                Act::Internal,
                Act::Snooze,
                Act::Internal,
            ],
            vec![
                again(-5.0, 0.0),
                again(-5.0, 0.0),
                again(-5.0, 0.0),
                again(4.0, 10.0),
                again(-5.0, 0.0),
                final_is,
            ],
        ),
    ] {
        let task_id = submit::<Choosy>(&rig, acts).await?;
        for (number, (status, waits)) in expected.into_iter().enumerate() {
            let (ended, wait) = attempt(&rig, &worker, task_id).await?;
            assert_eq!(ended, status, "{acts:?}, attempt {}", number + 1);
            if ended == TaskStatus::Retry {
                assert!(
                    waits.contains(&wait),
                    "{acts:?}, attempt {}: {wait} s",
                    number + 1
                );
            }
        }
        sqlx::query("DELETE FROM task").execute(&rig.pool).await?;
    }
    Ok(())
}

/// "On any exception" is a policy that a task can choose: faults, panics and lost time are tried again, a user's mistake never is.
#[tokio::test]
async fn a_policy_says_after_which_failures_another_attempt_follows() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let worker = rig.fast_worker();
    for (acts, status, attempts) in [
        (
            vec![Act::Internal, Act::Panic, Act::Succeed],
            TaskStatus::Success,
            3,
        ),
        (
            vec![Act::UntilStopped, Act::Deaf, Act::Succeed],
            TaskStatus::Success,
            3,
        ),
        (vec![Act::Panic], TaskStatus::Failure, 3),
        (vec![Act::User], TaskStatus::Failure, 1),
    ] {
        let task_id = submit::<Stubborn>(&rig, &acts).await?;
        for _ in 0..attempts {
            rig.step(&worker).await?;
        }
        let row = rig.task(task_id).await?;
        assert_eq!((row.status, row.attempt), (status, attempts), "{acts:?}");
    }
    Ok(())
}
