//! Buckets, objects, versions and ranges.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use divbase_storage::{KeptAlgorithm, ObjectVersion, RangeReader, Refusal, StorageError};
use divbase_tests::{Outcome, section_five::hex};
use md5::{Digest, Md5};
use sha2::Sha256;

use super::Shelf;
use crate::desk::noise;

#[tokio::test]
async fn a_bucket_is_made_once_and_removed_when_it_is_empty() -> Outcome {
    let shelf = Shelf::set().await?;
    let (store, bucket) = (&shelf.store, &shelf.bucket);
    store.ping().await?;
    // Its owner may be told so, or that it is made (us-east-1).
    let again = store.make_bucket(bucket).await;
    assert!(
        matches!(
            &again,
            Ok(())
                | Err(StorageError::Refused {
                    code: Refusal::BucketExists,
                    ..
                })
        ),
        "{again:?}"
    );
    store.ensure_bucket(bucket).await?;
    shelf.put("a.txt", b"1").await?;
    let full = store.remove_bucket(bucket).await;
    assert!(
        matches!(full, Err(StorageError::Refused { .. })),
        "{full:?}"
    );
    store.destroy_key(bucket, "a.txt").await?;
    store.remove_bucket(bucket).await?;
    store.remove_bucket(bucket).await?;
    // A bucket that is not there is no bucket whose files are not.
    let absent = store.heads(bucket, &["a.txt"]).await;
    assert!(
        matches!(
            &absent,
            Err(StorageError::Refused {
                code: Refusal::NoSuchBucket,
                ..
            })
        ),
        "{absent:?}"
    );
    let absent = store.list(bucket, "", None, None).await;
    assert!(absent.is_err(), "{absent:?}");
    Ok(())
}

#[tokio::test]
async fn an_object_is_what_was_written_and_its_etag_the_md5() -> Outcome {
    let shelf = Shelf::set().await?;
    let (store, bucket) = (&shelf.store, shelf.bucket.as_str());
    let (key, bytes) = ("d/å b+c%2F,'(1).txt", noise(70_000, 1));
    let version = shelf.put(key, &bytes).await?;
    assert_eq!(version.etag, hex(&Md5::digest(&bytes)));
    let head = store.head(bucket, key).await?.ok_or("it is not there")?;
    assert_eq!(head.etag, version.etag);
    assert_eq!(head.size, 70_000);
    assert_eq!(head.version_id.as_ref(), Some(&version.version_id));
    assert_eq!(head.copied_from, None);
    assert_eq!(store.read(bucket, key, None, 70_000).await?, bytes);
    let small = store.read(bucket, key, None, 69_999).await;
    assert!(
        matches!(small, Err(StorageError::TooLarge { .. })),
        "{small:?}"
    );
    // A store keeps the checksum that came with the bytes, or none; never another.
    if let Some(kept) = store.checksum(bucket, key, None).await?
        && kept.algorithm == KeptAlgorithm::Sha256
    {
        assert_eq!(kept.value, BASE64.encode(Sha256::digest(&bytes)));
        assert_eq!(kept.parts, None);
    }
    let folder = tempfile::tempdir().map_err(divbase_tests::AnyError::from)?;
    let path = folder.path().join("copy");
    let size = store
        .download(bucket, key, &version.version_id, &path)
        .await?;
    assert_eq!(size, 70_000);
    assert_eq!(std::fs::read(path)?, bytes);

    assert_eq!(store.head(bucket, "never.txt").await?, None);
    let heads = store.heads(bucket, &["never.txt", key]).await?;
    assert!(heads[0].is_none() && heads[1].is_some(), "{heads:?}");
    let never = store.read(bucket, "never.txt", None, 1).await;
    assert!(
        matches!(never, Err(StorageError::NotFound { .. })),
        "{never:?}"
    );
    assert_eq!(store.checksum(bucket, "never.txt", None).await?, None);
    Ok(())
}

