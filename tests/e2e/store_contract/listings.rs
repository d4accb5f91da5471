//! Listings: every key once, in order, whatever letters it has.

use divbase_storage::StorageError;
use divbase_tests::{Outcome, TestResult};
use futures::{StreamExt, TryStreamExt, stream};

use super::Shelf;

/// In the order of their bytes (Amazon S3 API reference, ListObjectsV2).
const KEYS: [&str; 12] = [
    "A.txt",
    "a b.txt",
    "a+b%2F.txt",
    "a-1.txt",
    "a.txt",
    "a/",
    "a/b.txt",
    "a/b/c.txt",
    "a0.txt",
    "b&c<d>\"e'.txt",
    "å.txt",
    "鱼/ü.txt",
];

async fn filled() -> TestResult<Shelf> {
    let shelf = Shelf::set().await?;
    for key in KEYS.iter().rev() {
        shelf.put(key, key.as_bytes()).await?;
    }
    Ok(shelf)
}

#[tokio::test]
async fn keys_come_once_and_as_they_were_written() -> Outcome {
    let shelf = filled().await?;
    let (store, bucket) = (&shelf.store, shelf.bucket.as_str());
    let keys = async |prefix: &str, delimiter: Option<&str>| {
        let page = store.list(bucket, prefix, delimiter, None).await?;
        assert_eq!(page.next_token, None);
        let keys: Vec<String> = page.objects.into_iter().map(|one| one.key).collect();
        Ok::<_, StorageError>((keys, page.folders))
    };
    assert_eq!(keys("", None).await?.0, KEYS);
    let (files, folders) = keys("", Some("/")).await?;
    let flat: Vec<&str> = KEYS.into_iter().filter(|key| !key.contains('/')).collect();
    assert_eq!(files, flat);
    assert_eq!(folders, ["a/", "鱼/"]);
    let (files, folders) = keys("a/", Some("/")).await?;
    assert_eq!(files, ["a/", "a/b.txt"]);
    assert_eq!(folders, ["a/b/"]);
    assert_eq!(keys("a+b", None).await?.0, ["a+b%2F.txt"]);
    assert_eq!(keys("none", None).await?.0.len(), 0);

    let current = store.current_objects(bucket).await?;
    let current: Vec<&str> = current.iter().map(|one| one.key.as_str()).collect();
    assert_eq!(current, KEYS);
    for key in KEYS {
        let versions = store.versions(bucket, key).await?;
        assert_eq!(versions.len(), 1, "{key}: {versions:?}");
        assert!(versions[0].is_latest, "{key}");
        shelf.delete(key).await?;
    }
    assert_eq!(store.current_objects(bucket).await?, []);
    // Of folders, nothing is to be restored; not every store keeps what they were.
    let files = KEYS.into_iter().filter(|key| !key.ends_with('/'));
    let files: Vec<&str> = files.collect();
    let deleted = store.deleted_keys(bucket, "").await?;
    let deleted = deleted.iter().map(|one| one.key.as_str());
    let deleted: Vec<&str> = deleted.filter(|key| !key.ends_with('/')).collect();
    assert_eq!(deleted, files);
    Ok(())
}

/// More than one page of files, of versions, and of both.
#[tokio::test]
async fn pages_follow_each_other() -> Outcome {
    const FILES: usize = 1_005;
    if std::env::var("DIVBASE_TEST_STORE").as_deref() == Ok("localstack") {
        println!(
            "SKIPPED: LocalStack fails at a token that is none, and gives one of 1,005 keys twice"
        );
        return Ok(());
    }
    let shelf = Shelf::set().await?;
    let (store, bucket) = (&shelf.store, shelf.bucket.as_str());
    let names: Vec<String> = (0..FILES).map(|n| format!("d/{n:04} +.txt")).collect();
    stream::iter(names.clone())
        .map(|name| async move { store.put(bucket, &name, b"1".to_vec()).await })
        .buffer_unordered(8)
        .try_collect::<Vec<_>>()
        .await?;
    let (mut found, mut token, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = store.list(bucket, "d/", None, token.as_deref()).await?;
        assert!(page.objects.len() <= 1_000, "{}", page.objects.len());
        found.extend(page.objects.into_iter().map(|one| one.key));
        pages += 1;
        token = page.next_token;
        if token.is_none() {
            break;
        }
    }
    assert_eq!((found.len(), pages), (FILES, 2));
    assert_eq!(found, names);
    let wrong = store.list(bucket, "d/", None, Some("no token")).await;
    // A store may take any text for a place to go on from; it may not fail.
    assert!(
        matches!(wrong, Ok(_) | Err(StorageError::NoSuchToken)),
        "{wrong:?}"
    );

    let last = &names[FILES - 1];
    store.put(bucket, last, b"22".to_vec()).await?;
    let current = store.current_objects(bucket).await?;
    assert_eq!(current.len(), FILES);
    assert_eq!(current[FILES - 1].size, 2);
    assert_eq!(store.versions(bucket, last).await?.len(), 2);
    shelf.delete(last).await?;
    let all = store.all_versions(bucket).await?;
    assert_eq!(all.len(), FILES + 2);
    assert_eq!(store.deleted_keys(bucket, "d/").await?.len(), 1);
    assert!(store.undelete(bucket, last).await?);
    assert_eq!(store.current_objects(bucket).await?.len(), FILES);

    // A key whose versions begin on one page and end on the next comes whole.
    for _ in 0..10 {
        store.put(bucket, &names[995], b"3".to_vec()).await?;
    }
    let (mut list, mut keys, mut most) = (store.version_list(bucket, "d/"), Vec::new(), 0);
    while let Some(some) = list.next().await? {
        most = most.max(some.len());
        keys.extend(some.chunk_by(|a, b| a.key == b.key).map(|versions| {
            let wanted = match versions[0].key.as_str() {
                key if key == names[995] => 11,
                key if key == last => 2,
                _ => 1,
            };
            assert_eq!(versions.len(), wanted, "{}", versions[0].key);
            versions[0].key.clone()
        }));
    }
    assert_eq!(keys, names);
    assert!(most <= 1_000, "{most} at once");
    // What is destroyed page by page is destroyed to the last.
    store.destroy_below(bucket, "d/").await?;
    assert_eq!(store.all_versions(bucket).await?, []);
    Ok(())
}
