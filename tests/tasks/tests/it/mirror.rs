//! The mirror of the schedules in EventBridge Scheduler, over the emulator's.

use std::time::Duration;

use aws_sdk_scheduler::{Client, types::ScheduleState};
use chrono::{TimeDelta, Utc};
use divbase_db::{Origin, Schedule};
use divbase_local::AnyError;
use divbase_service::schedules::{
    Cron, Job, built_in, handle,
    mirror::{Drift, Mirror, MirrorSettings},
};
use divbase_task_tests::{QueueService, Rig, rig::FAST};
use divbase_tasks::{Queue, Received, Recurrence, Relay};
use serde_json::json;

const HISTORY: &str = "cleanup-old-tasks-daily";
const TOKENS: &str = "cleanup-old-jwts-and-pats-daily";
const STUCK: &str = "cleanup-stuck-tasks-daily";

struct Cloud {
    rig: Rig,
    client: Client,
    group: String,
    cron: Cron,
}

impl Cloud {
    /// A group of its own. In the place of the cron function there is a queue, which shows what the function would get.
    async fn new() -> Result<Self, AnyError> {
        let rig = Rig::on(QueueService::Sqs).await?;
        let url = &rig.urls()?.heavy;
        let group = url.rsplit('/').next().ok_or("no name")?.to_owned();
        let client = Client::new(&rig.sdk);
        client.create_schedule_group().name(&group).send().await?;
        let settings = MirrorSettings {
            group: group.clone(),
            target_arn: format!("arn:aws:sqs:us-east-1:000000000000:{group}"),
            role_arn: "arn:aws:iam::000000000000:role/schedules".to_owned(),
            dead_letter_arn: Some("arn:aws:sqs:us-east-1:000000000000:lost".to_owned()),
            key_arn: None,
        };
        let cron = Cron {
            db: rig.db.clone(),
            queues: rig.queues.clone(),
            relay: Relay::new(rig.db.clone(), rig.queues.clone()),
            timing: FAST,
            time_zone: "Europe/Stockholm".to_owned(),
            mirror: Some(Mirror::new(&rig.sdk, settings)),
        };
        Ok(Self {
            rig,
            client,
            group,
            cron,
        })
    }

    async fn call(&self, job: Job) -> Result<Drift, AnyError> {
        let answer = handle(&self.cron, job).await?;
        let drift = answer.drift.ok_or("the mirror was not looked at")?;
        assert!(drift.failed.is_empty(), "{drift:?}");
        Ok(drift)
    }

    async fn row(&self, key: &str) -> Result<Schedule, AnyError> {
        let mut found = self.rig.db.schedules(Some(key)).await?;
        found.pop().ok_or_else(|| "no schedule".into())
    }

    async fn there(
        &self,
        key: &str,
    ) -> Result<aws_sdk_scheduler::operation::get_schedule::GetScheduleOutput, AnyError> {
        let get = self.client.get_schedule().group_name(&self.group);
        Ok(get.name(key).send().await?)
    }

    async fn executions(&self, key: &str) -> Result<usize, AnyError> {
        let row = self.row(key).await?;
        Ok(self.rig.db.schedule_executions(row.id, 100).await?.len())
    }
}

#[tokio::test]
async fn the_cloud_has_what_the_table_has() -> Result<(), AnyError> {
    let cloud = Cloud::new().await?;
    let first = cloud.call(Job::Rescue).await?;
    assert_eq!(first.missing.len(), built_in::schedules().len());
    assert!(cloud.call(Job::Rescue).await?.is_none());
    let there = cloud.there(HISTORY).await?;
    assert_eq!(there.schedule_expression(), Some("cron(0 5 * * ? *)"));
    assert_eq!(
        there.schedule_expression_timezone(),
        Some("Europe/Stockholm")
    );
    assert_eq!(there.state(), Some(&ScheduleState::Enabled));

    // An administrator changes some, and makes one that the cloud has no words for.
    let mut history = cloud.row(HISTORY).await?;
    history.enabled = false;
    history.cron = Some("30 4 * * sat,sun".to_owned());
    cloud
        .rig
        .db
        .change_schedule(&history, &Origin::service())
        .await?;
    let mut new = cloud.row(TOKENS).await?;
    for (key, cron, interval_seconds) in [
        ("every-hour", None, Some(3600)),
        ("every-ninety-seconds", None, Some(90)),
        ("friday-the-13th", Some("0 0 13 * FRI"), None),
    ] {
        new.key = key.to_owned();
        new.cron = cron.map(str::to_owned);
        new.interval_seconds = interval_seconds;
        new.built_in = false;
        cloud.rig.db.add_schedule(&new, None).await?;
    }
    let second = cloud.call(Job::Rescue).await?;
    assert_eq!(second.missing, ["every-hour"]);
    assert_eq!(second.changed[HISTORY], ["expression", "state"]);
    assert_eq!(second.changed.len(), 1);
    let left: Vec<_> = second.not_mirrored.keys().collect();
    assert_eq!(left, ["every-ninety-seconds", "friday-the-13th"]);
    let there = cloud.there(HISTORY).await?;
    assert_eq!(
        there.schedule_expression(),
        Some("cron(30 4 ? * SUN,SAT *)")
    );
    assert_eq!(there.state(), Some(&ScheduleState::Disabled));
    let there = cloud.there("every-hour").await?;
    assert_eq!(there.schedule_expression(), Some("rate(60 minutes)"));

    let gone = cloud.row("every-hour").await?;
    cloud
        .rig
        .db
        .delete_schedule(gone.id, &Origin::service())
        .await?;
    assert_eq!(cloud.call(Job::Rescue).await?.extra, ["every-hour"]);
    assert!(cloud.call(Job::Rescue).await?.is_none());
    assert!(cloud.there("every-hour").await.is_err());
    Ok(())
}

