//! `dimensions create-metadata-template`: a table with the project's samples, new or added to an existing one.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

use clap::Args;
use divbase_contract::dimensions::UniqueSamples;
use divbase_metadata::{Checks, Filter, Mode, Table, query};

use super::get;
use crate::{
    app::App,
    arguments::ProjectArg,
    failure::{Failure, Outcome},
    files_on_disk::{Privacy, write_atomically},
    output::{self, table},
};

const HEADER: &str = "#Sample_ID";

/// `dimensions create-metadata-template`
#[derive(Args)]
pub struct TemplateArgs {
    /// File to write [default: ./sample_metadata_<PROJECT>.tsv]
    #[arg(long, short = 'o', value_name = "PATH")]
    output: Option<PathBuf>,
    /// Add the missing samples to an existing table (the one named here, or --output) and keep everything else
    #[arg(long, value_name = "PATH", num_args = 0..=1, default_missing_value = "")]
    update: Option<String>,
    #[command(flatten)]
    project: ProjectArg,
}

pub(super) async fn run(args: TemplateArgs, app: &App) -> Outcome {
    let named = args
        .update
        .as_deref()
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
        .or(args.output);
    if let Some(path) = named.as_ref().filter(|path| path.is_dir()) {
        return Err(Failure::Usage(format!(
            "{} is a folder; name a file.",
            path.display()
        )));
    }
    let at = app.project(args.project.project.as_deref())?;
    let path = named.unwrap_or_else(|| {
        PathBuf::from(format!(
            "sample_metadata_{}.tsv",
            at.project.replace(['/', '\\'], "_")
        ))
    });
    let samples: UniqueSamples = get(&at, &["samples"]).await?;
    let samples = samples.unique_samples;
    output::line(&format!(
        "There are {} samples in the dimensions of the project '{}'.",
        samples.len(),
        output::name(&at.project)
    ))?;
    if samples.is_empty() {
        return output::line(
            "No file written. Upload VCF files and index them with `divbase-cli dimensions update` first.",
        );
    }
    if args.update.is_some() {
        return update(&path, &samples);
    }
    if path.exists()
        && !output::confirm(&format!(
            "The file {} already exists. Overwrite it?",
            path.display()
        ))?
    {
        return output::line("File not written. Exiting.");
    }
    let mut text = format!("{HEADER}\n");
    for sample in &samples {
        text.push_str(&table::tsv_row([sample.as_str()]));
    }
    write(&path, &text)?;
    output::line(&format!(
        "The template with all samples was written to {}. Add your columns, then check it with \
         `divbase-cli dimensions validate-metadata-file {0}`.",
        path.display()
    ))
}

fn update(path: &Path, samples: &[String]) -> Outcome {
    let bytes =
        fs::read(path).map_err(|error| Failure::io("read the table to update", path, error))?;
    let known = known_samples(&bytes).map_err(|problem| {
        Failure::Refused(format!(
            "{} cannot be updated before this is mended: {problem}\nSee everything that is wrong with \
             `divbase-cli dimensions validate-metadata-file {0}`.",
            path.display()
        ))
    })?;
    let missing: Vec<&String> = samples
        .iter()
        .filter(|sample| !known.ids.contains(*sample))
        .collect();
    let unknown = known.ids.len() + missing.len() - samples.len();
    if unknown > 0 {
        output::warn(&format!(
            "{unknown} samples of the table are not in the dimensions of the project; they are kept."
        ));
    }
    if missing.is_empty() {
        return output::line(&format!(
            "{} has all samples already; nothing was changed.",
            path.display()
        ));
    }
    write(path, &with_rows(bytes, &missing, known.columns)?)?;
    output::line(&format!(
        "{} missing samples were added to {}.",
        missing.len(),
        path.display()
    ))
}

/// What the table has already.
struct Known {
    ids: HashSet<String>,
    columns: usize,
}

fn known_samples(bytes: &[u8]) -> Result<Known, String> {
    let table = Table::read(bytes).map_err(|error| error.to_string())?;
    let everything = Filter::parse("", Mode::Strict).map_err(|error| error.to_string())?;
    let selection =
        query(&table, &everything, &Checks::default()).map_err(|error| error.to_string())?;
    Ok(Known {
        ids: selection
            .sample_ids
            .into_iter()
            .map(str::to_owned)
            .collect(),
        columns: table.column_names(Mode::Strict).count(),
    })
}

/// The table with a row for each sample, in the table's own line ends.
fn with_rows(bytes: Vec<u8>, samples: &[&String], columns: usize) -> Outcome<String> {
    let mut text = String::from_utf8(bytes)
        .map_err(|_| Failure::Refused("the table is not UTF-8 text.".to_owned()))?;
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    if !text.ends_with(['\n', '\r']) {
        text.push_str(end);
    }
    for sample in samples {
        let cells = std::iter::once(sample.as_str())
            .chain(std::iter::repeat_n("", columns.saturating_sub(1)));
        text.push_str(table::tsv_row(cells).trim_end_matches('\n'));
        text.push_str(end);
    }
    Ok(text)
}

fn write(path: &Path, text: &str) -> Outcome {
    write_atomically(path, text.as_bytes(), Privacy::Ordinary)
        .map_err(|error| Failure::io("write", path, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_added_in_the_tables_own_form() {
        let added = |text: &str| {
            let known = known_samples(text.as_bytes()).unwrap();
            with_rows(text.into(), &[&"S9".to_owned()], known.columns).unwrap()
        };
        assert_eq!(
            added("#Sample_ID\tA\tB\nS1\t1\t2"),
            "#Sample_ID\tA\tB\nS1\t1\t2\nS9\t\t\n"
        );
        assert_eq!(added("#Sample_ID\r\nS1\r\n"), "#Sample_ID\r\nS1\r\nS9\r\n");
        assert!(known_samples(b"Sample\nS1\n").is_err());
    }
}
