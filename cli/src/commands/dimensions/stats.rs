//! `dimensions stats`: what the records of a file are like, from the index.

use clap::Args;
use divbase_contract::statistics::FileStatistics;
use reqwest::Method;

use crate::{
    app::App,
    arguments::{ProjectArg, TableFormat},
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
pub(super) async fn run(args: StatsArgs, app: &App) -> Outcome {
    let at = app.project(args.project.project.as_deref())?;
    let path = ["vcf-dimensions", "projects", &at.project, "statistics"];
    let call = Call::new(Method::GET, &path).query("object_name", args.name);
    let call = call.query_some("version_id", args.version_id);
    let found: FileStatistics = at.api.call(call).await?;
    if args.json {
        return output::json(&found);
    }
    if !found.complete {
        output::warn("The file has more than 100,000 samples: nothing was counted by sample.");
    }
    if args.samples {
        return table::of(TableFormat::TSV, &found.samples)
            .column("Sample", |sample| &sample.name)
            .column("Missing", |sample| sample.missing)
            .column("Hom ref", |sample| sample.hom_ref)
            .column("Het", |sample| sample.het)
            .column("Hom alt", |sample| sample.hom_alt)
            .column("Haploid ref", |sample| sample.haploid_ref)
            .column("Haploid alt", |sample| sample.haploid_alt)
            .column("Transitions", |sample| sample.transitions)
            .column("Transversions", |sample| sample.transversions)
            .column("Indels", |sample| sample.indels)
            .column("Singletons", |sample| sample.singletons)
            .optional("Mean depth", ".", |sample| {
                sample.mean_depth.map(|depth| format!("{depth:.1}"))
            })
            .show();
    }
    summary(&found)
        .iter()
        .try_for_each(|line| output::line(line))
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
            other => format!("Ts/Tv: {:.2}", sites.transitions as f64 / other as f64),
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
