//! Deleting a project: closed at once, taken back while there is time, then destroyed to the last version.

use divbase_api::ProjectRules;
use divbase_tests::{
    Outcome, TestResult, accounts::Project, bucket, client::Request, installation::Installation,
    mailbox::Mailbox, process::Cli,
};
use serde_json::{Value, json};

use super::{get, patch, post};

async fn destroy_what_is_due(installation: &Installation) -> TestResult<Value> {
    let admin = &installation.admin;
    let path = "/v1/schedules/delete-projects-hourly/trigger";
    let made = post(installation, admin, path, json!({}))
        .await?
        .accepted()?;
    let task = made["task_id"].as_i64().ok_or("no task")?;
    installation.succeeded(admin, task).await
}

/// Nothing of what is the project's is left in the database.
async fn rows_of(installation: &Installation, project: &Project) -> TestResult<i64> {
    let mut database = installation.database.connect().await?;
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT table_name::text FROM information_schema.columns
         WHERE column_name = 'project_id' AND table_schema = 'public' AND table_name <> 'audit_entry'",
    )
    .fetch_all(&mut database)
    .await?;
    assert!(tables.len() > 10, "{tables:?}");
    let mut rows = 0;
    for table in tables {
        let count = format!("SELECT count(*) FROM {table} WHERE project_id = $1");
        rows += sqlx::query_scalar::<_, i64>(sqlx::AssertSqlSafe(count))
            .bind(project.id)
            .fetch_one(&mut database)
            .await?;
    }
    Ok(rows)
}

