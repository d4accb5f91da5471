//! Whose turn it is, and who has to wait.

use std::sync::Arc;

use divbase_contract::history::TaskStatus;
use divbase_db::tasks::{Claim, Cost, Ending, RunningLimits};
use divbase_local::AnyError;
use divbase_task_tests::{
    Rig,
    probe::{Act, Acts, Probe},
};
use divbase_tasks::{Submission, Submit, SubmitError, WaitingLimits, Whose};
use futures::future::join_all;
use serde_json::json;

async fn submit(rig: &Rig, project_id: i64) -> Result<i64, AnyError> {
    let submit = Submit {
        project_id: Some(project_id),
        ..rig.as_user()
    };
    let acts = |job_id| Acts {
        acts: vec![Act::Succeed],
        job_id,
    };
    match rig.submitter().submit::<Probe>(submit, acts).await? {
        Submission::Accepted(task_id) => Ok(task_id),
        Submission::Excluded(task_id) => Err(format!("excluded by {task_id}").into()),
    }
}

/// Claims by the message of a task, as a worker does.
async fn claim(rig: &Rig, task_id: i64) -> Result<Claim, AnyError> {
    Ok(rig
        .db
        .claim_fairly("quick", task_id, "worker", 30.0)
        .await?)
}

async fn claimed(rig: &Rig, message: i64) -> Result<i64, AnyError> {
    match claim(rig, message).await? {
        Claim::Claimed(task) => Ok(task.id),
        other => Err(format!("not claimed: {other:?}").into()),
    }
}

async fn limit(
    rig: &Rig,
    per_project: i32,
    per_user: i32,
    paused: &[&str],
) -> Result<(), AnyError> {
    let limits = RunningLimits {
        per_project,
        per_user,
        paused: paused.iter().map(ToString::to_string).collect(),
    };
    rig.db.set_running_limits(&limits).await?;
    assert_eq!(rig.db.running_limits().await?, limits);
    Ok(())
}

/// The messages of one project stand before that of another; the second to be served is the other.
#[tokio::test]
async fn a_message_of_a_busy_project_runs_the_task_of_a_quiet_one() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let (busy, quiet, third) = (
        rig.project("busy").await?,
        rig.project("quiet").await?,
        rig.project("third").await?,
    );
    let mut many = Vec::new();
    for _ in 0..6 {
        many.push(submit(&rig, busy).await?);
    }
    let one = submit(&rig, quiet).await?;
    let other = submit(&rig, third).await?;
    assert_eq!(claimed(&rig, many[0]).await?, many[0]);
    assert_eq!(claimed(&rig, many[1]).await?, one);
    assert_eq!(claimed(&rig, many[2]).await?, other);
    // All have one running: the oldest.
    assert_eq!(claimed(&rig, many[3]).await?, many[1]);
    // The messages of those that were served before their turn serve the others.
    assert_eq!(claimed(&rig, one).await?, many[2]);
    assert_eq!(claimed(&rig, other).await?, many[3]);
    Ok(())
}

/// Only a task that was run by the message of another owes that one its own, and it is paid once.
#[tokio::test]
async fn a_message_that_comes_twice_runs_nothing() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let (busy, quiet) = (rig.project("busy").await?, rig.project("quiet").await?);
    let first = submit(&rig, busy).await?;
    let gives_way = submit(&rig, busy).await?;
    let next = submit(&rig, quiet).await?;
    let waits = submit(&rig, busy).await?;
    assert_eq!(claimed(&rig, first).await?, first);
    let again = claim(&rig, first).await?;
    assert!(matches!(again, Claim::Running { .. }), "{again:?}");
    assert_eq!(claimed(&rig, gives_way).await?, next);
    assert_eq!(claimed(&rig, next).await?, gives_way);
    for message in [next, first] {
        let again = claim(&rig, message).await?;
        assert!(matches!(again, Claim::Running { .. }), "{again:?}");
    }
    assert_eq!(rig.task(waits).await?.status, TaskStatus::Pending);
    assert_eq!(claimed(&rig, waits).await?, waits);
    Ok(())
}