#[tokio::test]
async fn what_somebody_changes_in_the_cloud_is_told_and_mended() -> Result<(), AnyError> {
    let cloud = Cloud::new().await?;
    cloud.call(Job::Rescue).await?;
    let was = cloud.there(HISTORY).await?;
    cloud
        .client
        .update_schedule()
        .group_name(&cloud.group)
        .name(HISTORY)
        .schedule_expression("rate(1 minute)")
        .set_flexible_time_window(was.flexible_time_window().cloned())
        .set_target(was.target().cloned())
        .state(ScheduleState::Disabled)
        .send()
        .await?;
    cloud
        .client
        .delete_schedule()
        .group_name(&cloud.group)
        .name(STUCK)
        .send()
        .await?;
    cloud
        .client
        .create_schedule()
        .group_name(&cloud.group)
        .name("by-hand")
        .schedule_expression("rate(1 day)")
        .set_flexible_time_window(was.flexible_time_window().cloned())
        .set_target(was.target().cloned())
        .send()
        .await?;
    // Told as often as it is asked for, and not touched.
    let told = cloud.call(Job::Drift).await?;
    assert_eq!(told, cloud.call(Job::Drift).await?);
    assert_eq!(told.missing, [STUCK]);
    assert_eq!(told.changed[HISTORY], ["expression", "time zone", "state"]);
    assert_eq!(told.extra, ["by-hand"]);
    let mended = cloud.call(Job::Rescue).await?;
    assert_eq!(mended, told);
    assert!(cloud.call(Job::Drift).await?.is_none());
    let is = cloud.there(HISTORY).await?;
    assert_eq!(is.schedule_expression(), was.schedule_expression());
    assert_eq!(is.target(), was.target());
    Ok(())
}

#[tokio::test]
async fn a_call_of_the_cloud_makes_one_run_however_often_it_comes() -> Result<(), AnyError> {
    let cloud = Cloud::new().await?;
    cloud.call(Job::Rescue).await?;
    // The cloud calls as it would at five in the morning, but now.
    let mirrored = cloud.there(HISTORY).await?;
    cloud
        .client
        .create_schedule()
        .group_name("default")
        .name(&cloud.group)
        .schedule_expression("at(2026-01-01T00:00:00)")
        .set_flexible_time_window(mirrored.flexible_time_window().cloned())
        .set_target(mirrored.target().cloned())
        .send()
        .await?;
    let Received { body, .. } = cloud
        .rig
        .queues
        .receive(Queue::Heavy, 1, Duration::from_secs(20), FAST.lease)
        .await?
        .pop()
        .ok_or("the cloud did not call")?;

    // As AWS sends it, for the last five o'clock. The instant counts, not when the table expects the next run.
    let mut row = cloud.row(HISTORY).await?;
    row.misfire_grace_seconds = 200_000;
    cloud
        .rig
        .db
        .change_schedule(&row, &Origin::service())
        .await?;
    let next = row.next_run_at.ok_or("never due")?;
    let rule = Recurrence::parse(row.cron.as_deref(), None, &row.time_zone)?;
    let due = rule
        .next_after(next - TimeDelta::hours(49))
        .ok_or("never due")?;
    let called = body.replace("<aws.scheduler.scheduled-time>", &due.to_rfc3339());
    let (one, two) = tokio::join!(
        handle(&cloud.cron, serde_json::from_str(&called)?),
        handle(&cloud.cron, serde_json::from_str(&called)?)
    );
    assert_eq!(one?.tasks + two?.tasks, 1);
    assert_eq!(
        handle(&cloud.cron, serde_json::from_str(&called)?)
            .await?
            .tasks,
        0
    );
    assert_eq!(cloud.executions(HISTORY).await?, 1);

    // The emulator leaves the instant out: what is due is made, and nothing before.
    let job: Job = serde_json::from_str(&body)?;
    assert_eq!(handle(&cloud.cron, job.clone()).await?.tasks, 0);
    row.next_run_at = Some(Utc::now() - TimeDelta::seconds(1));
    row.max_overlapping = 2;
    cloud
        .rig
        .db
        .change_schedule(&row, &Origin::service())
        .await?;
    assert_eq!(handle(&cloud.cron, job.clone()).await?.tasks, 1);
    assert_eq!(handle(&cloud.cron, job).await?.tasks, 0);
    assert_eq!(cloud.executions(HISTORY).await?, 2);

    // For a disabled schedule, an instant that its rule does not name, or none at all, nothing is made.
    let odd = json!({"job": "schedule", "key": TOKENS, "scheduled_for": "2026-01-01T11:11:11Z"});
    let unknown = json!({"job": "schedule", "key": "unknown"});
    for job in [odd, unknown] {
        let job: Job = serde_json::from_value(job)?;
        assert_eq!(handle(&cloud.cron, job).await?.tasks, 0);
    }
    assert_eq!(cloud.executions(TOKENS).await?, 0);
    row.enabled = false;
    row.next_run_at = Some(Utc::now());
    cloud
        .rig
        .db
        .change_schedule(&row, &Origin::service())
        .await?;
    let called = body.replace("<aws.scheduler.scheduled-time>", &next.to_rfc3339());
    assert_eq!(
        handle(&cloud.cron, serde_json::from_str(&called)?)
            .await?
            .tasks,
        0
    );
    Ok(())
}
