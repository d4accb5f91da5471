//! Keeps the columns of a file's samples by groups, so that queries of few of many samples need not read the columns of all.
//! Submitted when such a query is; nobody waits for it.

use divbase_db::Sidecar;
use divbase_storage::{ObjectVersion, RangeReader, StorageError, StreamingUpload};
use divbase_tasks::{Context, Policy, Priority, Queue, Stop, Stopped, Task, TaskError};
use divbase_vcf::{
    Category,
    groups::{Made, Settings, write},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ServiceError, Services,
    object::{Access, ObjectSource, ObjectWriter},
    sample_groups::{self, Kept, SampleGroups},
};

/// Bytes that are asked for ahead of use.
const AHEAD: u64 = 4 << 20;
/// Groups are kept if so many of ten records are in them; the others are read in the file.
const WORTH: u64 = 5;

/// The task.
pub struct MakeSampleGroups;

/// Of which version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MakeSampleGroupsKwargs {
    /// The project.
    pub project_id: i64,
    /// Its bucket.
    pub bucket_name: String,
    /// The row of the version.
    pub file_version_id: i64,
    /// The key.
    pub object_key: String,
    /// The version.
    pub version_id: String,
    /// Its ETag.
    pub etag: String,
    /// Its bytes.
    pub size_bytes: u64,
}

impl MakeSampleGroupsKwargs {
    /// The key by which two tasks for one version exclude each other while they are unfinished.
    #[must_use]
    pub fn exclusive_key(&self) -> String {
        format!("sample-groups:{}", self.file_version_id)
    }
}

/// What was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MadeSampleGroups {
    /// Whether there are groups now; if not, the version is gone, too few of its records could be kept, or it would take too long.
    pub made: bool,
    /// Records of the file.
    pub records: u64,
    /// Those of them that are kept by groups.
    pub records_in_groups: u64,
    /// Bytes of the groups.
    pub bytes: u64,
}

impl Task for MakeSampleGroups {
    const NAME: &'static str = "tasks.make_sample_groups";
    const QUEUE: Queue = Queue::Long;
    const POLICY: Policy = Policy::LONG;
    const PRIORITY: Priority = Priority::Housekeeping;
    type Services = Services;
    type Kwargs = MakeSampleGroupsKwargs;
    type Output = MadeSampleGroups;

    async fn run(
        ctx: Context<Services>,
        kwargs: MakeSampleGroupsKwargs,
    ) -> Result<MadeSampleGroups, TaskError> {
        let (db, id) = (&ctx.services.db, kwargs.file_version_id);
        let known = db.file_sidecars(&[id], Sidecar::Groups).await?;
        if known.contains_key(&id) {
            return Ok(MadeSampleGroups::default());
        }
        ctx.progress("making sample groups", None);
        let name = sample_groups::name(&kwargs.object_key, &kwargs.version_id);
        let mut made = make(&ctx, &kwargs, &name).await;
        // Another attempt would take as long, and so would the tasks of all queries to come.
        let is_too_long = ctx.stop.reason() == Some(Stop::SoftLimit);
        if made.is_err() && is_too_long {
            tracing::warn!(
                key = kwargs.object_key,
                "sample groups take too long to make"
            );
            made = Ok(None);
        }
        if !matches!(made, Ok(Some(_))) && (ctx.stop.reason().is_none() || is_too_long) {
            let store = &ctx.services.store;
            if let Err(error) = sample_groups::take_back(store, &kwargs.bucket_name, &name).await {
                tracing::warn!(%error, "what the task wrote is left to the daily clean-up");
            }
        }
        Ok(match made? {
            Some((made, groups)) => {
                let (records, records_in_groups) = made.directory.records();
                let kept = Kept::Made(groups);
                db.store_sidecar(id, Sidecar::Groups, &kept.to_bytes())
                    .await?;
                MadeSampleGroups {
                    made: true,
                    records,
                    records_in_groups,
                    bytes: made.bytes,
                }
            }
            None => {
                let kept = Kept::NotWorth.to_bytes();
                db.store_sidecar(id, Sidecar::Groups, &kept).await?;
                MadeSampleGroups::default()
            }
        })
    }
}

/// Writes the groups; nothing if they are not worth having or the version is gone.
async fn make(
    ctx: &Context<Services>,
    kwargs: &MakeSampleGroupsKwargs,
    name: &str,
) -> Result<Option<(Made, SampleGroups)>, ServiceError> {
    let store = &ctx.services.store;
    let object = ObjectVersion {
        bucket: kwargs.bucket_name.clone(),
        key: kwargs.object_key.clone(),
        version_id: kwargs.version_id.clone(),
        etag: kwargs.etag.clone(),
        size: kwargs.size_bytes,
    };
    let reader = RangeReader::new(store.clone(), object);
    let access = Access::Whole { ahead: AHEAD };
    let source = ObjectSource::new(reader, access, ctx.stop.clone(), ctx.meter.clone());
    let upload = StreamingUpload::new(store.clone(), &kwargs.bucket_name, name);
    let mut writer = ObjectWriter::new(upload, ctx.stop.clone());
    let settings = Settings {
        threads: std::thread::available_parallelism().unwrap_or(std::num::NonZeroUsize::MIN),
        ..Settings::default()
    };
    let meter = ctx.meter.clone();
    let work = move || {
        let report = std::sync::Arc::new(move |time| meter.add_cpu(time));
        let made = divbase_vcf::cpu::reported(report, || write(&source, &settings, &mut writer));
        let read = source.reader().transferred();
        let done = match made {
            Ok(made) => match writer.finish() {
                Ok(streamed) => Ok((made, streamed.written)),
                Err(error) => Err(ServiceError::Storage(error)),
            },
            Err(error) => {
                let cause = writer.failure().or_else(|| source.failure());
                writer.abort();
                Err(cause.map_or(ServiceError::File(error), ServiceError::Storage))
            }
        };
        (done, read)
    };
    let (done, read) = tokio::task::spawn_blocking(work).await?;
    ctx.add_bytes_read(read);
    let (made, written) = match done {
        Ok(done) => done,
        Err(_) if ctx.stop.reason().is_some() => return Err(Stopped.into()),
        Err(ServiceError::Storage(StorageError::NotFound { .. })) => return Ok(None),
        // It is not as it was when it was indexed, or cannot be kept so.
        Err(ServiceError::File(error)) if error.category() != Category::Io => {
            tracing::warn!(key = kwargs.object_key, %error, "a file has no sample groups");
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    ctx.add_bytes_written(written.size);
    let (records, kept) = made.directory.records();
    let is_kept = made.directory.to_bytes().is_some();
    if !is_kept || kept.saturating_mul(10) < records.saturating_mul(WORTH) {
        return Ok(None);
    }
    let groups = SampleGroups {
        object: ObjectVersion {
            bucket: kwargs.bucket_name.clone(),
            key: name.to_owned(),
            version_id: written.version_id.unwrap_or_else(|| "null".to_owned()),
            etag: written.etag,
            size: written.size,
        },
        directory: std::sync::Arc::new(made.directory.clone()),
    };
    Ok(Some((made, groups)))
}