#[tokio::test]
async fn what_somebody_waits_for_goes_before_housekeeping() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let kept: i64 = sqlx::query_scalar(
        "INSERT INTO task (name, queue, kwargs, max_attempts, priority)
         VALUES ('cron_tasks.probe', 'quick', '{}', 3, 2) RETURNING id",
    )
    .fetch_one(&rig.pool)
    .await?;
    let project = rig.project("herring").await?;
    let asked = submit(&rig, project).await?;
    assert_eq!(claimed(&rig, kept).await?, asked);
    assert_eq!(claimed(&rig, asked).await?, kept);
    // One that has waited for long is not passed any more.
    let old: i64 = sqlx::query_scalar(
        "INSERT INTO task (name, queue, kwargs, max_attempts, priority, created_at)
         VALUES ('cron_tasks.probe', 'quick', '{}', 3, 2, now() - interval '11 minutes') RETURNING id",
    )
    .fetch_one(&rig.pool)
    .await?;
    let asked = submit(&rig, project).await?;
    assert_eq!(claimed(&rig, old).await?, old);
    assert_eq!(claimed(&rig, asked).await?, asked);
    Ok(())
}

/// However many workers claim in the same moment. What is over the limit is run when there is room, by the end of another or by
/// the rescue.
#[tokio::test]
async fn no_more_run_than_may_and_none_is_forgotten() -> Result<(), AnyError> {
    for (per_project, per_user) in [(2, 100), (100, 2)] {
        let rig = Arc::new(Rig::new().await?);
        limit(&rig, per_project, per_user, &[]).await?;
        let project = rig.project("herring").await?;
        let mut tasks = Vec::new();
        for _ in 0..8 {
            tasks.push(submit(&rig, project).await?);
        }
        let claims = join_all(tasks.iter().map(|&task_id| claim(&rig, task_id))).await;
        let claims: Vec<Claim> = claims.into_iter().collect::<Result<_, _>>()?;
        let mut running = Vec::new();
        for claim in claims {
            match claim {
                Claim::Claimed(task) => running.push(task),
                // Held, or run by the message of another, before or after it was looked at: then its own message comes again.
                Claim::Held | Claim::Running { .. } | Claim::NotYet { ready: true, .. } => {}
                other => return Err(format!("{other:?}").into()),
            }
        }
        assert_eq!(running.len(), 2, "{per_project} {per_user}");
        let end = Ending::Success(json!({"attempt": 1, "job_id": 1}));
        let ended = running.pop().ok_or("two run")?;
        rig.db
            .end_attempt(ended.fence(), &end, Cost::default())
            .await?;
        let next = rig.db.release_held(ended.project_id, ended.user_id).await?;
        assert!(next.is_some(), "the next is announced");
        let announced: i64 = sqlx::query_scalar("SELECT task_id FROM outbox WHERE id = $1")
            .bind(next)
            .fetch_one(&rig.pool)
            .await?;
        let Claim::Claimed(_) = claim(&rig, announced).await? else {
            return Err("there is room for one".into());
        };
        // The ends of the others are never told: the rescue finds what waits.
        limit(&rig, 50, 50, &[]).await?;
        let worker = rig.fast_worker();
        sqlx::query("UPDATE task SET lease_expires_at = now() - interval '1 second' WHERE status = 'STARTED'")
            .execute(&rig.pool)
            .await?;
        worker.rescue().await;
        while rig
            .db
            .task_history(
                divbase_db::tasks::HistoryScope::AllUsers,
                &divbase_db::tasks::HistoryFilter::default(),
            )
            .await?
            .iter()
            .any(|row| row.status != TaskStatus::Success)
        {
            rig.step(&worker).await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_paused_queue_runs_nothing_and_goes_on_by_itself() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    limit(&rig, 50, 50, &["quick"]).await?;
    let project = rig.project("herring").await?;
    let worker = rig.fast_worker();
    let task_id = submit(&rig, project).await?;
    rig.step(&worker).await?;
    worker.rescue().await;
    assert_eq!(rig.task(task_id).await?.status, TaskStatus::Pending);
    limit(&rig, 50, 50, &[]).await?;
    worker.rescue().await;
    rig.step(&worker).await?;
    assert_eq!(rig.task(task_id).await?.status, TaskStatus::Success);
    Ok(())
}

/// Requests of the same moment count each other.
#[tokio::test]
async fn the_last_place_in_the_queue_is_given_once() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let project = rig.project("herring").await?;
    let submitter = rig.submitter();
    for (limits, refused) in [
        (
            WaitingLimits {
                per_user: 3,
                per_project: 100,
            },
            Whose::User(3),
        ),
        (
            WaitingLimits {
                per_user: 100,
                per_project: 3,
            },
            Whose::Project(3),
        ),
    ] {
        sqlx::query("DELETE FROM task").execute(&rig.pool).await?;
        let submit = Submit {
            project_id: Some(project),
            waiting: Some(limits),
            ..rig.as_user()
        };
        let all = join_all((0..5).map(|_| {
            submitter.submit::<Probe>(submit.clone(), |job_id| Acts {
                acts: vec![Act::Succeed],
                job_id,
            })
        }))
        .await;
        let accepted = all.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!(accepted, 3);
        for answer in all {
            if let Err(error) = answer {
                assert!(
                    matches!(error, SubmitError::Full(whose) if whose == refused),
                    "{error}"
                );
            }
        }
    }
    Ok(())
}

/// A message that is left over because its task was run by another's is leave for that one, also while a limit keeps it waiting.
#[tokio::test]
async fn a_message_that_is_left_over_is_not_lost() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let (busy, quiet) = (rig.project("busy").await?, rig.project("quiet").await?);
    limit(&rig, 1, 50, &[]).await?;
    let (first, second) = (submit(&rig, busy).await?, submit(&rig, busy).await?);
    let other = submit(&rig, quiet).await?;
    assert_eq!(claimed(&rig, first).await?, first);
    assert_eq!(
        claimed(&rig, second).await?,
        other,
        "by the message of the second"
    );
    let Claim::Running { .. } = claim(&rig, other).await? else {
        return Err("nothing else may run".into());
    };
    // The second has no message any more, and is announced when the first has ended.
    let Claim::Running { .. } = claim(&rig, first).await? else {
        return Err("nothing else may run".into());
    };
    let next = rig.db.release_held(Some(busy), None).await?;
    assert!(next.is_some());
    Ok(())
}

