//! URLs of the store, signed for who is let in, and ended when they are let in no more.

use chrono::{TimeDelta, Utc};
use divbase_db::{Origin, ProjectMember};
use divbase_service::tasks::{EndUrls, EndUrlsKwargs};
use divbase_storage::Signer;
use divbase_tasks::Submit;

use crate::{AppState, error::ApiError};

/// What signs URLs of a project's bucket for the caller.
///
/// # Errors
/// 503 if no session can be had.
pub(crate) async fn signer(state: &AppState, project: &ProjectMember) -> Result<Signer, ApiError> {
    let bucket = &project.bucket_name;
    Ok(state.store.signer(bucket, project.url_session).await?)
}

/// Has URLs ended that were given to somebody who is let in no more, if there are any. What ended has ended already: if the task
/// cannot be asked for, that is logged, and the next one does it.
pub(crate) async fn end_urls(state: &AppState, by: &Origin) {
    if let Err(error) = submit(state, by).await {
        tracing::error!(?error, "URLs that were given before are not ended");
    }
}

async fn submit(state: &AppState, by: &Origin) -> Result<(), ApiError> {
    let Some(life) = state.store.url_session_life() else {
        return Ok(());
    };
    let life = TimeDelta::from_std(life).unwrap_or(TimeDelta::hours(12));
    let due = state.db.projects_with_ended_urls(Utc::now() - life).await?;
    if due.is_empty() {
        return Ok(());
    }
    let submit = Submit {
        request_id: by.request_id.as_deref(),
        ..Submit::default()
    };
    let submitter = &state.submitter;
    submitter
        .submit::<EndUrls>(submit, |_| EndUrlsKwargs {})
        .await?;
    Ok(())
}
