//! Parts of a batch that take far longer than their siblings: a second attempt runs beside the first, and one of them wins.

use std::{sync::Arc, time::Duration};

use divbase_contract::history::TaskStatus;
use divbase_db::tasks::{
    Claim, ClaimedTask, Committed, Cost, Ending, LeaseState, NewBatch, RunningLimits,
};
use divbase_local::AnyError;
use divbase_task_tests::{
    Rig,
    family::{Family, FamilyKwargs},
    probe::Act,
    rig::FAST,
};
use divbase_tasks::{Stragglers, Submission, Timing};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

/// Whatever runs at all runs for too long.
const ANY: Stragglers = Stragglers {
    factor: 0.0,
    least: Duration::ZERO,
};
/// A message that is lost is not missed while a test runs.
const SILENT: Duration = Duration::from_secs(900);

/// A parent that waits for probes; gives their numbers.
async fn batch(rig: &Rig, children: usize) -> Result<Vec<i64>, AnyError> {
    let kwargs = |job_id| FamilyKwargs {
        children: Vec::new(),
        then: vec![Act::Succeed],
        job_id,
    };
    let submitted = rig
        .submitter()
        .submit::<Family>(rig.as_user(), kwargs)
        .await?;
    let Submission::Accepted(parent) = submitted else {
        return Err("it is accepted".into());
    };
    let task = claim(rig, parent, "parent").await?;
    let batch = NewBatch {
        name: "tasks.probe".to_owned(),
        queue: "quick".to_owned(),
        children: vec![json!({"acts": ["succeed"], "job_id": 1}); children],
        priority: 0,
        max_attempts: 3,
        then: json!(parent),
        own_attempts: 3,
    };
    end(rig, &task, &Ending::Split(batch)).await?;
    Ok(
        sqlx::query_scalar("SELECT id FROM task WHERE batch_of = $1 ORDER BY batch_index")
            .bind(parent)
            .fetch_all(&rig.pool)
            .await?,
    )
}

async fn claim(rig: &Rig, task_id: i64, worker: &str) -> Result<ClaimedTask, AnyError> {
    match rig.db.claim_fairly("quick", task_id, worker, 30.0).await? {
        Claim::Claimed(task) if task.id == task_id => Ok(*task),
        other => Err(format!("not claimed: {other:?}").into()),
    }
}

async fn end(rig: &Rig, task: &ClaimedTask, ending: &Ending) -> Result<Committed, AnyError> {
    Ok(rig
        .db
        .end_attempt(task.fence(), ending, Cost::default())
        .await?)
}

fn success(attempt: i32) -> Ending {
    Ending::Success(json!({"attempt": attempt, "job_id": 1}))
}

fn retry() -> Ending {
    Ending::Retry {
        delay_seconds: 0.0,
        error: "the store is away".to_owned(),
    }
}

/// How many second attempts a round of rescue announces.
async fn announced(rig: &Rig, too_long: Stragglers, silent: Duration) -> Result<u64, AnyError> {
    let rescued = rig.db.rescue_tasks(silent, too_long, &Value::Null).await?;
    Ok(rescued.second)
}

/// A child that two workers run, and one that has ended.
async fn two_attempts(rig: &Rig) -> Result<(i64, ClaimedTask, ClaimedTask), AnyError> {
    let children = batch(rig, 2).await?;
    let sibling = claim(rig, children[0], "sibling").await?;
    end(rig, &sibling, &success(1)).await?;
    let first = claim(rig, children[1], "first").await?;
    assert_eq!(announced(rig, ANY, SILENT).await?, 1);
    let second = claim(rig, children[1], "second").await?;
    assert_eq!(second.attempt, first.attempt + 1);
    Ok((children[1], first, second))
}

