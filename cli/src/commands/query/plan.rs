//! `query vcf --dry-run`: the plan for people.

use divbase_contract::{
    money,
    plan::{FilterScope, QueryPlan},
};

use crate::{
    arguments::TableFormat,
    failure::Outcome,
    output::{self, size, style, table},
};

/// Sample names that are shown; `--json` has all.
const SHOWN: usize = 20;

pub(super) fn show(plan: &QueryPlan) -> Outcome {
    warn(&plan.warnings)?;
    table::of(TableFormat::default(), &plan.files)
        .column("File", |file| &file.key)
        .column("Version", |file| &file.version_id)
        .column("Samples", |file| {
            format!("{} of {}", file.kept_sample_count, file.sample_count)
        })
        .column("Size", |file| size::human(file.size_bytes))
        .column("To be read", |file| size::human(file.bytes_to_read))
        .show()?;
    let mut lines = vec![
        ("Command", plan.command.clone()),
        (
            "Files are put together by",
            format!("{}. {}", plan.decision, plan.explanation),
        ),
        ("Filters look at", scope(plan)),
        ("Samples of the result", samples(&plan.samples)),
    ];
    if let Some(rules) = &plan.merge_rules {
        lines.push(("Records are merged by", rules.to_string()));
    }
    if !plan.regions.is_empty() {
        lines.push(("Regions", plan.regions.join(", ")));
    }
    if let Some(version) = &plan.project_version {
        lines.push(("Project version", version.clone()));
    }
    lines.extend([
        (
            "To be read",
            format!(
                "{}, at most {} records{}",
                size::human(plan.bytes_to_read),
                plan.records_to_read,
                passed_over(plan.bytes_skipped)
            ),
        ),
        (
            "Estimate",
            format!(
                "{:.0} s, {}",
                plan.estimated_seconds.ceil(),
                money::in_words(plan.estimated_cost_usd)
            ),
        ),
        (
            "Engine",
            format!("{} ({})", plan.engine, plan.engine_reason),
        ),
        ("Queue", plan.queue.clone()),
    ]);
    if let Some(id) = plan.cached_task_id {
        lines.push((
            "Known answer",
            format!("task {id} asked the same of the same files; its result will be given again"),
        ));
    }
    for (name, text) in lines {
        output::line!("{name}: {}", output::text(&text))?;
    }
    output::line("Nothing was submitted. Leave --dry-run out to submit the query.")
}

/// What the user should know, before anything else is said.
pub(super) fn warn(warnings: &[String]) -> Outcome {
    for warning in warnings {
        output::line!("{} {}", style::yellow("Warning:"), output::text(warning))?;
    }
    Ok(())
}

fn scope(plan: &QueryPlan) -> String {
    let scope = match plan.filter_scope {
        FilterScope::File => "each file by itself",
        FilterScope::Cohort => "all files merged",
    };
    scope.to_owned()
}

fn samples(names: &[String]) -> String {
    let shown: Vec<&str> = names.iter().take(SHOWN).map(String::as_str).collect();
    match names.len() {
        0 => "none (genotypes are dropped)".to_owned(),
        count if count > SHOWN => format!("{count}: {}, …", shown.join(", ")),
        count => format!("{count}: {}", shown.join(", ")),
    }
}

/// What the filter saves, if it saves anything.
fn passed_over(bytes: u64) -> String {
    match bytes {
        0 => String::new(),
        bytes => format!(
            "; {} are passed over, as the filter keeps nothing there",
            size::human(bytes)
        ),
    }
}
