//! Metadata queries over the real service: what was written down case by case, tables as people make them, and what must
//! not stop an answer.

mod cases;
mod command_line;
mod handed_over;
mod index;

use divbase_tests::{
    TestResult,
    accounts::{Person, Project},
    client::{Answer, Request},
    installation::Installation,
    vcf,
};
use serde_json::{Value, json};

/// A project with one member, who may edit.
struct Scene {
    installation: Installation,
    person: Person,
    project: Project,
}

impl Scene {
    async fn set() -> TestResult<Self> {
        let installation = Installation::start().await?;
        let person = installation.person("linnea").await?;
        let project = installation.project("herring", &person, "edit").await?;
        Ok(Self {
            installation,
            person,
            project,
        })
    }

    async fn upload(&self, name: &str, bytes: &[u8]) -> TestResult {
        self.installation
            .upload(&self.person, &self.project, name, bytes)
            .await?;
        Ok(())
    }

    /// Uploads VCF files with these samples and indexes them.
    async fn index(&self, files: &[(&str, &[&str])]) -> TestResult {
        for (name, samples) in files {
            let text = vcf::text(samples, &[("1", 100), ("2", 50)]);
            self.upload(name, &vcf::bgzipped(&text)?).await?;
        }
        let update = self
            .installation
            .update_dimensions(&self.person, &self.project)
            .await?;
        assert_eq!(update["status"], "SUCCESS", "{update}");
        Ok(())
    }

    async fn ask(&self, table: &str, filter: &str, mode: &str) -> TestResult<Answer> {
        let path = format!("/v1/query/sample-metadata/projects/{}", self.project.name);
        let mut body = json!({"tsv_filter": filter, "metadata_tsv_name": table});
        // The stock client does not know the field.
        if mode == "compat" {
            body["compat"] = Value::Bool(true);
        }
        let request = Request::post(&path).bearer(&self.person.token).json(&body);
        self.installation.client.send(request).await
    }

    async fn stop(self) -> TestResult {
        self.installation.stop().await
    }
}

fn texts(value: &Value) -> Vec<&str> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(Value::as_str).collect()
}
