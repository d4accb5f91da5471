//! What a result's header says about where it comes from: enough to ask the same again.

use chrono::Utc;
use divbase_contract::query::SampleSelection;
use divbase_vcf::header::quoted_line;

use super::{plan::Plan, request::Request};

/// So many samples are named; the columns of the result have them all.
const NAMED: usize = 100;

/// What was asked and of what, the same for all who ask the same.
pub(crate) struct Provenance(Vec<String>);

impl Provenance {
    /// Of a plan.
    pub(crate) fn of(plan: &Plan, request: &Request<'_>, table_version: Option<&str>) -> Self {
        let mut lines = vec![
            line("command", &plan.pipeline.to_string()),
            format!("##DivBase_filter_scope={}", plan.scope.as_str()),
        ];
        match &request.selection {
            SampleSelection::All => lines.push(line("samples", "all")),
            SampleSelection::Named(names) => {
                lines.push(line("samples", &format!("by name: {}", named(names))));
            }
            SampleSelection::Metadata { filter, table } => {
                lines.push(line("samples", "by metadata"));
                lines.push(line("metadata_filter", filter));
                let version = table_version.unwrap_or("unknown");
                lines.push(line(
                    "metadata_table",
                    &format!("{table}; version={version}"),
                ));
            }
        }
        let options = &request.options;
        let version = options.project_version.iter();
        lines.extend(version.map(|name| line("project_version", name)));
        lines.extend(options.files.iter().map(|name| line("file", name)));
        lines.extend(
            options
                .exclude_files
                .iter()
                .map(|name| line("exclude_file", name)),
        );
        let rules = plan.merge_rules.iter();
        lines.extend(rules.map(|rules| line("merge_rules", &rules.to_string())));
        lines.extend(plan.inputs.iter().map(|input| {
            let file = &input.chosen.file;
            line(
                "input",
                &format!("{}; version={}", file.object_key, file.version_id),
            )
        }));
        lines.extend(plan.warnings.iter().map(|warning| line("warning", warning)));
        Self(lines)
    }

    /// The lines, without line breaks.
    pub(crate) fn lines(self) -> Vec<String> {
        self.0
    }
}

/// The lines of one result, without line breaks. The engine adds its own.
pub(crate) fn header_lines(task_id: i64, provenance: Provenance) -> Vec<String> {
    let created = Utc::now().format("%a %b %d %H:%M:%S %Y");
    let mut lines = vec![
        line(
            "created",
            &format!("Result of a DivBase query; Date={created}"),
        ),
        format!("##DivBase_task={task_id}"),
    ];
    lines.extend(provenance.lines());
    lines
}

/// How the lines of a copy begin.
pub(crate) const COPY: &str = "##DivBase_copy";

/// The lines of a result that is given again, beside those of the task that made it.
pub(crate) fn copy_lines(task_id: i64, from_task_id: i64) -> Vec<String> {
    let created = Utc::now().format("%a %b %d %H:%M:%S %Y");
    let told = format!("Result of task {from_task_id} given again; Date={created}");
    vec![line("copy", &told), format!("{COPY}_task={task_id}")]
}

fn named(names: &[String]) -> String {
    let first = names.iter().take(NAMED).map(String::as_str);
    let first = first.collect::<Vec<_>>().join(",");
    match names.len().saturating_sub(NAMED) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

fn line(name: &str, text: &str) -> String {
    quoted_line(&format!("DivBase_{name}"), text)
}
