//! The queues of the database: what a queue service promises, and how soon.

use std::{collections::HashSet, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use divbase_contract::history::TaskStatus;
use divbase_local::AnyError;
use divbase_task_tests::{QueueService, Rig, probe::Act, rig::FAST};
use divbase_tasks::{
    DeadLetterBox, LongPoll, Outgoing, PostgresQueues, Queue, Queues, Received, TaskMessage,
};
use futures::future::try_join_all;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

/// Longer than a test takes.
const LONG: Duration = Duration::from_secs(60);

async fn rig() -> Result<Rig, AnyError> {
    Rig::on(QueueService::Postgres).await
}

fn about(task_id: i64, project_id: Option<i64>) -> Outgoing {
    Outgoing {
        message: TaskMessage::about(task_id),
        delay_seconds: 0,
        project_id,
    }
}

async fn send(rig: &Rig, messages: impl IntoIterator<Item = Outgoing>) -> Result<(), AnyError> {
    let messages: Vec<Outgoing> = messages.into_iter().collect();
    let accepted = rig.queues.send(Queue::Quick, &messages).await?;
    assert_eq!(accepted.len(), messages.len());
    Ok(())
}

async fn take(
    queues: &dyn Queues,
    most: usize,
    visibility: Duration,
) -> Result<Vec<Received>, AnyError> {
    Ok(queues
        .receive(Queue::Quick, most, Duration::ZERO, visibility)
        .await?)
}

fn task_of(message: &Received) -> i64 {
    TaskMessage::parse(&message.body).map_or(-1, |message| message.task_id)
}

/// Ends the time for which messages are hidden.
async fn time_passes(rig: &Rig) -> Result<(), AnyError> {
    sqlx::query(
        "UPDATE queue_message SET visible_at = now() - interval '1 second' WHERE NOT is_visible",
    )
    .execute(&rig.pool)
    .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn no_two_workers_are_given_the_same_message() -> Result<(), AnyError> {
    const MESSAGES: i64 = 600;
    let rig = Arc::new(rig().await?);
    send(&rig, (0..MESSAGES).map(|id| about(id, Some(id % 7)))).await?;
    let workers = (0..6).map(|worker| {
        let rig = Arc::clone(&rig);
        tokio::spawn(async move {
            // As processes of their own have them.
            let queues = PostgresQueues::new(rig.db.clone());
            let mut mine = Vec::new();
            loop {
                let messages = take(&queues, 1 + worker * 3, LONG)
                    .await
                    .map_err(|error| error.to_string())?;
                if messages.is_empty() {
                    return Ok::<_, String>(mine);
                }
                mine.extend(messages.iter().map(task_of));
            }
        })
    });
    let mut all = Vec::new();
    for mine in try_join_all(workers).await? {
        all.extend(mine?);
    }
    let different: HashSet<i64> = all.iter().copied().collect();
    assert_eq!((all.len(), different.len()), (600, 600));
    Ok(())
}

#[tokio::test]
async fn a_message_comes_back_when_its_time_is_over_and_not_before() -> Result<(), AnyError> {
    let rig = rig().await?;
    send(&rig, [about(1, None)]).await?;
    let visibility = Duration::from_millis(1_500);
    let first = take(&*rig.queues, 10, visibility).await?.remove(0);
    let taken = Instant::now();
    let second = rig
        .queues
        .receive(Queue::Quick, 10, Duration::from_secs(10), LONG)
        .await?
        .remove(0);
    // The clock of the database began a little earlier than ours.
    assert!(taken.elapsed() > Duration::from_millis(1_300), "too early");
    assert!(taken.elapsed() < Duration::from_secs(5), "too late");
    assert_eq!(second.body, first.body);
    // What was delivered before has no say any more.
    assert!(
        rig.queues
            .hide(Queue::Quick, &first.receipt, LONG)
            .await
            .is_err()
    );
    rig.queues.delete(Queue::Quick, &[first.receipt]).await?;
    rig.queues
        .hide(Queue::Quick, &second.receipt, Duration::ZERO)
        .await?;
    let third = take(&*rig.queues, 10, LONG).await?.remove(0);
    rig.queues.delete(Queue::Quick, &[third.receipt]).await?;
    time_passes(&rig).await?;
    assert_eq!(take(&*rig.queues, 10, LONG).await?, []);
    Ok(())
}

#[tokio::test]
async fn a_message_is_kept_hidden_for_as_long_as_somebody_wants() -> Result<(), AnyError> {
    let rig = rig().await?;
    send(&rig, [about(1, None)]).await?;
    let held = take(&*rig.queues, 1, Duration::from_millis(300)).await?;
    rig.queues
        .hide(Queue::Quick, &held[0].receipt, LONG)
        .await?;
    let wait = Duration::from_millis(1_500);
    let found = rig.queues.receive(Queue::Quick, 1, wait, LONG).await?;
    assert_eq!(found, []);
    Ok(())
}

#[tokio::test]
async fn what_is_sent_with_a_delay_comes_after_it() -> Result<(), AnyError> {
    let rig = rig().await?;
    let delayed = Outgoing {
        delay_seconds: 1,
        ..about(2, Some(1))
    };
    send(&rig, [delayed, about(1, Some(1))]).await?;
    let sent = Instant::now();
    let found = take(&*rig.queues, 10, LONG).await?;
    assert_eq!(found.iter().map(task_of).collect::<Vec<_>>(), [1]);
    let later = rig
        .queues
        .receive(Queue::Quick, 10, Duration::from_secs(10), LONG)
        .await?;
    assert_eq!(later.iter().map(task_of).collect::<Vec<_>>(), [2]);
    assert!(sent.elapsed() > Duration::from_millis(800), "too early");
    Ok(())
}

/// Twenty deliveries that nobody answers; then an operator decides.
#[tokio::test]
async fn a_message_that_nobody_deals_with_becomes_a_dead_letter() -> Result<(), AnyError> {
    let rig = rig().await?;
    let task_id = rig.submit(&[Act::Succeed]).await?;
    for delivery in 1..=20 {
        let found = take(&*rig.queues, 10, LONG).await?;
        assert_eq!(found.len(), 1, "delivery {delivery}");
        time_passes(&rig).await?;
    }
    assert_eq!(take(&*rig.queues, 10, LONG).await?, []);
    let letters = DeadLetterBox::new(rig.db.clone(), Arc::clone(&rig.queues));
    assert_eq!(letters.count(Queue::Quick).await?, 1);
    assert_eq!(letters.count(Queue::Long).await?, 0);
    let (found, count) = letters.list(Queue::Quick, 10).await?;
    assert_eq!(count, 1);
    assert_eq!(found[0].task_id(), Some(task_id));
    let by = divbase_db::Origin::service();
    let done = letters
        .redrive(Queue::Quick, &divbase_tasks::Letters::All, 10, &by)
        .await?;
    assert_eq!(done.announced, [task_id]);
    assert_eq!(letters.count(Queue::Quick).await?, 0);
    rig.step(&rig.fast_worker()).await?;
    assert_eq!(rig.task(task_id).await?.status, TaskStatus::Success);
    Ok(())
}

/// Of a project that has sent a thousand, and others that come after it with few.
#[tokio::test]
async fn a_project_with_few_messages_overtakes_one_with_many() -> Result<(), AnyError> {
    let rig = rig().await?;
    let (busy, quiet) = (Some(1), Some(2));
    send(&rig, (0..1_000).map(|id| about(id, busy))).await?;
    send(&rig, [about(5_000, quiet), about(5_001, quiet)]).await?;
    send(&rig, [about(6_000, None)]).await?;
    let first = take(&*rig.queues, 6, LONG).await?;
    let order: Vec<i64> = first.iter().map(task_of).collect();
    // The first of the busy one was there before; from then on they take turns.
    assert_eq!(order, [0, 5_000, 6_000, 1, 5_001, 2]);
    // More of the busy one wait behind its own, however they are sent.
    send(&rig, [about(1_000, busy)]).await?;
    send(&rig, [about(5_002, quiet)]).await?;
    let next = take(&*rig.queues, 2, LONG).await?;
    let order: Vec<i64> = next.iter().map(task_of).collect();
    assert_eq!(order, [5_002, 3]);
    Ok(())
}

/// A worker that has nothing to do is woken, and does not find it by looking.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_wakes_a_worker_that_waits() -> Result<(), AnyError> {
    let rig = rig().await?;
    let shutdown = CancellationToken::new();
    let worker = Arc::new(rig.worker("worker-1", FAST, shutdown.clone()));
    let poll = LongPoll::new(worker, rig.queues.clone(), shutdown.clone());
    let serving = tokio::spawn(poll.run(&[(Queue::Quick, 2)]));
    // The first shows that somebody listens.
    let first = rig.submit(&[Act::Succeed]).await?;
    rig.until(first, TaskStatus::Success).await?;
    let mut waits = Vec::new();
    for _ in 0..9 {
        let started = Instant::now();
        let task_id = rig.submit(&[Act::Succeed]).await?;
        rig.until(task_id, TaskStatus::Success).await?;
        waits.push(started.elapsed());
    }
    waits.sort_unstable();
    // A look comes once a second: were it the look that finds messages, half of them would have waited for half a second.
    let median = waits[waits.len() / 2];
    assert!(median < Duration::from_millis(250), "{waits:?}");
    shutdown.cancel();
    serving.await?;
    Ok(())
}

/// The connection that listens, other than this one.
async fn listener(rig: &Rig, not: Option<i32>) -> Result<i32, AnyError> {
    let listening = "SELECT pid FROM pg_stat_activity
                     WHERE datname = current_database() AND state = 'idle' AND query LIKE 'LISTEN%'";
    rig.until_seen("a connection that listens", listening, |pid| {
        Some(*pid) != not
    })
    .await
}

/// Without an announcement a worker that waits still finds what comes, by its next look.
#[tokio::test]
async fn a_message_is_found_when_nobody_is_told() -> Result<(), AnyError> {
    let rig = rig().await?;
    let receive = |wait| rig.queues.receive(Queue::Quick, 1, wait, LONG);
    // The connection that listens is there from now on, and wakes nobody any more by that.
    let (nothing, listens) = tokio::join!(receive(Duration::from_secs(1)), listener(&rig, None));
    listens?;
    assert_eq!(nothing?, []);
    let begins: DateTime<Utc> = sqlx::query_scalar("SELECT clock_timestamp()")
        .fetch_one(&rig.pool)
        .await?;
    let sent = async {
        let looked = "SELECT query_start FROM pg_stat_activity WHERE datname = current_database()
                        AND state = 'idle' AND query LIKE 'UPDATE queue_message m%'
                      ORDER BY query_start DESC LIMIT 1";
        rig.until_seen("a look into the queue", looked, |at: &DateTime<Utc>| {
            *at > begins
        })
        .await?;
        // As if the announcement were lost.
        sqlx::query("INSERT INTO queue_message (queue, body) VALUES ('quick', 'x')")
            .execute(&rig.pool)
            .await?;
        Ok::<_, AnyError>(())
    };
    let started = Instant::now();
    let (found, sent) = tokio::join!(receive(Duration::from_secs(10)), sent);
    sent?;
    assert_eq!(found?[0].body, "x");
    assert!(
        started.elapsed() > Duration::from_millis(500),
        "who told it?"
    );
    assert!(started.elapsed() < Duration::from_secs(5), "too late");
    Ok(())
}

/// The connection that listens is killed, as by a restart of the database.
#[tokio::test]
async fn a_lost_connection_is_made_anew() -> Result<(), AnyError> {
    let rig = rig().await?;
    let receive = || {
        rig.queues
            .receive(Queue::Quick, 1, Duration::from_secs(20), LONG)
    };
    let first = async {
        let pid = listener(&rig, None).await?;
        send(&rig, [about(1, None)]).await?;
        Ok::<_, AnyError>(pid)
    };
    let (found, pid) = tokio::join!(receive(), first);
    let pid = pid?;
    assert_eq!(found?.len(), 1);
    sqlx::query("SELECT pg_terminate_backend($1)")
        .bind(pid)
        .execute(&rig.pool)
        .await?;
    let (found, again) = tokio::join!(receive(), async {
        let pid = timeout(Duration::from_secs(15), listener(&rig, Some(pid))).await??;
        send(&rig, [about(2, None)]).await?;
        Ok::<_, AnyError>(pid)
    });
    again?;
    assert_eq!(task_of(&found?[0]), 2);
    Ok(())
}
