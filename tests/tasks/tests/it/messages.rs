//! Messages and rows that cannot be dealt with: each is logged once, answered once, and never comes again.

use std::time::Duration;

use aws_sdk_sqs::types::MessageSystemAttributeName;
use divbase_contract::history::TaskStatus;
use divbase_local::AnyError;
use divbase_task_tests::{
    QueueService, Rig,
    probe::{Act, Acts, Probe},
    rig::FAST,
};
use divbase_tasks::{
    Delivery, Disposition, LongPoll, Queue, QueueUrls, Received, Relay, Sender, SqsQueues,
    Submission, Submit, Timing, Transport,
};
use tokio_util::sync::CancellationToken;

use crate::log::complaints;

/// Has one message dealt with and checks that the queue is empty afterwards and the log has one line.
async fn settles(
    rig: &Rig,
    step: impl Future<Output = Result<Disposition, AnyError>>,
) -> Result<String, AnyError> {
    let (disposition, lines) = complaints(step).await;
    assert_eq!(disposition?, Disposition::Done);
    assert_eq!(lines.len(), 1, "logged once: {lines:?}");
    // A message that came again would be visible by now: nothing is hidden for longer than that.
    let again = rig
        .queues
        .receive(Queue::Quick, 10, Duration::from_secs(1), Duration::ZERO)
        .await?;
    assert_eq!(again, []);
    Ok(lines.concat())
}

