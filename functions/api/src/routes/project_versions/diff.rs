//! How two states of a project's files differ.

use std::collections::BTreeMap;

use axum::Json;
use divbase_contract::{
    field::ProjectVersionName,
    project_versions::{ChangedFile, VersionDiff, VersionedFile},
};
use divbase_db::ProjectMember;
use serde::Deserialize;

use super::{current::current_files, not_found};
use crate::{
    AppState,
    error::ApiError,
    extract::{Project, Query, ReadRole},
};

/// Which two.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Pair {
    pub(crate) from: ProjectVersionName,
    pub(crate) to: Option<ProjectVersionName>,
}

type Files = BTreeMap<String, VersionedFile>;

/// What was added, removed and changed from one snapshot to another, or to the files of now if no other is named.
/// Soft-deleted snapshots can be compared too.
#[utoipa::path(get, path = "/project-versions/diff", tag = "project-versions",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Query), ("from" = inline(ProjectVersionName), Query),
           ("to" = inline(Option<ProjectVersionName>), Query)),
    responses((status = 200, body = VersionDiff), crate::Refuses<404>))]
pub(crate) async fn handler(
    state: AppState,
    Query(pair): Query<Pair>,
    call: Project<ReadRole>,
) -> Result<Json<VersionDiff>, ApiError> {
    let before = snapshot(&state, &call.project, &pair.from).await?;
    let after = match &pair.to {
        Some(name) => snapshot(&state, &call.project, name).await?,
        None => current_files(&state, &call.project).await?,
    };
    let mut diff = compare(before, after);
    diff.from = pair.from.into();
    diff.to = pair.to.map(String::from);
    Ok(Json(diff))
}

async fn snapshot(
    state: &AppState,
    project: &ProjectMember,
    name: &str,
) -> Result<Files, ApiError> {
    let (_, files) = state
        .db
        .project_version(project.project_id, name)
        .await?
        .ok_or_else(|| not_found(name))?;
    serde_json::from_value(files).map_err(ApiError::internal)
}

fn compare(before: Files, mut after: Files) -> VersionDiff {
    let mut diff = VersionDiff {
        from: String::new(),
        to: None,
        added: vec![],
        removed: vec![],
        changed: vec![],
        unchanged: 0,
    };
    for (name, before) in before {
        let after = after.remove(&name);
        let same_content = after
            .as_ref()
            .is_some_and(|after| after.etag == before.etag && after.size == before.size);
        let list = match &after {
            Some(after) if after.version_id == before.version_id => {
                diff.unchanged += 1;
                continue;
            }
            Some(_) => &mut diff.changed,
            None => &mut diff.removed,
        };
        list.push(ChangedFile {
            name,
            before: Some(before),
            after,
            same_content,
        });
    }
    diff.added = after
        .into_iter()
        .map(|(name, after)| ChangedFile {
            name,
            before: None,
            after: Some(after),
            same_content: false,
        })
        .collect();
    diff
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(list: &[(&str, &str, &str)]) -> Files {
        let file = |(name, version, etag): &(&str, &str, &str)| {
            let file = VersionedFile {
                version_id: (*version).to_owned(),
                etag: (*etag).to_owned(),
                size: 1,
            };
            ((*name).to_owned(), file)
        };
        list.iter().map(file).collect()
    }

    #[test]
    fn each_file_is_in_one_list() {
        let before = files(&[
            ("a", "1", "x"),
            ("b", "1", "x"),
            ("c", "1", "x"),
            ("d", "1", "x"),
        ]);
        let after = files(&[
            ("a", "1", "x"),
            ("b", "2", "y"),
            ("c", "2", "x"),
            ("e", "1", "x"),
        ]);
        let diff = compare(before, after);
        let names = |list: &[ChangedFile]| {
            let name = |file: &ChangedFile| (file.name.clone(), file.same_content);
            list.iter().map(name).collect::<Vec<_>>()
        };
        assert_eq!(diff.unchanged, 1);
        assert_eq!(names(&diff.added), [("e".to_owned(), false)]);
        assert_eq!(names(&diff.removed), [("d".to_owned(), false)]);
        assert_eq!(
            names(&diff.changed),
            [("b".to_owned(), false), ("c".to_owned(), true)]
        );
    }
}
