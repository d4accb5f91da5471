//! Tasks: submitting them, and waiting for their end.

use serde_json::{Value, json};

use super::Installation;
use crate::{
    TestResult,
    accounts::{Person, Project},
    client::Request,
    eventually::eventually,
};

impl Installation {
    /// Submits a VCF query as the stock client does, all five fields sent; gives its number.
    ///
    /// # Errors
    /// If the service refuses.
    pub async fn submit_vcf_query(
        &self,
        who: &Person,
        project: &Project,
        selection: &Value,
        command: &str,
    ) -> TestResult<i64> {
        self.ask_vcf_query(who, project, selection, command)
            .await?
            .accepted()?
            .as_i64()
            .ok_or_else(|| "the answer is not a bare number".into())
    }

    /// As [`Self::submit_vcf_query`], whatever the answer.
    ///
    /// # Errors
    /// If nothing answers.
    pub async fn ask_vcf_query(
        &self,
        who: &Person,
        project: &Project,
        selection: &Value,
        command: &str,
    ) -> TestResult<crate::client::Answer> {
        let mut body = json!({"tsv_filter": null, "metadata_tsv_name": "sample_metadata.tsv", "command": command,
            "samples": null, "all_samples": false});
        for (field, value) in selection.as_object().into_iter().flatten() {
            body[field] = value.clone();
        }
        let path = format!("/v1/query/vcf/projects/{}", project.name);
        self.client
            .send(Request::post(&path).bearer(&who.token).json(&body))
            .await
    }

    /// Brings the dimensions up to date; gives the task's history once it has ended.
    ///
    /// # Errors
    /// If the service refuses or the task does not end.
    pub async fn update_dimensions(&self, who: &Person, project: &Project) -> TestResult<Value> {
        let path = format!("/v1/vcf-dimensions/projects/{}", project.name);
        let task_id = self
            .client
            .send(Request::put(&path).bearer(&who.token))
            .await?
            .accepted()?
            .as_i64()
            .ok_or("the answer is not a bare number")?;
        self.ended(who, task_id).await
    }

    /// What history says of a task now.
    ///
    /// # Errors
    /// If it may not be seen.
    pub async fn task(&self, who: &Person, task_id: i64) -> TestResult<Value> {
        let path = format!("/v1/task-history/tasks/{task_id}");
        let mut list = self
            .client
            .send(Request::get(&path).bearer(&who.token))
            .await?
            .accepted()?;
        Ok(list[0].take())
    }

    /// Waits until history gives one of these states; gives the history.
    ///
    /// # Errors
    /// If that does not happen.
    pub async fn in_state(&self, who: &Person, task_id: i64, states: &[&str]) -> TestResult<Value> {
        let what = format!("task {task_id} to be {}", states.join(" or "));
        eventually(&what, || async {
            let item = self
                .task(who, task_id)
                .await
                .map_err(|error| error.to_string())?;
            let state = item["status"].as_str().unwrap_or_default();
            if states.contains(&state) {
                Ok(item)
            } else {
                Err(item.to_string())
            }
        })
        .await
    }

    /// Waits for a task's end; gives its history.
    ///
    /// # Errors
    /// If it does not end.
    pub async fn ended(&self, who: &Person, task_id: i64) -> TestResult<Value> {
        self.in_state(who, task_id, &["SUCCESS", "FAILURE", "REVOKED"])
            .await
    }

    /// Waits for a task's success; gives its result.
    ///
    /// # Errors
    /// If it ends otherwise.
    pub async fn succeeded(&self, who: &Person, task_id: i64) -> TestResult<Value> {
        let mut item = self.ended(who, task_id).await?;
        if item["status"] == "SUCCESS" {
            return Ok(item["result"].take());
        }
        Err(format!("task {task_id} did not succeed: {item}").into())
    }
}
