//! Answers which samples match a filter over the project's metadata table, and which files contain them.

use std::time::Duration;

use divbase_contract::{
    FailureClass,
    query::{MetadataQueryResult, SampleFile},
    tasks::{SAMPLE_METADATA_QUERY, SampleMetadataQueryKwargs},
};
use divbase_tasks::{Context, Policy, Queue, Task, TaskError};

use crate::{
    Services,
    query::{MetadataSelection, Snapshot, TableAt, known, metadata_mode, select_by_metadata},
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
        let version = kwargs.project_version.as_deref();
        let (bucket, project) = (&kwargs.bucket_name, kwargs.project_id);
        let snapshot = Snapshot::take(services, bucket, project, version).await?;
        let pins = snapshot.vcf_files();
        let mut known = known(services, project, &pins).await?;
        if version.is_some() {
            known.read_rest(&ctx, bucket, project).await?;
        } else {
            known.add_gone(services, project, &pins).await?;
        }
        let files = known.files_or_older();
        if files.is_empty() {
            return Err(TaskError::User {
                class: FailureClass::NoDimensions,
                message: format!(
                    "No VCF file of the project '{}' is indexed. Run 'divbase-cli dimensions update' first.",
                    kwargs.project_name
                ),
            });
        }
        let MetadataSelection {
            samples,
            message,
            mut warnings,
        } = select_by_metadata(
            services,
            TableAt {
                bucket: &kwargs.bucket_name,
                key: &kwargs.metadata_tsv_name,
                version_id: snapshot.version_of(&kwargs.metadata_tsv_name),
            },
            &kwargs.tsv_filter,
            metadata_mode(kwargs.compat),
            &known.samples(),
            &ctx.meter,
        )
        .await?;
        warnings.extend(known.warnings());
        let wanted: std::collections::HashSet<&str> = samples.iter().map(String::as_str).collect();
        let pairs: Vec<SampleFile> = files
            .iter()
            .flat_map(|(key, samples)| {
                samples
                    .iter()
                    .filter(|sample| wanted.contains(sample.as_str()))
                    .map(|sample| SampleFile {
                        sample_id: sample.clone(),
                        filename: (*key).to_owned(),
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
