//! Telling the index which files change through us. A query asks the store about these alone, so what was uploaded a
//! moment ago is never left out of it, events or not.

use std::time::Duration;

use divbase_contract::{
    limits::UPLOAD_URL_SECONDS,
    vcf_keys::{is_result, is_vcf},
};
use divbase_db::{Change, DbError};

use crate::AppState;

/// Whoever holds an upload URL may use it in its last second and send for a while.
const PERMITTED: Duration = Duration::from_secs(2 * UPLOAD_URL_SECONDS);

/// Files that a signed URL allows to change.
pub(crate) async fn note_permitted(
    state: &AppState,
    project_id: i64,
    names: &[impl AsRef<str>],
) -> Result<(), DbError> {
    note(state, project_id, names, Change::Permitted(PERMITTED)).await
}

/// Files that are changed by this request.
pub(crate) async fn note_happened(
    state: &AppState,
    project_id: i64,
    names: &[impl AsRef<str>],
) -> Result<(), DbError> {
    note(state, project_id, names, Change::Happened).await
}

async fn note(
    state: &AppState,
    project_id: i64,
    names: &[impl AsRef<str>],
    change: Change,
) -> Result<(), DbError> {
    let names = names.iter().map(AsRef::as_ref);
    let keys: Vec<String> = names
        .filter(|key| is_vcf(key) && !is_result(key))
        .map(str::to_owned)
        .collect();
    if keys.is_empty() {
        return Ok(());
    }
    state.db.note_changes(project_id, &keys, change).await
}
