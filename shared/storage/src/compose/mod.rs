//! Putting an object together out of others that follow each other. Clients reckon ETags over parts of 32 MiB, so the parts
//! are those: one that lies inside of one piece is copied by the store, one that lies across pieces is read and sent. No
//! more than a few parts are in memory, and what is copied passes through nobody's hands.

use std::ops::Range;

use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use bytes::{Bytes, BytesMut};
use futures::{StreamExt, TryStreamExt, stream};

use crate::{
    ObjectVersion, PartChecksums, RangeReader, StorageError, Store, StreamingUpload, Written,
    copy::source,
    list::bare_etag,
    streaming_upload::{MAX_PARTS, PART_BYTES},
};

/// Parts that the store copies at once.
const COPIES: usize = 16;
/// Parts that are read and sent at once, each in memory (32 MiB).
const SENT: usize = 4;
/// Bytes of one request where everything is read.
const READ_BYTES: u64 = 8 << 20;
/// Up to so many bytes are read rather than sent part by part if nothing can be copied: then their SHA-256 is known.
const READ_WHOLE: u64 = 2 << 30;

/// A piece of an object.
#[derive(Clone, Debug)]
pub enum Piece {
    /// These bytes.
    Bytes(Bytes),
    /// All of this version.
    Object(ObjectVersion),
}

impl Piece {
    /// Bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Object(object) => object.size,
        }
    }
}

/// An object that was put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composed {
    /// What the store says.
    pub written: Written,
    /// SHA-256 of its bytes, if all of them were read.
    pub sha256: Option<[u8; 32]>,
    /// Bytes that were read for it.
    pub read: u64,
}

/// A part of the upload.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// These bytes of a piece.
    Copied(usize, Range<u64>),
    /// Bytes of one piece after another.
    Sent(Vec<(usize, Range<u64>)>),
}

/// The parts of pieces of these sizes: all but the last have `part_bytes`. `may_copy` tells what the store itself has.
fn parts(sizes: &[u64], part_bytes: u64, may_copy: impl Fn(usize) -> bool) -> Vec<Part> {
    let mut parts = Vec::new();
    let (mut ranges, mut filled): (Vec<(usize, Range<u64>)>, u64) = (Vec::new(), 0);
    for (piece, size) in sizes.iter().enumerate() {
        let mut from = 0;
        while from < *size {
            let to = (*size).min(from + part_bytes - filled);
            ranges.push((piece, from..to));
            filled += to - from;
            from = to;
            if filled == part_bytes {
                let of_part = std::mem::take(&mut ranges);
                filled = 0;
                parts.push(match of_part.as_slice() {
                    [(piece, range)] if may_copy(*piece) => Part::Copied(*piece, range.clone()),
                    _ => Part::Sent(of_part),
                });
            }
        }
    }
    if !ranges.is_empty() {
        parts.push(Part::Sent(ranges));
    }
    parts
}

impl Store {
    /// Puts pieces together as an object; `done` is told how many bytes of it are there. Nothing is visible before the end,
    /// and what is dropped in between leaves no open upload.
    ///
    /// # Errors
    /// `TooLarge` beyond 312.5 GiB, `NotFound` if a piece is gone, or the store fails or refuses; nothing is left then.
    #[tracing::instrument(name = "store", skip_all, fields(operation = "compose"))]
    pub async fn compose(
        &self,
        bucket: &str,
        key: &str,
        pieces: &[Piece],
        done: impl Fn(u64) + Send + Sync,
    ) -> Result<Composed, StorageError> {
        let sizes: Vec<u64> = pieces.iter().map(Piece::size).collect();
        let size = sizes.iter().sum();
        let parts = parts(&sizes, PART_BYTES as u64, |piece| {
            matches!(pieces[piece], Piece::Object(_))
        });
        if parts.len() > MAX_PARTS {
            return Err(StorageError::TooLarge {
                key: key.to_owned(),
                size,
                limit: (MAX_PARTS * PART_BYTES) as u64,
            });
        }
        let copies = parts.iter().any(|part| matches!(part, Part::Copied(..)));
        if parts.len() < 2 || (!copies && size <= READ_WHOLE) {
            return self.concatenate(bucket, key, pieces, done).await;
        }
        let upload = Upload {
            store: self.clone(),
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            id: Some(self.begin_upload(bucket, key, PartChecksums::None).await?),
        };
        match upload.fill(pieces, parts, &done).await {
            Ok((etag, version_id, read)) => {
                upload.completed();
                Ok(Composed {
                    written: Written {
                        version_id,
                        etag,
                        size,
                    },
                    sha256: None,
                    read,
                })
            }
            Err(error) => {
                upload.abort().await;
                Err(error)
            }
        }
    }

