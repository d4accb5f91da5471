//! The result of a query in windows, put together by the store where whole parts lie in one piece. Where many do not, children send
//! them.

use bytes::Bytes;
use divbase_contract::{
    limits::{piece_index_name, piece_name, result_name},
    tasks::BcftoolsQueryKwargs,
};
use divbase_storage::{Begun, ObjectVersion, Piece, Store, Written};
use divbase_tasks::TaskError;
use divbase_vcf::{bgzf::EOF_MARKER, merge::Finding};
use futures::{StreamExt, TryStreamExt, stream};

use super::{
    super::{
        bcftools_query,
        query_parts::{ComposedPart, PieceRange, QueryParts, QueryPartsKwargs},
        query_window::WindowPiece,
        query_work::work,
    },
    Division, OpenResult, index_all,
};
use crate::{
    Context, Result, ServiceError,
    engine::{Input, Job, Native, Outcome, QueryEngine, warnings},
    query::Plan,
};

/// Larger indexes of pieces are not read.
const LARGEST_INDEX: u64 = 256 << 20;
/// Indexes of pieces that are read at once.
const INDEXES: usize = 16;
/// Parts, of 32 MiB each, that one task sends, at once.
const PARTS_OF_TASK: usize = 2;

/// A result that is put together out of what windows left.
pub(super) struct Composition<'a> {
    pub(super) ctx: &'a Context,
    pub(super) kwargs: &'a BcftoolsQueryKwargs,
    pub(super) plan: &'a Plan,
    pub(super) job: &'a Job,
    /// What each window left, in their order.
    pub(super) pieces: Vec<WindowPiece>,
}

/// The result as the store has it.
struct Stored {
    written: Written,
    sha256: Option<[u8; 32]>,
    /// Bytes of the header, before the first window.
    header: u64,
    /// Bytes that this task read for it.
    read: u64,
    /// Bytes that others read for it.
    sent: u64,
}

