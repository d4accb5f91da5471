//! What the seed documents say of tasks on the wire, argument by argument and field by field.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use divbase_tests::{Outcome, TestResult, accounts::Person, client::Request, scene::Scene};
use serde_json::{Value, json};

const TABLE: &[u8] = b"#Sample_ID\tArea\nN1\tNorth\nS1\tSouth\n";
const OTHER: &[u8] = b"#Sample_ID\tArea\nS1\tNorth\n";

async fn stage() -> TestResult<Scene> {
    let scene = Scene::set().await?;
    scene
        .upload_vcf("a.vcf.gz", &["N1", "S1"], &[("1", 100)])
        .await?;
    scene.upload("sample_metadata.tsv", TABLE).await?;
    scene.upload("other.tsv", OTHER).await?;
    scene.index().await?;
    Ok(scene)
}

fn number(answer: &Value) -> TestResult<i64> {
    answer
        .as_i64()
        .ok_or_else(|| format!("no bare number: {answer}").into())
}

fn names(value: &Value) -> BTreeSet<&str> {
    let object = value.as_object().into_iter().flatten();
    object.map(|(name, _)| name.as_str()).collect()
}

fn time(item: &Value, field: &str) -> TestResult<DateTime<Utc>> {
    Ok(serde_json::from_value(item[field].clone())?)
}

