//! How queries are planned: pinned versions, project versions, dry runs, joins, earlier results, and what is left of
//! a query that does not end well.

mod joins;
mod leftovers;
mod pins;
mod preview;

use divbase_tests::{
    TestResult,
    accounts::{Person, Project},
    bcftools::Bcftools,
    installation::Installation,
    vcf,
};
use serde_json::Value;

/// A system with one project and one editor.
struct Scene {
    installation: Installation,
    person: Person,
    project: Project,
}

impl Scene {
    async fn set() -> TestResult<Self> {
        Self::over(Installation::start().await?).await
    }

    async fn over(installation: Installation) -> TestResult<Self> {
        let person = installation.person("linnea").await?;
        let project = installation.project("herring", &person, "edit").await?;
        Ok(Self {
            installation,
            person,
            project,
        })
    }

    async fn upload(&self, name: &str, samples: &[&str], sites: &[(&str, u32)]) -> TestResult {
        let file = vcf::bgzipped(&vcf::text(samples, sites))?;
        self.upload_bytes(name, &file).await
    }

    async fn upload_bytes(&self, name: &str, bytes: &[u8]) -> TestResult {
        self.installation
            .upload(&self.person, &self.project, name, bytes)
            .await
    }

    async fn index(&self) -> TestResult {
        let update = self
            .installation
            .update_dimensions(&self.person, &self.project)
            .await?;
        assert_eq!(update["status"], "SUCCESS", "{update}");
        Ok(())
    }

    async fn submit(&self, question: &Value, command: &str) -> TestResult<i64> {
        self.installation
            .submit_vcf_query(&self.person, &self.project, question, command)
            .await
    }

    /// Asks and waits; gives the task's result and the records of the file.
    async fn ask(&self, question: &Value, command: &str) -> TestResult<(Value, Vec<String>)> {
        let task_id = self.submit(question, command).await?;
        let result = self.installation.succeeded(&self.person, task_id).await?;
        Ok((result, self.records(task_id).await?))
    }

    /// Asks and waits for the failure; gives its message.
    async fn refused(&self, question: &Value, command: &str) -> TestResult<(i64, String)> {
        let task_id = self.submit(question, command).await?;
        let item = self.installation.ended(&self.person, task_id).await?;
        assert_eq!(item["status"], "FAILURE", "{item}");
        let message = item["result"]["exc_message"][0]
            .as_str()
            .unwrap_or_default();
        Ok((task_id, message.to_owned()))
    }

    fn bcftools(&self) -> Bcftools {
        self.installation.bcftools()
    }

    /// The lines of a result, that with the column names first.
    async fn lines(&self, task_id: i64) -> TestResult<Vec<String>> {
        let name = format!("result_of_job_{task_id}.vcf.gz");
        let path = self.installation.path(&name);
        let bytes = self
            .installation
            .download(&self.person, &self.project, &name)
            .await?;
        std::fs::write(&path, bytes)?;
        let text = self
            .bcftools()
            .text(&["view", &path.to_string_lossy()])
            .await?;
        Ok(text
            .lines()
            .filter(|line| !line.starts_with("##"))
            .map(str::to_owned)
            .collect())
    }

    async fn records(&self, task_id: i64) -> TestResult<Vec<String>> {
        let lines = self.lines(task_id).await?;
        Ok(lines
            .into_iter()
            .filter(|line| !line.starts_with('#'))
            .collect())
    }
}

/// `SCAFFOLD:POS` of records.
fn sites(records: &[String]) -> Vec<String> {
    records
        .iter()
        .map(|record| {
            let mut columns = record.split('\t');
            format!(
                "{}:{}",
                columns.next().unwrap_or_default(),
                columns.next().unwrap_or_default()
            )
        })
        .collect()
}
