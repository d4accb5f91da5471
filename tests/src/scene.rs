//! The usual scene of a test: one system, one project, and somebody who manages it.

use serde_json::{Value, json};

use crate::{
    TestResult,
    accounts::{Person, Project},
    bucket,
    client::{Answer, Request},
    eventually::eventually,
    installation::Installation,
    vcf,
};

/// The system, the project, and its manager.
pub struct Scene {
    /// The system.
    pub installation: Installation,
    /// The manager.
    pub person: Person,
    /// The project.
    pub project: Project,
}

impl Scene {
    /// With API and worker; files are indexed on request.
    ///
    /// # Errors
    /// If something does not start.
    pub async fn set() -> TestResult<Self> {
        Self::over(Installation::start().await?).await
    }

    /// On this system.
    ///
    /// # Errors
    /// If the service refuses.
    pub async fn over(installation: Installation) -> TestResult<Self> {
        let person = installation.person("linnea").await?;
        let project = installation.project("herring", &person, "manage").await?;
        Ok(Self {
            installation,
            person,
            project,
        })
    }

    /// Stops it and throws its database away.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn stop(self) -> TestResult {
        self.installation.stop().await
    }

    /// What a GET of this path answers.
    ///
    /// # Errors
    /// If it is refused.
    pub async fn get(&self, path: &str) -> TestResult<Value> {
        let request = Request::get(path).bearer(&self.person.token);
        self.installation.client.send(request).await?.accepted()
    }

    /// What a POST of these bytes, said to be JSON, answers. `{project}` in the path is the project's name.
    ///
    /// # Errors
    /// If nothing answers.
    pub async fn post(&self, path: &str, body: &[u8]) -> TestResult<Answer> {
        let path = path.replace("{project}", &self.project.name);
        let request = Request::post(&path)
            .bearer(&self.person.token)
            .header("Content-Type", "application/json")
            .bytes(body);
        self.installation.client.send(request).await
    }

    /// Uploads a file.
    ///
    /// # Errors
    /// If service or store refuse.
    pub async fn upload(&self, name: &str, bytes: &[u8]) -> TestResult {
        self.installation
            .upload(&self.person, &self.project, name, bytes)
            .await
    }

    /// Uploads a VCF file with these samples and sites (scaffold and 1-based position).
    ///
    /// # Errors
    /// If service or store refuse.
    pub async fn upload_vcf(
        &self,
        name: &str,
        samples: &[&str],
        sites: &[(&str, u32)],
    ) -> TestResult {
        self.upload(name, &vcf::bgzipped(&vcf::text(samples, sites))?)
            .await
    }

    /// Downloads a file.
    ///
    /// # Errors
    /// If service or store refuse.
    pub async fn download(&self, name: &str) -> TestResult<Vec<u8>> {
        self.installation
            .download(&self.person, &self.project, name)
            .await
    }

    /// Brings the index up to date.
    ///
    /// # Errors
    /// If that does not succeed.
    pub async fn index(&self) -> TestResult {
        let update = self
            .installation
            .update_dimensions(&self.person, &self.project)
            .await?;
        if update["status"] == "SUCCESS" {
            return Ok(());
        }
        Err(format!("the index is not up to date: {update}").into())
    }

    /// Waits until exactly these files are indexed, in the versions that the bucket has.
    ///
    /// # Errors
    /// If that does not happen.
    pub async fn indexed(&self, names: &[&str]) -> TestResult {
        let mut wanted = Vec::new();
        for name in names {
            let versions = bucket::versions(&self.installation, &self.project, name).await?;
            let newest = versions.first().map_or("", String::as_str);
            wanted.push(format!("{name} {newest}"));
        }
        wanted.sort();
        let path = format!(
            "/v1/vcf-dimensions/projects/{}/vcf-files",
            self.project.name
        );
        eventually("the index to follow the bucket", || async {
            let found = self.get(&path).await.map_err(|error| error.to_string())?;
            let files = found["unique_vcf_files"].as_array().into_iter().flatten();
            let is: Vec<String> = files
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

    /// The updates of the index in the project's history, newest first, once all have ended.
    ///
    /// # Errors
    /// If one does not end.
    pub async fn updates(&self) -> TestResult<Vec<Value>> {
        let path = format!(
            "/v1/task-history/projects/{}?name=tasks.update_vcf_dimensions_task",
            self.project.name
        );
        eventually("all updates to end", || async {
            let list = self.get(&path).await.map_err(|error| error.to_string())?;
            let list = list.as_array().cloned().unwrap_or_default();
            if list.iter().all(|item| item["completed_at"].is_string()) {
                Ok(list)
            } else {
                Err(Value::from(list).to_string())
            }
        })
        .await
    }

    /// Submits a VCF query; gives its task's number.
    ///
    /// # Errors
    /// If the service refuses.
    pub async fn submit(&self, question: &Value, command: &str) -> TestResult<i64> {
        self.installation
            .submit_vcf_query(&self.person, &self.project, question, command)
            .await
    }

    /// Submits a VCF query and waits; gives the task's result and the records of the file.
    ///
    /// # Errors
    /// If it does not succeed.
    pub async fn ask(&self, question: &Value, command: &str) -> TestResult<(Value, Vec<String>)> {
        let task_id = self.submit(question, command).await?;
        let result = self.installation.succeeded(&self.person, task_id).await?;
        Ok((result, self.records(task_id).await?))
    }

    /// Submits a VCF query and waits for the failure; gives the task's number and the message.
    ///
    /// # Errors
    /// If it ends otherwise.
    pub async fn refused(&self, question: &Value, command: &str) -> TestResult<(i64, String)> {
        let task_id = self.submit(question, command).await?;
        let item = self.installation.ended(&self.person, task_id).await?;
        if item["status"] != "FAILURE" {
            return Err(format!("task {task_id} did not fail: {item}").into());
        }
        Ok((task_id, failure(&item).to_owned()))
    }

    /// The header lines of a query's result, as bcftools reads them.
    ///
    /// # Errors
    /// If there is none, or bcftools does not read it.
    pub async fn header(&self, task_id: i64) -> TestResult<Vec<String>> {
        let name = format!("result_of_job_{task_id}.vcf.gz");
        let path = self.installation.path(&name);
        std::fs::write(&path, self.download(&name).await?)?;
        let bcftools = self.installation.bcftools();
        let text = bcftools
            .text(&["view", "-h", &path.to_string_lossy()])
            .await?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// The lines of a query's result, that with the column names first.
    ///
    /// # Errors
    /// If there is none, or bcftools does not read it.
    pub async fn lines(&self, task_id: i64) -> TestResult<Vec<String>> {
        let name = format!("result_of_job_{task_id}.vcf.gz");
        let path = self.installation.path(&name);
        std::fs::write(&path, self.download(&name).await?)?;
        let bcftools = self.installation.bcftools();
        let text = bcftools.text(&["view", &path.to_string_lossy()]).await?;
        let lines = text.lines().filter(|line| !line.starts_with("##"));
        Ok(lines.map(str::to_owned).collect())
    }

    /// The records of a query's result.
    ///
    /// # Errors
    /// As [`Self::lines`].
    pub async fn records(&self, task_id: i64) -> TestResult<Vec<String>> {
        let mut lines = self.lines(task_id).await?;
        lines.retain(|line| !line.starts_with('#'));
        Ok(lines)
    }

    /// Asks a metadata table; `mode` is `strict` or `compat`.
    ///
    /// # Errors
    /// If nothing answers.
    pub async fn ask_table(&self, table: &str, filter: &str, mode: &str) -> TestResult<Answer> {
        let path = format!("/v1/query/sample-metadata/projects/{}", self.project.name);
        let mut body = json!({"tsv_filter": filter, "metadata_tsv_name": table});
        // The stock client does not know the field.
        if mode == "compat" {
            body["compat"] = Value::Bool(true);
        }
        let request = Request::post(&path).bearer(&self.person.token).json(&body);
        self.installation.client.send(request).await
    }
}

/// What history tells a user of a failed task.
#[must_use]
pub fn failure(item: &Value) -> &str {
    item["result"]["exc_message"][0]
        .as_str()
        .unwrap_or_default()
}