    /// Reads all pieces and writes them one behind the other.
    async fn concatenate(
        &self,
        bucket: &str,
        key: &str,
        pieces: &[Piece],
        done: impl Fn(u64),
    ) -> Result<Composed, StorageError> {
        let ranges = pieces.iter().flat_map(|piece| {
            let starts = (0..piece.size()).step_by(READ_BYTES as usize);
            starts.map(move |start| (piece.clone(), start..piece.size().min(start + READ_BYTES)))
        });
        let mut read = stream::iter(ranges.collect::<Vec<(Piece, Range<u64>)>>())
            .map(|(piece, range)| async move { self.read_piece(&piece, range).await })
            .buffered(SENT);
        let mut upload = StreamingUpload::new(self.clone(), bucket, key);
        let mut from_store = 0;
        loop {
            let bytes = match read.try_next().await {
                Ok(Some(bytes)) => bytes,
                Ok(None) => break,
                Err(error) => {
                    upload.abort().await;
                    return Err(error);
                }
            };
            from_store += bytes.len() as u64;
            if let Err(error) = upload.write(&bytes).await {
                upload.abort().await;
                return Err(error);
            }
            done(upload.size());
        }
        let streamed = upload.finish().await?;
        let own = pieces
            .iter()
            .filter(|piece| matches!(piece, Piece::Bytes(_)));
        Ok(Composed {
            written: streamed.written,
            sha256: Some(streamed.sha256),
            read: from_store - own.map(Piece::size).sum::<u64>(),
        })
    }

    async fn read_piece(&self, piece: &Piece, range: Range<u64>) -> Result<Bytes, StorageError> {
        match piece {
            Piece::Bytes(bytes) => Ok(bytes.slice(range.start as usize..range.end as usize)),
            Piece::Object(object) => {
                let reader = RangeReader::new(self.clone(), object.clone());
                reader.read(range.start, range.end - range.start).await
            }
        }
    }
}

/// An upload that is open. Dropped without a word it is given up, as well as that goes.
struct Upload {
    store: Store,
    bucket: String,
    key: String,
    /// The store's name for it, while it is open.
    id: Option<String>,
}

impl Upload {
    /// Makes all parts and the object of them: its ETag, its version, and how many bytes were read for it.
    async fn fill(
        &self,
        pieces: &[Piece],
        parts: Vec<Part>,
        done: &(impl Fn(u64) + Send + Sync),
    ) -> Result<(String, Option<String>, u64), StorageError> {
        let numbered = (1..).zip(parts);
        let (copied, sent): (Vec<_>, Vec<_>) =
            numbered.partition(|(_, part)| matches!(part, Part::Copied(..)));
        let (mut completed, mut there, mut read) = (Vec::new(), 0, 0);
        for (parts, at_once) in [(copied, COPIES), (sent, SENT)] {
            let mut making = stream::iter(parts)
                .map(|(number, part)| self.part(pieces, number, part))
                .buffer_unordered(at_once);
            while let Some((part, bytes, bytes_read)) = making.try_next().await? {
                completed.push(part);
                there += bytes;
                read += bytes_read;
                done(there);
            }
        }
        completed.sort_by_key(|part: &CompletedPart| part.part_number());
        let parts = CompletedMultipartUpload::builder()
            .set_parts(Some(completed))
            .build();
        let done = self
            .store
            .client
            .complete_multipart_upload()
            .bucket(&self.bucket)
            .key(&self.key)
            .set_upload_id(self.id.clone())
            .multipart_upload(parts)
            .send()
            .await
            .map_err(|error| StorageError::from_sdk(&self.key, error))?;
        let version = done.version_id().map(str::to_owned);
        Ok((bare_etag(done.e_tag()), version, read))
    }

