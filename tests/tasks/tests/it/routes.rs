//! The routes of the task system, over HTTP against the whole system in one process.

use divbase_local::{AnyError, system::Parts};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::site::Site;

#[tokio::test]
async fn who_may_cancel_and_retry() -> Result<(), AnyError> {
    let site = Site::start(Parts::Api).await?;
    let admin = site.log_in("admin@example.org").await?;
    let name = format!("birds-{}", rand::random::<u32>());
    let project = json!({"name": name, "bucket_name": name, "storage_quota_bytes": 1000});
    let (_, project) = site
        .call(&admin, Method::POST, "admin/projects", Some(project))
        .await?;
    let project_id = project["id"].as_i64().ok_or("no project")?;
    let submitter = site
        .user(&admin, "submitter@example.org", Some((project_id, "query")))
        .await?;
    let manager = site
        .user(&admin, "manager@example.org", Some((project_id, "manage")))
        .await?;
    let editor = site
        .user(&admin, "editor@example.org", Some((project_id, "edit")))
        .await?;
    let path = format!("vcf-dimensions/projects/{name}");
    let (status, id) = site.call(&submitter, Method::PUT, &path, None).await?;
    assert_eq!(status, StatusCode::ACCEPTED);
    let cancel = format!("task-history/tasks/{id}/cancel");
    let retry = format!("task-history/tasks/{id}/retry");
    let post = |token: String, path: String| {
        let site = &site;
        async move { site.call(&token, Method::POST, &path, None).await }
    };

    let (status, error) = post(editor.clone(), cancel.clone()).await?;
    assert_eq!(
        (status, &error["type"]),
        (StatusCode::FORBIDDEN, &json!("authorization_error"))
    );
    let (status, items) = post(manager.clone(), cancel.clone()).await?;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(items[0]["status"], "REVOKED");
    assert_eq!(items[0]["cancelled"]["by"], "manager@example.org");
    let (status, _) = post(submitter.clone(), cancel).await?;
    assert_eq!(status, StatusCode::OK, "twice is no error");
    // What was cancelled may be run after all, once.
    let (status, again) = post(submitter.clone(), retry.clone()).await?;
    assert_eq!(status, StatusCode::CREATED, "{again}");
    let cancel = format!("task-history/tasks/{again}/cancel");
    let waiting = format!("task-history/tasks/{again}/retry");
    let (status, error) = post(submitter.clone(), waiting).await?;
    assert_eq!(status, StatusCode::CONFLICT, "{error}");
    let (status, _) = post(submitter.clone(), cancel).await?;
    assert_eq!(status, StatusCode::OK);

    // One that failed.
    let (_, id) = site.call(&submitter, Method::PUT, &path, None).await?;
    let error = json!({"exc_type": "X", "exc_message": ["y"], "exc_module": "z"});
    sqlx::query(
        "UPDATE task SET status = 'FAILURE', result = $1, finished_at = now() WHERE id = $2",
    )
    .bind(error)
    .bind(id.as_i64())
    .execute(&site.rig.pool)
    .await?;
    let retry = format!("task-history/tasks/{id}/retry");
    let (status, _) = post(editor, retry.clone()).await?;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let (status, new) = post(manager, retry.clone()).await?;
    assert_eq!(status, StatusCode::CREATED);
    let (status, same) = post(admin, retry.clone()).await?;
    assert_eq!((status, &same), (StatusCode::CREATED, &new));
    let (_, items) = site
        .call(
            &submitter,
            Method::GET,
            &format!("task-history/tasks/{new}"),
            None,
        )
        .await?;
    assert_eq!(
        (&items[0]["retry_of"], &items[0]["status"]),
        (&id, &json!("PENDING"))
    );
    let (status, same) = post(submitter, retry).await?;
    assert_eq!((status, same), (StatusCode::CREATED, new));
    site.system.stop().await;
    Ok(())
}

