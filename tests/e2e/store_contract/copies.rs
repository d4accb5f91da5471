//! Copies that the store makes.

use std::time::{Duration, Instant};

use divbase_storage::{Copied, ObjectVersion, StorageError, StreamingUpload};
use divbase_tests::{Outcome, TestResult};

use super::Shelf;
use crate::desk::noise;

/// The least that a store must take for a part that is not the last.
const PART: u64 = 5 << 20;

#[tokio::test]
async fn a_version_is_copied_by_one_request() -> Outcome {
    let shelf = Shelf::set().await?;
    let (store, bucket) = (&shelf.store, shelf.bucket.as_str());
    let from = "d/å b+c%2F.txt";
    let first = shelf.put(from, b"first").await?;
    shelf.put(from, b"second").await?;
    assert!(!store.is_copied_in_parts(&first, PART));
    let copied = store.copy(&first, "to.txt").await?;
    assert_eq!(copied.etag, first.etag);
    let head = store.head(bucket, "to.txt").await?.ok_or("no copy")?;
    assert_eq!(head.version_id, copied.version_id);
    assert_eq!(head.copied_from.as_ref(), Some(&first.version_id));
    assert_eq!(store.read(bucket, "to.txt", None, 100).await?, b"first");
    // Onto its own key: what was is again what is.
    let back = store.copy(&first, from).await?;
    assert_ne!(back.version_id.as_ref(), Some(&first.version_id));
    assert_eq!(store.read(bucket, from, None, 100).await?, b"first");
    assert_eq!(store.versions(bucket, from).await?.len(), 3);
    let gone = ObjectVersion {
        key: "never.txt".to_owned(),
        ..first
    };
    let gone = store.copy(&gone, "more.txt").await;
    assert!(
        matches!(
            gone,
            Err(StorageError::NotFound { .. } | StorageError::Refused { .. })
        ),
        "{gone:?}"
    );
    Ok(())
}

async fn in_parts(shelf: &Shelf, from: &ObjectVersion, to: &str, part: u64) -> TestResult<Copied> {
    let store = &shelf.store;
    let id = store.begin_copy(from, to).await?;
    // As if the time were over at once: some parts all the same.
    let some = store
        .copy_parts(from, to, &id, part, Instant::now())
        .await?;
    assert!(some.is_some_and(|bytes| bytes > 0), "{some:?}");
    let until = Instant::now() + Duration::from_secs(60);
    let all = store.copy_parts(from, to, &id, part, until).await?;
    assert_eq!(all, Some(from.size));
    let copied = store.complete_copy(from, to, &id).await?;
    let after = store.copy_parts(from, to, &id, part, until).await?;
    assert_eq!(after, None, "it is not under way any more");
    Ok(copied)
}

#[tokio::test]
async fn a_version_is_copied_in_parts() -> Outcome {
    let shelf = Shelf::with(|settings| settings.largest_copy = Some(PART)).await?;
    let (store, bucket) = (&shelf.store, shelf.bucket.as_str());
    // More parts than are copied at once.
    let content = noise(9 * PART as usize + 77, 5);
    let plain = shelf.put("plain.bin", &content).await?;
    shelf.put("plain.bin", b"newer").await?;
    assert!(store.is_copied_in_parts(&plain, PART));
    let copied = in_parts(&shelf, &plain, "copy.bin", PART).await?;
    assert!(
        store.read(bucket, "copy.bin", None, u64::MAX).await? == content,
        "another content"
    );
    let head = store.head(bucket, "copy.bin").await?.ok_or("no copy")?;
    assert_eq!(head.copied_from.as_ref(), Some(&plain.version_id));
    assert_eq!(
        (head.etag, head.version_id),
        (copied.etag, copied.version_id)
    );
    assert_eq!(store.open_uploads(bucket, "", 10, |_| true).await?.0, []);
    Ok(())
}

/// A copy of parts of the same size may keep the ETag, and is then what its source was; it never has that of something else.
#[tokio::test]
async fn a_copy_of_parts_has_the_etag_of_its_source_or_another_that_is_right() -> Outcome {
    let shelf = Shelf::set().await?;
    let part = 32 << 20;
    let content = noise(part + 9, 6);
    let mut upload = StreamingUpload::new(shelf.store.clone(), &shelf.bucket, "a.bin");
    upload.write(&content).await?;
    let written = upload.finish().await?.written;
    let is = Copied {
        version_id: written.version_id,
        etag: written.etag,
    };
    let from = shelf.version("a.bin", is, written.size);
    assert!(shelf.store.is_copied_in_parts(&from, part as u64));
    let copied = in_parts(&shelf, &from, "b.bin", part as u64).await?;
    assert!(
        shelf
            .store
            .read(&shelf.bucket, "b.bin", None, u64::MAX)
            .await?
            == content,
        "another content"
    );
    if std::env::var("DIVBASE_TEST_STORE").as_deref() != Ok("seaweedfs") {
        assert_eq!(copied.etag, from.etag);
    }
    Ok(())
}