    /// Makes one part: it, its bytes, and how many of them were read.
    async fn part(
        &self,
        pieces: &[Piece],
        number: i32,
        part: Part,
    ) -> Result<(CompletedPart, u64, u64), StorageError> {
        let client = &self.store.client;
        let (etag, bytes, read) = match part {
            Part::Copied(piece, range) => {
                let Piece::Object(object) = &pieces[piece] else {
                    // `parts` asks the store to copy objects alone.
                    return Err(StorageError::NotFound {
                        key: self.key.clone(),
                    });
                };
                let copied = client
                    .upload_part_copy()
                    .bucket(&self.bucket)
                    .key(&self.key)
                    .set_upload_id(self.id.clone())
                    .part_number(number)
                    .copy_source(source(object))
                    .copy_source_range(format!("bytes={}-{}", range.start, range.end - 1))
                    .send()
                    .await
                    .map_err(|error| StorageError::from_sdk(&object.key, error))?;
                let result = copied.copy_part_result();
                let etag = result.and_then(|result| result.e_tag()).map(str::to_owned);
                (etag, range.end - range.start, 0)
            }
            Part::Sent(ranges) => {
                let (mut body, mut read) = (BytesMut::new(), 0);
                for (piece, range) in ranges {
                    let bytes = self.store.read_piece(&pieces[piece], range).await?;
                    if matches!(pieces[piece], Piece::Object(_)) {
                        read += bytes.len() as u64;
                    }
                    body.extend_from_slice(&bytes);
                }
                let bytes = body.len() as u64;
                let sent = client
                    .upload_part()
                    .bucket(&self.bucket)
                    .key(&self.key)
                    .set_upload_id(self.id.clone())
                    .part_number(number)
                    .body(body.freeze().into())
                    .send()
                    .await
                    .map_err(|error| StorageError::from_sdk(&self.key, error))?;
                (sent.e_tag().map(str::to_owned), bytes, read)
            }
        };
        let part = CompletedPart::builder()
            .part_number(number)
            .set_e_tag(etag)
            .build();
        Ok((part, bytes, read))
    }

    fn completed(mut self) {
        self.id = None;
    }

    async fn abort(mut self) {
        if let Some(id) = self.id.take()
            && let Err(error) = self.store.abort_upload(&self.bucket, &self.key, &id).await
        {
            tracing::warn!(key = self.key, %error, "an upload could not be given up");
        }
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        let Some(id) = self.id.take() else {
            return;
        };
        let (store, bucket, key) = (self.store.clone(), self.bucket.clone(), self.key.clone());
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                let _ = store.abort_upload(&bucket, &key, &id).await;
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_inside_of_a_piece_are_copied_and_those_across_are_sent() {
        let parts_of = |sizes: &[u64]| parts(sizes, 10, |piece| piece > 0);
        assert_eq!(
            parts_of(&[3, 30, 0, 4, 1]),
            [
                Part::Sent(vec![(0, 0..3), (1, 0..7)]),
                Part::Copied(1, 7..17),
                Part::Copied(1, 17..27),
                Part::Sent(vec![(1, 27..30), (3, 0..4), (4, 0..1)]),
            ]
        );
        assert_eq!(
            parts_of(&[10, 10, 5]),
            [
                Part::Sent(vec![(0, 0..10)]),
                Part::Copied(1, 0..10),
                Part::Sent(vec![(2, 0..5)]),
            ]
        );
        assert!(parts_of(&[0, 0]).is_empty());
    }

    #[test]
    fn parts_are_the_whole_in_its_order() {
        for sizes in [
            &[1, 2, 3, 95, 7, 0, 40, 21][..],
            &[100],
            &[99, 1],
            &[0, 101],
        ] {
            let parts = parts(sizes, 10, |_| true);
            let ranges = parts.iter().flat_map(|part| match part {
                Part::Copied(piece, range) => vec![(*piece, range.clone())],
                Part::Sent(ranges) => ranges.clone(),
            });
            let bytes: Vec<(usize, u64)> = ranges
                .flat_map(|(piece, range)| range.map(move |byte| (piece, byte)))
                .collect();
            let expected: Vec<(usize, u64)> = sizes
                .iter()
                .enumerate()
                .flat_map(|(piece, size)| (0..*size).map(move |byte| (piece, byte)))
                .collect();
            assert_eq!(bytes, expected);
            let lengths: Vec<u64> = parts
                .iter()
                .map(|part| match part {
                    Part::Copied(_, range) => range.end - range.start,
                    Part::Sent(ranges) => ranges.iter().map(|(_, r)| r.end - r.start).sum(),
                })
                .collect();
            assert!(lengths.iter().rev().skip(1).all(|length| *length == 10));
        }
    }
}
