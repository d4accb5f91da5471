//! The tasks that this worker can run. Adding one is its file and one line here.

use divbase_tasks::Registry;

use crate::{
    Services,
    tasks::{BcftoolsQuery, SampleMetadataQuery, UpdateDimensions},
};

/// All tasks, periodic ones included.
#[must_use]
pub fn registry() -> Registry<Services> {
    divbase_cron::built_in::register(Registry::default())
        .with::<BcftoolsQuery>()
        .with::<SampleMetadataQuery>()
        .with::<UpdateDimensions>()
}
