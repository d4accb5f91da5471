//! A query as somebody would type it elsewhere: as a command, and as a call of the API.

use divbase_contract::query::{FileKeys, VcfQueryRequest};
use serde_json::Value;

use super::show::word;
use crate::error::ApiError;

/// The command that asks the same.
pub(super) fn as_command(project: &str, request: &VcfQueryRequest) -> String {
    let mut words = vec![format!("divbase-cli query vcf --project {}", word(project))];
    if let Some(filter) = &request.tsv_filter {
        words.push(option("tsv-filter", filter));
        if let Some(table) = &request.metadata_tsv_name {
            words.push(option("metadata-tsv-name", table));
        }
    }
    if let Some(samples) = &request.samples {
        let names: Vec<&str> = samples.items().iter().map(|name| &**name).collect();
        words.push(option("samples", &names.join(",")));
    }
    if request.all_samples {
        words.push("--all-samples".to_owned());
    }
    words.push(option("command", &request.command));
    if let Some(version) = &request.project_version {
        words.push(option("project-version", version));
    }
    for (name, value, usual) in [
        ("filter-scope", request.filter_scope.as_str(), "file"),
        ("on-conflict", request.on_conflict.as_str(), "error"),
        ("engine", request.engine.as_str(), "auto"),
    ] {
        if value != usual {
            words.push(option(name, value));
        }
    }
    for (name, keys) in [
        ("file", &request.files),
        ("exclude-file", &request.exclude_files),
    ] {
        let keys = keys.iter().flat_map(FileKeys::items);
        words.extend(keys.map(|key| option(name, key)));
    }
    if request.no_cache {
        words.push("--no-cache".to_owned());
    }
    words.join(" \\\n  ")
}

fn option(name: &str, value: &str) -> String {
    format!("--{name} {}", word(value))
}

/// The call that asks the same.
///
/// # Errors
/// If the request is no JSON, which it is.
pub(super) fn as_call(project: &str, request: &VcfQueryRequest) -> Result<String, ApiError> {
    let mut body = serde_json::to_value(request).map_err(ApiError::internal)?;
    if let Value::Object(fields) = &mut body {
        fields.retain(|_, value| !value.is_null() && *value != Value::Bool(false));
    }
    Ok(format!(
        "curl \"$DIVBASE_URL/v1/query/vcf/projects/{project}\" \\\n  -H \"Authorization: Bearer $DIVBASE_TOKEN\" \\\n  \
         --json {}",
        word(&body.to_string())
    ))
}

#[cfg(test)]
mod tests {
    use divbase_contract::query::VcfQueryRequest;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_typed_is_one_word_of_the_command() {
        let request: VcfQueryRequest = serde_json::from_value(json!({
            "command": "view -i 'QUAL>30'", "samples": ["a b", "c"], "filter_scope": "cohort",
            "files": ["x.vcf.gz"],
        }))
        .unwrap();
        assert_eq!(
            as_command("herring", &request),
            "divbase-cli query vcf --project herring \\\n  --samples 'a b,c' \\\n  \
             --command 'view -i '\\''QUAL>30'\\''' \\\n  --filter-scope cohort \\\n  --file x.vcf.gz"
        );
        let call = as_call("herring", &request).unwrap();
        assert!(call.contains("/v1/query/vcf/projects/herring"), "{call}");
        assert!(call.contains(r#""samples":["a b","c"]"#), "{call}");
        assert!(!call.contains("all_samples"), "{call}");
    }
}
