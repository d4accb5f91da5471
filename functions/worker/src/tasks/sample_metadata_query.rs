//! Answers which samples match a filter over the project's metadata table, and which files contain them.

use std::time::Duration;

use divbase_contract::{
    query::{MetadataQueryResult, SampleFile},
    tasks::{SAMPLE_METADATA_QUERY, SampleMetadataQueryKwargs},
};
use divbase_tasks::{Context, Policy, Queue, Task, TaskError};

use crate::{
    Services,
    query::{MetadataSelection, current_files, metadata_mode, select_by_metadata},
};

/// The task.
pub struct SampleMetadataQuery;

impl Task for SampleMetadataQuery {
    const NAME: &'static str = SAMPLE_METADATA_QUERY;
    const QUEUE: Queue = Queue::Quick;
    const POLICY: Policy = Policy {
        soft_limit: Duration::from_secs(60),
        hard_limit: Duration::from_secs(90),
        ..Policy::DEFAULT
    };
    type Services = Services;
    type Kwargs = SampleMetadataQueryKwargs;
    type Output = MetadataQueryResult;

    async fn run(
        ctx: Context<Services>,
        kwargs: SampleMetadataQueryKwargs,
    ) -> Result<MetadataQueryResult, TaskError> {
        let services = &ctx.services;
        let current = current_files(
            services,
            &kwargs.bucket_name,
            kwargs.project_id,
            &kwargs.project_name,
        )
        .await?;
        let MetadataSelection {
            samples,
            message,
            mut warnings,
        } = select_by_metadata(
            services,
            &kwargs.bucket_name,
            &kwargs.metadata_tsv_name,
            &kwargs.tsv_filter,
            metadata_mode(kwargs.compat),
            current.samples(),
        )
        .await?;
        warnings.extend(current.warnings());
        let wanted: std::collections::HashSet<&str> = samples.iter().map(String::as_str).collect();
        let pairs: Vec<SampleFile> = current
            .files
            .iter()
            .flat_map(|file| {
                file.samples
                    .iter()
                    .filter(|sample| wanted.contains(sample.as_str()))
                    .map(|sample| SampleFile {
                        sample_id: sample.clone(),
                        filename: file.object_key.clone(),
                    })
            })
            .collect();
        let mut unique_filenames: Vec<String> =
            pairs.iter().map(|pair| pair.filename.clone()).collect();
        unique_filenames.dedup();
        Ok(MetadataQueryResult {
            sample_and_filename_subset: pairs,
            unique_sample_ids: samples,
            unique_filenames,
            query_message: message,
            warnings,
            status: "completed".to_owned(),
        })
    }
}
