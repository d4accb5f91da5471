//! Files are indexed by themselves: uploads, deletions and restores are followed, and nothing that happens to a worker
//! or to a message loses one.

mod followed;
mod interrupted;

use divbase_tests::{
    TestResult,
    accounts::{Person, Project},
    bucket,
    client::Request,
    eventually::eventually,
    installation::Installation,
    vcf,
};
use serde_json::Value;

/// A project whose files nobody indexes by hand.
struct Scene {
    installation: Installation,
    person: Person,
    project: Project,
}

impl Scene {
    async fn set(installation: Installation) -> TestResult<Self> {
        let person = installation.person("linnea").await?;
        let project = installation.project("herring", &person, "manage").await?;
        Ok(Self {
            installation,
            person,
            project,
        })
    }

    async fn get(&self, path: &str) -> TestResult<Value> {
        let request = Request::get(path).bearer(&self.person.token);
        self.installation.client.send(request).await?.accepted()
    }

    /// Uploads a small file with these samples.
    async fn upload(&self, name: &str, samples: &[&str]) -> TestResult {
        let file = vcf::bgzipped(&vcf::text(samples, &[("1", 100), ("1", 200)]))?;
        self.installation
            .upload(&self.person, &self.project, name, &file)
            .await
    }

    /// Waits until exactly these files are indexed, in the versions that the bucket has.
    async fn indexed(&self, names: &[&str]) -> TestResult {
        let mut wanted = Vec::new();
        for name in names {
            let versions = bucket::versions(&self.installation, &self.project, name).await?;
            wanted.push(format!(
                "{name} {}",
                versions.first().map_or("", String::as_str)
            ));
        }
        wanted.sort();
        let path = format!(
            "/v1/vcf-dimensions/projects/{}/vcf-files",
            self.project.name
        );
        eventually("the index to follow the bucket", || async {
            let found = self.get(&path).await.map_err(|error| error.to_string())?;
            let is: Vec<String> = found["unique_vcf_files"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|file| {
                    let text = |field: &str| file[field].as_str().unwrap_or_default().to_owned();
                    format!("{} {}", text("vcf_file_s3_key"), text("s3_version_id"))
                })
                .collect();
            if is == wanted {
                Ok(())
            } else {
                Err(format!("{is:?}, not {wanted:?}"))
            }
        })
        .await
    }

    /// The updates in the project's history, newest first, once all have ended.
    async fn updates(&self) -> TestResult<Vec<Value>> {
        let path = format!(
            "/v1/task-history/projects/{}?name=tasks.update_vcf_dimensions_task",
            self.project.name
        );
        eventually("all updates to end", || async {
            let list = self.get(&path).await.map_err(|error| error.to_string())?;
            let list = list.as_array().cloned().unwrap_or_default();
            let ended = |item: &Value| item["completed_at"].is_string();
            if list.iter().all(ended) {
                Ok(list)
            } else {
                Err(Value::from(list).to_string())
            }
        })
        .await
    }
}

/// What a failed update says.
fn message(update: &Value) -> &str {
    update["result"]["exc_message"][0]
        .as_str()
        .unwrap_or_default()
}
