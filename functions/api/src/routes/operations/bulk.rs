//! Cancelling and running again what a filter finds, piece by piece.

use axum::Json;
use divbase_contract::task_admin::{BulkDone, BulkLeft, BulkOutcome, BulkRequest, TaskFilter};
use divbase_db::tasks::{Fit, HistoryFilter, HistoryScope, RetryOutcome};

use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, JsonBody},
};

/// Tasks that one call cancels.
const CANCELLED_AT_ONCE: i64 = 500;
/// Tasks that one call runs again: each takes some statements, and those who submit meanwhile wait.
const RETRIED_AT_ONCE: i64 = 100;
/// Tasks that a dry run counts.
const COUNTED: i64 = 10_000;

/// Cancels the tasks that the filter finds and that have not ended, as far as a call goes: those that wait at once, those that run are
/// asked to stop. With `dry_run`, which is so unless it is said otherwise, they are only counted.
#[utoipa::path(post, path = "/tasks/cancel", tag = "operations", operation_id = "cancel_tasks", request_body = BulkRequest,
    responses((status = 200, body = BulkOutcome), crate::Refuses<401, 403, 422>))]
pub(crate) async fn cancel(
    state: AppState,
    Admin { by, .. }: Admin,
    JsonBody(request): JsonBody<BulkRequest>,
) -> Result<Json<BulkOutcome>, ApiError> {
    let chosen = Chosen::by(request)?;
    if chosen.dry_run {
        return chosen.count(&state, Fit::Cancellable).await.map(Json);
    }
    let (ids, next) = chosen
        .find(&state, Fit::Cancellable, CANCELLED_AT_ONCE)
        .await?;
    let done = state.db.cancel_tasks(&ids, &chosen.words, &by).await?;
    let left = ids.iter().filter(|id| !done.contains(id));
    Ok(Json(BulkOutcome {
        dry_run: false,
        matched: count(&ids),
        more: next.is_some(),
        left: left
            .map(|&task_id| BulkLeft {
                task_id,
                reason: "it has ended meanwhile".to_owned(),
            })
            .collect(),
        done: done
            .into_iter()
            .map(|task_id| BulkDone {
                task_id,
                new_task_id: None,
            })
            .collect(),
        next,
    }))
}

/// Runs the tasks again that the filter finds, that have failed (or were cancelled, if the filter says so), and that nobody has run
/// again yet, as far as a call goes. They belong to their submitters and count among the tasks of theirs that may wait. With
/// `dry_run`, which is so unless it is said otherwise, they are only counted.
#[utoipa::path(post, path = "/tasks/retry", tag = "operations", operation_id = "retry_tasks", request_body = BulkRequest,
    responses((status = 200, body = BulkOutcome), crate::Refuses<401, 403, 422>))]
pub(crate) async fn retry(
    state: AppState,
    Admin { by, .. }: Admin,
    JsonBody(request): JsonBody<BulkRequest>,
) -> Result<Json<BulkOutcome>, ApiError> {
    let chosen = Chosen::by(request)?;
    if chosen.dry_run {
        return chosen.count(&state, Fit::Retriable).await.map(Json);
    }
    let (ids, next) = chosen.find(&state, Fit::Retriable, RETRIED_AT_ONCE).await?;
    let waiting = state.settings.waiting;
    let outcomes = state
        .submitter
        .retry_many(&ids, &chosen.words, waiting, &by)
        .await?;
    let (mut done, mut left) = (Vec::new(), Vec::new());
    for (task_id, outcome) in outcomes {
        let reason = match outcome {
            RetryOutcome::New { task_id: new, .. } => {
                done.push(BulkDone {
                    task_id,
                    new_task_id: Some(new),
                });
                continue;
            }
            RetryOutcome::Repeated { task_id } => format!("task {task_id} runs it again already"),
            RetryOutcome::Excluded | RetryOutcome::KeyOfAnotherTask { .. } => {
                "another task of the same kind is queued or running; only one may be".to_owned()
            }
            RetryOutcome::Full(_) => {
                "its submitter or its project has as many tasks that wait as there may be"
                    .to_owned()
            }
            RetryOutcome::NotFailed(status) => format!("it is {status}"),
            RetryOutcome::Unknown => "it is gone".to_owned(),
        };
        left.push(BulkLeft { task_id, reason });
    }
    Ok(Json(BulkOutcome {
        dry_run: false,
        matched: count(&ids),
        more: next.is_some(),
        done,
        left,
        next,
    }))
}

/// What a request chooses.
struct Chosen {
    scope: HistoryScope,
    filter: HistoryFilter,
    dry_run: bool,
    /// The filter as the audit log has it.
    words: String,
}

impl Chosen {
    fn by(request: BulkRequest) -> Result<Self, ApiError> {
        let BulkRequest {
            filter,
            before,
            dry_run,
        } = request;
        let words = words(&filter);
        if words.is_empty() {
            return Err(ApiError::field(
                "body.filter",
                "say which tasks: give at least one of status, name, kind, user, project, since, until, text and batch",
            ));
        }
        Ok(Self {
            scope: filter
                .batch
                .map_or(HistoryScope::All, HistoryScope::Children),
            filter: HistoryFilter {
                limit: None,
                before,
                status: filter.status,
                name: filter.name.map(String::from),
                user_email: filter.user.map(|user| user.trim().to_ascii_lowercase()),
                project_name: filter.project.map(String::from),
                since: filter.since,
                until: filter.until,
                kind: filter.kind,
                text: filter.text.map(String::from),
            },
            dry_run,
            words,
        })
    }

    async fn find(
        &self,
        state: &AppState,
        fit: Fit,
        most: i64,
    ) -> Result<(Vec<i64>, Option<i64>), ApiError> {
        let found = state.db.task_ids(self.scope, &self.filter, fit, most);
        Ok(found.await?)
    }

    async fn count(&self, state: &AppState, fit: Fit) -> Result<BulkOutcome, ApiError> {
        let (ids, next) = self.find(state, fit, COUNTED).await?;
        Ok(BulkOutcome {
            dry_run: true,
            matched: count(&ids),
            more: next.is_some(),
            done: Vec::new(),
            left: Vec::new(),
            next: None,
        })
    }
}

fn count(ids: &[i64]) -> i64 {
    i64::try_from(ids.len()).unwrap_or(i64::MAX)
}

/// `status=FAILURE project=herring`.
fn words(filter: &TaskFilter) -> String {
    let fields = [
        ("status", filter.status.map(|status| status.to_string())),
        ("name", filter.name.clone().map(String::from)),
        ("kind", filter.kind.map(|kind| kind.to_string())),
        ("user", filter.user.clone().map(String::from)),
        ("project", filter.project.clone().map(String::from)),
        ("since", filter.since.map(|at| at.to_rfc3339())),
        ("until", filter.until.map(|at| at.to_rfc3339())),
        ("text", filter.text.clone().map(String::from)),
        ("batch", filter.batch.map(|id| id.to_string())),
    ];
    let given = fields
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name}={}", value?)));
    given.collect::<Vec<_>>().join(" ")
}
