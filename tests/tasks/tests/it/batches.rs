//! Tasks that split and join.

use std::time::Duration;

use divbase_contract::history::TaskStatus;
use divbase_db::tasks::{CancelOutcome, Claim, Cost, Ending, HistoryFilter, HistoryScope};
use divbase_local::AnyError;
use divbase_task_tests::{
    Rig,
    family::{Family, FamilyKwargs, Flock, FlockKwargs, Generations, GenerationsKwargs},
    probe::Act,
};
use divbase_tasks::Submission;
use serde_json::json;

async fn family(rig: &Rig, children: &[&[Act]], then: &[Act]) -> Result<i64, AnyError> {
    let kwargs = |job_id| FamilyKwargs {
        children: children.iter().map(|acts| acts.to_vec()).collect(),
        then: then.to_vec(),
        job_id,
    };
    match rig
        .submitter()
        .submit::<Family>(rig.as_user(), kwargs)
        .await?
    {
        Submission::Accepted(task_id) => Ok(task_id),
        Submission::Excluded(task_id) => Err(format!("excluded by {task_id}").into()),
    }
}

async fn children(rig: &Rig, parent: i64) -> Result<Vec<(i64, TaskStatus)>, AnyError> {
    let filter = HistoryFilter::default();
    let rows = rig
        .db
        .task_history(HistoryScope::Children(parent), &filter)
        .await?;
    Ok(rows.iter().rev().map(|row| (row.id, row.status)).collect())
}

/// A row's version: another one after any update, whatever it changes.
async fn row_version(rig: &Rig, task_id: i64) -> Result<String, AnyError> {
    Ok(
        sqlx::query_scalar("SELECT ctid::text || xmin::text FROM task WHERE id = $1")
            .bind(task_id)
            .fetch_one(&rig.pool)
            .await?,
    )
}

#[tokio::test]
async fn the_last_child_has_the_parent_run_again_with_all_ends() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let worker = rig.fast_worker();
    let parent = family(
        &rig,
        &[
            &[Act::Succeed],
            &[Act::User],
            &[Act::Transient, Act::Succeed],
        ],
        &[Act::Succeed],
    )
    .await?;
    rig.step(&worker).await?;
    let waiting = rig.task(parent).await?;
    assert_eq!(waiting.status, TaskStatus::Started, "it is under way");
    assert_eq!(waiting.progress_fraction, Some(0.0));
    assert_eq!(children(&rig, parent).await?.len(), 3);
    let before = row_version(&rig, parent).await?;
    // Three children, one of them twice.
    for _ in 0..3 {
        rig.step(&worker).await?;
    }
    assert_eq!(
        row_version(&rig, parent).await?,
        before,
        "a child's end writes nothing to its parent"
    );
    let row = rig.task(parent).await?;
    assert_eq!(
        row.progress_phase.as_deref(),
        Some("2 of 3 parts are done"),
        "{row:?}"
    );
    rig.step(&worker).await?;
    rig.step(&worker).await?;
    let row = rig.until(parent, TaskStatus::Success).await?;
    assert_eq!(
        row.result,
        Some(json!({"attempt": 2, "seen": ["SUCCESS", "FAILURE", "SUCCESS"]}))
    );
    let batch = row.batch.ok_or("it has split")?;
    assert_eq!(
        (batch.children, batch.unfinished, batch.failed),
        (3, 0, Some(1))
    );
    let outcomes = rig.outcomes(parent).await?;
    assert_eq!(outcomes, [Some("split".into()), Some("success".into())]);
    Ok(())
}

#[tokio::test]
async fn a_list_shows_a_batch_as_one_task() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let worker = rig.fast_worker();
    let parent = family(&rig, &[&[Act::Succeed], &[Act::Succeed]], &[Act::Succeed]).await?;
    rig.step(&worker).await?;
    for scope in [
        HistoryScope::All,
        HistoryScope::AllUsers,
        HistoryScope::User(rig.user_id),
    ] {
        for status in [None, Some(TaskStatus::Started)] {
            let filter = HistoryFilter {
                status,
                ..HistoryFilter::default()
            };
            let rows = rig.db.task_history(scope, &filter).await?;
            let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
            assert_eq!(ids, [parent], "{scope:?} {status:?}");
        }
    }
    let filter = HistoryFilter {
        status: Some(TaskStatus::Retry),
        ..HistoryFilter::default()
    };
    assert!(
        rig.db
            .task_history(HistoryScope::All, &filter)
            .await?
            .is_empty()
    );
    assert_eq!(children(&rig, parent).await?.len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_batch_without_children_goes_on_at_once() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let worker = rig.fast_worker();
    let parent = family(&rig, &[], &[Act::Succeed]).await?;
    rig.step(&worker).await?;
    rig.step(&worker).await?;
    let row = rig.task(parent).await?;
    assert_eq!(row.result, Some(json!({"attempt": 2, "seen": []})));
    Ok(())
}

