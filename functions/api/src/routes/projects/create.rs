//! Make a project.

use axum::Json;
use divbase_contract::{
    ErrorType,
    field::ProjectName,
    projects::{MAX_QUOTA_BYTES, NewProject, ProjectInfo},
};
use divbase_db::{Approval, DbError, User};
use http::StatusCode;

use super::info;
use crate::{
    AppState, buckets,
    error::ApiError,
    extract::{Founder, JsonBody, no_such_project},
    project_creation::MOST_OWN,
};

pub(crate) const DEFAULT_QUOTA_BYTES: i64 = 100_000_000_000;

/// Makes a project with a bucket of its own: versioned, encrypted, private. If anything fails, neither is left. The
/// caller, or the account of `manager_email`, becomes its first manager. Where people who are no administrators may make projects,
/// theirs have the usual quota at most, and they manage them themselves.
#[utoipa::path(post, path = "/projects", tag = "projects", operation_id = "create_project",
    request_body = NewProject,
    responses((status = 201, body = ProjectInfo), crate::Refuses<400, 401, 403, 404, 409, 422>))]
pub(crate) async fn create(
    state: AppState,
    Founder { user: founder, by }: Founder,
    JsonBody(new): JsonBody<NewProject>,
) -> Result<(StatusCode, Json<ProjectInfo>), ApiError> {
    let quota = quota(new.storage_quota_bytes)?.unwrap_or(DEFAULT_QUOTA_BYTES);
    if !founder.is_admin {
        as_everybody(&state, &founder, &new, quota).await?;
    }
    let manager = match &new.manager_email {
        None => founder.id,
        Some(email) => manager(&state, email.as_str()).await?,
    };
    let wanted = Wanted {
        name: &new.name,
        description: new.description.as_deref(),
        storage_quota_bytes: quota,
        manager,
        request: None,
    };
    let made = make(&state, &founder, wanted, &by).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// A project that shall be, once it is known that it may.
pub(crate) struct Wanted<'a> {
    pub(crate) name: &'a ProjectName,
    pub(crate) description: Option<&'a str>,
    pub(crate) storage_quota_bytes: i64,
    /// Its first manager.
    pub(crate) manager: i64,
    /// The request that it answers.
    pub(crate) request: Option<Approval<'a>>,
}

/// Makes bucket and project, or neither.
pub(crate) async fn make(
    state: &AppState,
    founder: &User,
    wanted: Wanted<'_>,
    by: &divbase_db::Origin,
) -> Result<ProjectInfo, ApiError> {
    let name = wanted.name.as_str();
    // A constraint guards it; this saves a bucket that would have to be removed again.
    if state.db.project_name_is_taken(name).await? {
        return Err(name_is_taken());
    }
    buckets::remove_abandoned(state).await;
    let bucket = state.settings.bucket_prefix.bucket_for(wanted.name);
    // The note is committed before the bucket exists, so that whatever happens the bucket is found again.
    state.db.note_unfinished_bucket(&bucket).await?;
    if let Err(error) = finish(state, &wanted, &bucket, by).await {
        buckets::remove(state, &bucket).await;
        return Err(error);
    }
    tracing::info!(by = founder.id, project = name, bucket, "made a project");
    let made = state
        .db
        .project_summary(founder.id, founder.is_admin, name)
        .await?;
    let made = made.ok_or_else(|| no_such_project(name))?;
    Ok(info(state, made, founder.is_admin))
}

/// What holds for projects of people who are no administrators.
async fn as_everybody(
    state: &AppState,
    founder: &User,
    new: &NewProject,
    quota: i64,
) -> Result<(), ApiError> {
    if quota > DEFAULT_QUOTA_BYTES {
        return Err(ApiError::field(
            "body.storage_quota_bytes",
            format!("use at most {DEFAULT_QUOTA_BYTES} bytes; an administrator can give more"),
        ));
    }
    let own = new.manager_email.as_ref();
    if own.is_some_and(|email| email.as_str() != founder.email) {
        return Err(ApiError::field(
            "body.manager_email",
            "leave it out; you manage your project, and can hand it over",
        ));
    }
    if state.db.managed_projects(founder.id).await? >= MOST_OWN {
        return Err(ApiError::conflict(format!(
            "You manage {MOST_OWN} projects already. Ask an administrator for another one."
        )));
    }
    Ok(())
}

async fn finish(
    state: &AppState,
    wanted: &Wanted<'_>,
    bucket: &str,
    by: &divbase_db::Origin,
) -> Result<(), ApiError> {
    state.store.make_bucket(bucket).await?;
    let row = divbase_db::NewProject {
        name: wanted.name,
        description: wanted.description,
        bucket_name: bucket,
        storage_quota_bytes: wanted.storage_quota_bytes,
    };
    let made = state
        .db
        .finish_project(row, wanted.manager, wanted.request, by)
        .await;
    made.map_err(|error: DbError| {
        if error.violates("project_name_key") {
            name_is_taken()
        } else if error.violates("project_request_waiting") {
            ApiError::conflict("The request was decided or taken back meanwhile.")
        } else {
            error.into()
        }
    })?;
    Ok(())
}

pub(crate) fn name_is_taken() -> ApiError {
    ApiError::new(
        ErrorType::ProjectCreation,
        "The project name is already taken.",
    )
}

/// The quota, if it is one.
pub(crate) fn quota(bytes: Option<i64>) -> Result<Option<i64>, ApiError> {
    match bytes {
        Some(bytes) if !(0..=MAX_QUOTA_BYTES).contains(&bytes) => {
            Err(ApiError::validation(vec![format!(
                "body.storage_quota_bytes: Value error, use 0 to {MAX_QUOTA_BYTES} bytes"
            )]))
        }
        other => Ok(other),
    }
}

async fn manager(state: &AppState, email: &str) -> Result<i64, ApiError> {
    let account = state.db.user_for_login(email).await?;
    account
        .map(|(user, _)| user)
        .filter(User::may_act)
        .map(|user| user.id)
        .ok_or_else(|| no_such_user(email))
}

/// Nobody has the address.
pub(super) fn no_such_user(email: &str) -> ApiError {
    ApiError::new(
        ErrorType::UserNotFound,
        format!("No user has the address '{email}'. Invite them."),
    )
}
