//! A task from credentials to metadata, event by event: who may, what is answered, what history says at each step.

use divbase_tests::{
    Outcome,
    accounts::Person,
    client::Request,
    installation::{Installation, LEASE},
    process::Worker,
    vcf,
};
use serde_json::Value;

#[tokio::test]
async fn a_task_from_credentials_to_metadata() -> Outcome {
    let installation = Installation::start_api().await?;
    let person = installation.person("linnea").await?;
    let reader = installation.person("reader").await?;
    let project = installation.project("herring", &person, "edit").await?;
    project
        .add(&installation.client, &installation.admin, &reader, "read")
        .await?;
    let file = vcf::bgzipped(&vcf::text(&["A1"], &[("1", 100)]))?;
    installation
        .upload(&person, &project, "a.vcf.gz", &file)
        .await?;

    // Credentials: a wrong password gives no token.
    let refused = Person::log_in(&installation.client, &person.email, "wrong").await;
    assert!(refused.is_err());

    // Role: a reader is refused, and nothing is written down.
    let path = format!("/v1/vcf-dimensions/projects/{}", project.name);
    let update = |who: &Person| Request::put(&path).bearer(&who.token);
    let (_, kind) = installation
        .client
        .send(update(&reader))
        .await?
        .refused(403)?;
    assert_eq!(kind, "authorization_error");
    let history = Request::get("/v1/task-history/tasks/user").bearer(&reader.token);
    let before = installation.client.send(history).await?.accepted()?;
    assert_eq!(before, Value::Array(Vec::new()));

    // Dispatch: the answer is the task's number, and history has it before anybody picks it up.
    let answer = installation.client.send(update(&person)).await?;
    assert_eq!(answer.status, 202);
    let task_id = answer.accepted()?.as_i64().ok_or("no bare number")?;
    let item = installation.task(&person, task_id).await?;
    assert_eq!(item["status"], "PENDING", "{item}");
    assert_eq!(item["submitter_email"], person.email.as_str(), "{item}");
    assert_eq!(item["kwargs"]["project_name"], "herring", "{item}");
    assert!(item["created_at"].is_string(), "{item}");
    for later in ["started_at", "completed_at", "worker", "result"] {
        assert!(item[later].is_null(), "{later}: {item}");
    }

    // Pick-up, execution, metadata.
    let worker = Worker::start(&installation, "worker", LEASE).await?;
    let item = installation.ended(&person, task_id).await?;
    assert_eq!(item["status"], "SUCCESS", "{item}");
    let time = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
    assert!(time("created_at") <= time("started_at"), "{item}");
    assert!(time("started_at") <= time("completed_at"), "{item}");
    assert!(item["worker"].is_string(), "{item}");
    assert!(
        item["runtime"]
            .as_f64()
            .is_some_and(|seconds| seconds >= 0.0),
        "{item}"
    );
    assert_eq!(item["result"]["VCF_files_added"][0], "a.vcf.gz", "{item}");
    worker.kill().await?;
    installation.stop().await?;
    Ok(())
}
