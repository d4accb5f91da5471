//! Jobs as the seed documents describe them, field by field: what is given is what is kept, shown and done.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use divbase_contract::history::TaskStatus;
use divbase_local::{AnyError, system::Parts};
use divbase_task_tests::Rig;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::site::Site;

fn fields(value: &Value) -> BTreeSet<&str> {
    let object = value.as_object().into_iter().flatten();
    object.map(|(name, _)| name.as_str()).collect()
}

/// Each field with a value that is not its default, at creation and by a change.
#[tokio::test]
async fn a_job_keeps_every_field() -> Result<(), AnyError> {
    let site = Site::start(Parts::Api).await?;
    let admin = site.log_in("admin@example.org").await?;
    let new = json!({
        "key": "tidy", "display_names": {"en": "Tidy", "sv": "Städa", "ar": "رتب"},
        "task_name": "cron_tasks.cleanup_old_jwts_and_pats", "kwargs": {"retention_days": 3},
        "interval": {"every": 90, "unit": "minutes"}, "max_overlapping": 4,
        "misfire_grace_seconds": 77, "coalesce": false, "active": false, "time_zone": "Asia/Riyadh",
    });
    let (status, made) = site
        .call(&admin, Method::POST, "schedules", Some(new.clone()))
        .await?;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let expected = json!({
        "key": "tidy", "display_names": new["display_names"], "task_name": new["task_name"],
        "kwargs": {"retention_days": 3}, "type": "interval", "cron": null, "interval_seconds": 5400,
        "time_zone": "Asia/Riyadh", "enabled": false, "active": false, "misfire_grace_seconds": 77,
        "coalesce": false, "max_overlapping": 4, "built_in": false, "next_run_at": null,
    });
    assert_eq!(made, expected);
    let (_, listed) = site.call(&admin, Method::GET, "schedules", None).await?;
    let listed = listed.as_array().ok_or("no list")?;
    let same = listed.iter().find(|job| job["key"] == "tidy");
    assert_eq!(same, Some(&expected));
    // Ids and keys are unique.
    let (status, _) = site
        .call(&admin, Method::POST, "schedules", Some(new))
        .await?;
    assert_eq!(status, StatusCode::CONFLICT);
    // One field at a time.
    let mut expected = expected;
    for (field, value, also) in [
        ("display_names", json!({"en": "Sweep"}), json!({})),
        ("kwargs", json!({"retention_days": 4}), json!({})),
        ("time_zone", json!("Europe/Stockholm"), json!({})),
        ("misfire_grace_seconds", json!(5), json!({})),
        ("coalesce", json!(true), json!({})),
        ("max_overlapping", json!(1), json!({})),
        ("interval_seconds", json!(7), json!({})),
        (
            "cron",
            json!("5 4 * * 1"),
            json!({"interval_seconds": null, "type": "cron"}),
        ),
        ("enabled", json!(true), json!({"active": true})),
        ("active", json!(false), json!({"enabled": false})),
    ] {
        expected[field] = value.clone();
        for (other, value) in also.as_object().into_iter().flatten() {
            expected[other] = value.clone();
        }
        let change = Some(json!({field: value}));
        let (status, mut changed) = site
            .call(&admin, Method::PATCH, "schedules/tidy", change)
            .await?;
        assert_eq!(status, StatusCode::OK, "{field}: {changed}");
        let next = changed["next_run_at"].take();
        assert_eq!(next.is_string(), expected["enabled"] == true, "{field}");
        assert_eq!(changed, expected, "{field}");
    }
    for (every, unit, seconds) in [
        (9, "seconds", 9),
        (3, "minutes", 180),
        (5, "hours", 18_000),
        (2, "days", 172_800),
    ] {
        let change = Some(json!({"interval": {"every": every, "unit": unit}}));
        let (status, changed) = site
            .call(&admin, Method::PATCH, "schedules/tidy", change)
            .await?;
        assert_eq!(status, StatusCode::OK, "{unit}: {changed}");
        assert_eq!(changed["interval_seconds"], seconds, "{unit}");
        assert_eq!(changed["type"], "interval");
    }
    site.system.stop().await;
    Ok(())
}

