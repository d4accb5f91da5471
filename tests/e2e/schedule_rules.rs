//! A schedule does what it says or is refused: no argument is passed over, and no task runs where it does not belong.

use divbase_tests::{
    Outcome, TestResult,
    client::{Answer, Request},
    installation::Installation,
};
use serde_json::{Value, json};

async fn create(installation: &Installation, body: &Value) -> TestResult<Answer> {
    let request = Request::post("/v1/schedules")
        .bearer(&installation.admin.token)
        .json(body);
    installation.client.send(request).await
}

#[tokio::test]
async fn a_change_of_one_argument_leaves_the_others() -> Outcome {
    let installation = Installation::start_api().await?;
    let mut new = json!({"key": "expiry", "task_name": "cron_tasks.cleanup_expired_files",
        "interval": {"every": 2, "unit": "days"}, "active": false,
        "kwargs": {"soft_deleted_file_retention_days": 365}});
    let (text, _) = create(&installation, &new).await?.refused(422)?;
    assert!(text.contains("soft_deleted_file_retention_days"), "{text}");
    new["kwargs"] =
        json!({"soft_deleted_files_retention_days": 365, "task_files_retention_days": 10});
    let made = create(&installation, &new).await?.accepted()?;
    assert_eq!(made["interval_seconds"], 172_800);
    assert_eq!(
        (&made["enabled"], &made["active"]),
        (&json!(false), &json!(false))
    );
    let change = |kwargs: Value| {
        let request = Request::patch("/v1/schedules/expiry")
            .bearer(&installation.admin.token)
            .json(&json!({"kwargs": kwargs}));
        installation.client.send(request)
    };
    for bad in ["task_file_retention_days", "retention_days"] {
        let (text, _) = change(json!({bad: 1})).await?.refused(422)?;
        assert!(text.contains(bad), "{text}");
    }
    for (given, expected) in [
        (
            json!({"task_files_retention_days": 20}),
            json!({"soft_deleted_files_retention_days": 365, "task_files_retention_days": 20}),
        ),
        (
            json!({"task_files_retention_days": null}),
            json!({"soft_deleted_files_retention_days": 365}),
        ),
    ] {
        assert_eq!(change(given).await?.accepted()?["kwargs"], expected);
    }
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_task_is_scheduled_only_where_it_belongs() -> Outcome {
    let installation = Installation::start_api().await?;
    let admin = &installation.admin;
    let herring = installation.project("herring", admin, "manage").await?;
    let salmon = installation.project("salmon", admin, "manage").await?;
    let new = |change: &dyn Fn(&mut Value)| {
        let mut kwargs = json!({"project_id": herring.id, "project_name": "herring",
            "bucket_name": herring.bucket, "user_id": 1});
        change(&mut kwargs);
        json!({"key": "update", "task_name": "tasks.update_vcf_dimensions_task", "interval_seconds": 3600,
            "kwargs": kwargs})
    };
    for (field, value) in [
        ("bucket_name", json!(salmon.bucket)),
        ("project_name", json!("salmon")),
        ("project_id", json!(salmon.id)),
        ("project_id", json!(999_999)),
        ("job_id", json!(1)),
    ] {
        let body = new(&|kwargs| kwargs[field] = value.clone());
        let (text, _) = create(&installation, &body).await?.refused(422)?;
        assert!(
            text.contains(field) || text.contains("bucket_name"),
            "{field}: {text}"
        );
    }
    create(&installation, &new(&|_| ())).await?.accepted()?;
    let mut query = new(&|_| ());
    query["task_name"] = json!("tasks.bcftools_query");
    let (text, _) = create(&installation, &query).await?.refused(422)?;
    assert!(text.contains("task_name"), "{text}");
    installation.stop().await?;
    Ok(())
}
