//! Jobs that an operator has done, where on AWS the cron function is called.

use divbase_service::schedules::{Cron, Job, handle};

use crate::ServerError;

/// Does what `text` asks for, such as `{"job": "facts"}`; gives the answer as a line of JSON.
///
/// # Errors
/// If it is no job, a setting is missing, or database or queue fail.
pub async fn job(text: &str) -> Result<String, ServerError> {
    let job: Job =
        serde_json::from_str(text).map_err(|error| ServerError::Job(error.to_string()))?;
    let cron = Cron::from_env().await?;
    let answer = handle(&cron, job).await;
    cron.db.close().await;
    let answer = answer.map_err(|error| ServerError::Job(error.to_string()))?;
    serde_json::to_string(&answer).map_err(|error| ServerError::Job(error.to_string()))
}