/// From pending to an end, with each field of an execution at each step.
#[tokio::test]
async fn an_execution_has_every_field() -> Result<(), AnyError> {
    let site = Site::start(Parts::Api).await?;
    let admin = site.log_in("admin@example.org").await?;
    let new = json!({"key": "tidy", "interval_seconds": 3600, "kwargs": {"retention_days": 3},
        "task_name": "cron_tasks.cleanup_old_jwts_and_pats"});
    site.call(&admin, Method::POST, "schedules", Some(new))
        .await?;
    let ends = [
        (
            "SUCCESS",
            json!({"status": "completed"}),
            "success",
            Value::Null,
        ),
        (
            "FAILURE",
            json!({"exc_type": "X", "exc_message": ["y"], "exc_module": "z"}),
            "failed",
            json!("X: y"),
        ),
    ];
    for (status, result, shown, error) in ends {
        let begun = Utc::now() - TimeDelta::seconds(2);
        let trigger = "schedules/tidy/trigger";
        let (code, made) = site.call(&admin, Method::POST, trigger, None).await?;
        assert_eq!(code, StatusCode::CREATED, "{made}");
        let names = [
            "id",
            "execution_id",
            "status",
            "scheduled_at",
            "made_by",
            "task_id",
            "started_at",
            "completed_at",
            "duration_ms",
            "error",
            "result_summary",
        ];
        assert_eq!(fields(&made), names.into_iter().collect());
        assert_eq!(
            (&made["status"], &made["made_by"]),
            (&json!("pending"), &json!("hand"))
        );
        let scheduled: DateTime<Utc> = serde_json::from_value(made["scheduled_at"].clone())?;
        assert!(scheduled >= begun && scheduled <= Utc::now() + TimeDelta::seconds(2));
        for later in [
            "started_at",
            "completed_at",
            "duration_ms",
            "error",
            "result_summary",
        ] {
            assert!(made[later].is_null(), "{later}: {made}");
        }
        let task_id = made["task_id"].as_i64().ok_or("no task")?;
        let newest = async || -> Result<Value, AnyError> {
            let path = "schedules/tidy/executions";
            let (_, mut list) = site.call(&admin, Method::GET, path, None).await?;
            let newest = list[0].take();
            for field in ["id", "execution_id", "scheduled_at", "task_id", "made_by"] {
                assert_eq!(newest[field], made[field], "{field}");
            }
            Ok(newest)
        };
        // Each step as a worker writes it.
        site.rig.db.claim_task(task_id, "worker", 30.0).await?;
        let running = newest().await?;
        assert_eq!(running["status"], "running");
        assert!(running["started_at"].is_string() && running["completed_at"].is_null());
        sqlx::query(
            "UPDATE task SET status = $2, result = $3, lease_expires_at = NULL,
                    started_at = now() - interval '1500 milliseconds', finished_at = now() WHERE id = $1",
        )
        .bind(task_id)
        .bind(status)
        .bind(&result)
        .execute(&site.rig.pool)
        .await?;
        let ended = newest().await?;
        assert_eq!(ended["status"], shown);
        assert_eq!(ended["duration_ms"], 1500);
        assert!(ended["completed_at"].is_string());
        assert_eq!(ended["error"], error);
        let summary = if shown == "success" {
            result
        } else {
            Value::Null
        };
        assert_eq!(ended["result_summary"], summary);
        // Its history is that of a task without user and project.
        let of: (Option<i64>, Option<i64>) =
            sqlx::query_as("SELECT user_id, project_id FROM task WHERE id = $1")
                .bind(task_id)
                .fetch_one(&site.rig.pool)
                .await?;
        assert_eq!(of, (None, None));
    }
    site.system.stop().await;
    Ok(())
}

