//! What administrators see of tasks and do with them: dead letters, many tasks at once, limits, and who goes before whom.

use std::{collections::HashSet, sync::Arc};

use divbase_contract::history::{TaskKind, TaskStatus};
use divbase_db::{
    Origin,
    tasks::{Fit, HistoryFilter, HistoryScope, LimitsChange, RetryBy, RetryOutcome},
};
use divbase_local::AnyError;
use divbase_task_tests::{Rig, probe::Act};
use divbase_tasks::{DeadLetterBox, Letters, Queue, WaitingLimits, Whose};
use futures::future::join_all;
use sqlx::types::Json;

const ROOMY: WaitingLimits = WaitingLimits {
    per_user: 1000,
    per_project: 1000,
};

fn admin(rig: &Rig) -> Origin {
    Origin {
        user_id: Some(rig.user_id),
        address: None,
        request_id: Some("request".to_owned()),
    }
}

/// What the audit log says, oldest first.
async fn audit(rig: &Rig) -> Result<Vec<(String, serde_json::Value)>, AnyError> {
    let rows: Vec<(String, Json<serde_json::Value>)> =
        sqlx::query_as("SELECT action, detail FROM audit_entry ORDER BY id")
            .fetch_all(&rig.pool)
            .await?;
    Ok(rows
        .into_iter()
        .map(|(action, detail)| (action, detail.0))
        .collect())
}

#[tokio::test]
async fn dead_letters_are_listed_without_being_taken_out_and_dealt_with_one_by_one()
-> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let worker = rig.fast_worker();
    let mut failed = Vec::new();
    for _ in 0..2 {
        failed.push(rig.submit(&[Act::Internal]).await?);
        rig.step(&worker).await?;
    }
    rig.queues.bury(Queue::Quick, "not JSON").await?;
    let letters = DeadLetterBox::new(rig.db.clone(), Arc::clone(&rig.queues));
    // A second look finds the same.
    for _ in 0..2 {
        let (found, _) = letters.list(Queue::Quick, 100).await?;
        let tasks: Vec<Option<i64>> = found
            .iter()
            .map(divbase_tasks::DeadLetter::task_id)
            .collect();
        assert_eq!(found.len(), 3, "{found:?}");
        for id in &failed {
            assert!(tasks.contains(&Some(*id)), "{tasks:?}");
        }
        assert!(found.iter().all(|letter| letter.sent_at.is_some()));
    }
    let (found, _) = letters.list(Queue::Quick, 100).await?;
    let known = rig.db.letter_tasks(&failed).await?;
    assert_eq!(known.len(), 2);
    assert_eq!(known[0].status, TaskStatus::Failure);
    assert_eq!(known[0].user.as_deref(), Some("mary@example.org"));

    let one = found
        .iter()
        .find(|letter| letter.task_id() == Some(failed[0]))
        .ok_or("no letter")?;
    let these = Letters::These(HashSet::from([one.id.clone()]));
    let by = admin(&rig);
    let done = letters.redrive(Queue::Quick, &these, 100, &by).await?;
    assert_eq!(done.retried.len(), 1, "{done:?}");
    assert_eq!(done.retried[0].0, failed[0]);
    assert_eq!(letters.list(Queue::Quick, 100).await?.0.len(), 2);
    // The letter that nobody can read is left, the other one's task is run again.
    let done = letters
        .redrive(Queue::Quick, &Letters::All, 100, &by)
        .await?;
    assert_eq!((done.retried.len(), done.left, done.more), (1, 1, false));
    let done = letters
        .discard(Queue::Quick, &Letters::All, 100, &by)
        .await?;
    assert_eq!(done.discarded, 1);
    assert_eq!(letters.count(Queue::Quick).await?, 0);
    let told: Vec<String> = audit(&rig)
        .await?
        .into_iter()
        .map(|(action, _)| action)
        .collect();
    assert_eq!(
        told,
        [
            "dead_letters.redriven",
            "dead_letters.redriven",
            "dead_letters.discarded"
        ]
    );
    Ok(())
}

#[tokio::test]
async fn many_tasks_are_cancelled_and_run_again_with_one_entry_in_the_audit_log()
-> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let mut tasks = Vec::new();
    for _ in 0..5 {
        tasks.push(rig.submit(&[Act::Succeed]).await?);
    }
    let filter = HistoryFilter {
        name: Some("tasks.probe".to_owned()),
        ..HistoryFilter::default()
    };
    let (mut found, next) = rig
        .db
        .task_ids(HistoryScope::All, &filter, Fit::Cancellable, 3)
        .await?;
    assert_eq!(next, Some(tasks[2]), "the newest three, and where to go on");
    let rest = HistoryFilter {
        before: next,
        ..filter.clone()
    };
    let (more, next) = rig
        .db
        .task_ids(HistoryScope::All, &rest, Fit::Cancellable, 3)
        .await?;
    assert_eq!(next, None);
    found.extend(more);
    let by = admin(&rig);
    let done = rig.db.cancel_tasks(&found, "name=tasks.probe", &by).await?;
    assert_eq!(done, tasks);
    assert_eq!(rig.task(tasks[0]).await?.status, TaskStatus::Revoked);
    assert!(rig.db.cancel_tasks(&found, "again", &by).await?.is_empty());

    // What was cancelled is run again if it is asked for, and once.
    let revoked = HistoryFilter {
        status: Some(TaskStatus::Revoked),
        ..filter
    };
    for expected in [5, 0] {
        let (ids, _) = rig
            .db
            .task_ids(HistoryScope::All, &revoked, Fit::Retriable, 100)
            .await?;
        assert_eq!(ids.len(), expected);
        let submitter = rig.submitter();
        let outcomes = submitter
            .retry_many(&ids, "status=REVOKED", ROOMY, &by)
            .await?;
        let new = outcomes
            .iter()
            .filter(|(_, outcome)| matches!(outcome, RetryOutcome::New { .. }));
        assert_eq!(new.count(), expected);
    }
    let log = audit(&rig).await?;
    let actions: Vec<&str> = log.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(actions, ["tasks.cancelled", "tasks.retried"]);
    let named: Vec<String> = tasks.iter().map(ToString::to_string).collect();
    assert_eq!(log[0].1["tasks"], named.join(" "));
    assert_eq!(log[0].1["filter"], "name=tasks.probe");
    Ok(())
}

