//! The routes of the task system, over HTTP against the whole system in one process.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use divbase_local::{
    AnyError,
    system::{Indexing, Parts, StoreAddress, System, SystemSettings},
};
use divbase_task_tests::Rig;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

const PASSWORD: &str = "a long enough password";

struct Site {
    rig: Rig,
    system: System,
    http: Client,
    url: String,
}

impl Site {
    async fn start(parts: Parts) -> Result<Self, AnyError> {
        // A second test in this process finds it installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let rig = Rig::new().await?;
        let prefix = rig
            .database_url
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned();
        let system = System::start(
            SystemSettings {
                database_url: rig.database_url.clone(),
                store: StoreAddress::at(std::env::var("AWS_ENDPOINT_URL")?),
                queue_prefix: prefix,
                bcftools: "bcftools".into(),
                work_dir: std::env::temp_dir(),
                heavy_workers: true,
                registration: Default::default(),
                patience: Duration::from_secs(60),
                mail: None,
                lease: Duration::from_secs(30),
                jwt_secret: "0123456789abcdef0123456789abcdef".to_owned(),
                access_seconds: 900,
                admin: ("admin@example.org".to_owned(), PASSWORD.to_owned()),
                listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
                parts,
                waiting: divbase_tasks::WaitingLimits {
                    per_user: 100,
                    per_project: 100,
                },
                indexing: Indexing::OnRequest,
            },
            &rig.sdk,
        )
        .await?;
        let url = system.api_url.clone().ok_or("no API")?;
        Ok(Self {
            rig,
            system,
            http: Client::new(),
            url,
        })
    }

    async fn log_in(&self, email: &str) -> Result<String, AnyError> {
        let form = [
            ("grant_type", "password"),
            ("username", email),
            ("password", PASSWORD),
        ];
        let answer: Value = self
            .http
            .post(format!("{}/v1/auth/login", self.url))
            .form(&form)
            .send()
            .await?
            .json()
            .await?;
        let token = answer["access_token"].as_str();
        Ok(token.ok_or_else(|| answer.to_string())?.to_owned())
    }

    async fn call(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<(StatusCode, Value), AnyError> {
        let mut request = self
            .http
            .request(method, format!("{}/v1/{path}", self.url))
            .bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        Ok((status, serde_json::from_str(&text).unwrap_or(Value::Null)))
    }

    /// A user who can log in, with a role in the project if one is given.
    async fn user(
        &self,
        admin: &str,
        email: &str,
        role: Option<(i64, &str)>,
    ) -> Result<String, AnyError> {
        let body = json!({"name": "Mary Anning", "email": email, "organisation": "Museum",
            "organisation_role": "Collector", "password": PASSWORD, "confirm_password": PASSWORD});
        let path = "admin/users/?email_verified=true";
        self.call(admin, Method::POST, path, Some(body)).await?;
        if let Some((project_id, role)) = role {
            let path = format!("admin/projects/{project_id}/members/{email}?role={role}");
            self.call(admin, Method::POST, &path, None).await?;
        }
        self.log_in(email).await
    }
}

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