#[tokio::test]
async fn a_task_splits_again_when_its_children_have_ended() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let worker = rig.fast_worker();
    let submitted = rig
        .submitter()
        .submit::<Generations>(rig.as_user(), |_| GenerationsKwargs {
            first: 3,
            second: 2,
        })
        .await?;
    let Submission::Accepted(parent) = submitted else {
        return Err("nothing excludes it".into());
    };
    for _ in 0..5 {
        rig.step(&worker).await?;
    }
    // All of the first have ended, and it has split again.
    let row = rig.task(parent).await?;
    assert_eq!(
        row.progress_phase.as_deref(),
        Some("0 of 2 parts are done"),
        "{row:?}"
    );
    assert_eq!(children(&rig, parent).await?.len(), 5);
    for _ in 0..3 {
        rig.step(&worker).await?;
    }
    let row = rig.until(parent, TaskStatus::Success).await?;
    let seen = ["SUCCESS", "SUCCESS", "FAILURE", "SUCCESS", "SUCCESS"];
    assert_eq!(row.result, Some(json!({"attempt": 3, "seen": seen})));
    let outcomes = rig.outcomes(parent).await?;
    let expected = ["split", "split", "success"].map(|outcome| Some(outcome.to_owned()));
    assert_eq!(outcomes, expected);
    Ok(())
}

#[tokio::test]
async fn cancelling_the_parent_cancels_every_child() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let worker = rig.fast_worker();
    let parent = family(&rig, &[&[Act::Gate], &[Act::Succeed]], &[Act::Succeed]).await?;
    rig.step(&worker).await?;
    let message = rig.receive().await?;
    let running = rig.handle(&worker, message);
    let cancelling = async {
        rig.gates.reached().await;
        rig.db.cancel_task(parent, rig.user_id).await
    };
    let (handled, cancelled) = tokio::join!(running, cancelling);
    handled?;
    assert_eq!(cancelled?, CancelOutcome::Revoked);
    let ends = children(&rig, parent).await?;
    assert!(
        ends.len() == 2
            && ends
                .iter()
                .all(|(_, status)| *status == TaskStatus::Revoked),
        "{ends:?}"
    );
    let row = rig.task(parent).await?;
    assert_eq!(row.status, TaskStatus::Revoked);
    // What is left of messages and of rescue changes nothing.
    worker.rescue().await;
    assert_eq!(rig.task(parent).await?.attempt, 1);
    Ok(())
}

#[tokio::test]
async fn a_cancelled_child_is_an_end_like_another() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let worker = rig.fast_worker();
    let parent = family(&rig, &[&[Act::Succeed], &[Act::Succeed]], &[Act::Succeed]).await?;
    rig.step(&worker).await?;
    rig.step(&worker).await?;
    let (last, _) = children(&rig, parent).await?[1];
    rig.db.cancel_task(last, rig.user_id).await?;
    worker.relay().flush().await?;
    while rig.task(parent).await?.status != TaskStatus::Success {
        rig.step(&worker).await?;
    }
    let seen = rig.task(parent).await?.result;
    assert_eq!(
        seen,
        Some(json!({"attempt": 2, "seen": ["SUCCESS", "REVOKED"]}))
    );
    Ok(())
}

