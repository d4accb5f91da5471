//! Tasks that their submitter cancels or runs again, as typed.

use divbase_tests::{
    Outcome, TestResult,
    accounts::Person,
    bucket,
    client::Request,
    installation::{Installation, LEASE},
    process::{Cli, Worker},
};
use serde_json::{Value, json};

use crate::long_query::{LongQuery, TRIES};

async fn terminal(installation: &Installation, person: &Person) -> TestResult<Cli> {
    let home = installation.path(&format!("home-of-{}", person.email));
    let cli = Cli::new(&installation.api_url, &home)?;
    cli.log_in(person).await?;
    Ok(cli)
}

#[tokio::test]
async fn a_queued_query_is_cancelled_and_never_runs() -> Outcome {
    let scene = LongQuery::set().await?;
    let (installation, person) = (&scene.installation, &scene.person);
    let cli = terminal(installation, person).await?;
    let task_id = scene.submit().await?;
    let id = task_id.to_string();

    let stranger = installation.person("stranger").await?;
    let refused = terminal(installation, &stranger)
        .await?
        .run(&["task-history", "cancel", &id], "")
        .await?;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert_eq!(
        installation.task(person, task_id).await?["status"],
        "PENDING"
    );

    let said = cli.ok(&["task-history", "cancel", &id]).await?;
    assert_eq!(said, format!("Task {id} is cancelled.\n"));
    // Twice is no error.
    cli.ok(&["task-history", "cancel", &id]).await?;

    // Its message is still in the queue, before that of the next.
    let next = scene.submit().await?;
    let worker = Worker::start(installation, "worker", LEASE).await?;
    installation.succeeded(person, next).await?;
    let item = installation.task(person, task_id).await?;
    assert_eq!(item["status"], "REVOKED", "{item}");
    assert_eq!(item["attempts"], 0, "{item}");
    let refused = cli
        .run(&["task-history", "cancel", &next.to_string()], "")
        .await?;
    assert!(
        refused.stderr.contains("has already ended as SUCCESS"),
        "{refused:?}"
    );
    worker.kill().await?;
    scene.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_running_query_is_cancelled_and_leaves_no_result() -> Outcome {
    let scene = LongQuery::set().await?;
    let (installation, person) = (&scene.installation, &scene.person);
    let cli = terminal(installation, person).await?;
    let worker = Worker::start(installation, "worker", LEASE).await?;
    for _ in 0..TRIES {
        let task_id = scene.submit().await?;
        let running = scene.caught(task_id).await?;
        let id = task_id.to_string();
        let ran = cli
            .run(&["task-history", "cancel", &id, "--json"], "")
            .await?;
        let item = installation.ended(person, task_id).await?;
        if !running || item["status"] == "SUCCESS" {
            continue;
        }
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let printed: Value = serde_json::from_str(&ran.stdout)?;
        assert_eq!(printed["id"], task_id, "{printed}");
        assert_eq!(item["status"], "REVOKED", "{item}");
        let shown = cli.ok(&["task-history", "id", &id]).await?;
        assert!(shown.contains("REVOKED"), "{shown}");
        let name = format!("result_of_job_{task_id}.vcf.gz");
        let versions = bucket::versions(installation, &scene.project, &name).await?;
        assert!(versions.is_empty(), "{versions:?}");
        assert_eq!(
            bucket::open_uploads(installation, &scene.project).await?,
            Vec::<String>::new()
        );
        // The worker is free again.
        let next = scene.submit().await?;
        installation.succeeded(person, next).await?;
        worker.kill().await?;
        scene.installation.stop().await?;
        return Ok(());
    }
    Err(format!("no query of {TRIES} was caught in the middle; make the cohort larger").into())
}

#[tokio::test]
async fn what_failed_for_want_of_a_table_runs_again_once_it_is_there() -> Outcome {
    let installation = Installation::start().await?;
    let person = installation.person("linnea").await?;
    let project = installation.project("herring", &person, "edit").await?;
    let file = divbase_tests::vcf::bgzipped(&divbase_tests::vcf::text(&["S1"], &[("1", 100)]))?;
    installation
        .upload(&person, &project, "a.vcf.gz", &file)
        .await?;
    installation.update_dimensions(&person, &project).await?;
    let cli = terminal(&installation, &person).await?;

    let path = format!("/v1/query/sample-metadata/projects/{}", project.name);
    let body = json!({"tsv_filter": "Area:North", "metadata_tsv_name": "sample_metadata.tsv"});
    let ask = Request::post(&path).bearer(&person.token).json(&body);
    let answer = installation.client.send(ask).await?;
    assert!(answer.status >= 400, "{}", answer.text());
    let failed: Value = serde_json::from_str(
        &cli.ok(&["task-history", "user", "--status", "failure", "--json"])
            .await?,
    )?;
    let old = failed[0]["id"].as_i64().ok_or("no task has failed")?;

    let table = b"#Sample_ID\tArea\nS1\tNorth\n";
    installation
        .upload(&person, &project, "sample_metadata.tsv", table)
        .await?;
    let said = cli
        .ok(&["task-history", "retry", &old.to_string(), "--json"])
        .await?;
    let new: Value = serde_json::from_str(&said)?;
    let new = new["task_id"].as_i64().ok_or("no number of a task")?;
    assert_ne!(new, old);
    let result = installation.succeeded(&person, new).await?;
    assert_eq!(result["unique_sample_ids"], json!(["S1"]), "{result}");
    let shown = cli.ok(&["task-history", "id", &new.to_string()]).await?;
    assert!(shown.contains("SUCCESS"), "{shown}");
    // What failed stays as it was.
    assert_eq!(installation.task(&person, old).await?["status"], "FAILURE");
    installation.stop().await?;
    Ok(())
}