#[tokio::test]
async fn a_deleted_key_comes_back_as_the_version_that_it_was() -> Outcome {
    let shelf = Shelf::set().await?;
    let (store, bucket) = (&shelf.store, shelf.bucket.as_str());
    let first = shelf.put("a.txt", b"first").await?;
    let second = shelf.put("a.txt", b"second").await?;
    assert_ne!(first.version_id, second.version_id);
    // Keys that begin like it are others.
    shelf.put("a.txt.bak", b"other").await?;
    shelf.put("a.txt/b.txt", b"below").await?;
    let ids = async || {
        let versions = store.versions(bucket, "a.txt").await?;
        let ids = versions
            .iter()
            .map(|one| (one.version_id.clone(), one.is_latest));
        Ok::<_, StorageError>(ids.collect::<Vec<_>>())
    };
    let both = |latest| {
        vec![
            (second.version_id.clone(), latest),
            (first.version_id.clone(), false),
        ]
    };
    assert_eq!(ids().await?, both(true));
    let old = store
        .read(bucket, "a.txt", Some(&first.version_id), 100)
        .await?;
    assert_eq!(old, b"first");

    assert_eq!(store.deleted_keys(bucket, "").await?, []);
    shelf.delete("a.txt").await?;
    assert_eq!(store.head(bucket, "a.txt").await?, None);
    assert_eq!(ids().await?, both(false));
    let deleted = store.deleted_keys(bucket, "a.").await?;
    let keys: Vec<&str> = deleted.iter().map(|one| one.key.as_str()).collect();
    assert_eq!(keys, ["a.txt"]);
    // Once more, as other programs may.
    shelf.delete("a.txt").await?;
    for _ in 0..2 {
        assert!(store.undelete(bucket, "a.txt").await?);
        let head = store.head(bucket, "a.txt").await?.ok_or("still deleted")?;
        assert_eq!(head.version_id.as_ref(), Some(&second.version_id));
        assert_eq!(head.etag, second.etag);
    }
    assert_eq!(ids().await?, both(true));
    assert_eq!(store.deleted_keys(bucket, "").await?, []);
    assert!(!store.undelete(bucket, "never.txt").await?);
    assert!(!store.undelete(bucket, "a.tx").await?);
    Ok(())
}

#[tokio::test]
async fn versions_are_destroyed_for_good_and_twice_is_no_error() -> Outcome {
    let shelf = Shelf::set().await?;
    let (store, bucket) = (&shelf.store, shelf.bucket.as_str());
    let first = shelf.put("a.txt", b"first").await?;
    let second = shelf.put("a.txt", b"second").await?;
    shelf.put("b.txt", b"b").await?;
    shelf.delete("b.txt").await?;
    let all = store.all_versions(bucket).await?;
    let told: Vec<(&str, bool, u64)> = all
        .iter()
        .map(|one| (one.key.as_str(), one.is_latest, one.size))
        .collect();
    assert_eq!(told.len(), 4, "{told:?}");
    let doomed: Vec<_> = all
        .iter()
        .filter(|one| one.version_id == first.version_id || one.key == "b.txt")
        .collect();
    assert_eq!(doomed.len(), 3);
    for _ in 0..2 {
        store.destroy(bucket, &doomed).await?;
        let left = store.all_versions(bucket).await?;
        assert_eq!(left.len(), 1, "{left:?}");
        assert_eq!(left[0].version_id, second.version_id);
        assert!(left[0].is_latest);
    }
    let gone = store
        .read(bucket, "a.txt", Some(&first.version_id), 100)
        .await;
    assert!(
        matches!(gone, Err(StorageError::NotFound { .. })),
        "{gone:?}"
    );
    assert_eq!(store.read(bucket, "a.txt", None, 100).await?, b"second");
    Ok(())
}

#[tokio::test]
async fn ranges_are_of_exactly_one_version() -> Outcome {
    let shelf = Shelf::set().await?;
    let (one, two) = (noise(100_000, 1), noise(100_000, 2));
    let first = shelf.put("a.bin", &one).await?;
    let reader = RangeReader::new(shelf.store.clone(), first.clone());
    assert_eq!(reader.read(10, 20).await?, one[10..30]);
    // It is replaced while it is read.
    let second = shelf.put("a.bin", &two).await?;
    assert_eq!(reader.read(99_990, 100).await?, one[99_990..]);
    assert_eq!(reader.read(100_000, 5).await?.len(), 0);
    assert_eq!(reader.transferred(), 30, "nothing else was sent");
    let reader = RangeReader::new(shelf.store.clone(), second.clone());
    assert_eq!(reader.read(0, 100_000).await?, two);
    shelf.delete("a.bin").await?;
    assert_eq!(reader.read(1, 1).await?, two[1..2]);
    let gone = ObjectVersion {
        version_id: first.version_id.clone(),
        key: "b.bin".to_owned(),
        ..first
    };
    let gone = RangeReader::new(shelf.store.clone(), gone).read(0, 1).await;
    assert!(gone.is_err(), "{gone:?}");
    Ok(())
}