/// As of two submissions at the same moment, only one of two retries gets the last place.
#[tokio::test]
async fn a_retry_counts_among_the_tasks_that_wait() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let worker = rig.fast_worker();
    let mut failed = Vec::new();
    for _ in 0..4 {
        failed.push(rig.submit(&[Act::User]).await?);
        rig.step(&worker).await?;
    }
    let by = RetryBy {
        waiting: Some(WaitingLimits {
            per_user: 2,
            per_project: 100,
        }),
        ..RetryBy::default()
    };
    let submitter = rig.submitter();
    let outcomes = join_all(failed.iter().map(|id| submitter.retry(*id, by))).await;
    let (mut new, mut full) = (0, 0);
    for outcome in outcomes {
        match outcome? {
            RetryOutcome::New { .. } => new += 1,
            RetryOutcome::Full(Whose::User(2)) => full += 1,
            other => return Err(format!("{other:?}").into()),
        }
    }
    assert_eq!((new, full), (2, 2));
    // A limit that an administrator has set holds instead.
    let change = LimitsChange {
        waiting_per_user: Some(3),
        ..LimitsChange::default()
    };
    rig.db.change_limits(change, &admin(&rig)).await?;
    let outcomes = submitter
        .retry_many(&failed, "status=FAILURE", ROOMY, &admin(&rig))
        .await?;
    let new = outcomes
        .iter()
        .filter(|(_, outcome)| matches!(outcome, RetryOutcome::New { .. }));
    assert_eq!(new.count(), 1, "{outcomes:?}");
    Ok(())
}

#[tokio::test]
async fn projects_take_turns_before_a_task_that_waits() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let (mine, other) = (rig.project("mine").await?, rig.project("other").await?);
    let made: Vec<i64> = sqlx::query_scalar(
        "INSERT INTO task (name, queue, kwargs, user_id, project_id, max_attempts)
         SELECT 'tasks.probe', 'quick', '{}', $1, CASE WHEN n <= 10 THEN $2::bigint ELSE $3 END, 1
         FROM generate_series(1, 12) n ORDER BY n RETURNING id",
    )
    .bind(rig.user_id)
    .bind(other)
    .bind(mine)
    .fetch_all(&rig.pool)
    .await?;
    // Ten of another project were submitted before; of those one goes before the first of mine, and two before the second.
    for (task, before) in [(made[10], 1), (made[11], 3), (made[0], 0), (made[9], 11)] {
        let place = rig.db.task_place(task).await?.ok_or("it does not wait")?;
        assert_eq!(place.before, before, "task {task}: {place:?}");
        assert!(!place.paused && place.mean_seconds.is_none());
    }
    assert!(rig.db.pause_queue("quick", true, &admin(&rig)).await?);
    assert!(!rig.db.pause_queue("quick", true, &admin(&rig)).await?);
    let place = rig
        .db
        .task_place(made[10])
        .await?
        .ok_or("it does not wait")?;
    assert!(place.paused);
    assert!(rig.db.pause_queue("quick", false, &admin(&rig)).await?);
    assert_eq!(rig.db.limit_settings().await?.paused, Vec::<String>::new());
    assert_eq!(rig.db.task_place(0).await?, None);
    let log: Vec<String> = audit(&rig)
        .await?
        .into_iter()
        .map(|(action, _)| action)
        .collect();
    assert_eq!(log, ["queue.paused", "queue.resumed"]);
    Ok(())
}

/// A function is known by what it ran.
#[tokio::test]
async fn workers_that_do_not_register_are_found_by_their_attempts() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let worker = rig.fast_worker();
    let task = rig.submit(&[Act::Transient, Act::Succeed]).await?;
    rig.step(&worker).await?;
    let seen = rig.db.function_workers().await?;
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert_eq!(
        (seen[0].id.as_str(), seen[0].kind.as_str()),
        ("worker-1", "worker")
    );
    assert_eq!(seen[0].queues, ["quick"]);
    assert!(!seen[0].registered && seen[0].current_tasks.is_empty());
    let attempts = rig.db.task_attempts(task).await?;
    assert_eq!(attempts.len(), 1);
    assert_eq!(attempts[0].outcome.as_deref(), Some("retry"));
    assert!(attempts[0].error.is_some());
    // One that registers is listed as itself.
    rig.db
        .worker_lives("worker-1", "process", "1", &["quick".to_owned()])
        .await?;
    assert!(rig.db.function_workers().await?.is_empty());
    assert!(rig.db.workers().await?[0].registered);
    assert_eq!(rig.task(task).await?.kind(), TaskKind::User);
    Ok(())
}
