//! How attempts end and what follows: retries, back-off, limits, panics, lost leases.

use std::{sync::Arc, time::Duration};

use divbase_contract::history::TaskStatus;
use divbase_local::AnyError;
use divbase_task_tests::{
    Rig,
    probe::{Act, Acts, Hasty, Made},
    rig::FAST,
};
use divbase_tasks::{Delivery, Disposition, Queue, Submission, Timing};
use serde_json::json;
use tokio_util::sync::CancellationToken;

fn names(outcomes: &[Option<String>]) -> Vec<&str> {
    outcomes
        .iter()
        .map(|outcome| outcome.as_deref().unwrap_or("unfinished"))
        .collect()
}

#[tokio::test]
async fn what_may_pass_by_itself_is_tried_again() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let worker = rig.fast_worker();
    let task_id = rig
        .submit(&[Act::Transient, Act::Transient, Act::Succeed])
        .await?;
    for _ in 0..3 {
        assert_eq!(rig.step(&worker).await?, Disposition::Done);
    }
    let task = rig.task(task_id).await?;
    assert_eq!(task.status, TaskStatus::Success);
    let made: Made = serde_json::from_value(task.result.ok_or("no result")?)?;
    assert_eq!(
        made,
        Made {
            attempt: 3,
            job_id: task_id
        }
    );
    assert_eq!(
        names(&rig.outcomes(task_id).await?),
        ["retry", "retry", "success"]
    );
    assert_eq!(rig.dead_letters().await?, [""; 0]);
    Ok(())
}

#[tokio::test]
async fn what_all_attempts_cost_adds_up() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let worker = rig.fast_worker();
    let task_id = rig.submit(&[Act::Work, Act::Work, Act::Succeed]).await?;
    for _ in 0..3 {
        rig.step(&worker).await?;
    }
    let task = rig.task(task_id).await?;
    assert_eq!(task.status, TaskStatus::Success);
    assert_eq!((task.cost.bytes_read, task.cost.bytes_written), (2000, 20));
    // What was added, and the little that the attempts' own code took.
    assert!((4.0..4.5).contains(&task.cost.cpu_seconds), "{task:?}");
    let whole = (task.finished_at.ok_or("no end")? - task.created_at).as_seconds_f64();
    assert!(
        task.wall_seconds > 0.0 && task.wall_seconds <= whole,
        "{task:?}"
    );
    Ok(())
}

#[tokio::test]
async fn after_the_last_attempt_the_row_says_why_and_the_letter_is_dead() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let worker = rig.fast_worker();
    let task_id = rig.submit(&[Act::Transient]).await?;
    for _ in 0..3 {
        rig.step(&worker).await?;
    }
    let task = rig.task(task_id).await?;
    assert_eq!((task.status, task.attempt), (TaskStatus::Failure, 3));
    let result = task.result.ok_or("no result")?;
    assert_eq!(result["exc_type"], "ServiceUnavailable");
    assert!(
        result["exc_message"][0]
            .as_str()
            .unwrap_or("")
            .contains("3 attempts")
    );
    let letter = format!(r#"{{"version":1,"task_id":{task_id}}}"#);
    assert_eq!(rig.dead_letters().await?, [letter]);
    Ok(())
}

#[tokio::test]
async fn a_users_mistake_is_told_and_not_tried_again() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let worker = rig.fast_worker();
    let task_id = rig.submit(&[Act::User, Act::Succeed]).await?;
    rig.step(&worker).await?;
    let task = rig.task(task_id).await?;
    assert_eq!((task.status, task.attempt), (TaskStatus::Failure, 1));
    assert_eq!(
        task.result,
        Some(json!({
            "exc_type": "TaskUserError",
            "exc_message": ["there is no such sample"],
            "exc_module": "divbase.tasks",
        }))
    );
    assert_eq!(rig.dead_letters().await?, [""; 0]);
    Ok(())
}

#[tokio::test]
async fn a_panic_is_a_failure_and_tells_the_user_nothing_of_the_code() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let worker = rig.fast_worker();
    for act in [Act::Panic, Act::Internal] {
        let task_id = rig.submit(&[act]).await?;
        rig.step(&worker).await?;
        let task = rig.task(task_id).await?;
        assert_eq!(task.status, TaskStatus::Failure);
        let result = task.result.ok_or("no result")?;
        assert_eq!(result["exc_type"], "InternalError");
        assert!(!result.to_string().contains("bug"), "{result}");
        assert_eq!(rig.dead_letters().await?.len(), 1);
    }
    Ok(())
}

async fn submit_hasty(rig: &Rig, act: Act) -> Result<i64, AnyError> {
    let acts = vec![act];
    match rig
        .submitter()
        .submit::<Hasty>(rig.as_user(), |job_id| Acts { acts, job_id })
        .await?
    {
        Submission::Accepted(task_id) => Ok(task_id),
        Submission::Excluded(other) => Err(format!("excluded by {other}").into()),
    }
}

#[tokio::test]
async fn the_soft_limit_asks_and_the_hard_limit_stops() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let patient = Timing {
        soft_grace: Duration::from_secs(60),
        ..FAST
    };
    let worker = rig.worker("worker-1", patient, CancellationToken::new());
    for act in [Act::UntilStopped, Act::Deaf] {
        let task_id = submit_hasty(&rig, act).await?;
        rig.step(&worker).await?;
        let task = rig.task(task_id).await?;
        assert_eq!((task.status, task.attempt), (TaskStatus::Failure, 1));
        assert_eq!(
            task.result.ok_or("no result")?["exc_type"],
            "TimeLimitExceeded"
        );
        let ran =
            (task.finished_at.ok_or("no end")? - task.started_at.ok_or("no start")?).to_std()?;
        let least = if act == Act::Deaf { 200 } else { 50 };
        assert!(ran >= Duration::from_millis(least), "{act:?}: {ran:?}");
    }
    Ok(())
}

