//! Workers that end in the middle of a query: the query ends well on the next one, with one result.

use divbase_tests::{
    Outcome, TestResult, bucket,
    by_hand::{ByHand, same_records},
    installation::LEASE,
    process::Worker,
};
use serde_json::Value;

use crate::long_query::{LongQuery, STAGES, TRIES};

impl LongQuery {
    /// The query has ended well, with one version of a result that is right.
    async fn ended_well(&self, task_id: i64, attempts: i64) -> TestResult {
        let (installation, person, project) = (&self.installation, &self.person, &self.project);
        let item = installation.ended(person, task_id).await?;
        assert_eq!(item["status"], "SUCCESS", "{item}");
        assert_eq!(item["attempts"], attempts, "{item}");
        let name = format!("result_of_job_{task_id}.vcf.gz");
        assert_eq!(item["result"]["output_file"], Value::from(name.clone()));
        let versions = bucket::versions(installation, project, &name).await?;
        assert_eq!(versions.len(), 1, "{name} was written more than once");

        let result = installation.path(&name);
        std::fs::write(
            &result,
            installation.download(person, project, &name).await?,
        )?;
        let bcftools = installation.bcftools();
        let by_hand = ByHand {
            files: &self.files,
            samples: None,
            order: None,
            stages: &STAGES,
            folder: installation.folder.path(),
        };
        same_records(
            &by_hand.records(&bcftools).await?,
            &bcftools.records(&result).await?,
        )
    }
}

#[tokio::test]
async fn a_killed_worker_loses_no_query() -> Outcome {
    let scene = LongQuery::set().await?;
    for number in 0..TRIES {
        let doomed = Worker::start(&scene.installation, &format!("doomed-{number}"), LEASE).await?;
        let task_id = scene.submit().await?;
        let running = scene.caught(task_id).await?;
        doomed.kill().await?;
        // It may have ended between the look and the kill.
        let item = scene.installation.task(&scene.person, task_id).await?;
        if !running || item["status"] != "STARTED" {
            continue;
        }
        let heir = Worker::start(&scene.installation, "heir", LEASE).await?;
        scene.ended_well(task_id, 2).await?;
        heir.kill().await?;
        scene.installation.stop().await?;
        return Ok(());
    }
    Err(format!("no query of {TRIES} was caught in the middle; make the cohort larger").into())
}

#[tokio::test]
async fn a_worker_that_is_asked_to_end_hands_its_query_back() -> Outcome {
    let scene = LongQuery::set().await?;
    for number in 0..TRIES {
        let name = format!("leaving-{number}");
        // A long lease: to hand back is not to let it run out.
        let mut leaving = Worker::start(&scene.installation, &name, LEASE * 10).await?;
        let task_id = scene.submit().await?;
        let running = scene.caught(task_id).await?;
        leaving.terminate().await?;
        let item = scene.installation.task(&scene.person, task_id).await?;
        if !running || item["status"] == "SUCCESS" {
            continue;
        }
        assert!(
            item["status"] == "PENDING" || item["status"] == "RETRY",
            "it is not handed back: {item}"
        );
        leaving.says("shutting down").await?;
        leaving.says("outcome=\"released\"").await?;
        let heir = Worker::start(&scene.installation, "heir", LEASE).await?;
        scene.ended_well(task_id, 2).await?;
        heir.kill().await?;
        scene.installation.stop().await?;
        return Ok(());
    }
    Err(format!("no query of {TRIES} was caught in the middle; make the cohort larger").into())
}
