//! The header a stage hands on.

use crate::command::{InfoUpdate, VersionLines, ViewStage};
use crate::header::Header;

use super::Context;

const AC: &str = "##INFO=<ID=AC,Number=A,Type=Integer,Description=\"Allele count in genotypes\">";
const AN: &str = "##INFO=<ID=AN,Number=1,Type=Integer,Description=\"Total number of alleles in called genotypes\">";

/// The header records of the stage are read with, once bcftools has added to it.
pub(super) fn input(stage: &ViewStage, header: &Header, context: &Context) -> Header {
    let mut header = header.clone();
    let mut add = |text: &str| {
        // A line that is no header line is dropped, as bcftools drops it.
        let _ = header.add_text(text);
    };
    if stage.counts_alleles() && stage.info_update == InfoUpdate::Recalculate {
        add(AC);
        add(AN);
    }
    if stage.version_lines == VersionLines::Add {
        let version = env!("CARGO_PKG_VERSION");
        add(&format!(
            "##bcftools_viewVersion=1.24, as decided by divbase-vcf {version}"
        ));
        let mut command = stage.to_string();
        if !context.date.is_empty() {
            command = format!("{command}; Date={}", context.date);
        }
        add(&format!("##bcftools_viewCommand={command}"));
    }
    header
}

/// What is left of it when samples or genotypes are taken out.
pub(super) fn output(input: &Header, kept: Option<&[usize]>, sites_only: bool) -> Header {
    if sites_only {
        input.sites_only()
    } else if let Some(kept) = kept {
        input.with_samples(kept)
    } else {
        input.clone()
    }
}
