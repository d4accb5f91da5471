//! A list of tasks, one line each, within the width of the window.

use divbase_contract::tasks::{BCFTOOLS_QUERY, SAMPLE_METADATA_QUERY, UPDATE_DIMENSIONS};

use crate::{
    output::{style, time},
    tasks::{State, Task, result},
};

/// From this width, how long a task took and who submitted it are shown, too.
const ROOMY: usize = 120;
/// Least room for what a task is about, even where the window then breaks the line.
const LEAST: usize = 12;
const PROJECT_MAX: usize = 16;
const KIND_MAX: usize = 20;
const GAP: &str = "  ";

/// The lines with their header. `width` is that of the window; without one nothing is cut.
pub(super) fn of(tasks: &[Task], width: Option<usize>) -> String {
    let roomy = width.is_none_or(|width| width >= ROOMY);
    let mut header = vec!["ID", "State", "Submitted", "Kind", "Project"];
    if roomy {
        header.extend(["Seconds", "Submitted by"]);
    }
    let mut rows: Vec<Vec<String>> = vec![header.into_iter().map(str::to_owned).collect()];
    rows.extend(tasks.iter().map(|task| cells(task, roomy, width.is_some())));
    let widths: Vec<usize> = (0..rows[0].len())
        .map(|at| rows.iter().map(|row| letters(&row[at])).max().unwrap_or(0))
        .collect();
    let used: usize = widths.iter().map(|width| width + GAP.len()).sum();
    let room = width.map(|width| width.saturating_sub(used).max(LEAST));
    let about = std::iter::once("Command or result".to_owned()).chain(tasks.iter().map(about));
    let mut text = String::new();
    for (number, (row, about)) in rows.iter().zip(about).enumerate() {
        for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let padded = format!("{cell}{}", " ".repeat(width - letters(cell)));
            text.push_str(&match (number, at) {
                (0, _) => style::bold(&padded),
                (_, 1) => super::coloured_as(tasks[number - 1].state(), &padded),
                _ => padded,
            });
            text.push_str(GAP);
        }
        let about = room.map_or_else(|| about.clone(), |room| cut(&about, room));
        text.push_str(about.trim_end());
        text.push('\n');
    }
    text
}

fn cells(task: &Task, roomy: bool, cuts: bool) -> Vec<String> {
    let project = text_of(task, "project_name").unwrap_or_else(|| "-".to_owned());
    let mut cells = vec![
        task.id.to_string(),
        task.state().as_str().to_owned(),
        time::of_task_short(task.created_at.as_deref()),
        kind(task),
        if cuts {
            cut(&project, PROJECT_MAX)
        } else {
            project
        },
    ];
    if roomy {
        cells.push(
            task.runtime
                .map_or_else(|| "-".to_owned(), |seconds| format!("{seconds:.1}")),
        );
        cells.push(one_line(task.submitter_email.as_deref().unwrap_or("-")));
    }
    cells
}

fn kind(task: &Task) -> String {
    match task.name.as_deref() {
        Some(BCFTOOLS_QUERY) => "vcf".to_owned(),
        Some(SAMPLE_METADATA_QUERY) => "metadata".to_owned(),
        Some(UPDATE_DIMENSIONS) => "index".to_owned(),
        Some(name) => {
            let bare = name.strip_prefix("cron_").unwrap_or(name);
            cut(
                &one_line(bare.strip_prefix("tasks.").unwrap_or(bare)),
                KIND_MAX,
            )
        }
        None => "-".to_owned(),
    }
}

/// What was asked; of a failure, why; of others, what came out.
fn about(task: &Task) -> String {
    let asked = text_of(task, "command").or_else(|| text_of(task, "tsv_filter"));
    match (task.state(), asked) {
        (State::Failure, _) => one_line(&result::error(task.result.as_ref())),
        (State::Success, None) => one_line(&result::sentence(task)),
        (_, Some(asked)) => asked,
        (_, None) => result::progress(task).map_or_else(|| "-".to_owned(), |text| one_line(&text)),
    }
}

fn text_of(task: &Task, argument: &str) -> Option<String> {
    let value = task.other.get("kwargs")?.get(argument)?.as_str()?;
    Some(one_line(value))
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    crate::output::name(&words.join(" ")).into_owned()
}

fn letters(text: &str) -> usize {
    text.chars().count()
}

/// At most so many letters; what is missing shows as `…`.
fn cut(text: &str, most: usize) -> String {
    if letters(text) <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tasks() -> Vec<Task> {
        let files: Vec<String> = (0..1500).map(|n| format!("file{n}.vcf.gz")).collect();
        serde_json::from_value(json!([
            {"id": 12345, "status": "FAILURE", "name": BCFTOOLS_QUERY, "submitter_email": "linnea@example.org",
             "created_at": "2026-07-01T10:00:00Z", "runtime": 12.0, "result": {"error": "no\nsuch scaffold"},
             "kwargs": {"project_name": "herring", "command": "view -r 1"}},
            {"id": 7, "status": "STARTED", "name": BCFTOOLS_QUERY, "created_at": "2026-07-01T10:00:00Z",
             "kwargs": {"project_name": "a-project-with-a-long-name", "command": format!("view -r {}", "1:1-2,".repeat(99))}},
            {"id": 8, "status": "SUCCESS", "name": SAMPLE_METADATA_QUERY, "created_at": "2026-07-01T10:00:00Z",
             "result": {"unique_filenames": files}, "kwargs": {"tsv_filter": "Area:North", "project_name": "herring"}},
        ]))
        .unwrap()
    }

    #[test]
    fn one_line_a_task_in_every_window() {
        for width in [80, 120] {
            let text = of(&tasks(), Some(width));
            assert_eq!(text.lines().count(), 4);
            for line in text.lines() {
                assert!(letters(line) <= width, "{width}: {line}");
            }
            for shown in [
                "vcf",
                "metadata",
                "herring",
                "Area:North",
                "a-project-with-…",
            ] {
                assert!(text.contains(shown), "{width}: {shown}");
            }
            assert_eq!(text.contains("linnea@example.org"), width == 120);
        }
    }

    #[test]
    fn nothing_is_cut_without_a_window() {
        let text = of(&tasks(), None);
        assert!(text.contains("no such scaffold") && text.contains(&"1:1-2,".repeat(99)));
        assert!(text.contains("a-project-with-a-long-name"));
    }
}
