//! Schedules: due runs are made once, whoever finds them due.

use chrono::{DateTime, TimeDelta, Utc};
use divbase_contract::history::TaskStatus;
use divbase_db::{Fired, MadeBy, Origin, Schedule};
use divbase_local::AnyError;
use divbase_task_tests::{
    Rig,
    probe::{Act, Acts},
};
use divbase_tasks::{BuiltIn, Relay, Ticker, ensure_built_in, fire};
use serde_json::json;

fn every_minute(key: &str, due: DateTime<Utc>) -> Schedule {
    Schedule {
        id: 0,
        key: key.to_owned(),
        display_names: json!({"en": "Probe"}),
        task_name: "tasks.probe".to_owned(),
        queue: "quick".to_owned(),
        max_attempts: 1,
        kwargs: json!(Acts {
            acts: vec![Act::Succeed],
            job_id: 0
        }),
        cron: None,
        interval_seconds: Some(60),
        time_zone: "UTC".to_owned(),
        enabled: true,
        misfire_grace_seconds: 600,
        coalesce: true,
        max_overlapping: 1,
        built_in: false,
        next_run_at: Some(due),
    }
}

struct Clockwork {
    rig: Rig,
    ticker: Ticker,
    relay: Relay,
}

impl Clockwork {
    async fn new() -> Result<Self, AnyError> {
        let rig = Rig::new().await?;
        let relay = Relay::new(rig.db.clone(), rig.queues.clone());
        Ok(Self {
            ticker: Ticker::new(rig.db.clone(), relay.clone()),
            relay,
            rig,
        })
    }

    async fn schedule(&self, key: &str) -> Result<Schedule, AnyError> {
        let mut found = self.rig.db.schedules(Some(key)).await?;
        found.pop().ok_or_else(|| "no schedule".into())
    }

    /// What the executions are, the oldest first: a status, or why they were skipped.
    async fn executions(&self, key: &str) -> Result<Vec<String>, AnyError> {
        let id = self.schedule(key).await?.id;
        let mut rows = self.rig.db.schedule_executions(id, 100).await?;
        rows.reverse();
        Ok(rows
            .into_iter()
            .map(|row| match row.status {
                Some(status) => status.to_string(),
                None => row.skipped_because.unwrap_or_default(),
            })
            .collect())
    }
}

#[tokio::test]
async fn a_due_run_is_made_once_whoever_finds_it_due() -> Result<(), AnyError> {
    let clock = Clockwork::new().await?;
    let due = Utc::now() - TimeDelta::seconds(10);
    clock
        .rig
        .db
        .add_schedule(&every_minute("probe", due), None)
        .await?;
    // Postgres keeps microseconds.
    let due = clock
        .schedule("probe")
        .await?
        .next_run_at
        .ok_or("not due")?;
    let now = Utc::now();
    let db = &clock.rig.db;
    let (one, two, cloud, again) = tokio::join!(
        clock.ticker.tick(now),
        clock.ticker.tick(now),
        fire(db, &clock.relay, "probe", due, MadeBy::Timer),
        fire(db, &clock.relay, "probe", due, MadeBy::Timer),
    );
    let by_cloud = [cloud?, again?]
        .iter()
        .filter(|fired| matches!(fired, Fired::Made { .. }))
        .count();
    assert_eq!(one? + two? + by_cloud, 1);
    clock.rig.step(&clock.rig.fast_worker()).await?;
    assert_eq!(clock.executions("probe").await?, ["SUCCESS"]);
    assert_eq!(clock.rig.gates.runs(), 1);
    // The beat is kept, and nothing is due before it.
    let next = clock.schedule("probe").await?.next_run_at;
    assert_eq!(next, Some(due + TimeDelta::seconds(60)));
    assert_eq!(clock.ticker.tick(Utc::now()).await?, 0);
    Ok(())
}