/// One worker never looks after its lease and is held up; the other does the work meanwhile. The parent goes on once, with one
/// result, and what the slow one brings at last is not taken.
#[tokio::test]
async fn a_part_that_hangs_is_run_beside_and_the_batch_goes_on() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let sleepy = Timing {
        tick: Duration::from_secs(3600),
        ..FAST
    };
    let slow = Arc::new(rig.worker("slow", sleepy, CancellationToken::new()));
    let watchful = Timing {
        stragglers: ANY,
        ..FAST
    };
    let worker = rig.worker("worker-1", watchful, CancellationToken::new());
    let kwargs = |job_id| FamilyKwargs {
        children: vec![vec![Act::Succeed], vec![Act::Gate, Act::Succeed]],
        then: vec![Act::Succeed],
        job_id,
    };
    let submitter = rig.submitter();
    let Submission::Accepted(parent) = submitter.submit::<Family>(rig.as_user(), kwargs).await?
    else {
        return Err("it is accepted".into());
    };
    rig.step(&worker).await?;
    rig.step(&worker).await?;
    let message = rig.receive().await?;
    let child: Value = serde_json::from_str(&message.body)?;
    let child = child["task_id"].as_i64().ok_or("no number")?;
    let hanging = rig.handle(&slow, message);
    let meanwhile = async {
        rig.gates.reached().await;
        worker.rescue().await;
        rig.step(&worker).await?;
        let row = rig.task(child).await?;
        assert_eq!(row.status, TaskStatus::Success, "{row:?}");
        rig.step(&worker).await?;
        let row = rig.until(parent, TaskStatus::Success).await?;
        rig.gates.open();
        Ok::<_, AnyError>(row)
    };
    let (hung, row) = tokio::join!(hanging, meanwhile);
    hung?;
    let parent_result = row?.result;
    assert_eq!(
        parent_result,
        Some(json!({"attempt": 2, "seen": ["SUCCESS", "SUCCESS"]}))
    );
    let row = rig.task(child).await?;
    assert_eq!(row.result.ok_or("no result")?["attempt"], 2);
    let outcomes = rig.outcomes(child).await?;
    assert_eq!(outcomes, [Some("lost".into()), Some("success".into())]);
    assert_eq!(rig.task(parent).await?.attempt, 2, "it went on once");
    Ok(())
}

#[tokio::test]
async fn whoever_ends_first_wins_and_the_other_is_fenced() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    for winner in [0, 1] {
        let (child, first, second) = two_attempts(&rig).await?;
        for task in [&first, &second] {
            let lease = rig.db.renew_lease(task.fence(), 30.0, None).await?;
            assert_eq!(lease, LeaseState::Held, "both are current");
        }
        let both = [first, second];
        let (winner, loser) = (&both[winner], &both[1 - winner]);
        let committed = end(&rig, winner, &success(winner.attempt)).await?;
        assert!(matches!(committed, Committed::Yes { .. }), "{committed:?}");
        let lease = rig.db.renew_lease(loser.fence(), 30.0, None).await?;
        assert_eq!(lease, LeaseState::Lost);
        for ending in [success(9), retry(), Ending::Revoked, Ending::Released] {
            assert_eq!(end(&rig, loser, &ending).await?, Committed::Fenced);
        }
        let row = rig.task(child).await?;
        assert_eq!(row.status, TaskStatus::Success);
        let result = row.result.ok_or("no result")?;
        assert_eq!(result["attempt"], winner.attempt);
        let mut outcomes = rig.outcomes(child).await?;
        if winner.attempt == 2 {
            outcomes.reverse();
        }
        assert_eq!(outcomes, [Some("success".into()), Some("lost".into())]);
    }
    Ok(())
}

/// An end that calls for another attempt is none while there is one.
#[tokio::test]
async fn one_that_gives_up_leaves_the_task_to_the_other() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    for quitter in [0, 1] {
        let (child, first, second) = two_attempts(&rig).await?;
        let both = [first, second];
        let (quits, stays) = (&both[quitter], &both[1 - quitter]);
        let nothing = Committed::Yes { outbox_id: None };
        assert_eq!(end(&rig, quits, &retry()).await?, nothing);
        assert_eq!(rig.task(child).await?.status, TaskStatus::Started);
        // Whoever does not know whether its end was committed says it again.
        assert_eq!(end(&rig, quits, &retry()).await?, Committed::Fenced);
        let end_of_it = end(&rig, quits, &success(9)).await?;
        assert_eq!(end_of_it, Committed::Fenced, "it has ended");
        let lease = rig.db.renew_lease(stays.fence(), 30.0, None).await?;
        assert_eq!(lease, LeaseState::Held);
        assert_eq!(announced(&rig, ANY, SILENT).await?, 0, "no third");
        // When the other gives up too, the task waits for its next attempt, of which the second was none.
        end(&rig, stays, &retry()).await?;
        let row = rig.task(child).await?;
        assert_eq!(row.status, TaskStatus::Retry);
        let left: i32 = sqlx::query_scalar("SELECT max_attempts - attempt FROM task WHERE id = $1")
            .bind(child)
            .fetch_one(&rig.pool)
            .await?;
        assert_eq!(left, 2, "of three, one was used");
        let third = claim(&rig, child, "third").await?;
        let committed = end(&rig, quits, &success(9)).await?;
        assert_eq!(committed, Committed::Fenced);
        end(&rig, &third, &success(3)).await?;
        assert_eq!(rig.task(child).await?.status, TaskStatus::Success);
        sqlx::query("DELETE FROM task").execute(&rig.pool).await?;
    }
    Ok(())
}