/// Both daily jobs of the guide, with its keys, times and arguments; none at an hour that a change of the clocks skips or repeats.
#[tokio::test]
async fn the_daily_jobs_are_those_of_the_guide() -> Result<(), AnyError> {
    let site = Site::start(Parts::All).await?;
    let admin = site.log_in("admin@example.org").await?;
    let find = async |key: &str| -> Result<Option<Value>, AnyError> {
        let (_, list) = site.call(&admin, Method::GET, "schedules", None).await?;
        let jobs = list.as_array().ok_or("no list")?;
        Ok(jobs.iter().find(|job| job["key"] == key).cloned())
    };
    for (key, task, cron, kwargs) in [
        (
            "cleanup-old-tasks-daily",
            "cron_tasks.cleanup_old_task_history",
            "0 5 * * *",
            json!({"retention_days": 30}),
        ),
        (
            "cleanup-stuck-tasks-daily",
            "cron_tasks.cleanup_stuck_tasks",
            "15 5 * * *",
            json!({"stuck_pending_hours": 168, "stuck_started_hours": 168}),
        ),
    ] {
        let made = tokio::time::timeout(std::time::Duration::from_secs(20), async {
            loop {
                if let Some(job) = find(key).await? {
                    return Ok::<_, AnyError>(job);
                }
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        });
        let job = made.await??;
        assert_eq!(job["task_name"], task);
        assert_eq!(job["cron"], cron);
        assert_eq!(job["kwargs"], kwargs);
        assert_eq!(job["time_zone"], "Europe/Stockholm");
        assert_eq!(
            (&job["enabled"], &job["built_in"]),
            (&json!(true), &json!(true))
        );
    }
    let (_, list) = site.call(&admin, Method::GET, "schedules", None).await?;
    for job in list.as_array().ok_or("no list")? {
        let cron = job["cron"].as_str().ok_or("no cron")?;
        let hour = cron.split(' ').nth(1).unwrap_or_default();
        assert!(!["2", "3", "02", "03"].contains(&hour), "{job}");
        let name = job["task_name"].as_str().unwrap_or_default();
        assert!(name.starts_with("cron_tasks."), "{name}");
    }
    site.system.stop().await;
    Ok(())
}

/// Instances register, beat, are listed with what they run, and are forgotten when they fall silent; one that comes back is listed
/// again.
#[tokio::test]
async fn an_instance_is_listed_while_it_beats() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let queues = ["quick".to_owned()];
    rig.db
        .worker_lives("one", "local", "1.2.3", &queues)
        .await?;
    rig.db.worker_lives("two", "fargate", "1.2.4", &[]).await?;
    let task_id = rig
        .submit(&[divbase_task_tests::probe::Act::Succeed])
        .await?;
    rig.db.claim_task(task_id, "one", 30.0).await?;
    let find = async |id: &str| -> Result<Option<divbase_db::WorkerInstance>, AnyError> {
        Ok(rig
            .db
            .workers()
            .await?
            .into_iter()
            .find(|worker| worker.id == id))
    };
    let one = find("one").await?.ok_or("it is listed")?;
    assert_eq!(
        (
            one.kind.as_str(),
            one.version.as_str(),
            one.queues.as_slice()
        ),
        ("local", "1.2.3", &queues[..])
    );
    assert_eq!(one.current_tasks, [task_id]);
    sqlx::query("UPDATE worker_instance SET last_heartbeat = now() - interval '61 seconds'")
        .execute(&rig.pool)
        .await?;
    rig.db
        .worker_lives("one", "local", "1.2.3", &queues)
        .await?;
    assert_eq!(rig.db.forget_silent_workers(60.0).await?, 1);
    assert!(find("two").await?.is_none());
    let again = find("one").await?.ok_or("it beats")?;
    assert_eq!(again.started_at, one.started_at);
    assert!(again.last_heartbeat >= one.last_heartbeat);
    rig.db.worker_lives("two", "fargate", "1.2.4", &[]).await?;
    assert!(find("two").await?.is_some());
    rig.db.worker_ended("two").await?;
    assert!(find("two").await?.is_none());
    // Its task is not lost with it.
    assert_eq!(rig.task(task_id).await?.status, TaskStatus::Started);
    Ok(())
}
