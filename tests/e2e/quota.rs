//! A project takes no more than its quota, whatever clients declare.

use chrono::{Duration, Utc};
use divbase_db::{Db, PoolSize};
use divbase_tests::{
    Outcome, TestResult, bucket,
    client::{Answer, Request},
    scene::Scene,
};
use serde_json::{Value, json};

const MIB: u64 = 1 << 20;

async fn set_quota(scene: &Scene, bytes: u64) -> TestResult {
    let admin = &scene.installation.admin;
    let change = Request::patch("/v1/projects/herring").bearer(&admin.token);
    let change = change.json(&json!({"storage_quota_bytes": bytes}));
    scene.installation.client.send(change).await?.accepted()?;
    Ok(())
}

async fn call(scene: &Scene, path: &str, body: &Value) -> TestResult<Answer> {
    let path = format!("/v1/s3/upload/{path}?project_name=herring");
    let request = Request::post(&path).bearer(&scene.person.token).json(body);
    scene.installation.client.send(request).await
}

async fn in_one_piece(scene: &Scene, name: &str, bytes: u64) -> TestResult<Answer> {
    let body = json!([{"name": name, "content_length": bytes, "md5_hash": null}]);
    call(scene, "single-part", &body).await
}

/// Declares `declared` bytes and sends one part of `sent`; more than was declared past the service, whose URLs take no more.
async fn in_parts(scene: &Scene, name: &str, declared: u64, sent: u64) -> TestResult<Answer> {
    let begun = json!({"name": name, "content_length": declared});
    let begun = call(scene, "multi-part/create", &begun).await?.accepted()?;
    let upload = &begun["upload_id"];
    let urls = json!({"name": name, "upload_id": upload, "parts_range_start": 1, "parts_range_end": 1,
        "md5_checksums": null});
    let urls = call(scene, "multi-part/part-urls", &urls).await?;
    let urls = urls.accepted()?;
    let url = urls[0]["pre_signed_url"].as_str().ok_or("no URL")?;
    let body = vec![b'x'; usize::try_from(sent)?];
    let put = reqwest::Client::new()
        .put(url)
        .body(body.clone())
        .send()
        .await?;
    let etag = if declared == sent {
        let etag = put.error_for_status()?.headers()["etag"].clone();
        etag.to_str()?.to_owned()
    } else {
        assert_eq!(put.status(), 403, "{name}: a part of another length");
        let part = bucket::client(&scene.installation)
            .upload_part()
            .bucket(&scene.project.bucket)
            .key(name)
            .upload_id(upload.as_str().unwrap_or_default())
            .part_number(1)
            .body(body.into());
        let sent = part.send().await?;
        sent.e_tag().unwrap_or_default().to_owned()
    };
    let done = json!({"name": name, "upload_id": upload,
        "parts": [{"part_number": 1, "etag": etag}]});
    call(scene, "multi-part/complete", &done).await
}

#[tokio::test]
async fn what_is_allowed_counts_at_once_and_what_is_counted_makes_room() -> Outcome {
    let scene = Scene::set().await?;
    set_quota(&scene, 10 * MIB).await?;
    in_one_piece(&scene, "a.txt", 6 * MIB).await?.accepted()?;
    let refused = in_one_piece(&scene, "b.txt", 6 * MIB).await?;
    let (text, _) = refused.refused(413)?;
    for part in ["10485760", "6291456", "Delete files"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    in_one_piece(&scene, "c.txt", 4 * MIB).await?.accepted()?;
    in_one_piece(&scene, "d.txt", 1).await?.refused(413)?;
    // Two at once do not both get the last place.
    set_quota(&scene, 11 * MIB).await?;
    let both = tokio::try_join!(
        in_one_piece(&scene, "e.txt", MIB),
        in_one_piece(&scene, "f.txt", MIB)
    )?;
    let mut statuses = [both.0.status, both.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 413]);
    // Nothing came; a count makes room again once the URLs have ended, and not before.
    let url = &scene.installation.database.url;
    let db = Db::connect(url, PoolSize(1))?;
    let now = Utc::now();
    db.set_storage_used(scene.project.id, 0, now).await?;
    in_one_piece(&scene, "g.txt", MIB).await?.refused(413)?;
    let later = now + Duration::hours(3);
    db.set_storage_used(scene.project.id, 0, later).await?;
    in_one_piece(&scene, "g.txt", 11 * MIB).await?.accepted()?;
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn more_than_was_declared_is_refused_where_there_is_no_room() -> Outcome {
    let scene = Scene::set().await?;
    set_quota(&scene, 10 * MIB).await?;
    in_parts(&scene, "honest.txt", 6 * MIB, 6 * MIB)
        .await?
        .accepted()?;
    in_parts(&scene, "larger.txt", MIB, 2 * MIB)
        .await?
        .accepted()?;
    let refused = in_parts(&scene, "liar.txt", MIB, 8 * MIB).await?;
    refused.refused(413)?;
    let listed = Request::post("/v1/s3/list?project_name=herring")
        .bearer(&scene.person.token)
        .json(&json!({}));
    let listed = scene.installation.client.send(listed).await?.accepted()?;
    let files = listed["files"].as_array().into_iter().flatten();
    let names: Vec<&str> = files.filter_map(|file| file["name"].as_str()).collect();
    assert_eq!(names, ["honest.txt", "larger.txt"]);
    // What it was promised is free again.
    in_one_piece(&scene, "rest.txt", 2 * MIB)
        .await?
        .accepted()?;
    scene.stop().await?;
    Ok(())
}