/// Senders only send what workers can read; only the dead letters take any text, so the queue poses as that.
async fn put(rig: &Rig, body: &str) -> Result<(), AnyError> {
    match &rig.transport {
        Transport::Sqs(own) => {
            let posing = QueueUrls {
                quick_dead: own.quick.clone(),
                ..own.clone()
            };
            SqsQueues::new(&rig.sdk, posing)
                .bury(Queue::Quick, body)
                .await?;
        }
        Transport::Postgres => {
            sqlx::query("INSERT INTO queue_message (queue, body) VALUES ('quick', $1)")
                .bind(body)
                .execute(&rig.pool)
                .await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_message_that_is_not_ours_goes_to_the_dead_letters() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let worker = rig.fast_worker();
    for body in ["not JSON", r#"{"version":9,"task_id":1}"#, "{}"] {
        put(&rig, body).await?;
        let logged = settles(&rig, rig.step(&worker)).await?;
        assert!(logged.contains("not ours"), "{logged}");
        assert_eq!(rig.dead_letters().await?, [body]);
    }
    Ok(())
}

#[tokio::test]
async fn a_message_about_a_purged_task_is_dropped() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let worker = rig.fast_worker();
    let task_id = rig.submit(&[Act::Succeed]).await?;
    sqlx::query("DELETE FROM task").execute(&rig.pool).await?;
    let logged = settles(&rig, rig.step(&worker)).await?;
    assert!(logged.contains(&format!("task_id={task_id}")), "{logged}");
    assert_eq!(rig.gates.runs(), 0);
    Ok(())
}

#[tokio::test]
async fn an_unknown_task_name_fails_the_task_and_is_kept_for_an_operator() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let worker = rig.fast_worker();
    let task_id = rig.submit(&[Act::Succeed]).await?;
    sqlx::query("UPDATE task SET name = 'tasks.of_a_newer_version'")
        .execute(&rig.pool)
        .await?;
    let logged = settles(&rig, rig.step(&worker)).await?;
    assert!(logged.contains("tasks.of_a_newer_version"), "{logged}");
    let task = rig.task(task_id).await?;
    assert_eq!(task.status, TaskStatus::Failure);
    assert_eq!(
        task.result.ok_or("no result")?["exc_type"],
        "UnknownTaskError"
    );
    assert_eq!(rig.dead_letters().await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn arguments_that_cannot_be_read_fail_the_task() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let worker = rig.fast_worker();
    for bad in [
        r#"{}"#,
        r#"{"acts": "succeed"}"#,
        r#"{"acts": ["dance"], "job_id": 1}"#,
    ] {
        let task_id = rig.submit(&[Act::Succeed]).await?;
        sqlx::query("UPDATE task SET kwargs = $1::jsonb WHERE id = $2")
            .bind(bad)
            .bind(task_id)
            .execute(&rig.pool)
            .await?;
        let logged = settles(&rig, rig.step(&worker)).await?;
        assert!(
            logged.contains("the stored arguments cannot be read"),
            "{logged}"
        );
        let task = rig.task(task_id).await?;
        assert_eq!(task.status, TaskStatus::Failure);
        let result = task.result.ok_or("no result")?;
        assert_eq!(result["exc_type"], "InvalidTaskArguments");
        assert_eq!(task.attempt, 1);
        let letter = format!(r#"{{"version":1,"task_id":{task_id}}}"#);
        assert_eq!(rig.dead_letters().await?, [letter]);
    }
    assert_eq!(rig.gates.runs(), 0);
    Ok(())
}

#[tokio::test]
async fn a_message_that_comes_twice_runs_once() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let (one, two) = (rig.fast_worker(), rig.fast_worker());
    let task_id = rig.submit(&[Act::Succeed]).await?;
    let message = rig.receive().await?;
    let (first, second) =
        tokio::join!(rig.handle(&one, message.clone()), rig.handle(&two, message));
    first?;
    // Its receipt may be gone by then, which is the queue's way to say the same.
    drop(second);
    assert_eq!(rig.gates.runs(), 1);
    assert_eq!(rig.task(task_id).await?.status, TaskStatus::Success);
    assert_eq!(rig.outcomes(task_id).await?, [Some("success".to_owned())]);
    Ok(())
}

/// Waits until the database has nothing to do.
async fn until_quiet(rig: &Rig) -> Result<(), AnyError> {
    let busy = "SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()";
    rig.until_seen("a quiet database", busy, |busy: &i64| *busy == 0)
        .await?;
    Ok(())
}

/// While a task runs, for hours perhaps, each copy of its message is used up at the first look, and none comes back until it lies in
/// the dead letters. Should the worker be lost, the rescue announces the task.
#[tokio::test]
async fn a_copy_of_a_message_does_not_come_back_while_its_task_runs() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let worker = rig.fast_worker();
    for is_lost in [false, true] {
        let task_id = rig.submit(&[Act::Gate, Act::Succeed]).await?;
        let message = rig.receive().await?;
        let copy = Delivery {
            queue: Queue::Quick,
            body: message.body.clone(),
            lease: None,
        };
        let running = tokio::spawn({
            let worker = rig.fast_worker();
            let delivery = copy.clone();
            async move { worker.handle(delivery).await }
        });
        rig.gates.reached().await;
        for _ in 0..30 {
            assert_eq!(worker.handle(copy.clone()).await, Disposition::Done);
        }
        rig.queues.delete(Queue::Quick, &[message.receipt]).await?;
        if is_lost {
            running.abort();
            // It says nothing more, but a renewal of its lease that it has sent may still be under way.
            let _ = running.await;
            until_quiet(&rig).await?;
            rig.expire(task_id).await?;
            worker.rescue().await;
            rig.step(&worker).await?;
        } else {
            rig.gates.open();
            running.await?;
        }
        let row = rig.task(task_id).await?;
        assert_eq!(row.status, TaskStatus::Success);
        assert_eq!(row.attempt, if is_lost { 2 } else { 1 });
    }
    assert_eq!(rig.dead_letters().await?, [""; 0]);
    Ok(())
}

