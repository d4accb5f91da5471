//! From the text of `--command` to a typed plan, and from a plan to the arguments of real bcftools.
//!
//! An allow-list: the text is parsed by the grammar of bcftools 1.24 `view`, what the profile does not allow is
//! refused, and only the plan goes on. Nothing here opens a file or knows a header.

pub mod argv;
mod build;
mod error;
pub mod getopt;
mod limit;
mod local;
mod option;
mod print;
mod problem;
pub mod region;
mod region_file;
mod service;
mod shell;
mod stage;

pub use error::{CommandError, CommandErrorKind};
pub use limit::{AlleleType, CountLimit, FrequencyLimit, LimitError};
pub use local::{LocalFormat, LocalOutput, LocalView, OutputParts, parse_local};
pub use option::ViewOption;
pub use problem::{Problem, Reason};
pub use region::{Region, RegionError, Span};
pub use region_file::{REGIONS_MAX, RegionFileError, parse_region_file};
pub use service::{Selection, parse_service};
pub use shell::QuotingError;
pub use shell::{segments as shell_segments, tokens as shell_tokens};
pub use stage::{
    ExpressionFilter, GenotypeFilter, GenotypeKind, IdentifierFilter, InfoUpdate, Overlap,
    Pipeline, RegionsOverlap, SampleChoice, Sites, Targets, TrimUnseenAllele, TypeFilter,
    VariantType, VersionLines, ViewStage,
};

#[cfg(test)]
mod tests;
