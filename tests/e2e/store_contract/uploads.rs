//! Uploads, with signed URLs and without.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use divbase_storage::{ExpectedBody, PartChecksums, PresignedPut, StreamingUpload, UploadedPart};
use divbase_tests::{
    Outcome, TestResult,
    client::{Answer, Request},
    section_five::{hex, reckoned},
    vcf::content_md5,
};
use md5::{Digest, Md5};
use sha2::Sha256;

use super::Shelf;
use crate::desk::noise;

/// The least that a store must take for a part that is not the last (Amazon S3, "Multipart upload limits").
const PART: usize = 5 << 20;

async fn send(shelf: &Shelf, put: &PresignedPut, bytes: &[u8]) -> TestResult<Answer> {
    let mut request = Request::put(&put.url).bytes(bytes);
    for (name, value) in &put.headers {
        // The HTTP library sets the length itself.
        if name != "Content-Length" {
            request = request.header(name, value);
        }
    }
    shelf.http.send(request).await
}

fn sha256(bytes: &[u8]) -> String {
    BASE64.encode(Sha256::digest(bytes))
}

#[tokio::test]
async fn a_signed_url_writes_what_it_was_signed_for_and_nothing_else() -> Outcome {
    let shelf = Shelf::set().await?;
    let (store, bucket) = (&shelf.store, shelf.bucket.as_str());
    let bytes = b"golden eagle";
    let (md5, sha256) = (content_md5(bytes), sha256(bytes));
    let body = ExpectedBody {
        length: Some(12),
        md5: Some(&md5),
        sha256: Some(&sha256),
    };
    let signer = store.signer(bucket, 1).await?;
    let put = signer.put("å b.txt", body, 60).await?;
    let other = send(&shelf, &put, b"golden fagle").await?;
    assert!((400..500).contains(&other.status), "{other:?}");
    let longer = send(&shelf, &put, b"golden eagles").await?;
    assert!((400..500).contains(&longer.status), "{longer:?}");
    assert_eq!(store.head(bucket, "å b.txt").await?, None);
    let sent = send(&shelf, &put, bytes).await?;
    assert_eq!(sent.status, 200, "{}", sent.text());
    let read = signer.get("å b.txt", None, 60).await?;
    let answer = shelf.http.send(Request::get(&read)).await?;
    assert_eq!((answer.status, &*answer.body), (200, &bytes[..]));
    // Neither of another method, nor of another key, nor with another signature.
    for forged in [
        Request::delete(&read),
        Request::get(&read.replace("b.txt", "c.txt")),
        Request::get(&read.replace("X-Amz-Signature=", "X-Amz-Signature=0")),
    ] {
        let answer = shelf.http.send(forged).await?;
        assert_eq!(answer.status, 403, "{}", answer.text());
    }
    // An old version, by ranges.
    let old = store.head(bucket, "å b.txt").await?.ok_or("not there")?;
    shelf.put("å b.txt", b"other").await?;
    let version = old.version_id.as_deref();
    let read = signer.get("å b.txt", version, 60).await?;
    let ranged = Request::get(&read).header("Range", "bytes=7-9");
    let answer = shelf.http.send(ranged).await?;
    assert_eq!((answer.status, &*answer.body), (206, &b"eag"[..]));
    assert_eq!(answer.headers["content-range"], "bytes 7-9/12");
    Ok(())
}