impl Composition<'_> {
    fn result(&self) -> String {
        result_name(self.kwargs.job_id, self.kwargs.options.output_type)
    }

    /// Makes the result, or splits the task if others are to send parts of it.
    pub(super) async fn begin(self) -> Result<Outcome, TaskError> {
        let (ctx, kwargs) = (self.ctx, self.kwargs);
        ctx.progress("putting the windows together", Some(0.0));
        let (objects, header, read) = self.objects().await?;
        let to_send = Store::bytes_to_send(&self.result(), &objects).map_err(ServiceError::from)?;
        if to_send <= ctx.services.settings.compose_bytes {
            let stored = self.alone(&objects, header, read).await?;
            return Ok(self.told(stored).await?);
        }
        let told = self.progress(&objects);
        let store = &ctx.services.store;
        let result = self.result();
        let begun = store.begin_composition(&kwargs.bucket_name, &result, &objects, told);
        let begun = begun.await.map_err(ServiceError::from)?;
        let upload = OpenResult {
            upload_id: begun.upload_id.clone(),
            size: begun.size,
            header,
            read: begun.read + read,
        };
        ctx.add_bytes_read(upload.read);
        let then = Division {
            windows: u32::try_from(self.pieces.len()).unwrap_or(u32::MAX),
            upload: Some(upload),
        };
        Err(ctx.batch::<QueryParts>(self.parts(begun), &then))
    }

    /// Makes the result whose parts others have sent.
    pub(super) async fn end(self, upload: OpenResult, sent: u64) -> Result<Outcome, TaskError> {
        let (ctx, bucket, result) = (self.ctx, &self.kwargs.bucket_name, self.result());
        ctx.progress("putting the windows together", Some(1.0));
        let store = &ctx.services.store;
        let open = (bucket.as_str(), result.as_str(), upload.upload_id.as_str());
        let written = store.end_composition(open, upload.size).await;
        let stored = match written.map_err(ServiceError::from)? {
            Some(written) => Stored {
                written,
                sha256: None,
                header: upload.header,
                read: 0,
                sent: sent + upload.read,
            },
            // It was given up, or an attempt that was lost has ended it.
            None => {
                bcftools_query::clean_up(ctx, self.kwargs).await;
                let (objects, header, read) = self.objects().await?;
                self.alone(&objects, header, read).await?
            }
        };
        Ok(self.told(stored).await?)
    }

    /// What the result is made of, the bytes of its header, and how many were read for that.
    async fn objects(&self) -> Result<(Vec<Piece>, u64, u64)> {
        let (ctx, kwargs) = (self.ctx, self.kwargs);
        let work = work(ctx, kwargs, self.result());
        let (header, read) = Native.header(self.job, &work).await?;
        let size = header.len() as u64;
        let objects = (0..).zip(&self.pieces).map(|(window, piece)| {
            Piece::Object(ObjectVersion {
                bucket: kwargs.bucket_name.clone(),
                key: piece_name(kwargs.job_id, window),
                version_id: piece.version_id.clone(),
                etag: piece.etag.clone(),
                size: piece.size_bytes,
            })
        });
        let header = std::iter::once(Piece::Bytes(header.into()));
        let end = std::iter::once(Piece::Bytes(Bytes::from_static(&EOF_MARKER)));
        Ok((header.chain(objects).chain(end).collect(), size, read))
    }

    fn progress(&self, objects: &[Piece]) -> impl Fn(u64) + Send + Sync {
        let ctx = self.ctx.clone();
        let total = objects.iter().map(Piece::size).sum::<u64>().max(1);
        move |done| {
            let share = done as f64 / total as f64;
            ctx.progress("putting the windows together", Some(share));
        }
    }

    async fn alone(&self, objects: &[Piece], header: u64, read: u64) -> Result<Stored> {
        let (store, bucket) = (&self.ctx.services.store, &self.kwargs.bucket_name);
        let told = self.progress(objects);
        let composed = store.compose(bucket, &self.result(), objects, told).await?;
        Ok(Stored {
            written: composed.written,
            sha256: composed.sha256,
            header,
            read: composed.read + read,
            sent: 0,
        })
    }

    /// The children that send what is left.
    fn parts(&self, begun: Begun) -> Vec<QueryPartsKwargs> {
        let range = |(place, range): &(usize, std::ops::Range<u64>)| {
            // The header is the first of all.
            let window = place.checked_sub(1)?;
            let piece = self.pieces.get(window)?;
            Some(PieceRange {
                window: u32::try_from(window).ok()?,
                version_id: piece.version_id.clone(),
                etag: piece.etag.clone(),
                size_bytes: piece.size_bytes,
                begin: range.start,
                end: range.end,
            })
        };
        let tasks = begun.left.chunks(PARTS_OF_TASK).map(|parts| {
            let parts = parts.iter().map(|part| ComposedPart {
                number: part.number,
                ranges: part.ranges.iter().filter_map(range).collect(),
            });
            QueryPartsKwargs {
                query: self.kwargs.job_id,
                bucket_name: self.kwargs.bucket_name.clone(),
                object_key: self.result(),
                upload_id: begun.upload_id.clone(),
                parts: parts.collect(),
            }
        });
        tasks.collect()
    }

    /// Joins what windows told.
    async fn told(self, stored: Stored) -> Result<Outcome> {
        let (ctx, kwargs) = (self.ctx, self.kwargs);
        let (store, bucket) = (&ctx.services.store, &kwargs.bucket_name);
        let mut job = self.job.clone();
        index_all(ctx, self.plan, &mut job).await?;
        let work = work(ctx, kwargs, self.result());
        let mut offset = stored.header;
        let mut windows = Vec::with_capacity(self.pieces.len());
        for (window, piece) in (0..).zip(&self.pieces) {
            let key = piece_index_name(kwargs.job_id, window);
            windows.push((key, piece.index_version_id.clone(), offset));
            offset += piece.size_bytes;
        }
        let indexes: Vec<(Vec<u8>, u64)> = stream::iter(windows)
            .map(|(key, version, offset)| async move {
                let index = store.read(bucket, &key, version.as_deref(), LARGEST_INDEX);
                Ok::<_, ServiceError>((index.await?, offset))
            })
            .buffered(INDEXES)
            .try_collect()
            .await?;
        let read_of_indexes: u64 = indexes.iter().map(|(index, _)| index.len() as u64).sum();
        let (csi, read_again) = Native.joined_csi(&job, &work, indexes).await?;
        let names: Vec<&str> = job.inputs.iter().map(Input::key).collect();
        let records = self.pieces.iter().map(|piece| piece.records).sum();
        let of_windows: u64 = self.pieces.iter().map(|piece| piece.bytes_read).sum();
        let note = format!(
            "Windows: {}, which read {of_windows} bytes; {} bytes were read to put them together",
            self.pieces.len(),
            stored.read + stored.sent
        );
        let findings = self.pieces.into_iter().map(|piece| piece.findings);
        let findings = Finding::joined(findings, &names);
        Ok(Outcome {
            engine: Native.name(),
            notes: vec![note],
            warnings: warnings(&findings),
            findings,
            records,
            csi,
            written: stored.written,
            sha256: stored.sha256,
            bytes_read: stored.read + read_of_indexes + read_again,
        })
    }
}
