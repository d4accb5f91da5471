//! Putting an object together by several: one begins it, has the store copy what it can, and tells which parts are left; others
//! send these; one ends it. What is open in between is an upload, which whoever gives the object up has to give up.

use std::ops::Range;

use aws_sdk_s3::types::CompletedPart;
use bytes::BytesMut;
use futures::{StreamExt, TryStreamExt, stream};

use super::{PART_BYTES, Part, Piece, SENT, Upload, laid_out};
use crate::{ObjectVersion, PartChecksums, Refusal, StorageError, Store, Written};

/// Bytes of versions, one after the other.
type VersionRanges = Vec<(ObjectVersion, Range<u64>)>;

/// An object that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// The store's name for the upload.
    pub upload_id: String,
    /// The parts that are left to be sent.
    pub left: Vec<PartToSend>,
    /// Bytes of the object when all parts are there.
    pub size: u64,
    /// Bytes that were read for it by now.
    pub read: u64,
}

/// A part that is made of bytes of several pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartToSend {
    /// From 1.
    pub number: i32,
    /// Which bytes of which pieces, by their place, one after the other.
    pub ranges: Vec<(usize, Range<u64>)>,
}

impl PartToSend {
    /// Bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.ranges
            .iter()
            .map(|(_, range)| range.end - range.start)
            .sum()
    }
}

/// The part as others can send it: it lies across several pieces, all of which are objects.
fn to_send(pieces: &[Piece], number: i32, part: &Part) -> Option<PartToSend> {
    match part {
        Part::Copied(..) => None,
        Part::Sent(ranges) => {
            let of_objects = |(piece, _): &(usize, _)| matches!(pieces[*piece], Piece::Object(_));
            ranges.iter().all(of_objects).then(|| PartToSend {
                number,
                ranges: ranges.clone(),
            })
        }
    }
}

impl Store {
    /// How many bytes others would send, if these pieces are put together by several.
    ///
    /// # Errors
    /// `TooLarge` beyond 312.5 GiB.
    pub fn bytes_to_send(key: &str, pieces: &[Piece]) -> Result<u64, StorageError> {
        let (parts, _) = laid_out(key, pieces)?;
        let left = (1..)
            .zip(&parts)
            .filter_map(|(number, part)| to_send(pieces, number, part));
        Ok(left.map(|part| part.size()).sum())
    }

    /// Begins to put pieces together: parts that lie inside of one are copied by the store, and those with bytes of nobody's object
    /// are sent; the others are left. `done` is told how many bytes are there.
    ///
    /// # Errors
    /// `TooLarge` beyond 312.5 GiB, `NotFound` if a piece is gone, or the store fails or refuses; nothing is left then.
    #[tracing::instrument(name = "store", skip_all, fields(operation = "begin_composition"))]
    pub async fn begin_composition(
        &self,
        bucket: &str,
        key: &str,
        pieces: &[Piece],
        done: impl Fn(u64) + Send + Sync,
    ) -> Result<Begun, StorageError> {
        let (parts, size) = laid_out(key, pieces)?;
        let (mut left, mut own) = (Vec::new(), Vec::new());
        for (number, part) in (1..).zip(parts) {
            match to_send(pieces, number, &part) {
                Some(part) => left.push(part),
                None => own.push((number, part)),
            }
        }
        let upload_id = self.begin_upload(bucket, key, PartChecksums::None).await?;
        let upload = Upload {
            store: self.clone(),
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            id: Some(upload_id.clone()),
        };
        match upload.make(pieces, own, &done).await {
            Ok((_, read)) => {
                upload.completed();
                Ok(Begun {
                    upload_id,
                    left,
                    size,
                    read,
                })
            }
            Err(error) => {
                upload.abort().await;
                Err(error)
            }
        }
    }

    /// Sends parts that are left, each with its number and bytes of versions one after the other. Gives how many bytes were sent.
    ///
    /// # Errors
    /// `NotFound` if a version is gone, `Refused` if the upload is, or the store fails.
    #[tracing::instrument(name = "store", skip_all, fields(operation = "send_parts"))]
    pub async fn send_parts(
        &self,
        (bucket, key, upload_id): (&str, &str, &str),
        parts: Vec<(i32, VersionRanges)>,
        done: impl Fn(u64) + Send + Sync,
    ) -> Result<u64, StorageError> {
        let mut sending = stream::iter(parts)
            .map(|(number, ranges)| async move {
                let mut body = BytesMut::new();
                for (object, range) in ranges {
                    let piece = Piece::Object(object);
                    body.extend_from_slice(&self.read_piece(&piece, range).await?);
                }
                let bytes = body.len() as u64;
                self.send((bucket, key, upload_id), number, body.freeze())
                    .await?;
                Ok::<_, StorageError>(bytes)
            })
            .buffer_unordered(SENT);
        let mut sent = 0;
        while let Some(bytes) = sending.try_next().await? {
            sent += bytes;
            done(sent);
        }
        Ok(sent)
    }

    /// Makes the object of `size` bytes of an upload whose parts are all there; nothing if there is no such upload.
    ///
    /// # Errors
    /// If a part is missing or has another size, or the store fails or refuses.
    #[tracing::instrument(name = "store", skip_all, fields(operation = "end_composition"))]
    pub async fn end_composition(
        &self,
        (bucket, key, upload_id): (&str, &str, &str),
        size: u64,
    ) -> Result<Option<Written>, StorageError> {
        // As the store has them now: a part may have been sent twice.
        let Some(parts) = self.parts(bucket, key, upload_id).await? else {
            return Ok(None);
        };
        let full = PART_BYTES as u64;
        let expected = (0..size.div_ceil(full)).map(|place| full.min(size - place * full));
        if !parts.iter().map(|part| part.size).eq(expected) {
            return Err(StorageError::Incomplete {
                key: key.to_owned(),
            });
        }
        let parts = parts.into_iter().map(|part| {
            let made = CompletedPart::builder().part_number(part.number);
            made.e_tag(part.etag).build()
        });
        let done = self.put_parts_together(bucket, key, upload_id, parts.collect());
        let done = match done.await {
            Ok(done) => done,
            Err(error) if error.is_refused(Refusal::NoSuchUpload) => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok(Some(done.written(size)))
    }
}
