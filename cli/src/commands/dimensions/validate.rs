//! `dimensions validate-metadata-file`: judges a table as the server will, before it is uploaded.

use std::path::PathBuf;

use clap::Args;
use divbase_contract::dimensions::UniqueSamples;
use divbase_metadata::{Checks, Finding, Mode, Preview, Report, Statistics, Table, validate};

use super::get;
use crate::{
    app::App,
    arguments::{ProjectArg, TableFormat},
    failure::{Failure, Outcome},
    output::{self, style, table},
};

/// `dimensions validate-metadata-file INPUT_PATH`
#[derive(Args)]
pub struct ValidateArgs {
    /// The table
    input_path: PathBuf,
    /// List all values in messages instead of the first 20
    #[arg(long)]
    untruncated: bool,
    /// Judge as the Python service does, its traps included
    #[arg(long)]
    compat: bool,
    #[command(flatten)]
    format: TableFormat,
    #[command(flatten)]
    project: ProjectArg,
}

pub(super) async fn run(args: ValidateArgs, app: &App) -> Outcome {
    let path = &args.input_path;
    if !path.is_file() {
        return Err(Failure::Usage(format!(
            "the file '{}' does not exist.",
            path.display()
        )));
    }
    let at = app.project(args.project.project.as_deref())?;
    let project: UniqueSamples = get(&at, &["samples"]).await?;
    let bytes = std::fs::read(path).map_err(|error| Failure::io("read", path, error))?;
    let checks = Checks {
        project_samples: Some(&project.unique_samples),
        preview: if args.untruncated {
            Preview::All
        } else {
            Preview::First20
        },
        ..Checks::default()
    };
    let mode = if args.compat {
        Mode::Compat
    } else {
        Mode::Strict
    };
    let report = match Table::read(bytes) {
        Ok(table) => validate(&table, mode, &checks),
        Err(error) => error.into(),
    };
    if args.format.json {
        output::json(&report)?;
    } else if args.format.jsonl {
        output::json_lines(&report)?;
    } else if args.format.tsv {
        findings(&report)?;
    } else {
        output::line!("Validating: {}", path.display())?;
        output::line!("Project: {}", output::name(&at.project))?;
        show(&report, &args)?;
    }
    Failure::told_unless(report.errors.is_empty())
}

/// The findings as a table for programs.
fn findings(report: &Report) -> Outcome {
    let errors = report.errors.iter().map(|finding| ("error", finding));
    let warnings = report.warnings.iter().map(|finding| ("warning", finding));
    let all: Vec<(&str, &Finding)> = errors.chain(warnings).collect();
    table::of(TableFormat::TSV, &all)
        .column("Severity", |(severity, _)| severity)
        .column("Category", |(_, finding)| finding.category.name())
        .optional("Row", "", |(_, finding)| finding.row)
        .optional("Column", "", |(_, finding)| finding.column.as_ref())
        .column("Count", |(_, finding)| finding.count)
        .column("Message", |(_, finding)| &finding.message)
        .show()
}

fn show(report: &Report, args: &ValidateArgs) -> Outcome {
    output::line("\nVALIDATION SUMMARY:")?;
    match &report.statistics {
        Some(statistics) => summary(statistics)?,
        None => output::line("  The file could not be read to its end.")?,
    }
    bullets(&style::red("ERRORS (must be fixed):"), &report.errors)?;
    bullets(
        &style::yellow("WARNINGS (should be reviewed):"),
        &report.warnings,
    )?;
    output::line("")?;
    if !report.errors.is_empty() {
        output::line(&style::red(
            "Validation failed! Fix the errors above and run the command again.",
        ))?;
    } else if report.warnings.is_empty() {
        output::done!("Validation passed!")?;
    } else {
        output::line(&style::yellow(
            "Validation passed with warnings: review them before you upload.",
        ))?;
    }
    if report.errors.is_empty() {
        output::line!(
            "Upload it with: divbase-cli files upload {}",
            args.input_path.display()
        )?;
    }
    if !args.untruncated && is_cut(report) {
        output::line("Long lists were cut; --untruncated shows them in full.")?;
    }
    Ok(())
}

fn is_cut(report: &Report) -> bool {
    let mut all = report.errors.iter().chain(&report.warnings);
    all.any(|finding| {
        finding.message.contains(" more)") || finding.message.contains("showing first")
    })
}

fn summary(statistics: &Statistics) -> Outcome {
    let columns = |names: &[String]| {
        let list: Vec<_> = names
            .iter()
            .map(|name| match name.as_str() {
                "" => "<no name>".into(),
                name => output::name(name),
            })
            .collect();
        format!(
            "{} ({})",
            names.len(),
            if list.is_empty() {
                "None".to_owned()
            } else {
                list.join(", ")
            }
        )
    };
    let mut lines = vec![format!(
        "Total columns: {} ({} user-defined + 1 Sample_ID column)",
        statistics.total_columns, statistics.user_columns
    )];
    if let (Some(matching), Some(all)) = (statistics.matching_samples, statistics.project_samples) {
        lines.push(format!(
            "Samples matching project VCF dimensions: {matching}/{} (project has {all} total)",
            statistics.samples
        ));
    }
    for (what, names) in [
        ("Numeric columns", &statistics.numeric_columns),
        ("String columns", &statistics.text_columns),
        ("Mixed-type columns", &statistics.mixed_columns),
    ] {
        lines.push(format!("{what}: {}", columns(names)));
    }
    for (what, names) in [
        ("True/False columns (numeric)", &statistics.boolean_columns),
        ("Date columns (string)", &statistics.date_columns),
    ] {
        if !names.is_empty() {
            lines.push(format!("{what}: {}", columns(names)));
        }
    }
    lines.push(format!(
        "Multi-value cells: {}",
        if statistics.has_lists { "Yes" } else { "No" }
    ));
    if !statistics.empty_cells.is_empty() {
        let empty: Vec<String> = statistics
            .empty_cells
            .iter()
            .map(|(name, count)| format!("{}: {count}", output::name(name)))
            .collect();
        lines.push(format!("Empty cells: {}", empty.join(", ")));
    }
    lines
        .iter()
        .try_for_each(|line| output::line!("  - {line}"))
}

fn bullets(title: &str, findings: &[Finding]) -> Outcome {
    if findings.is_empty() {
        return Ok(());
    }
    output::line!("\n{title}")?;
    findings
        .iter()
        .try_for_each(|finding| output::line!("  - {}", output::text(&finding.message)))
}