/// A task that is run by the message of another may have one of its own that was not sent yet: that is then leave for the other, and
/// its end does not take it away.
#[tokio::test]
async fn a_message_that_is_sent_late_is_leave_for_whoever_gave_his_up() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let (busy, quiet) = (rig.project("busy").await?, rig.project("quiet").await?);
    let (first, second) = (submit(&rig, busy).await?, submit(&rig, busy).await?);
    let other = submit(&rig, quiet).await?;
    // The queue was away; and one that is for the case that a caller dies who runs the task himself.
    sqlx::query("INSERT INTO outbox (task_id, queue, send_after) VALUES ($1, 'quick', now()), ($1, 'quick', now() + interval '1 minute')")
        .bind(other)
        .execute(&rig.pool)
        .await?;
    assert_eq!(claimed(&rig, first).await?, first);
    let Claim::Claimed(task) = claim(&rig, second).await? else {
        return Err("there is one to run".into());
    };
    assert_eq!(task.id, other, "by the message of the second");
    let end = Ending::Success(json!({"attempt": 1, "job_id": 1}));
    rig.db
        .end_attempt(task.fence(), &end, Cost::default())
        .await?;
    let left: Vec<bool> = sqlx::query_scalar("SELECT send_after <= now() FROM outbox")
        .fetch_all(&rig.pool)
        .await?;
    assert_eq!(left, [true]);
    assert_eq!(claimed(&rig, other).await?, second);
    Ok(())
}

/// Where the message of a task holds another one in its stead, that one's own message is there for the task.
#[tokio::test]
async fn of_two_messages_that_are_used_up_each_is_noted() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let (full, busy) = (rig.project("full").await?, rig.project("busy").await?);
    limit(&rig, 1, 50, &[]).await?;
    let running = submit(&rig, full).await?;
    assert_eq!(claimed(&rig, running).await?, running);
    let older = submit(&rig, full).await?;
    assert!(matches!(claim(&rig, older).await?, Claim::Held));
    let (first, second) = (submit(&rig, busy).await?, submit(&rig, busy).await?);
    assert_eq!(
        claimed(&rig, second).await?,
        first,
        "by the message of the second"
    );
    // Another task of the user has ended: the older one is announced, and its project is full still.
    let announced = rig.db.release_held(None, Some(rig.user_id)).await?;
    assert!(announced.is_some());
    // What is left over holds the older one, although it is the second that has no message; then comes the message of the older one.
    assert!(matches!(claim(&rig, first).await?, Claim::Running { .. }));
    assert!(matches!(claim(&rig, older).await?, Claim::Held));
    let mut held: Vec<i64> = sqlx::query_scalar("SELECT id FROM task WHERE held")
        .fetch_all(&rig.pool)
        .await?;
    held.sort_unstable();
    assert_eq!(held, [older, second], "neither has a message any more");
    // A copy of it that comes once more is used up too.
    assert!(matches!(claim(&rig, older).await?, Claim::Held));
    Ok(())
}
