//! Workers look again at what a submission was allowed by.

use std::time::Duration;

use divbase_tests::{
    Outcome, TestResult, accounts::Person, client::Request, installation::Installation,
    process::Worker, vcf,
};
use serde_json::json;

use super::{get, patch, post};

const LEASE: Duration = Duration::from_secs(5);

/// A project of the manager's, with a file and somebody who may index it; gives it with the update that they submitted.
async fn waiting_update(
    installation: &Installation,
    manager: &Person,
    submitter: &Person,
    name: &str,
) -> TestResult<i64> {
    let project = installation.project(name, manager, "manage").await?;
    if submitter.email != manager.email {
        let (client, admin) = (&installation.client, &installation.admin);
        project.add(client, admin, submitter, "query").await?;
    }
    let text = vcf::text(&["N1"], &[("1", 100)]);
    let file = vcf::bgzipped(&text)?;
    installation
        .upload(manager, &project, "a.vcf.gz", &file)
        .await?;
    let path = format!("/v1/vcf-dimensions/projects/{name}");
    let request = Request::put(&path).bearer(&submitter.token);
    let task = installation.client.send(request).await?.accepted()?;
    task.as_i64()
        .ok_or_else(|| "the answer is no number".into())
}

async fn number(installation: &Installation, who: &Person) -> TestResult<i64> {
    let me = get(installation, who, "/v1/auth/whoami")
        .await?
        .accepted()?;
    me["id"].as_i64().ok_or_else(|| "no number".into())
}

#[tokio::test]
async fn what_may_no_longer_be_done_is_not_done() -> Outcome {
    let installation = Installation::start_api().await?;
    let admin = &installation.admin;
    let (linnea, erik, eva) = (
        installation.person("linnea").await?,
        installation.person("erik").await?,
        installation.person("eva").await?,
    );
    let kept = waiting_update(&installation, &linnea, &linnea, "kept").await?;
    let in_closed = waiting_update(&installation, &linnea, &linnea, "closed").await?;
    let of_reader = waiting_update(&installation, &linnea, &erik, "lowered").await?;
    let of_gone = waiting_update(&installation, &linnea, &eva, "left").await?;

    let (erik_id, eva_id) = (
        number(&installation, &erik).await?,
        number(&installation, &eva).await?,
    );
    let close = json!({"is_active": false});
    patch(&installation, admin, "/v1/projects/closed", close.clone())
        .await?
        .accepted()?;
    let member = format!("/v1/projects/lowered/members/{erik_id}");
    patch(&installation, &linnea, &member, json!({"role": "read"}))
        .await?
        .accepted()?;
    let account = format!("/v1/users/{eva_id}");
    patch(&installation, admin, &account, close)
        .await?
        .accepted()?;

    let mut worker = Worker::start(&installation, "worker", LEASE).await?;
    for task in [in_closed, of_reader, of_gone] {
        let ended = installation.ended(admin, task).await?;
        assert_eq!(ended["status"], "FAILURE", "{ended}");
        let why = ended["result"].to_string();
        assert!(why.contains("may no longer run"), "{ended}");
    }
    installation.succeeded(&linnea, kept).await?;

    // Nor can it be had by running it again, until the project is open.
    let retry = |task: i64| format!("/v1/task-history/tasks/{task}/retry");
    for (who, task) in [(&linnea, in_closed), (&erik, of_reader)] {
        post(&installation, who, &retry(task), json!({}))
            .await?
            .refused(403)?;
    }
    let open = json!({"is_active": true});
    patch(&installation, admin, "/v1/projects/closed", open)
        .await?
        .accepted()?;
    let again = post(&installation, &linnea, &retry(in_closed), json!({})).await?;
    let again = again.accepted()?.as_i64().ok_or("no number")?;
    installation.succeeded(&linnea, again).await?;
    worker.terminate().await?;
    installation.stop().await?;
    Ok(())
}