/// Everything from the end of the last child to the parent's message can be lost; the rescue does it then, once.
#[tokio::test]
async fn a_parent_that_nobody_told_is_found() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let worker = rig.fast_worker();
    let parent = family(&rig, &[&[Act::Succeed]], &[Act::Succeed]).await?;
    rig.step(&worker).await?;
    let (child, _) = children(&rig, parent).await?[0];
    let Claim::Claimed(task) = rig.db.claim_task(child, "mortal", 30.0).await? else {
        return Err("it can be claimed".into());
    };
    assert_eq!(task.batch_of, Some(parent));
    let end = Ending::Success(json!({"attempt": 1, "job_id": 1}));
    rig.db
        .end_attempt(task.fence(), &end, Cost::default())
        .await?;
    worker.rescue().await;
    worker.rescue().await;
    assert_eq!(rig.db.finish_batch(parent).await?, None, "it is done");
    rig.step(&worker).await?;
    rig.step(&worker).await?;
    assert_eq!(rig.task(parent).await?.status, TaskStatus::Success);
    assert_eq!(rig.task(parent).await?.attempt, 2);
    Ok(())
}

/// Joining fails, is tried again with the same children, and has the attempts of its policy, whatever came before the split.
#[tokio::test]
async fn joining_has_attempts_of_its_own() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let worker = rig.fast_worker();
    let parent = family(
        &rig,
        &[&[Act::Succeed]],
        &[Act::Succeed, Act::Transient, Act::Transient, Act::Succeed],
    )
    .await?;
    while rig.task(parent).await?.status != TaskStatus::Success {
        rig.step(&worker).await?;
    }
    let result = rig.task(parent).await?.result;
    assert_eq!(result, Some(json!({"attempt": 4, "seen": ["SUCCESS"]})));
    Ok(())
}

/// 10,000 children are made in one transaction, and their ends are found without looking at all of them each time.
#[tokio::test]
async fn ten_thousand_children_are_a_batch() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let kwargs = |children| FlockKwargs {
        children,
        millis: 0,
    };
    let submitter = rig.submitter();
    let Submission::Accepted(parent) = submitter
        .submit::<Flock>(rig.as_user(), |_| kwargs(10_000))
        .await?
    else {
        return Err("it is accepted".into());
    };
    // Without queues: their emulator is what would be measured.
    let Claim::Claimed(task) = rig.db.claim_task(parent, "one", 30.0).await? else {
        return Err("it can be claimed".into());
    };
    let batch = divbase_db::tasks::NewBatch {
        name: "tasks.nap".to_owned(),
        queue: "quick".to_owned(),
        priority: 0,
        children: vec![json!({"millis": 0}); 10_000],
        max_attempts: 3,
        then: json!(null),
        own_attempts: 3,
    };
    let none = Cost::default();
    rig.db
        .end_attempt(task.fence(), &Ending::Split(batch), none)
        .await?;
    let ids: Vec<i64> =
        sqlx::query_scalar("SELECT id FROM task WHERE batch_of = $1 ORDER BY batch_index")
            .bind(parent)
            .fetch_all(&rig.pool)
            .await?;
    assert_eq!(ids.len(), 10_000);
    assert!(ids.is_sorted(), "numbers are in the children's order");
    // All but a few end as if they had been run.
    sqlx::query("UPDATE task SET status = 'SUCCESS', result = '1', finished_at = now() WHERE batch_of = $1 AND id <> $2")
        .bind(parent)
        .bind(ids[5000])
        .execute(&rig.pool)
        .await?;
    let begun = std::time::Instant::now();
    for _ in 0..100 {
        assert_eq!(rig.db.finish_batch(parent).await?, None);
    }
    let each = begun.elapsed() / 100;
    // Looking at all 10,000 takes several milliseconds.
    assert!(each < Duration::from_millis(25), "{each:?}");
    let Claim::Claimed(task) = rig.db.claim_task(ids[5000], "one", 30.0).await? else {
        return Err("it can be claimed".into());
    };
    rig.db
        .end_attempt(task.fence(), &Ending::Success(json!(1)), none)
        .await?;
    assert!(rig.db.finish_batch(parent).await?.is_some());
    Ok(())
}

#[tokio::test]
async fn snoozing_is_no_failure() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let worker = rig.fast_worker();
    // More often than there are attempts.
    let acts = [
        Act::Snooze,
        Act::Snooze,
        Act::Snooze,
        Act::Snooze,
        Act::Succeed,
    ];
    let task_id = rig.submit(&acts).await?;
    for _ in 0..acts.len() {
        rig.step(&worker).await?;
    }
    assert_eq!(rig.task(task_id).await?.status, TaskStatus::Success);
    let snoozed = rig.outcomes(task_id).await?;
    assert_eq!(snoozed.len(), 5);
    assert_eq!(snoozed[0].as_deref(), Some("snoozed"));
    Ok(())
}
