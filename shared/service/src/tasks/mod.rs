//! The tasks that users submit, one file each.

mod bcftools_query;
pub(crate) mod errors;
mod sample_metadata_query;
mod update_dimensions;
pub mod update_key;

pub use bcftools_query::BcftoolsQuery;
pub use sample_metadata_query::SampleMetadataQuery;
pub use update_dimensions::UpdateDimensions;
