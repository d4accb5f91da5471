//! `dimensions stats`: what the records of a file are like, from the index.

use clap::Args;
use divbase_contract::statistics::{FileStatistics, SampleStatistics};
use reqwest::Method;

use crate::{
    app::App,
    arguments::ProjectArg,
    failure::Outcome,
    http::api::Call,
    output::{self, table},
};

/// `dimensions stats NAME`
#[derive(Args)]
pub struct StatsArgs {
    /// Name of the file
    name: String,
    /// Another version than the newest
    #[arg(long, value_name = "ID")]
    version_id: Option<String>,
    /// Counts by sample instead, as tab-separated text
    #[arg(long, conflicts_with = "json")]
    samples: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    project: ProjectArg,
}

/// Columns of counts by sample.
const COLUMNS: [&str; 12] = [
    "Sample",
    "Missing",
    "Hom ref",
    "Het",
    "Hom alt",
    "Haploid ref",
    "Haploid alt",
    "Transitions",
    "Transversions",
    "Indels",
    "Singletons",
    "Mean depth",
];

pub(super) async fn run(args: StatsArgs, app: &App) -> Outcome {
    let at = app.project(args.project.project.as_deref())?;
    let path = ["vcf-dimensions", "projects", &at.project, "statistics"];
    let mut call = Call::new(Method::GET, &path).query("object_name", args.name);
    if let Some(version_id) = args.version_id {
        call = call.query("version_id", version_id);
    }
    let found: FileStatistics = at.api.call(call).await?;
    if args.json {
        return output::json(&found);
    }
    if !found.complete {
        output::warn("The file has more than 100,000 samples: nothing was counted by sample.");
    }
    if args.samples {
        let rows: Vec<Vec<String>> = found.samples.iter().map(row).collect();
        return table::tsv(&COLUMNS, &rows);
    }
    for line in summary(&found) {
        output::line(&line)?;
    }
    Ok(())
}

fn row(sample: &SampleStatistics) -> Vec<String> {
    let counts = [
        sample.missing,
        sample.hom_ref,
        sample.het,
        sample.hom_alt,
        sample.haploid_ref,
        sample.haploid_alt,
        sample.transitions,
        sample.transversions,
        sample.indels,
        sample.singletons,
    ];
    let depth = sample
        .mean_depth
        .map_or_else(|| ".".to_owned(), |depth| format!("{depth:.1}"));
    let counts = counts.iter().map(u32::to_string);
    std::iter::once(sample.name.clone())
        .chain(counts)
        .chain([depth])
        .collect()
}

/// The numbers that most people look for.
fn summary(found: &FileStatistics) -> Vec<String> {
    let sites = &found.sites;
    let mut lines = vec![
        format!(
            "{} (version {})",
            output::name(&found.object_name),
            output::name(&found.version_id)
        ),
        format!("Records: {}", sites.records),
        format!("SNPs: {}", sites.snps),
        format!("Indels: {}", sites.indels),
        format!("MNPs: {}", sites.mnps),
        format!("Others: {}", sites.others),
        format!("Without ALT: {}", sites.no_alts),
        format!(
            "Multiallelic: {} ({} of SNPs alone)",
            sites.multiallelic, sites.multiallelic_snps
        ),
        format!("Transitions: {}", sites.transitions),
        format!("Transversions: {}", sites.transversions),
        match sites.transversions {
            0 => "Ts/Tv: none, for want of transversions".to_owned(),
            transversions => {
                format!(
                    "Ts/Tv: {:.2}",
                    sites.transitions as f64 / transversions as f64
                )
            }
        },
        format!(
            "Singletons: {} SNPs, {} indels",
            sites.singleton_snps, sites.singleton_indels
        ),
        format!("Samples: {}", found.samples.len()),
    ];
    if let Some(worst) = found.samples.iter().max_by_key(|sample| sample.missing)
        && worst.missing > 0
    {
        lines.push(format!(
            "Most missing genotypes: {} of {} in {}",
            worst.missing,
            sites.records,
            output::name(&worst.name)
        ));
    }
    lines
}
