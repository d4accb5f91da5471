//! Projects: made with their bucket or not at all, closed and opened.

use divbase_api::ProjectCreation;
use divbase_tests::{
    Outcome, TestResult, browser::Browser, client::Request, installation::Installation,
};
use serde_json::json;

use super::{get, patch, post};

async fn buckets(installation: &Installation) -> TestResult<Vec<String>> {
    let s3 = divbase_tests::bucket::client(installation);
    let listed = s3.list_buckets().send().await?;
    let names = listed.buckets().iter().filter_map(|bucket| bucket.name());
    Ok(names
        .filter(|name| name.starts_with(&installation.prefix))
        .map(str::to_owned)
        .collect())
}

#[tokio::test]
async fn a_project_comes_with_its_bucket() -> Outcome {
    let installation = Installation::start_automatic_api().await?;
    let linnea = installation.person("linnea").await?;
    let new = json!({"name": "Sill_2026", "description": "Herring", "manager_email": "LINNEA@example.org"});
    post(&installation, &linnea, "/v1/projects", new.clone())
        .await?
        .refused(403)?;
    let made = post(
        &installation,
        &installation.admin,
        "/v1/projects",
        new.clone(),
    )
    .await?;
    assert_eq!(made.status, 201, "{}", made.text());
    let made = made.json();
    let bucket = made["bucket_name"].as_str().ok_or("no bucket")?;
    assert!(
        bucket.starts_with(&format!("{}-sill-2026-", installation.prefix)),
        "{bucket}"
    );
    assert_eq!(buckets(&installation).await?, [bucket]);

    let s3 = divbase_tests::bucket::client(&installation);
    let versioning = s3.get_bucket_versioning().bucket(bucket).send().await?;
    assert_eq!(
        versioning
            .status()
            .map(aws_sdk_s3::types::BucketVersioningStatus::as_str),
        Some("Enabled")
    );
    let encryption = s3.get_bucket_encryption().bucket(bucket).send().await?;
    assert!(
        format!("{encryption:?}").contains("Aes256"),
        "{encryption:?}"
    );
    let events = s3
        .get_bucket_notification_configuration()
        .bucket(bucket)
        .send()
        .await?;
    assert_eq!(events.queue_configurations().len(), 1);
    let lifecycle = s3
        .get_bucket_lifecycle_configuration()
        .bucket(bucket)
        .send()
        .await?;
    assert_eq!(lifecycle.rules().len(), 1);

    // Its manager works with it at once.
    let project = divbase_tests::accounts::Project {
        id: made["id"].as_i64().ok_or("no number")?,
        name: "Sill_2026".to_owned(),
        bucket: bucket.to_owned(),
    };
    installation
        .upload(&linnea, &project, "notes.txt", b"x")
        .await?;
    let mine = get(&installation, &linnea, "/v1/projects")
        .await?
        .accepted()?;
    assert_eq!(mine["projects"][0]["role"], "manage");

    let again = post(&installation, &installation.admin, "/v1/projects", new).await?;
    assert_eq!(again.refused(400)?.1, "project_creation_error");
    for bad in [
        json!({"name": "a b c"}),
        json!({"name": "x/y"}),
        json!({"name": "abc", "storage_quota_bytes": -1}),
        json!({"name": "a\u{0}bc"}),
    ] {
        post(&installation, &installation.admin, "/v1/projects", bad)
            .await?
            .refused(422)?;
    }
    let nobody = json!({"name": "cod", "manager_email": "nobody@example.org"});
    post(&installation, &installation.admin, "/v1/projects", nobody)
        .await?
        .refused(404)?;
    assert_eq!(buckets(&installation).await?.len(), 1);
    installation.stop().await?;
    Ok(())
}

/// Many ask for the same name at once: one gets it, and there is one bucket.
#[tokio::test]
async fn a_creation_that_fails_leaves_nothing() -> Outcome {
    let installation = Installation::start_api().await?;
    let asked = (0..6).map(|_| {
        post(
            &installation,
            &installation.admin,
            "/v1/projects",
            json!({"name": "herring"}),
        )
    });
    let mut statuses = Vec::new();
    for answer in futures::future::join_all(asked).await {
        statuses.push(answer?.status);
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 400, 400, 400, 400, 400]);
    assert_eq!(buckets(&installation).await?.len(), 1);
    let mut database = installation.database.connect().await?;
    let unfinished: i64 = sqlx::query_scalar("SELECT count(*) FROM unfinished_bucket")
        .fetch_one(&mut database)
        .await?;
    assert_eq!(unfinished, 0);
    installation.stop().await?;
    Ok(())
}

