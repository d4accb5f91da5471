//! `/vcf-dimensions`: the technical index of VCF files.

pub(crate) mod samples;
pub(crate) mod scaffolds;
pub(crate) mod show;
pub(crate) mod statistics;
pub(crate) mod update;
pub(crate) mod vcf_files;

use crate::described::{DescribedRouter, Describing, routes};

pub(super) fn routes<D: Describing>() -> DescribedRouter<D> {
    DescribedRouter::new()
        .routes(routes!(samples::handler))
        .routes(routes!(scaffolds::handler))
        .routes(routes!(show::handler))
        .routes(routes!(statistics::handler))
        .routes(routes!(update::handler))
        .routes(routes!(vcf_files::handler))
}
