//! Indexing large files in pieces: an update of the index cuts them into ranges of bytes, each for a child of a batch, and puts
//! together what these found. What was found in a piece is never looked for again, whatever becomes of workers.

use divbase_contract::{limits::index_piece_name, tasks::UpdateDimensionsKwargs};
use divbase_storage::{CurrentObject, ObjectVersion};
use divbase_tasks::{Child, ChildEnd, Joined, TaskError};
use serde::{Deserialize, Serialize};

use super::index_piece::{IndexPiece, IndexPieceKwargs, IndexPieceResult};
use crate::{
    Context, Result,
    index::{Cut, Indexed, KeptPiece, Seen, cut, index_one, index_pieces, refuse_version},
};

/// Most pieces of a file.
const MOST_OF_FILE: usize = 1_000;
/// Most pieces of an update; what would be more is another's.
const MOST: usize = 5_000;

/// Larger files that cannot be read in pieces are not read: a worker would run out of time.
const LARGEST_WHOLE: u64 = 30 << 30;

fn too_large(size: u64, kind: &str) -> String {
    format!(
        "it has {:.1} GB, and {kind} can be read only as a whole, which a worker has no time for beyond {:.1} GB. Store it as .vcf.gz \
         (`bcftools view -Oz`), which is read in pieces, or split it by scaffolds.",
        size as f64 / 1e9,
        LARGEST_WHOLE as f64 / 1e9
    )
}

/// What an update leaves itself to go on with.
#[derive(Serialize, Deserialize)]
pub(super) struct Division {
    /// What it has seen and done.
    seen: Seen,
    /// The files that its children read.
    files: Vec<File>,
}

/// A file in pieces.
#[derive(Serialize, Deserialize)]
struct File {
    key: String,
    version_id: String,
    etag: String,
    size: u64,
    /// Where each piece begins and ends.
    pieces: Vec<(u64, u64)>,
}

impl File {
    fn new(object: &CurrentObject, pieces: Vec<(u64, u64)>) -> Self {
        Self {
            key: object.key.clone(),
            version_id: object.version_id.clone(),
            etag: object.etag.clone(),
            size: object.size,
            pieces,
        }
    }

    fn version(&self, bucket: &str) -> ObjectVersion {
        ObjectVersion {
            bucket: bucket.to_owned(),
            key: self.key.clone(),
            version_id: self.version_id.clone(),
            etag: self.etag.clone(),
            size: self.size,
        }
    }
}

/// The batch that reads large files in pieces, and whether files are left for another update. Those that cannot be cut are indexed
/// at once.
///
/// # Errors
/// If database or store fail, or the task should stop.
pub(super) async fn divide(
    ctx: &Context,
    kwargs: &UpdateDimensionsKwargs,
    large: Vec<CurrentObject>,
    mut seen: Seen,
) -> Result<Divided> {
    ctx.progress("cutting large files into pieces", None);
    let bucket = &kwargs.bucket_name;
    let each = ctx.services.settings.index_piece;
    let (mut files, mut count, mut is_left) = (Vec::new(), 0, false);
    for object in large {
        ctx.stop.check()?;
        if count >= MOST {
            is_left = true;
            break;
        }
        let file = File::new(&object, Vec::new());
        match cut(ctx, file.version(bucket), each, MOST_OF_FILE).await? {
            Cut::Pieces(ranges) => {
                count += ranges.len();
                let pieces = ranges.into_iter().map(|range| (range.start, range.end));
                files.push(File {
                    pieces: pieces.collect(),
                    ..file
                });
            }
            Cut::Whole(kind) if file.size > LARGEST_WHOLE => {
                let version = file.version(bucket);
                let fault = too_large(file.size, kind);
                let refused = refuse_version(ctx, kwargs.project_id, &version, fault).await?;
                seen.note(object.key, refused);
            }
            Cut::Whole(_) | Cut::Header => {
                ctx.progress("indexing files", None);
                let indexed = index_one(ctx, bucket, kwargs.project_id, &object).await?;
                seen.note(object.key, indexed);
            }
        }
    }
    if files.is_empty() {
        return Ok(Divided::Done { seen, is_left });
    }
    let update = ctx.task.fence.task_id;
    let children = (0..).zip(&files).flat_map(|(number, file)| {
        (0..)
            .zip(&file.pieces)
            .map(move |(piece, (begin, end))| IndexPieceKwargs {
                update,
                bucket_name: bucket.clone(),
                object_key: file.key.clone(),
                version_id: file.version_id.clone(),
                etag: file.etag.clone(),
                size_bytes: file.size,
                file: number,
                piece,
                begin: *begin,
                end: *end,
            })
    });
    let children = children.collect();
    let then = Division { seen, files };
    Ok(Divided::Split(ctx.batch::<IndexPiece>(children, &then)))
}

/// What came of cutting files.
pub(super) enum Divided {
    /// All were indexed, but for those that are left for another update.
    Done {
        /// What was seen and done by now.
        seen: Seen,
        /// Whether files are left.
        is_left: bool,
    },
    /// The task waits for its children.
    Split(TaskError),
}

/// Puts the files together that the children have read, and records them. Gives what the update has seen and done.
///
/// # Errors
/// If database or store fail, the task should stop, or somebody cancelled a piece.
pub(super) async fn put_together(
    ctx: &Context,
    kwargs: &UpdateDimensionsKwargs,
    joined: Joined<IndexPieceResult, Division>,
) -> Result<Seen, TaskError> {
    let Division { mut seen, files } = joined.then;
    let total = files.len().max(1) as f64;
    let mut children = joined.children.into_iter();
    for (number, file) in (0_u32..).zip(files) {
        ctx.progress("putting pieces together", Some(f64::from(number) / total));
        ctx.stop.check()?;
        let update = ctx.task.fence.task_id;
        let of_file = children.by_ref().take(file.pieces.len());
        let pieces = (0..).zip(&file.pieces).zip(of_file);
        let pieces = pieces.map(|((piece, (begin, end)), child)| {
            let kept = kept(&child)?;
            let name = || index_piece_name(update, number, piece);
            Ok(KeptPiece {
                range: *begin..*end,
                kept: kept.map(|version| (name(), version)),
            })
        });
        let pieces = pieces.collect::<Result<Vec<_>, TaskError>>()?;
        let version = file.version(&kwargs.bucket_name);
        let indexed: Indexed = index_pieces(ctx, kwargs.project_id, &version, pieces).await?;
        seen.note(file.key, indexed);
    }
    Ok(seen)
}

/// The version of what a child left; nothing if the piece is to be read anew.
fn kept(child: &Child<IndexPieceResult>) -> Result<Option<Option<String>>, TaskError> {
    match &child.end {
        ChildEnd::Done(IndexPieceResult::Completed { version_id, .. }) => {
            Ok(Some(version_id.clone()))
        }
        ChildEnd::Cancelled => Err(TaskError::user("A piece of a file was cancelled.")),
        ChildEnd::Done(IndexPieceResult::Vanished) | ChildEnd::Failed(_) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_is_told_with_the_numbers() {
        let told = too_large(50_000_000_000, "BCF");
        assert!(told.starts_with("it has 50.0 GB, and BCF"), "{told}");
        assert!(told.contains("beyond 32.2 GB"), "{told}");
    }
}
