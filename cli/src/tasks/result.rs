//! The result of a task in a sentence.

use divbase_contract::{
    history::Cost,
    query::MetadataQueryResult,
    tasks::{
        BCFTOOLS_QUERY, BcftoolsQueryResult, SAMPLE_METADATA_QUERY, UPDATE_DIMENSIONS,
        UpdateDimensionsResult,
    },
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{State, Task};
use crate::output::{self, size};

/// What came out of the task, what went wrong, how far it is, or `None`.
#[must_use]
pub fn sentence(task: &Task) -> String {
    match task.state() {
        State::Failure => error(task.result.as_ref()),
        State::Success => match &task.result {
            Some(value) => success(task.name.as_deref().unwrap_or_default(), value),
            None => "None".to_owned(),
        },
        State::Queuing | State::Started | State::Retry | State::Revoked => {
            progress(task).unwrap_or_else(|| "None".to_owned())
        }
    }
}

/// What came of cancelling a task.
#[must_use]
pub fn of_cancelling(task: &Task) -> String {
    let id = task.id;
    match task.state() {
        State::Revoked => format!("Task {id} is cancelled."),
        State::Started => format!(
            "Task {id} was asked to stop, which takes a few seconds. See 'divbase-cli task-history id {id}'."
        ),
        other => format!(
            "Task {id} ended as {} before it could be stopped.",
            other.as_str()
        ),
    }
}

/// What a task is doing, if it says so.
#[must_use]
pub fn progress(task: &Task) -> Option<String> {
    let progress = task.progress.as_ref()?;
    Some(match progress.fraction {
        Some(fraction) => format!("{} ({:.0} %)", progress.phase, fraction * 100.0),
        None => progress.phase.clone(),
    })
}

/// What a task has cost.
#[must_use]
pub fn cost(cost: &Cost) -> String {
    format!(
        "{} read in {} requests, {} written, {:.2} s of CPU time, {:.2} s of workers' time ({:.1} GB-seconds), {:.6} US dollars",
        size::human(cost.bytes_read),
        cost.requests,
        size::human(cost.bytes_written),
        cost.cpu_seconds,
        cost.wall_seconds,
        cost.gb_seconds,
        cost.dollars
    )
}

fn success(name: &str, value: &Value) -> String {
    let told = match name {
        BCFTOOLS_QUERY => read(value).as_ref().map(vcf),
        SAMPLE_METADATA_QUERY => read(value).as_ref().map(metadata),
        UPDATE_DIMENSIONS => read(value).as_ref().map(dimensions),
        _ => None,
    };
    told.unwrap_or_else(|| plain(value))
}

fn read<T: DeserializeOwned>(value: &Value) -> Option<T> {
    T::deserialize(value).ok()
}

fn vcf(result: &BcftoolsQueryResult) -> String {
    let facts = facts(result);
    let file = format!("Output file ready for download: {}", result.output_file);
    let mut text = if facts.is_empty() {
        file
    } else {
        format!("{file} ({})", facts.join(", "))
    };
    for warning in &result.warnings {
        text.push_str("\nWarning: ");
        text.push_str(&output::text(warning));
    }
    text
}

/// Records, samples and bytes of the result of a VCF query, as far as they are told.
#[must_use]
pub fn size_of(task: &Task) -> String {
    let result = task.result.as_ref();
    match result.and_then(read) {
        Some(result) => facts(&result).join(", "),
        None => "verified".to_owned(),
    }
}

fn facts(result: &BcftoolsQueryResult) -> Vec<String> {
    let facts = [
        result.records.map(|records| format!("{records} records")),
        result.samples.map(|samples| format!("{samples} samples")),
        result.size_bytes.map(size::human),
    ];
    facts.into_iter().flatten().collect()
}

fn metadata(result: &MetadataQueryResult) -> String {
    format!(
        "Unique sample IDs: {}\nVCF files containing the sample IDs: {}\nSample metadata query: {}",
        output::python_list(&result.unique_sample_ids),
        output::python_list(&result.unique_filenames),
        result.query_message
    )
}

fn dimensions(result: &UpdateDimensionsResult) -> String {
    let list = |names: &Option<Vec<String>>| match names {
        Some(names) if !names.is_empty() => names.join(", "),
        _ => "none".to_owned(),
    };
    format!(
        "VCF files added: {}\nVCF files skipped: {}\nVCF files deleted: {}",
        list(&result.vcf_files_added),
        list(&result.vcf_files_skipped),
        list(&result.vcf_files_deleted)
    )
}

/// The message of a failed task, wherever the server put it.
#[must_use]
pub fn error(result: Option<&Value>) -> String {
    result
        .and_then(|value| {
            ["error", "exc_message", "exc_type"]
                .iter()
                .find_map(|key| value.get(key).filter(|found| !found.is_null()))
        })
        .map_or_else(|| "Unknown error".to_owned(), plain)
}

/// A result of a task that has no sentence of its own: a line for each field.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(" "),
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, _)| *name != "status")
            .map(|(name, value)| format!("{}: {}", words(name), plain(value)))
            .collect::<Vec<_>>()
            .join("\n"),
        other => other.to_string(),
    }
}

/// `number_of_files` as `Number of files`.
fn words(field: &str) -> String {
    let words = field.replace('_', " ");
    let mut letters = words.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn task(name: &str, status: &str, result: &Value) -> Task {
        serde_json::from_value(json!({"id": 7, "name": name, "status": status, "result": result}))
            .unwrap()
    }

    #[test]
    fn results_are_sentences() {
        let done = json!({"status": "completed", "output_file": "result_of_job_7.vcf.gz", "log_file": "l", "records": 3});
        assert_eq!(
            sentence(&task(BCFTOOLS_QUERY, "SUCCESS", &done)),
            "Output file ready for download: result_of_job_7.vcf.gz (3 records)"
        );
        let updated = json!({"status": "completed", "VCF_files_added": ["a.vcf.gz"], "VCF_files_skipped": null, "VCF_files_deleted": []});
        assert_eq!(
            sentence(&task(UPDATE_DIMENSIONS, "SUCCESS", &updated)),
            "VCF files added: a.vcf.gz\nVCF files skipped: none\nVCF files deleted: none"
        );
    }

    #[test]
    fn results_of_other_tasks_are_shown_field_by_field() {
        let done = json!({"status": "completed", "number_of_files": 3, "names": ["a", "b"]});
        assert_eq!(
            sentence(&task("tasks.newer", "SUCCESS", &done)),
            "Names: a b\nNumber of files: 3"
        );
    }

    #[test]
    fn errors_are_found_where_they_are() {
        for (result, text) in [
            (json!({"error": "e", "exc_type": "T"}), "e"),
            (json!({"exc_type": "T", "exc_message": ["a", "b"]}), "a b"),
            (json!({"exc_type": "T"}), "T"),
            (json!(null), "Unknown error"),
        ] {
            assert_eq!(sentence(&task(BCFTOOLS_QUERY, "FAILURE", &result)), text);
        }
    }

    #[test]
    fn a_task_without_status_is_queuing() {
        let task: Task = serde_json::from_value(json!({"id": 1})).unwrap();
        assert_eq!(task.state(), State::Queuing);
        assert_eq!(sentence(&task), "None");
    }
}