/// Both are lost: the lease runs out, and the task has its next attempt.
#[tokio::test]
async fn when_both_are_lost_the_rescue_goes_on() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let (child, first, second) = two_attempts(&rig).await?;
    rig.expire(child).await?;
    rig.db
        .rescue_tasks(SILENT, Stragglers::NEVER, &Value::Null)
        .await?;
    for task in [&first, &second] {
        assert_eq!(end(&rig, task, &success(9)).await?, Committed::Fenced);
    }
    let third = claim(&rig, child, "third").await?;
    assert_eq!(third.attempt, 3);
    for task in [&first, &second] {
        assert_eq!(end(&rig, task, &success(9)).await?, Committed::Fenced);
    }
    end(&rig, &third, &success(3)).await?;
    let outcomes = rig.outcomes(child).await?;
    assert_eq!(
        outcomes,
        [
            Some("lost".into()),
            Some("lost".into()),
            Some("success".into())
        ]
    );
    Ok(())
}

/// Too long is what takes both more than so many medians of its siblings and more than so many seconds.
#[tokio::test]
async fn only_what_takes_far_longer_than_its_siblings_is_a_straggler() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let children = batch(&rig, 5).await?;
    // Three siblings took 5, 10 and 100 seconds; one has failed in no time.
    for (index, seconds) in [5, 10, 100, 0].into_iter().enumerate() {
        let task = claim(&rig, children[index], "sibling").await?;
        sqlx::query("UPDATE task_attempt SET started_at = now() - make_interval(secs => $2) WHERE task_id = $1")
            .bind(children[index])
            .bind(f64::from(seconds))
            .execute(&rig.pool)
            .await?;
        let ending = if seconds == 0 {
            Ending::Failure {
                error: json!({"exc_type": "X", "exc_message": ["y"], "exc_module": "z"}),
                message: divbase_db::tasks::AfterFailure::Forget,
            }
        } else {
            success(1)
        };
        end(&rig, &task, &ending).await?;
    }
    let slow = claim(&rig, children[4], "slow").await?;
    let ran = async |seconds: f64| -> Result<(), AnyError> {
        sqlx::query("UPDATE task_attempt SET started_at = now() - make_interval(secs => $2) WHERE task_id = $1")
            .bind(slow.id)
            .bind(seconds)
            .execute(&rig.pool)
            .await?;
        Ok(())
    };
    let rule = |factor, seconds| Stragglers {
        factor,
        least: Duration::from_secs(seconds),
    };
    for (seconds, rule, expected) in [
        (35.0, rule(4.0, 20), 0),
        (45.0, rule(4.0, 60), 0),
        (45.0, Stragglers::NEVER, 0),
        (45.0, rule(4.0, 20), 1),
    ] {
        ran(seconds).await?;
        let second = announced(&rig, rule, SILENT).await?;
        assert_eq!(second, expected, "{seconds} s, {rule:?}");
    }
    assert_eq!(announced(&rig, rule(4.0, 20), SILENT).await?, 0, "once");
    // Its message may be lost.
    assert_eq!(announced(&rig, rule(4.0, 20), Duration::ZERO).await?, 1);
    let limits = |paused: &[&str]| RunningLimits {
        per_project: 50,
        per_user: 50,
        paused: paused.iter().map(ToString::to_string).collect(),
    };
    rig.db.set_running_limits(&limits(&["quick"])).await?;
    let refused = claim(&rig, slow.id, "second").await;
    assert!(refused.is_err(), "the queue is paused");
    rig.db.set_running_limits(&limits(&[])).await?;
    claim(&rig, slow.id, "second").await?;
    assert_eq!(announced(&rig, rule(4.0, 20), Duration::ZERO).await?, 0);
    Ok(())
}

/// What is no part of a batch, or whose siblings have not ended, is left alone.
#[tokio::test]
async fn nothing_is_compared_with_nothing() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let alone = rig.submit(&[Act::Succeed]).await?;
    claim(&rig, alone, "one").await?;
    let children = batch(&rig, 2).await?;
    for child in &children {
        claim(&rig, *child, "one").await?;
    }
    assert_eq!(announced(&rig, ANY, SILENT).await?, 0);
    Ok(())
}
