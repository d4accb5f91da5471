//! Workers that end in the middle of a query: the query ends well on the next one, with one result.

use std::path::Path;

use divbase_cohort::{Cohort, Field, Layout};
use divbase_tests::{
    Outcome, TestResult,
    accounts::{Person, Project},
    bucket,
    by_hand::{ByHand, same_records},
    installation::{Installation, LEASE},
    process::Worker,
};
use serde_json::{Value, json};

/// So many times a query may be too quick to be caught in the middle.
const TRIES: usize = 5;
const COMMAND: &str = "view -i 'QUAL>=0'; view -e 'N_ALT>20'";
const STAGES: [&[&str]; 2] = [&["-i", "QUAL>=0"], &["-e", "N_ALT>20"]];

struct Scene {
    installation: Installation,
    person: Person,
    project: Project,
    files: Vec<std::path::PathBuf>,
}

impl Scene {
    /// An API, a cohort that takes a while to query, and its index.
    async fn set() -> TestResult<Self> {
        let installation = Installation::start_api().await?;
        let person = installation.person("linnea").await?;
        let project = installation.project("herring", &person, "edit").await?;
        let cohort = Cohort {
            samples: 120,
            records: 12_000,
            scaffolds: 2,
            fields: vec![Field::Gt, Field::Ad, Field::Dp],
            ..Cohort::default()
        };
        let written = cohort.write(Layout::BySamples(2), &installation.path("data"), "herring")?;
        let files: Vec<_> = written.files.into_iter().map(|file| file.path).collect();
        for path in &files {
            let name = file_name(path);
            let bytes = std::fs::read(path)?;
            installation
                .upload(&person, &project, &name, &bytes)
                .await?;
        }
        let worker = Worker::start(&installation, "indexer", LEASE).await?;
        let update = installation.update_dimensions(&person, &project).await?;
        assert_eq!(update["status"], "SUCCESS", "{update}");
        worker.kill().await?;
        Ok(Self {
            installation,
            person,
            project,
            files,
        })
    }

    async fn submit(&self) -> TestResult<i64> {
        let selection = json!({"all_samples": true, "no_cache": true});
        let (installation, person) = (&self.installation, &self.person);
        installation
            .submit_vcf_query(person, &self.project, &selection, COMMAND)
            .await
    }

    /// Whether the query is running and was not too quick.
    async fn caught(&self, task_id: i64) -> TestResult<bool> {
        let item = self
            .installation
            .in_state(&self.person, task_id, &["STARTED", "SUCCESS", "FAILURE"])
            .await?;
        Ok(item["status"] == "STARTED")
    }

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

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

#[tokio::test]
async fn a_killed_worker_loses_no_query() -> Outcome {
    let scene = Scene::set().await?;
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
    let scene = Scene::set().await?;
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
