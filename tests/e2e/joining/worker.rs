//! Workers look again at what a submission was allowed by.

use std::time::Duration;

use divbase_tests::{
    Outcome, TestResult,
    accounts::{Person, Project},
    client::Request,
    installation::Installation,
    process::Worker,
    vcf,
};
use serde_json::json;

use super::{get, patch, post};

const LEASE: Duration = Duration::from_secs(5);

async fn waiting_query(
    installation: &Installation,
    who: &Person,
    project: &Project,
) -> TestResult<i64> {
    let selection = json!({"all_samples": true});
    installation
        .submit_vcf_query(who, project, &selection, "view -r 1")
        .await
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
    let open = installation.project("open", &linnea, "manage").await?;
    let closed = installation.project("closed", &linnea, "manage").await?;
    for (person, project) in [(&erik, &open), (&eva, &open)] {
        project
            .add(&installation.client, admin, person, "query")
            .await?;
    }
    for project in [&open, &closed] {
        let text = vcf::text(&["N1"], &[("1", 100)]);
        installation
            .upload(&linnea, project, "a.vcf.gz", &vcf::bgzipped(&text)?)
            .await?;
    }
    let kept = waiting_query(&installation, &linnea, &open).await?;
    let in_closed = waiting_query(&installation, &linnea, &closed).await?;
    let of_reader = waiting_query(&installation, &erik, &open).await?;
    let of_closed = waiting_query(&installation, &eva, &open).await?;

    let close = patch(
        &installation,
        admin,
        "/v1/projects/closed",
        json!({"is_active": false}),
    )
    .await?;
    close.accepted()?;
    let id = |who: &Person| {
        let who = who.clone();
        let installation = &installation;
        async move {
            TestResult::Ok(
                get(installation, &who, "/v1/auth/whoami")
                    .await?
                    .accepted()?["id"]
                    .clone(),
            )
        }
    };
    let (erik_id, eva_id) = (id(&erik).await?, id(&eva).await?);
    let path = format!("/v1/projects/open/members/{erik_id}");
    patch(&installation, &linnea, &path, json!({"role": "read"}))
        .await?
        .accepted()?;
    patch(
        &installation,
        admin,
        &format!("/v1/users/{eva_id}"),
        json!({"is_active": false}),
    )
    .await?
    .accepted()?;

    let mut worker = Worker::start(&installation, "worker", LEASE).await?;
    for task in [in_closed, of_reader, of_closed] {
        let ended = installation.ended(admin, task).await?;
        assert_eq!(ended["status"], "FAILURE", "{ended}");
        assert!(
            ended["result"].to_string().contains("may no longer run"),
            "{ended}"
        );
    }
    installation.succeeded(&linnea, kept).await?;

    // Nor can it be had by running it again.
    let retry = |task: i64| format!("/v1/task-history/tasks/{task}/retry");
    for (who, task) in [(&linnea, in_closed), (&erik, of_reader)] {
        post(&installation, who, &retry(task), json!({}))
            .await?
            .refused(403)?;
    }
    patch(
        &installation,
        admin,
        "/v1/projects/closed",
        json!({"is_active": true}),
    )
    .await?
    .accepted()?;
    let request = Request::post(&retry(in_closed)).bearer(&linnea.token);
    let again = installation
        .client
        .send(request)
        .await?
        .accepted()?
        .as_i64()
        .ok_or("no number")?;
    installation.succeeded(&linnea, again).await?;
    worker.terminate().await?;
    installation.stop().await?;
    Ok(())
}