#[tokio::test]
async fn missed_runs_are_made_up_for_as_the_schedule_says() -> Result<(), AnyError> {
    let clock = Clockwork::new().await?;
    let due = Utc::now() - TimeDelta::seconds(190);
    let db = &clock.rig.db;
    db.add_schedule(&every_minute("last-only", due), None)
        .await?;
    db.add_schedule(
        &Schedule {
            coalesce: false,
            max_overlapping: 10,
            ..every_minute("each", due)
        },
        None,
    )
    .await?;
    db.add_schedule(
        &Schedule {
            coalesce: false,
            max_overlapping: 10,
            misfire_grace_seconds: 100,
            ..every_minute("not-too-late", due)
        },
        None,
    )
    .await?;
    db.add_schedule(
        &Schedule {
            coalesce: false,
            ..every_minute("one-at-a-time", due)
        },
        None,
    )
    .await?;
    db.add_schedule(
        &Schedule {
            enabled: false,
            ..every_minute("disabled", due)
        },
        None,
    )
    .await?;
    clock.ticker.tick(Utc::now()).await?;
    let late = "it was due too long ago";
    for (key, expected) in [
        ("last-only", vec!["PENDING"]),
        ("each", vec!["PENDING"; 4]),
        ("not-too-late", vec![late, late, "PENDING", "PENDING"]),
        ("one-at-a-time", vec!["PENDING"]),
        ("disabled", vec![]),
    ] {
        assert_eq!(clock.executions(key).await?, expected, "{key}");
    }
    Ok(())
}

#[tokio::test]
async fn each_missed_run_is_made_in_turn() -> Result<(), AnyError> {
    let clock = Clockwork::new().await?;
    let due = Utc::now() - TimeDelta::seconds(130);
    let schedule = Schedule {
        coalesce: false,
        ..every_minute("each", due)
    };
    clock.rig.db.add_schedule(&schedule, None).await?;
    let worker = clock.rig.fast_worker();
    for run in 1..=3 {
        assert_eq!(clock.ticker.tick(Utc::now()).await?, 1, "run {run}");
        assert_eq!(clock.ticker.tick(Utc::now()).await?, 0, "run {run}");
        clock.rig.step(&worker).await?;
    }
    assert_eq!(clock.executions("each").await?, ["SUCCESS"; 3]);
    assert_eq!(clock.ticker.tick(Utc::now()).await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_run_by_hand_comes_at_once_and_leaves_the_beat_alone() -> Result<(), AnyError> {
    let clock = Clockwork::new().await?;
    let due = Utc::now() + TimeDelta::seconds(1000);
    let db = &clock.rig.db;
    db.add_schedule(
        &Schedule {
            enabled: false,
            ..every_minute("probe", due)
        },
        None,
    )
    .await?;
    let before = clock.schedule("probe").await?;
    let fired = fire(
        db,
        &clock.relay,
        "probe",
        Utc::now(),
        MadeBy::Hand(&Origin::service()),
    )
    .await?;
    let Fired::Made { task_id, .. } = fired else {
        return Err(format!("{fired:?}").into());
    };
    clock.rig.step(&clock.rig.fast_worker()).await?;
    let task = clock.rig.task(task_id).await?;
    assert_eq!(task.status, TaskStatus::Success);
    assert_eq!((task.user_id, task.project_id), (None, None));
    assert_eq!(clock.schedule("probe").await?, before);
    assert_eq!(
        fire(
            db,
            &clock.relay,
            "no-such",
            Utc::now(),
            MadeBy::Hand(&Origin::service())
        )
        .await?,
        Fired::Unknown
    );
    Ok(())
}

#[tokio::test]
async fn built_in_schedules_are_made_once_and_stay_as_changed() -> Result<(), AnyError> {
    let clock = Clockwork::new().await?;
    let db = &clock.rig.db;
    let kwargs = Acts {
        acts: vec![],
        job_id: 0,
    };
    let all = [BuiltIn::of::<divbase_task_tests::probe::Probe>(
        "nightly",
        "0 5 * * *",
        "Nightly",
        "Nattlig",
        &kwargs,
    )];
    ensure_built_in(db, &all, "Europe/Stockholm").await?;
    let mut nightly = clock.schedule("nightly").await?;
    assert!(nightly.built_in && nightly.next_run_at > Some(Utc::now()));
    nightly.enabled = false;
    db.change_schedule(&nightly, &Origin::service()).await?;
    ensure_built_in(db, &all, "Europe/Stockholm").await?;
    assert_eq!(clock.schedule("nightly").await?, nightly);
    assert!(!db.delete_schedule(nightly.id, &Origin::service()).await?);
    Ok(())
}
