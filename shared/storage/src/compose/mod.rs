//! Putting an object together out of others that follow each other. Clients reckon ETags over parts of 32 MiB, so the parts
//! are those: one that lies inside of one piece is copied by the store, one that lies across pieces is read and sent. No
//! more than a few parts are in memory, and what is copied passes through nobody's hands.

mod apart;
mod layout;

use std::ops::Range;

use aws_sdk_s3::types::CompletedPart;
use bytes::{Bytes, BytesMut};
use futures::{StreamExt, TryStreamExt, stream};

pub use apart::{Begun, PartToSend};
use layout::{Part, parts};

use crate::{
    Completed, ObjectVersion, PartChecksums, RangeReader, StorageError, Store, StreamingUpload,
    Written,
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
        let (parts, size) = laid_out(key, pieces)?;
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
            Ok((done, read)) => {
                upload.completed();
                Ok(Composed {
                    written: done.written(size),
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

    /// Sends the bytes of a part of an upload, named by bucket, key and the store's name for it. Gives the part's ETag.
    async fn send(
        &self,
        (bucket, key, upload_id): (&str, &str, &str),
        number: i32,
        bytes: Bytes,
    ) -> Result<Option<String>, StorageError> {
        let sent = self
            .client
            .upload_part()
            .bucket(bucket)
            .key(key)
            .upload_id(upload_id)
            .part_number(number)
            .body(bytes.into())
            .send()
            .await
            .map_err(|error| StorageError::from_sdk(key, error))?;
        Ok(sent.e_tag().map(str::to_owned))
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

/// The parts of these pieces, and the bytes of all.
fn laid_out(key: &str, pieces: &[Piece]) -> Result<(Vec<Part>, u64), StorageError> {
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
    Ok((parts, size))
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
    ) -> Result<(Completed, u64), StorageError> {
        let numbered = (1..).zip(parts).collect();
        let (mut completed, read) = self.make(pieces, numbered, done).await?;
        completed.sort_by_key(|part: &CompletedPart| part.part_number());
        let done = self
            .store
            .put_parts_together(&self.bucket, &self.key, self.id(), completed)
            .await?;
        Ok((done, read))
    }

    /// Makes parts; gives them and how many bytes were read for them.
    async fn make(
        &self,
        pieces: &[Piece],
        numbered: Vec<(i32, Part)>,
        done: &(impl Fn(u64) + Send + Sync),
    ) -> Result<(Vec<CompletedPart>, u64), StorageError> {
        let (copied, sent): (Vec<_>, Vec<_>) = numbered
            .into_iter()
            .partition(|(_, part)| matches!(part, Part::Copied(..)));
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
        Ok((completed, read))
    }

    fn id(&self) -> &str {
        self.id.as_deref().unwrap_or_default()
    }

    /// Makes one part: it, its bytes, and how many of them were read.
    async fn part(
        &self,
        pieces: &[Piece],
        number: i32,
        part: Part,
    ) -> Result<(CompletedPart, u64, u64), StorageError> {
        let (etag, bytes, read) = match part {
            Part::Copied(piece, range) => {
                let Piece::Object(object) = &pieces[piece] else {
                    // `parts` asks the store to copy objects alone.
                    return Err(StorageError::NotFound {
                        key: self.key.clone(),
                    });
                };
                let bytes = range.end - range.start;
                let to = (self.bucket.as_str(), self.key.as_str(), self.id());
                let etag = self.store.copy_range(object, range, to, number).await?;
                (etag, bytes, 0)
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
                let to = (self.bucket.as_str(), self.key.as_str(), self.id());
                let etag = self.store.send(to, number, body.freeze()).await?;
                (etag, bytes, read)
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