#[tokio::test]
async fn parts_are_listed_and_put_together() -> Outcome {
    let shelf = Shelf::set().await?;
    let (store, bucket, key) = (&shelf.store, shelf.bucket.as_str(), "d/å b.bin");
    let content = noise(PART + 1_000, 3);
    let signer = store.signer(bucket, 1).await?;
    let id = store
        .begin_upload(bucket, key, PartChecksums::Sha256)
        .await?;
    let (open, more) = store.open_uploads(bucket, "d/", 10, |_| true).await?;
    assert!(!more);
    let open: Vec<(&str, &str)> = open
        .iter()
        .map(|one| (one.key.as_str(), one.upload_id.as_str()))
        .collect();
    assert_eq!(open, [(key, id.as_str())]);
    let none = store.open_uploads(bucket, "e/", 10, |_| true).await?;
    assert_eq!(none.0, []);
    assert_eq!(store.parts(bucket, key, &id).await?, Some(vec![]));
    let mut parts = Vec::new();
    for (number, bytes) in (1..).zip(content.chunks(PART)) {
        let (md5, sha256) = (content_md5(bytes), sha256(bytes));
        let body = ExpectedBody {
            length: Some(bytes.len() as u64),
            md5: Some(&md5),
            sha256: Some(&sha256),
        };
        let put = signer.part(key, &id, number, body, 60).await?;
        let wrong = send(&shelf, &put, &bytes[1..]).await?;
        assert!((400..500).contains(&wrong.status), "{wrong:?}");
        let sent = send(&shelf, &put, bytes).await?;
        assert_eq!(sent.status, 200, "{}", sent.text());
        let etag = sent.headers["etag"].to_str()?.trim_matches('"').to_owned();
        assert_eq!(etag, hex(&Md5::digest(bytes)));
        parts.push(UploadedPart {
            number,
            etag,
            sha256: Some(sha256),
        });
    }
    let listed = store.parts(bucket, key, &id).await?.ok_or("no upload")?;
    let listed: Vec<(i32, u64, &str)> = listed
        .iter()
        .map(|part| (part.number, part.size, part.etag.as_str()))
        .collect();
    assert_eq!(
        listed,
        [
            (1, PART as u64, parts[0].etag.as_str()),
            (2, 1_000, parts[1].etag.as_str())
        ]
    );
    assert_eq!(
        store.head(bucket, key).await?,
        None,
        "nothing is visible before"
    );
    let done = store.complete_upload(bucket, key, &id, parts).await?;
    let md5s: Vec<u8> = content
        .chunks(PART)
        .flat_map(|bytes| Md5::digest(bytes).to_vec())
        .collect();
    let etag = format!("{}-2", hex(&Md5::digest(&md5s)));
    assert_eq!(done.etag.trim_matches('"'), etag);
    let head = store.head(bucket, key).await?.ok_or("it is not there")?;
    assert_eq!((head.etag, head.version_id), (etag, done.version_id));
    assert_eq!(store.read(bucket, key, None, u64::MAX).await?, content);
    assert_eq!(store.parts(bucket, key, &id).await?, None);
    assert_eq!(store.open_uploads(bucket, "", 10, |_| true).await?.0, []);
    Ok(())
}

#[tokio::test]
async fn uploads_that_are_given_up_leave_nothing() -> Outcome {
    let shelf = Shelf::set().await?;
    let (store, bucket) = (&shelf.store, shelf.bucket.as_str());
    let mut ids = Vec::new();
    for key in ["a.bin", "a.bin", "a.bin.bak"] {
        ids.push(store.begin_upload(bucket, key, PartChecksums::None).await?);
    }
    let (open, more) = store.open_uploads(bucket, "a", 2, |_| true).await?;
    assert_eq!((open.len(), more), (2, true));
    store.abort_uploads_of(bucket, "a.bin").await?;
    let (open, _) = store.open_uploads(bucket, "", 10, |_| true).await?;
    assert_eq!(open.len(), 1, "{open:?}");
    assert_eq!(open[0].key, "a.bin.bak");
    // Twice, and one that never was.
    for id in [&ids[0], &ids[2], &ids[2]] {
        store.abort_upload(bucket, "a.bin.bak", id).await?;
    }
    assert_eq!(store.open_uploads(bucket, "", 10, |_| true).await?.0, []);
    let parts = store.parts(bucket, "a.bin.bak", &ids[2]).await?;
    assert_eq!(parts, None);
    Ok(())
}

#[tokio::test]
async fn what_is_streamed_has_the_etag_that_clients_reckon() -> Outcome {
    let shelf = Shelf::set().await?;
    let content = noise((32 << 20) + 5, 4);
    for size in [0, 1, 32 << 20, content.len()] {
        let key = format!("{size}.bin");
        let mut upload = StreamingUpload::new(shelf.store.clone(), &shelf.bucket, &key);
        for piece in content[..size].chunks(1 << 20) {
            upload.write(piece).await?;
        }
        let done = upload.finish().await?;
        assert_eq!(done.written.size, size as u64);
        let etag = done.written.etag;
        assert_eq!(etag.contains('-'), size > 32 << 20, "{etag}");
        assert_eq!(etag, reckoned(&content[..size], &etag));
        let head = shelf.store.head(&shelf.bucket, &key).await?;
        assert_eq!(head.ok_or("it is not there")?.etag, etag);
    }
    Ok(())
}