/// The older name takes its three arguments, the first two of which may be absent, and is answered with 201 and a number.
#[tokio::test]
async fn the_older_name_of_a_query_takes_each_of_its_arguments() -> Outcome {
    let scene = stage().await?;
    let (installation, person) = (&scene.installation, &scene.person);
    let path = "/v1/query/bcftools-pipe/projects/{project}";
    for (body, filter, table, samples) in [
        (json!({"command": "view -s"}), "", "sample_metadata.tsv", 2),
        (
            json!({"command": "view -s", "tsv_filter": "", "metadata_tsv_name": null}),
            "",
            "sample_metadata.tsv",
            2,
        ),
        (
            json!({"command": "view -s", "tsv_filter": "Area:North"}),
            "Area:North",
            "sample_metadata.tsv",
            1,
        ),
        (
            json!({"command": "view -s", "metadata_tsv_name": "other.tsv"}),
            "",
            "other.tsv",
            1,
        ),
        (
            json!({"command": "view -r 1:1-5", "tsv_filter": "Area:North", "metadata_tsv_name": "other.tsv"}),
            "Area:North",
            "other.tsv",
            1,
        ),
    ] {
        let answer = scene.post(path, body.to_string().as_bytes()).await?;
        assert_eq!(answer.status, 201, "{body}: {}", answer.text());
        let task_id = number(&answer.accepted()?)?;
        let item = installation.ended(person, task_id).await?;
        assert_eq!(item["status"], "SUCCESS", "{item}");
        assert_eq!(item["name"], "tasks.bcftools_query");
        let kwargs = &item["kwargs"];
        assert_eq!(kwargs["command"], body["command"], "{item}");
        assert_eq!(kwargs["tsv_filter"], filter, "{item}");
        assert_eq!(kwargs["metadata_tsv_name"], table, "{item}");
        assert_eq!(item["result"]["samples"], samples, "{body}: {item}");
    }
    let refused = scene.post(path, br#"{"tsv_filter": ""}"#).await?;
    let (text, _) = refused.refused(422)?;
    assert!(text.contains("command"), "{text}");
    let reader = installation.person("reader").await?;
    scene
        .project
        .add(&installation.client, &installation.admin, &reader, "read")
        .await?;
    let request = Request::post(&path.replace("{project}", &scene.project.name))
        .bearer(&reader.token)
        .json(&json!({"command": "view -s"}));
    let (_, kind) = installation.client.send(request).await?.refused(403)?;
    assert_eq!(kind, "authorization_error");
    scene.stop().await?;
    Ok(())
}

/// The metadata route answers 200 with what the document says that it answers, and is a task in history all the same.
#[tokio::test]
async fn the_metadata_route_answers_as_it_declares() -> Outcome {
    let scene = stage().await?;
    let document = scene.get("/v1/openapi.json").await?;
    let path = "/query/sample-metadata/projects/{project_name}";
    let (_, route) = document["paths"]
        .as_object()
        .into_iter()
        .flatten()
        .find(|(name, _)| name.ends_with(path))
        .ok_or("the route is not in the document")?;
    let declared = &route["post"]["responses"]["200"]["content"]["application/json"]["schema"];
    let reference = declared["$ref"].as_str().ok_or("no type is declared")?;
    let schema =
        &document["components"]["schemas"][reference.rsplit('/').next().unwrap_or_default()];
    let body = json!({"tsv_filter": "Area:North", "metadata_tsv_name": "sample_metadata.tsv"});
    let answer = scene
        .post(
            "/v1/query/sample-metadata/projects/{project}",
            body.to_string().as_bytes(),
        )
        .await?;
    assert_eq!(answer.status, 200);
    let answer = answer.accepted()?;
    let properties = names(&schema["properties"]);
    assert!(
        names(&answer).is_subset(&properties),
        "{answer}, {properties:?}"
    );
    for required in schema["required"].as_array().into_iter().flatten() {
        let required = required.as_str().unwrap_or_default();
        assert!(answer.get(required).is_some(), "{required}: {answer}");
    }
    for (field, value) in [
        ("unique_sample_ids", json!(["N1"])),
        ("unique_filenames", json!(["a.vcf.gz"])),
        (
            "sample_and_filename_subset",
            json!([{"sample_id": "N1", "filename": "a.vcf.gz"}]),
        ),
    ] {
        assert_eq!(answer[field], value, "{answer}");
    }
    let newest = scene.get("/v1/task-history/tasks/user").await?[0].clone();
    assert_eq!(newest["name"], "tasks.sample_metadata_query");
    assert_eq!(newest["status"], "SUCCESS");
    assert_eq!(newest["result"], answer);
    scene.stop().await?;
    Ok(())
}

/// What an administrator sees of this task.
async fn seen(scene: &Scene, task_id: i64) -> TestResult<Value> {
    let request =
        Request::get("/v1/task-history/tasks?limit=1000").bearer(&scene.installation.admin.token);
    let list = scene.installation.client.send(request).await?.accepted()?;
    let items = list.as_array().ok_or("no list")?;
    let found = items.iter().find(|item| item["id"] == task_id);
    Ok(found.ok_or("it is not listed")?.clone())
}

/// The thirteen fields of the guide are there, of the types that it gives them, and agree with each other.
fn judge(item: &Value, name: &str, submitter: &str) -> Outcome {
    assert_eq!(item["name"], name, "{item}");
    assert_eq!(item["submitter_email"], submitter, "{item}");
    assert_eq!(item["args"], "[]", "{item}");
    assert!(item["id"].is_i64() && item["worker"].is_string(), "{item}");
    let [created, started, completed] =
        ["created_at", "started_at", "completed_at"].map(|field| time(item, field));
    let (created, started, completed) = (created?, started?, completed?);
    for field in ["created_at", "started_at", "completed_at"] {
        let text = item[field].as_str().unwrap_or_default();
        assert!(text.ends_with('Z'), "{field}: {item}");
    }
    assert!(created <= started && started <= completed, "{item}");
    assert_eq!(item["date_done"], item["completed_at"]);
    // Times are to the second; the run time counts from pick-up, not from submission.
    let runtime = item["runtime"].as_f64().ok_or("no runtime")?;
    let between = (completed - started).num_milliseconds() as f64 / 1e3;
    assert!(
        (runtime - between).abs() <= 1.0,
        "{runtime} s, {between} s: {item}"
    );
    Ok(())
}

/// Each kind of task with its arguments and its result, as an administrator sees them: users' tasks, one that failed, one by schedule,
/// and one of a kind that the program does not know.
#[tokio::test]
async fn history_has_each_field_of_each_kind_of_task() -> Outcome {
    let scene = stage().await?;
    let (installation, person, project) = (&scene.installation, &scene.person, &scene.project);
    let who = whoami(&scene, person).await?;
    let common = json!({"bucket_name": project.bucket, "project_id": project.id, "project_name": project.name,
        "user_id": who});
    let has_common = |item: &Value| {
        for (field, value) in common.as_object().into_iter().flatten() {
            assert_eq!(&item["kwargs"][field], value, "{field}: {item}");
        }
    };

    let update = installation.update_dimensions(person, project).await?;
    let item = seen(&scene, number(&update["id"])?).await?;
    judge(&item, "tasks.update_vcf_dimensions_task", &person.email)?;
    has_common(&item);
    assert_eq!(names(&item["kwargs"]), names(&common));
    let fields = [
        "VCF_files_added",
        "VCF_files_deleted",
        "VCF_files_skipped",
        "status",
    ];
    assert_eq!(names(&item["result"]), fields.into_iter().collect());

    let body = json!({"command": "view -s", "tsv_filter": "Area:South"});
    let path = "/v1/query/bcftools-pipe/projects/{project}";
    let answer = scene.post(path, body.to_string().as_bytes()).await?;
    let task_id = number(&answer.accepted()?)?;
    installation.succeeded(person, task_id).await?;
    let item = seen(&scene, task_id).await?;
    judge(&item, "tasks.bcftools_query", &person.email)?;
    has_common(&item);
    assert_eq!(item["kwargs"]["job_id"], task_id);
    assert_eq!(item["result"]["status"], "completed");
    assert_eq!(
        item["result"]["output_file"],
        format!("result_of_job_{task_id}.vcf.gz")
    );

    // An error stays as it is, and is never taken for a result.
    let answer = scene
        .post(
            "/v1/query/sample-metadata/projects/{project}",
            json!({"tsv_filter": "Nothing:1", "metadata_tsv_name": "absent.tsv"})
                .to_string()
                .as_bytes(),
        )
        .await?;
    answer.refused(400)?;
    let newest = scene.get("/v1/task-history/tasks/user").await?[0].clone();
    let item = seen(&scene, number(&newest["id"])?).await?;
    judge(&item, "tasks.sample_metadata_query", &person.email)?;
    has_common(&item);
    assert_eq!(item["status"], "FAILURE");
    assert_eq!(
        names(&item["result"]),
        ["exc_message", "exc_module", "exc_type"]
            .into_iter()
            .collect()
    );
    let message = item["result"]["exc_message"][0]
        .as_str()
        .unwrap_or_default();
    assert!(message.contains("absent.tsv"), "{item}");

    // By schedule: arguments and result decoded, nobody's, in no project, and for administrators alone.
    let trigger = Request::post("/v1/schedules/cleanup-old-tasks-daily/trigger")
        .bearer(&installation.admin.token);
    let execution = installation.client.send(trigger).await?.accepted()?;
    let task_id = number(&execution["task_id"])?;
    installation.succeeded(&installation.admin, task_id).await?;
    let item = seen(&scene, task_id).await?;
    judge(&item, "cron_tasks.cleanup_old_task_history", "automatic")?;
    assert_eq!(item["kwargs"], json!({"retention_days": 30}));
    let fields = [
        "cutoff_date",
        "number_of_celery_meta_deleted",
        "number_of_started_at_deleted",
        "number_of_task_history_deleted",
        "retention_days",
        "status",
    ];
    assert_eq!(names(&item["result"]), fields.into_iter().collect());
    let path = format!("/v1/task-history/tasks/{task_id}");
    let request = Request::get(&path).bearer(&person.token);
    let hidden = installation.client.send(request).await?;
    assert!(
        hidden.status == 403 || hidden.status == 404,
        "{}",
        hidden.text()
    );

    // Of an unknown kind: plain objects.
    let mut database = installation.database.connect().await?;
    let (kwargs, result) = (
        json!({"depth": {"of": [1, 2]}}),
        json!(["anything", {"at": "all"}]),
    );
    let task_id: i64 = sqlx::query_scalar(
        "INSERT INTO task (name, queue, kwargs, result, status, worker, started_at, finished_at, max_attempts)
         VALUES ('tasks.of_tomorrow', 'quick', $1, $2, 'SUCCESS', 'w', now(), now(), 1) RETURNING id",
    )
    .bind(&kwargs)
    .bind(&result)
    .fetch_one(&mut database)
    .await?;
    let item = seen(&scene, task_id).await?;
    judge(&item, "tasks.of_tomorrow", "automatic")?;
    assert_eq!((&item["kwargs"], &item["result"]), (&kwargs, &result));
    scene.stop().await?;
    Ok(())
}

/// The caller's number.
async fn whoami(scene: &Scene, person: &Person) -> TestResult<i64> {
    let mut database = scene.installation.database.connect().await?;
    Ok(
        sqlx::query_scalar("SELECT id FROM app_user WHERE email = $1")
            .bind(&person.email)
            .fetch_one(&mut database)
            .await?,
    )
}
