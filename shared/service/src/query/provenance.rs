//! What a result's header says about where it comes from.

use chrono::Utc;

use super::plan::Plan;

/// The lines, without line breaks. The engine adds its own.
pub(crate) fn header_lines(
    task_id: i64,
    plan: &Plan,
    project_version: Option<&str>,
) -> Vec<String> {
    let created = Utc::now().format("%a %b %d %H:%M:%S %Y");
    let mut lines = vec![
        format!(
            "##DivBase_created={}",
            quoted(&format!("Result of a DivBase query; Date={created}"))
        ),
        format!("##DivBase_task={task_id}"),
        format!("##DivBase_command={}", quoted(&plan.pipeline.to_string())),
        format!("##DivBase_filter_scope={}", plan.scope.as_str()),
    ];
    if let Some(version) = project_version {
        lines.push(format!("##DivBase_project_version={}", quoted(version)));
    }
    lines.extend(plan.inputs.iter().map(|input| {
        let file = &input.chosen.file;
        let text = format!("{}; version={}", file.object_key, file.version_id);
        format!("##DivBase_input={}", quoted(&text))
    }));
    lines
}

fn quoted(text: &str) -> String {
    let clean: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .flat_map(|c| match c {
            '"' | '\\' => vec!['\\', c],
            c => vec![c],
        })
        .collect();
    format!("\"{clean}\"")
}
