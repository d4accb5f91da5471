//! A query that takes long enough to be caught in the middle, and nobody yet to run it.

use std::path::{Path, PathBuf};

use divbase_cohort::{Cohort, Field, Layout};
use divbase_tests::{
    TestResult,
    accounts::{Person, Project},
    installation::{Installation, LEASE},
    process::Worker,
};
use serde_json::json;

/// So many times a query may be too quick to be caught in the middle.
pub(crate) const TRIES: usize = 5;
pub(crate) const COMMAND: &str = "view -i 'QUAL>=0'; view -e 'N_ALT>20'";
/// The command's stages as bcftools takes them.
pub(crate) const STAGES: [&[&str]; 2] = [&["-i", "QUAL>=0"], &["-e", "N_ALT>20"]];

pub(crate) struct LongQuery {
    pub(crate) installation: Installation,
    pub(crate) person: Person,
    pub(crate) project: Project,
    pub(crate) files: Vec<PathBuf>,
}

impl LongQuery {
    /// An API, a cohort that takes a while to query, and its index.
    pub(crate) async fn set() -> TestResult<Self> {
        let installation = Installation::start_api().await?;
        let person = installation.person("linnea").await?;
        let project = installation.project("herring", &person, "edit").await?;
        let cohort = Cohort {
            samples: 120,
            records: 48_000,
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

    pub(crate) async fn submit(&self) -> TestResult<i64> {
        let selection = json!({"all_samples": true, "no_cache": true});
        let (installation, person) = (&self.installation, &self.person);
        installation
            .submit_vcf_query(person, &self.project, &selection, COMMAND)
            .await
    }

    /// Whether the query is running and was not too quick.
    pub(crate) async fn caught(&self, task_id: i64) -> TestResult<bool> {
        let item = self
            .installation
            .in_state(&self.person, task_id, &["STARTED", "SUCCESS", "FAILURE"])
            .await?;
        Ok(item["status"] == "STARTED")
    }
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