/// A message that the queue has lost is missed when its task has waited for as long as the worker says, and not before; for an
/// attempt that comes later, from its time on.
#[tokio::test]
async fn a_lost_message_alone_is_found_within_its_time() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let patient = Timing {
        silent: Duration::from_secs(60),
        ..FAST
    };
    let worker = rig.worker("worker-1", patient, CancellationToken::new());
    let task_id = rig.submit(&[Act::Transient, Act::Succeed]).await?;
    for end in [TaskStatus::Retry, TaskStatus::Success] {
        let Received { receipt, .. } = rig.receive().await?;
        rig.queues.delete(Queue::Quick, &[receipt]).await?;
        for (waited, is_found) in [(50, false), (11, true)] {
            sqlx::query(
                "UPDATE task SET created_at = created_at - make_interval(secs => $2),
                        not_before = not_before - make_interval(secs => $2),
                        announced_at = announced_at - make_interval(secs => $2) WHERE id = $1",
            )
            .bind(task_id)
            .bind(f64::from(waited))
            .execute(&rig.pool)
            .await?;
            worker.rescue().await;
            let found = rig
                .queues
                .receive(Queue::Quick, 1, Duration::ZERO, FAST.lease)
                .await?;
            assert_eq!(!found.is_empty(), is_found, "{end}, {waited} s");
            for message in found {
                rig.handle(&worker, message).await?;
            }
        }
        assert_eq!(rig.task(task_id).await?.status, end);
    }
    Ok(())
}

/// What a worker has no room for stays in the queue for others.
#[tokio::test]
async fn no_more_messages_are_taken_than_tasks_can_run() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    for _ in 0..5 {
        rig.submit(&[Act::Gate]).await?;
    }
    let shutdown = CancellationToken::new();
    let worker = std::sync::Arc::new(rig.worker("worker-1", FAST, shutdown.clone()));
    let poll = LongPoll::new(worker, rig.queues.clone(), shutdown.clone());
    let serving = tokio::spawn(poll.run(&[(Queue::Quick, 2)]));
    while rig.gates.runs() < 2 {
        rig.gates.reached().await;
    }
    let mut left = Vec::new();
    while left.len() < 3 {
        left.extend(
            rig.queues
                .receive(Queue::Quick, 10, Duration::from_secs(1), FAST.lease)
                .await?,
        );
    }
    assert_eq!((rig.gates.runs(), left.len()), (2, 3));
    shutdown.cancel();
    serving.await?;
    Ok(())
}

/// The groups of all messages of the quick queue, as the queue tells them.
async fn groups(rig: &Rig, count: usize) -> Result<Vec<Option<String>>, AnyError> {
    let client = aws_sdk_sqs::Client::new(&rig.sdk);
    let mut groups = Vec::new();
    while groups.len() < count {
        let answer = client
            .receive_message()
            .queue_url(&rig.urls()?.quick)
            .max_number_of_messages(10)
            .wait_time_seconds(10)
            .message_system_attribute_names(MessageSystemAttributeName::MessageGroupId)
            .send()
            .await?;
        if answer.messages().is_empty() {
            return Err(format!("no more than {groups:?} came").into());
        }
        groups.extend(answer.messages().iter().map(|message| {
            let group = MessageSystemAttributeName::MessageGroupId;
            message.attributes()?.get(&group).cloned()
        }));
    }
    Ok(groups)
}

#[tokio::test]
async fn messages_say_whose_they_are_so_that_a_crowd_keeps_nobody_waiting() -> Result<(), AnyError>
{
    let rig = Rig::on(QueueService::Sqs).await?;
    let project_id: i64 = sqlx::query_scalar(
        "INSERT INTO project (name, bucket_name, storage_quota_bytes) VALUES ('herring', 'herring', 1000) RETURNING id",
    )
    .fetch_one(&rig.pool)
    .await?;
    let submit = Submit {
        project_id: Some(project_id),
        ..rig.as_user()
    };
    let acts = |job_id| Acts {
        acts: vec![Act::Succeed],
        job_id,
    };
    let submission = rig.submitter().submit::<Probe>(submit, acts).await?;
    let Submission::Accepted(task_id) = submission else {
        return Err(format!("{submission:?}").into());
    };
    // As the relay sends it.
    rig.db.announce_task(task_id).await?;
    Relay::new(rig.db.clone(), rig.queues.clone())
        .flush()
        .await?;
    let group = Some(format!("project-{project_id}"));
    assert_eq!(groups(&rig, 2).await?, [group.clone(), group]);
    rig.submit(&[Act::Succeed]).await?;
    assert_eq!(groups(&rig, 1).await?, [None]);
    Ok(())
}