#[tokio::test]
async fn a_project_is_closed_kept_and_at_last_destroyed_with_all_that_is_its_own() -> Outcome {
    let mut mailbox = Mailbox::start().await?;
    let mailer = mailbox.mailer()?;
    let installation = Installation::start_with(|settings| settings.mail = Some(mailer)).await?;
    let (linnea, erik) = (
        installation.person("linnea").await?,
        installation.person("erik").await?,
    );
    let herring = installation.project("herring", &linnea, "manage").await?;
    let (client, admin) = (&installation.client, &installation.admin);
    herring.add(client, admin, &erik, "edit").await?;
    let cod = installation.project("cod", &linnea, "manage").await?;
    installation
        .upload(&linnea, &cod, "kept.txt", b"kept")
        .await?;
    let file = divbase_tests::vcf::bgzipped(&divbase_tests::vcf::text(&["N1"], &[("1", 100)]))?;
    for name in ["a.vcf.gz", "b.txt", "b.txt"] {
        installation.upload(&linnea, &herring, name, &file).await?;
    }
    installation.update_dimensions(&linnea, &herring).await?;
    let version = Request::patch("/v1/project-versions/add?project_name=herring");
    let version = version.bearer(&linnea.token).json(&json!({"name": "v1"}));
    client.send(version).await?.accepted()?;
    let freeze = Request::patch("/v1/project-versions/freeze?project_name=herring");
    let freeze = freeze
        .bearer(&linnea.token)
        .json(&json!({"version_name": "v1"}));
    client.send(freeze).await?.accepted()?;
    let gone = Request::delete("/v1/s3/?project_name=herring");
    client
        .send(gone.bearer(&linnea.token).json(&json!(["b.txt"])))
        .await?
        .accepted()?;
    let upload = Request::post("/v1/s3/upload/multi-part/create?project_name=herring");
    let upload = upload.bearer(&linnea.token);
    let upload = upload.json(&json!({"name": "big.txt", "content_length": 100_663_297}));
    client.send(upload).await?.accepted()?;

    // An editor does not, and the name has to be repeated.
    let path = "/v1/projects/herring/delete";
    let confirm = json!({"confirm": "herring"});
    post(&installation, &erik, path, confirm.clone())
        .await?
        .refused(403)?;
    post(&installation, &linnea, path, json!({"confirm": "cod"}))
        .await?
        .refused(400)?;
    let cli = Cli::new(&installation.api_url, &installation.path("linnea"))?;
    cli.log_in(&linnea).await?;
    let said = cli
        .ok(&["project", "delete", "--project", "herring", "--yes"])
        .await?;
    assert!(
        said.contains("is closed. It will be destroyed on "),
        "{said}"
    );
    let letter = mailbox.next().await?;
    assert_eq!(letter["to"], json!(["linnea@example.org"]));
    let text = letter["text"].as_str().unwrap_or_default();
    assert!(
        text.contains("divbase-cli project undelete --project herring"),
        "{text}"
    );

    // It is closed: nobody is let in, its managers see when it ends, and opening it is taking that back.
    let list = Request::post("/v1/s3/list?project_name=herring").bearer(&linnea.token);
    let list = list.json(&json!({"prefix": null, "delimiter": null, "next_token": null}));
    client.send(list.clone()).await?.refused(404)?;
    let listed = cli.ok(&["project", "list", "--tsv"]).await?;
    assert!(
        listed.contains("herring\tmanage\tto be destroyed"),
        "{listed}"
    );
    let of_erik = get(&installation, &erik, "/v1/projects")
        .await?
        .accepted()?;
    assert_eq!(of_erik["projects"], json!([]));
    patch(
        &installation,
        admin,
        "/v1/projects/herring",
        json!({"is_active": true}),
    )
    .await?
    .refused(409)?;
    post(
        &installation,
        &erik,
        "/v1/projects/herring/undelete",
        json!({}),
    )
    .await?
    .refused(403)?;
    // While there is time nothing is touched.
    assert_eq!(
        destroy_what_is_due(&installation).await?["number_of_projects_deleted"],
        0
    );
    let said = cli
        .ok(&["project", "undelete", "--project", "herring"])
        .await?;
    assert!(said.contains("is kept; it is open"), "{said}");
    client.send(list.clone()).await?.accepted()?;
    assert_eq!(
        bucket::versions(&installation, &herring, "b.txt")
            .await?
            .len(),
        2
    );

    post(&installation, admin, path, confirm)
        .await?
        .accepted()?;
    mailbox.next().await?;
    let mut database = installation.database.connect().await?;
    sqlx::query("UPDATE project_deletion SET due_at = now() - interval '1 second'")
        .execute(&mut database)
        .await?;
    let done = destroy_what_is_due(&installation).await?;
    assert_eq!(
        done,
        json!({"number_of_projects_deleted": 1, "number_of_projects_failed": 0})
    );
    let s3 = bucket::client(&installation);
    let buckets = s3.list_buckets().send().await?;
    let names: Vec<&str> = buckets
        .buckets()
        .iter()
        .filter_map(|one| one.name())
        .collect();
    assert!(!names.contains(&herring.bucket.as_str()), "{names:?}");
    assert!(names.contains(&cod.bucket.as_str()), "{names:?}");
    assert_eq!(rows_of(&installation, &herring).await?, 0);
    get(&installation, admin, "/v1/projects/herring")
        .await?
        .refused(404)?;
    // What it was is still told, and its name is free.
    let audit = get(&installation, admin, "/v1/audit").await?.accepted()?;
    let of = |action: &str| {
        let entries = audit["entries"].as_array().into_iter().flatten();
        entries
            .filter(|entry| entry["action"] == action && entry["project_name"] == "herring")
            .count()
    };
    assert_eq!(of("project.deletion_asked"), 2);
    assert_eq!(of("project.deletion_taken_back"), 1);
    assert_eq!(of("project.deleted"), 1);
    post(
        &installation,
        admin,
        "/v1/projects",
        json!({"name": "herring"}),
    )
    .await?
    .accepted()?;
    let kept = bucket::versions(&installation, &cod, "kept.txt").await?;
    assert_eq!(kept.len(), 1);
    installation.stop().await?;
    Ok(())
}

/// A run that ended after the bucket and before the rows, and one that has begun and cannot be taken back.
#[tokio::test]
async fn a_destruction_that_was_interrupted_goes_on_and_is_not_taken_back() -> Outcome {
    let installation = Installation::start_with(|settings| {
        settings.project_rules = ProjectRules {
            grace_days: 0,
            ..ProjectRules::default()
        };
    })
    .await?;
    let linnea = installation.person("linnea").await?;
    let herring = installation.project("herring", &linnea, "manage").await?;
    let delete = "/v1/projects/herring/delete";
    post(
        &installation,
        &linnea,
        delete,
        json!({"confirm": "herring"}),
    )
    .await?
    .accepted()?;
    let mut database = installation.database.connect().await?;
    sqlx::query("UPDATE project_deletion SET begun_at = now()")
        .execute(&mut database)
        .await?;
    let back = post(
        &installation,
        &linnea,
        "/v1/projects/herring/undelete",
        json!({}),
    )
    .await?;
    assert!(back.refused(409)?.0.contains("is being destroyed"));
    bucket::client(&installation)
        .delete_bucket()
        .bucket(&herring.bucket)
        .send()
        .await?;
    let done = destroy_what_is_due(&installation).await?;
    assert_eq!(done["number_of_projects_deleted"], 1, "{done}");
    assert_eq!(rows_of(&installation, &herring).await?, 0);
    installation.stop().await?;
    Ok(())
}