#[tokio::test]
async fn the_next_attempt_waits_for_its_time() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let worker = rig.fast_worker();
    let task_id = submit_hasty(&rig, Act::Transient).await?;
    let message = rig.receive().await?;
    rig.handle(&worker, message.clone()).await?;
    assert_eq!(rig.task(task_id).await?.status, TaskStatus::Retry);
    let wait: f64 = sqlx::query_scalar(
        "SELECT extract(epoch FROM not_before - now())::float8 FROM task WHERE id = $1",
    )
    .bind(task_id)
    .fetch_one(&rig.pool)
    .await?;
    // Half of it up to all of it.
    assert!((490.0..=1000.0).contains(&wait), "{wait} s");
    // Delivered early all the same, it is not run.
    let early = worker
        .handle(Delivery {
            queue: Queue::Quick,
            body: message.body,
            lease: None,
        })
        .await;
    assert!(
        matches!(early, Disposition::Again(after) if after.as_secs_f64() > 480.0),
        "{early:?}"
    );
    assert_eq!(rig.gates.runs(), 1);
    Ok(())
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_commits_nothing() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    // This one never looks after its lease.
    let sleepy = Arc::new(rig.worker(
        "sleepy",
        Timing {
            tick: Duration::from_secs(3600),
            ..FAST
        },
        CancellationToken::new(),
    ));
    let task_id = rig.submit(&[Act::Gate, Act::Succeed]).await?;
    let message = rig.receive().await?;
    let body = message.body.clone();
    let sleeping = {
        let delivery = Delivery {
            queue: Queue::Quick,
            body: body.clone(),
            lease: None,
        };
        let sleepy = Arc::clone(&sleepy);
        tokio::spawn(async move { sleepy.handle(delivery).await })
    };
    rig.gates.reached().await;
    rig.expire(task_id).await?;
    rig.fast_worker().rescue().await;
    assert_eq!(rig.task(task_id).await?.status, TaskStatus::Retry);
    rig.step(&rig.fast_worker()).await?;
    rig.gates.open();
    sleeping.await?;
    let task = rig.task(task_id).await?;
    assert_eq!(task.status, TaskStatus::Success);
    assert_eq!(task.result.ok_or("no result")?["attempt"], 2);
    assert_eq!(names(&rig.outcomes(task_id).await?), ["lost", "success"]);
    Ok(())
}

#[tokio::test]
async fn a_task_whose_workers_are_lost_again_and_again_fails() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let worker = rig.fast_worker();
    let task_id = rig.submit(&[Act::Succeed]).await?;
    for attempt in 1..=3 {
        // Dies right after the claim.
        rig.db.claim_task(task_id, "doomed", 30.0).await?;
        assert_eq!(rig.task(task_id).await?.attempt, attempt);
        rig.expire(task_id).await?;
        worker.rescue().await;
    }
    let task = rig.task(task_id).await?;
    assert_eq!(task.status, TaskStatus::Failure);
    assert_eq!(
        task.result.ok_or("no result")?["exc_type"],
        "WorkerLostError"
    );
    assert_eq!(rig.dead_letters().await?.len(), 1);
    assert_eq!(names(&rig.outcomes(task_id).await?), ["lost"; 3]);
    Ok(())
}

/// A function that has little time left hands its task back, and whoever comes next has all of it.
#[tokio::test]
async fn a_process_that_ends_soon_hands_its_task_back() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let task_id = rig.submit(&[Act::UntilStopped, Act::Succeed]).await?;
    let worker = rig.fast_worker();
    let message = rig.receive().await?;
    let delivery = Delivery {
        queue: Queue::Quick,
        body: message.body,
        lease: None,
    };
    let begun = tokio::time::Instant::now();
    let ends = begun + Duration::from_millis(600);
    worker.handle_until(delivery, Some(ends)).await;
    assert!(tokio::time::Instant::now() < ends, "in time");
    assert_eq!(rig.outcomes(task_id).await?, [Some("released".to_owned())]);
    rig.step(&worker).await?;
    let row = rig.task(task_id).await?;
    assert_eq!(row.status, TaskStatus::Success);
    Ok(())
}

/// What the template gives the functions is what the queues' tasks reckon with.
#[test]
fn functions_have_the_time_that_their_tasks_may_take() -> Result<(), AnyError> {
    let template =
        std::fs::read_to_string(divbase_services::workspace_root().join("infra/template.yaml"))?;
    for (function, queue) in [("WorkerQuick:", Queue::Quick), ("WorkerLong:", Queue::Long)] {
        let (_, rest) = template
            .split_once(&format!("\n  {function}\n"))
            .ok_or("no such function")?;
        let line = rest
            .lines()
            .find_map(|line| line.trim().strip_prefix("Timeout: "))
            .ok_or("no timeout")?;
        let timeout = Duration::from_secs(line.parse()?);
        let longest = queue.longest().ok_or("it has a limit")?;
        // To start, to claim, to commit.
        let room = Duration::from_secs(20);
        assert!(
            longest + room <= timeout,
            "{function} {longest:?} {timeout:?}"
        );
    }
    Ok(())
}
