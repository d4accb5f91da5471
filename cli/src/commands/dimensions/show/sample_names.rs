//! Sample names: of all files together, or file by file.

use divbase_contract::dimensions::{ProjectDimensions, UniqueSamples};

use super::{ShowArgs, write};
use crate::{
    app::ProjectApi,
    commands::dimensions::get,
    failure::Outcome,
    output::{self, table},
};

/// Each name once.
pub(super) async fn unique(args: &ShowArgs, at: &ProjectApi) -> Outcome {
    let found: UniqueSamples = get(at, &["samples"]).await?;
    let names = &found.unique_samples;
    let count = names.len();
    if let Some(path) = &args.sample_names_output {
        write(path, &one_per_line(names))?;
        return output::line!(
            "Unique sample names (count: {count}) of the project '{}' were written to {}",
            output::name(&at.project),
            path.display()
        );
    }
    if args.sample_names_stdout {
        return output::raw(one_per_line(names).as_bytes());
    }
    if args.json {
        return output::json(&found);
    }
    let project = output::name(&at.project);
    let lead = format!(
        "Unique sample names found in the VCF files of the project '{project}' (count: {count})"
    );
    if count <= args.limit() {
        return output::headed(&lead, names);
    }
    output::headed(&lead, &names[..args.limit()])?;
    output::line!(
        "Showing first {} of {count} names. For all of them use --sample-names-stdout, --sample-names-output PATH or a \
         larger --sample-names-limit.",
        args.limit()
    )
}

fn one_per_line(names: &[String]) -> String {
    names.iter().map(|name| format!("{name}\n")).collect()
}

/// Lines of file and sample name.
pub(super) fn by_file(args: &ShowArgs, index: &ProjectDimensions) -> Outcome {
    let mut text = String::new();
    let mut count = 0;
    for file in &index.vcf_files {
        for sample in &file.samples {
            text.push_str(&table::tsv_row([file.vcf_file_s3_key.as_str(), sample]));
            count += 1;
        }
    }
    match &args.sample_names_output {
        None => output::raw(text.as_bytes()),
        Some(path) => {
            write(path, &text)?;
            output::line!(
                "Sample names (count: {count}) were written to {}",
                path.display()
            )
        }
    }
}