#[tokio::test]
async fn administrators_keep_schedules_workers_and_the_pause() -> Result<(), AnyError> {
    let site = Site::start(Parts::All).await?;
    let admin = site.log_in("admin@example.org").await?;
    let user = site.user(&admin, "user@example.org", None).await?;
    for path in ["schedules", "workers", "queue-status"] {
        let (status, _) = site.call(&user, Method::GET, path, None).await?;
        assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
    }
    let new = json!({"key": "tidy", "display_names": {"en": "Tidy"}, "interval_seconds": 3600,
        "task_name": "cron_tasks.cleanup_old_jwts_and_pats", "kwargs": {"retention_days": 3}});
    let create = |body: Value| site.call(&admin, Method::POST, "schedules", Some(body));
    let (status, made) = create(new.clone()).await?;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    assert_eq!(
        (&made["type"], &made["enabled"]),
        (&json!("interval"), &json!(true))
    );
    assert_eq!(create(new.clone()).await?.0, StatusCode::CONFLICT);
    for (field, value) in [
        ("key", json!("Not A Key")),
        ("task_name", json!("tasks.none")),
        ("retention_days", json!({"retention_days": "many"})),
        ("retention_days", json!({"retention_days": -1})),
        ("retention_days", json!({"retention_days": 40_000})),
        ("retention_day", json!({"retention_day": 3})),
        ("task_name", json!("tasks.bcftools_query")),
        ("interval", json!({"every": 2, "unit": "hours"})),
        ("time_zone", json!("Mars/Olympus")),
        ("interval_seconds", json!(0)),
        ("cron", json!("0 5 * * *")),
        ("max_overlapping", json!(0)),
    ] {
        let mut bad = new.clone();
        bad["key"] = json!("other");
        let place = if field.starts_with("retention") {
            "kwargs"
        } else {
            field
        };
        bad[place] = value;
        let (status, error) = create(bad).await?;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{field}: {error}");
        assert!(error.to_string().contains(field), "{field}: {error}");
    }
    let change = json!({"cron": "*/5 * * * *", "time_zone": "Europe/Stockholm", "enabled": false});
    let (status, changed) = site
        .call(&admin, Method::PATCH, "schedules/tidy", Some(change))
        .await?;
    assert_eq!(status, StatusCode::OK, "{changed}");
    assert_eq!(
        (
            &changed["type"],
            &changed["enabled"],
            &changed["next_run_at"]
        ),
        (&json!("cron"), &json!(false), &Value::Null)
    );
    let (status, execution) = site
        .call(&admin, Method::POST, "schedules/tidy/trigger", None)
        .await?;
    assert_eq!(status, StatusCode::CREATED, "{execution}");
    let task_id = execution["task_id"].as_i64().ok_or("no task")?;
    site.rig
        .until(task_id, divbase_contract::history::TaskStatus::Success)
        .await?;
    let (_, executions) = site
        .call(&admin, Method::GET, "schedules/tidy/executions", None)
        .await?;
    assert_eq!(executions[0]["status"], "success");
    assert_eq!(executions[0]["made_by"], "hand");
    assert_eq!(executions[0]["result_summary"]["retention_days"], 3);
    assert!(executions[0]["duration_ms"].is_i64());
    let delete = |key: &str| {
        let path = format!("schedules/{key}");
        let (site, admin) = (&site, &admin);
        async move { site.call(admin, Method::DELETE, &path, None).await }
    };
    assert_eq!(delete("tidy").await?.0, StatusCode::NO_CONTENT);
    assert_eq!(delete("tidy").await?.0, StatusCode::NOT_FOUND);
    assert_eq!(
        delete("cleanup-old-tasks-daily").await?.0,
        StatusCode::CONFLICT
    );

    let (_, workers) = site.call(&admin, Method::GET, "workers", None).await?;
    assert_eq!(workers[0]["kind"], "local");
    assert_eq!(workers[0]["queues"], json!(["quick", "long", "heavy"]));

    let pause = |body: Value| site.call(&admin, Method::PUT, "queue-status", Some(body));
    let (status, _) = pause(json!({"is_closed": true})).await?;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let (status, _) =
        pause(json!({"is_closed": true, "reason_for_users": "We move house."})).await?;
    assert_eq!(status, StatusCode::OK);
    let (_, shown) = site.call(&admin, Method::GET, "queue-status", None).await?;
    assert_eq!(shown["reason_for_users"], "We move house.");
    let (status, _) = pause(json!({"is_closed": false})).await?;
    assert_eq!(status, StatusCode::OK);
    site.system.stop().await;
    let left = site.rig.db.workers().await;
    assert_eq!(left?, [], "a worker that ended in order is not on the list");
    Ok(())
}
