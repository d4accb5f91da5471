//! Answers which samples match a filter over the project's metadata table, and which files contain them.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use divbase_contract::{
    FailureClass,
    query::{MetadataQueryResult, SampleFile},
    tasks::{SAMPLE_METADATA_QUERY, SampleMetadataQueryKwargs},
};
use divbase_db::NameList;
use divbase_tasks::{Meter, Policy, Queue, Task, TaskError};

use crate::{
    Context, Services,
    query::{
        Candidates, MetadataSelection, ProjectVersionFiles, TableAt, Wanted, bounded, listed,
        metadata_mode, read_first, select_by_metadata, table_version,
    },
};

/// An answer is one message, and a cohort in thousands of files would fill it many times.
const MOST_PAIRS: usize = 500_000;

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

    async fn run(ctx: Context, kwargs: Self::Kwargs) -> Result<Self::Output, TaskError> {
        let services = &ctx.services;
        let Some(name) = kwargs.project_version.as_deref() else {
            return answer_now(services, &kwargs, &ctx.meter).await;
        };
        let (bucket, project_id) = (kwargs.bucket_name.as_str(), kwargs.project_id);
        let table = kwargs.metadata_tsv_name.as_str();
        let files = ProjectVersionFiles::read(services, project_id, name).await?;
        let mut candidates = Candidates::pinned(services, project_id, files.vcf_files()).await?;
        let version = files
            .version_of(table)
            .ok_or_else(|| no_table(name, table))?;
        // What a file held then only the file can tell.
        read_first(&ctx, bucket, project_id, &mut candidates, &Wanted::All).await?;
        let of_files = (candidates, Vec::new());
        answer(services, &kwargs, of_files, Some(version), &ctx.meter).await
    }
}

/// The answer over the files and the table as they are now.
async fn answer_now(
    services: &Services,
    kwargs: &SampleMetadataQueryKwargs,
    meter: &Meter,
) -> Result<MetadataQueryResult, TaskError> {
    let (bucket, project_id) = (kwargs.bucket_name.as_str(), kwargs.project_id);
    let candidates = Candidates::present(services, bucket, project_id).await?;
    let version = table_version(services, bucket, &kwargs.metadata_tsv_name).await?;
    let mut warnings = Vec::new();
    if !candidates.unread.is_empty() {
        warnings.push(format!(
            "The dimensions index is not up to date with these files: {}. Run 'divbase-cli dimensions update'.",
            candidates.unread_keys()
        ));
    }
    let of_files = (candidates, warnings);
    answer(services, kwargs, of_files, version.as_deref(), meter).await
}

/// Asks the table at a version for the samples, and the files for who has them. The files come with what is to be said of them.
async fn answer(
    services: &Services,
    kwargs: &SampleMetadataQueryKwargs,
    (candidates, mut warnings): (Candidates, Vec<String>),
    version: Option<&str>,
    meter: &Meter,
) -> Result<MetadataQueryResult, TaskError> {
    let files = candidates.samples_by_file();
    if files.is_empty() {
        return Err(TaskError::User {
            class: FailureClass::NoDimensions,
            message: format!(
                "No VCF file of the project '{}' is indexed. Run 'divbase-cli dimensions update' first.",
                kwargs.project_name
            ),
        });
    }
    let selection = select_by_metadata(
        services,
        TableAt {
            bucket: &kwargs.bucket_name,
            key: &kwargs.metadata_tsv_name,
            version_id: version,
        },
        &kwargs.tsv_filter,
        metadata_mode(kwargs.compat),
        Some(candidates.samples()),
        meter,
    );
    let MetadataSelection {
        samples,
        message,
        warnings: of_the_table,
    } = selection.await?;
    warnings.splice(0..0, of_the_table);
    warnings.extend(candidates.warnings());
    if !candidates.gone.is_empty() {
        warnings.push(format!(
            "These indexed files are no longer in the project: {}. Run 'divbase-cli dimensions update'.",
            listed(candidates.gone.iter().map(|file| file.object_key.as_str()))
        ));
    }
    let pairs = pairs(&files, &samples)?;
    let mut unique_filenames: Vec<String> =
        pairs.iter().map(|pair| pair.filename.clone()).collect();
    unique_filenames.dedup();
    Ok(MetadataQueryResult {
        sample_and_filename_subset: pairs,
        unique_sample_ids: samples,
        unique_filenames,
        query_message: message,
        warnings: bounded(warnings),
        status: "completed".to_owned(),
    })
}

fn no_table(version: &str, table: &str) -> TaskError {
    TaskError::User {
        class: FailureClass::ObjectDoesNotExist,
        message: format!("The project version '{version}' has no sample metadata file '{table}'."),
    }
}

/// Every selected sample with every file that has it, in file order.
fn pairs(files: &[(&str, &NameList)], samples: &[String]) -> Result<Vec<SampleFile>, TaskError> {
    let wanted: HashSet<&str> = samples.iter().map(String::as_str).collect();
    // A list is looked at once, however many files share it.
    let mut kept: HashMap<*const NameList, Vec<&String>> = HashMap::new();
    let mut pairs = Vec::new();
    for (key, names) in files {
        let kept = kept.entry(std::ptr::from_ref(*names)).or_insert_with(|| {
            let kept = names.iter().filter(|name| wanted.contains(name.as_str()));
            kept.collect()
        });
        if pairs.len() + kept.len() > MOST_PAIRS {
            return Err(TaskError::user(format!(
                "The answer would name more than {MOST_PAIRS} pairs of a sample and a file. Ask for fewer samples with \
                 a narrower filter; 'divbase-cli query vcf' takes as many as there are."
            )));
        }
        pairs.extend(kept.iter().map(|sample| SampleFile {
            sample_id: (*sample).clone(),
            filename: (*key).to_owned(),
        }));
    }
    Ok(pairs)
}
