//! Makes the sample groups of a part of a large file, as an object that the task whose child this is puts together with the others.

use std::num::NonZeroUsize;

use divbase_contract::limits::piece_name;
use divbase_storage::{ObjectVersion, RangeReader, StorageError, StreamingUpload, Written};
use divbase_tasks::{Policy, Priority, Queue, Stop, Stopped, Task, TaskError};
use divbase_vcf::{
    Category,
    bgzf::VirtualOffset,
    groups::{Made, Settings, write_part},
    reader::Span,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Context, Result, ServiceError, Services,
    object::{Access, ObjectSource, ObjectWriter},
};

/// Bytes that are asked for ahead of use.
const AHEAD: u64 = 4 << 20;

/// The task.
pub(crate) struct SampleGroupsPart;

/// Which part of which version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SampleGroupsPartKwargs {
    /// The task that makes the groups.
    pub(crate) making: i64,
    /// The version.
    pub(crate) of: PartOf,
    /// The part, from 0.
    pub(crate) part: u32,
    /// The virtual offset of its first record; 0 for the first of the file.
    pub(crate) begin: u64,
    /// The virtual offset of the record before which it ends; nothing for the end of the file.
    pub(crate) end: Option<u64>,
}

/// A version of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PartOf {
    /// The project's bucket.
    pub(crate) bucket_name: String,
    /// The key.
    pub(crate) object_key: String,
    /// The version.
    pub(crate) version_id: String,
    /// Its ETag.
    pub(crate) etag: String,
    /// Its bytes.
    pub(crate) size_bytes: u64,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "status", rename_all = "snake_case")]
pub(crate) enum SampleGroupsPartResult {
    /// The groups lie in the store.
    Completed(MadePart),
    /// The version is gone, or cannot be kept so, or it would take too long.
    NotMade,
}

/// The groups of a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct MadePart {
    /// Version of the object.
    pub(crate) version_id: String,
    /// Its ETag.
    pub(crate) etag: String,
    /// Its bytes.
    pub(crate) size_bytes: u64,
    /// Where everything lies in it, in hex.
    pub(crate) directory: String,
}

impl Task for SampleGroupsPart {
    const NAME: &'static str = "tasks.sample_groups_part";
    const QUEUE: Queue = Queue::Long;
    const POLICY: Policy = Policy::LONG;
    const PRIORITY: Priority = Priority::Housekeeping;
    type Services = Services;
    type Kwargs = SampleGroupsPartKwargs;
    type Output = SampleGroupsPartResult;

    async fn run(ctx: Context, kwargs: Self::Kwargs) -> Result<Self::Output, TaskError> {
        if ctx.services.db.batch_is_lost(kwargs.making).await? {
            return Ok(SampleGroupsPartResult::NotMade);
        }
        ctx.progress("making sample groups", None);
        let part = Part {
            of: kwargs.of,
            span: Span {
                start: VirtualOffset(kwargs.begin),
                end: kwargs.end.map(VirtualOffset),
            },
            name: piece_name(kwargs.making, kwargs.part),
        };
        let made = match part.make(&ctx).await {
            // Another attempt would take as long.
            Err(_) if ctx.stop.reason() == Some(Stop::SoftLimit) => None,
            made => made?,
        };
        let made = made.and_then(|(made, written)| {
            let directory = made.directory.to_bytes()?;
            Some(MadePart {
                version_id: written.version_id.unwrap_or_else(|| "null".to_owned()),
                etag: written.etag,
                size_bytes: written.size,
                directory: hex::encode(directory),
            })
        });
        Ok(made.map_or(
            SampleGroupsPartResult::NotMade,
            SampleGroupsPartResult::Completed,
        ))
    }
}

/// Records of a version whose groups are made.
pub(super) struct Part {
    pub(super) of: PartOf,
    /// The records.
    pub(super) span: Span,
    /// The object that is written.
    pub(super) name: String,
}

impl Part {
    /// Writes the groups; nothing if the version is gone, or cannot be kept so.
    ///
    /// # Errors
    /// If the store fails, or the task should stop.
    pub(super) async fn make(self, ctx: &Context) -> Result<Option<(Made, Written)>> {
        let store = &ctx.services.store;
        let bucket = self.of.bucket_name;
        let key = self.of.object_key.clone();
        let object = ObjectVersion {
            bucket: bucket.clone(),
            key: self.of.object_key,
            version_id: self.of.version_id,
            etag: self.of.etag,
            size: self.of.size_bytes,
        };
        let reader = RangeReader::new(store.clone(), object);
        let access = Access::Whole { ahead: AHEAD };
        let source = ObjectSource::new(reader, access, ctx.stop.clone(), ctx.meter.clone());
        let upload = StreamingUpload::new(store.clone(), &bucket, &self.name);
        let mut writer = ObjectWriter::new(upload, ctx.stop.clone());
        let settings = Settings {
            threads: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            ..Settings::default()
        };
        let (meter, span) = (ctx.meter.clone(), self.span);
        let work = move || {
            let report = std::sync::Arc::new(move |time| meter.add_cpu(time));
            let write = || write_part(&source, span, &settings, &mut writer);
            let made = divbase_vcf::cpu::reported(report, write);
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
                tracing::warn!(key, %error, "a file has no sample groups");
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        ctx.add_bytes_written(written.size);
        Ok(Some((made, written)))
    }
}
