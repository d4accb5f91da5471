//! The project's scaffolds.

use axum::Json;
use divbase_contract::dimensions::UniqueScaffolds;

use crate::{
    AppState,
    error::ApiError,
    extract::{Reading, Whole},
};

/// Scaffold names of all indexed files, each once: all-digit names first, by number, then the others
/// alphabetically. Leading zeros are kept.
#[utoipa::path(get, path = "/vcf-dimensions/projects/{project_name}/scaffolds", tag = "vcf-dimensions",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Path)), responses((status = 200, body = UniqueScaffolds)))]
pub(crate) async fn handler(
    state: AppState,
    call: Reading<Whole>,
) -> Result<Json<UniqueScaffolds>, ApiError> {
    let mut unique_scaffolds = state.db.unique_scaffolds(call.project.project_id).await?;
    unique_scaffolds.sort_by_cached_key(|name| order(name));
    Ok(Json(UniqueScaffolds { unique_scaffolds }))
}

/// Sort key: a number of any length compares by its digits' count, then by its digits.
fn order(name: &str) -> (bool, usize, String, String) {
    let is_number = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    let digits = if is_number {
        name.trim_start_matches('0')
    } else {
        ""
    };
    (!is_number, digits.len(), digits.to_owned(), name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_first_in_numeric_order() {
        let mut names = vec![
            "chr2",
            "10",
            "X",
            "2",
            "chr10",
            "01",
            "123456789012345678901234567890",
        ];
        names.sort_by_cached_key(|name| order(name));
        assert_eq!(
            names,
            [
                "01",
                "2",
                "10",
                "123456789012345678901234567890",
                "X",
                "chr10",
                "chr2"
            ]
        );
    }
}