/// An API that was killed between bucket and project leaves a note; the next creation clears up.
#[tokio::test]
async fn what_an_interrupted_creation_left_is_removed() -> Outcome {
    let installation = Installation::start_api().await?;
    let bucket = format!("{}-left-behind", installation.prefix);
    let s3 = divbase_tests::bucket::client(&installation);
    s3.create_bucket().bucket(&bucket).send().await?;
    let mut database = installation.database.connect().await?;
    sqlx::query("INSERT INTO unfinished_bucket (bucket_name, started_at) VALUES ($1, now() - interval '1 hour')")
        .bind(&bucket).execute(&mut database).await?;
    post(
        &installation,
        &installation.admin,
        "/v1/projects",
        json!({"name": "herring"}),
    )
    .await?
    .accepted()?;
    let left = buckets(&installation).await?;
    assert!(left.len() == 1 && !left.contains(&bucket), "{left:?}");
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_closed_project_lets_nobody_in() -> Outcome {
    let installation = Installation::start_api().await?;
    let linnea = installation.person("linnea").await?;
    installation.project("herring", &linnea, "manage").await?;
    let list = || {
        Request::post("/v1/s3/list?project_name=herring")
            .bearer(&linnea.token)
            .json(&json!({"prefix": null, "delimiter": null, "next_token": null}))
    };
    installation.client.send(list()).await?.accepted()?;
    let (admin, path) = (&installation.admin, "/v1/projects/herring");
    patch(&installation, &linnea, path, json!({"is_active": false}))
        .await?
        .refused(403)?;
    patch(&installation, admin, path, json!({"is_active": false}))
        .await?
        .accepted()?;
    installation.client.send(list()).await?.refused(404)?;
    get(&installation, &linnea, path).await?.refused(404)?;
    let mine = get(&installation, &linnea, "/v1/projects")
        .await?
        .accepted()?;
    assert_eq!(mine["projects"], json!([]));
    let all = get(&installation, admin, "/v1/projects?all=true")
        .await?
        .accepted()?;
    assert_eq!(all["projects"][0]["is_active"], false);
    get(&installation, &linnea, "/v1/projects?all=true")
        .await?
        .refused(403)?;
    patch(
        &installation,
        admin,
        path,
        json!({"is_active": true, "description": "open again"}),
    )
    .await?
    .accepted()?;
    installation.client.send(list()).await?.accepted()?;
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn where_everybody_may_make_projects_they_are_few_and_of_the_usual_size() -> Outcome {
    let installation = Installation::start_api_with(|settings| {
        settings.project_creation = ProjectCreation::Everybody;
    })
    .await?;
    let linnea = installation.person("linnea").await?;
    let make = |body: serde_json::Value| post(&installation, &linnea, "/v1/projects", body);
    let large = json!({"name": "sill", "storage_quota_bytes": 200_000_000_000_u64});
    make(large).await?.refused(422)?;
    let others = json!({"name": "sill", "manager_email": "admin@example.org"});
    make(others).await?.refused(422)?;
    let made = make(json!({"name": "sill"})).await?.accepted()?;
    assert_eq!(made["role"], "manage");
    assert_eq!(made["bucket_name"], serde_json::Value::Null);
    // A token makes none.
    let new = json!({"name": "laptop", "all_projects": true});
    let pat = post(&installation, &linnea, "/v1/auth/pats", new).await?;
    let pat = pat.accepted()?["token"]
        .as_str()
        .ok_or("no token")?
        .to_owned();
    let by_token = Request::post("/v1/projects").bearer(&pat);
    let by_token = by_token.json(&json!({"name": "by-token"}));
    installation.client.send(by_token).await?.refused(403)?;
    let mut database = installation.database.connect().await?;
    sqlx::query(
        "WITH made AS (INSERT INTO project (name, bucket_name, storage_quota_bytes)
                       SELECT 'torsk' || n, 'bucket-' || n, 1 FROM generate_series(1, 9) n RETURNING id)
         INSERT INTO project_membership (project_id, user_id, role)
         SELECT made.id, u.id, 'manage' FROM made, app_user u WHERE u.email = 'linnea@example.org'",
    )
    .execute(&mut database)
    .await?;
    make(json!({"name": "too-many"})).await?.refused(409)?;
    let mut browser = Browser::new(&installation.client, &installation.api_url)?;
    let erik = installation.person("erik").await?;
    browser.sign_in(&erik).await?;
    let page = browser.read("/projects/").await?;
    assert!(page.contains("Make a project") && !page.contains("manager_email"));
    let page = browser
        .submit_and_read("/projects/new", &[("name", "torsk")])
        .await?;
    assert!(page.contains("torsk"), "{page}");
    installation.stop().await?;
    Ok(())
}
