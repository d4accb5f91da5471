//! A project takes no more than its quota, whatever clients declare.

use std::time::{Duration, Instant};

use chrono::Utc;
use divbase_db::{Db, PoolSize};
use divbase_tests::{
    AnyError, Outcome, TestResult, bucket,
    client::{Answer, Request},
    eventually::eventually,
    installation::Installation,
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
    db.count_all_keys(scene.project.id, &[], now).await?;
    in_one_piece(&scene, "g.txt", MIB).await?.refused(413)?;
    let later = now + chrono::Duration::hours(3);
    db.count_all_keys(scene.project.id, &[], later).await?;
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

/// Once with the promise of another key, which ends nothing, and once so old that there is none.
#[tokio::test]
async fn an_upload_without_its_promise_needs_room_for_all_of_it() -> Outcome {
    let scene = Scene::set().await?;
    set_quota(&scene, 2 * MIB).await?;
    let begun = json!({"name": "a.txt", "content_length": MIB});
    let begun = call(&scene, "multi-part/create", &begun)
        .await?
        .accepted()?;
    let upload = begun["upload_id"].as_str().ok_or("no upload")?;
    let abort = |name: &str| {
        let request = Request::delete("/v1/s3/upload/multi-part/abort?project_name=herring")
            .bearer(&scene.person.token)
            .json(&json!({"name": name, "upload_id": upload}));
        scene.installation.client.send(request)
    };
    abort("b.txt").await?.accepted()?;
    in_one_piece(&scene, "c.txt", 2 * MIB).await?.refused(413)?;

    let mut database = scene.installation.database.connect().await?;
    sqlx::query("DELETE FROM promised_upload")
        .execute(&mut database)
        .await?;
    let part = bucket::client(&scene.installation)
        .upload_part()
        .bucket(&scene.project.bucket)
        .key("a.txt")
        .upload_id(upload)
        .part_number(1)
        .body(vec![b'x'; usize::try_from(3 * MIB)?].into());
    let etag = part.send().await?.e_tag().unwrap_or_default().to_owned();
    let done = json!({"name": "a.txt", "upload_id": upload,
        "parts": [{"part_number": 1, "etag": etag}]});
    let refused = call(&scene, "multi-part/complete", &done).await?;
    refused.refused(413)?;
    assert!(scene.download("a.txt").await.is_err());
    in_one_piece(&scene, "c.txt", 2 * MIB).await?.accepted()?;
    scene.stop().await?;
    Ok(())
}

/// What the project is said to take.
async fn used(scene: &Scene) -> TestResult<u64> {
    let project = scene.get("/v1/projects/herring").await?;
    Ok(project["storage_used_bytes"]
        .as_u64()
        .ok_or("it is not counted")?)
}

async fn takes(scene: &Scene, bytes: u64) -> TestResult {
    let began = Instant::now();
    eventually(&format!("the project to take {bytes} bytes"), || async {
        match used(scene).await {
            Ok(used) if used == bytes => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await?;
    assert!(began.elapsed() < Duration::from_mins(1));
    Ok(())
}

async fn put(answer: Answer, bytes: u64) -> TestResult {
    let urls = answer.accepted()?;
    let url = urls[0]["pre_signed_url"].as_str().ok_or("no URL")?;
    let mut request = reqwest::Client::new().put(url);
    for (name, value) in urls[0]["put_headers"].as_object().into_iter().flatten() {
        // The HTTP library sets the length itself.
        if name != "Content-Length" {
            request = request.header(name, value.as_str().unwrap_or_default());
        }
    }
    let body = vec![b'x'; usize::try_from(bytes)?];
    request.body(body).send().await?.error_for_status()?;
    Ok(())
}

#[tokio::test]
async fn every_version_counts_as_soon_as_the_store_tells_of_it() -> Outcome {
    let scene = Scene::over(Installation::start_automatic().await?).await?;
    set_quota(&scene, 10 * MIB).await?;
    assert_eq!(used(&scene).await?, 0);
    // Two URLs for one name, of which one is used: what came is counted, and the other goes on counting.
    let (first, second) = (
        in_one_piece(&scene, "a.txt", 3 * MIB).await?,
        in_one_piece(&scene, "a.txt", 3 * MIB).await?,
    );
    in_one_piece(&scene, "b.txt", 5 * MIB).await?.refused(413)?;
    put(first, 3 * MIB).await?;
    takes(&scene, 3 * MIB).await?;
    in_one_piece(&scene, "b.txt", 5 * MIB).await?.refused(413)?;
    put(second, 3 * MIB).await?;
    takes(&scene, 6 * MIB).await?;
    // Both promises are kept: there is room for the rest, exactly.
    in_one_piece(&scene, "b.txt", 4 * MIB + 1)
        .await?
        .refused(413)?;
    put(in_one_piece(&scene, "b.txt", MIB).await?, MIB).await?;
    takes(&scene, 7 * MIB).await?;
    // Of an upload in parts that which came counts, at once, whatever was declared.
    in_parts(&scene, "c.txt", 3 * MIB, MIB).await?.accepted()?;
    assert_eq!(used(&scene).await?, 8 * MIB);
    in_parts(&scene, "d.txt", 1, MIB).await?.accepted()?;
    assert_eq!(used(&scene).await?, 9 * MIB);
    in_one_piece(&scene, "e.txt", MIB + 1).await?.refused(413)?;
    // A deleted file can be restored, so it counts; versions that are destroyed do not.
    let delete = Request::delete("/v1/s3/?project_name=herring").bearer(&scene.person.token);
    let delete = delete.json(&json!(["a.txt"]));
    scene.installation.client.send(delete).await?.accepted()?;
    let info = scene
        .get("/v1/s3/info?project_name=herring&object_name=a.txt")
        .await?;
    let versions = info["versions"].as_array().ok_or("no versions")?;
    let doomed: Vec<Value> = versions
        .iter()
        .map(|version| json!({"name": "a.txt", "version_id": version["version_id"]}))
        .collect();
    assert_eq!(doomed.len(), 2);
    assert_eq!(used(&scene).await?, 9 * MIB);
    let purge = Request::post("/v1/s3/purge?project_name=herring").bearer(&scene.person.token);
    let purge = purge.json(&Value::Array(doomed));
    scene.installation.client.send(purge).await?.accepted()?;
    takes(&scene, 3 * MIB).await?;
    in_one_piece(&scene, "e.txt", 7 * MIB).await?.accepted()?;
    // A copy counts like any other file.
    set_quota(&scene, 100 * MIB).await?;
    let copy = Request::post("/v1/s3/copy?project_name=herring").bearer(&scene.person.token);
    let copy = copy.json(&json!({"from": "b.txt", "to": "f.txt"}));
    scene.installation.client.send(copy).await?.accepted()?;
    takes(&scene, 4 * MIB).await?;
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_project_that_was_never_counted_follows_from_its_first_count_on() -> Outcome {
    let scene = Scene::over(Installation::start_automatic().await?).await?;
    let mut database = scene.installation.database.connect().await?;
    sqlx::query("UPDATE project SET storage_counted_at = NULL")
        .execute(&mut database)
        .await?;
    scene.upload("a.txt", b"0123456789").await?;
    scene.upload("a.txt", b"01234").await?;
    eventually("the events to be read", || async {
        let mut database = scene.installation.database.connect().await?;
        let bytes: i64 =
            sqlx::query_scalar("SELECT coalesce(sum(bytes), 0)::bigint FROM key_usage")
                .fetch_one(&mut database)
                .await?;
        match bytes {
            15 => Ok(()),
            other => Err(AnyError::from(format!("{other} bytes"))),
        }
    })
    .await?;
    assert_eq!(used(&scene).await?, 0);
    let db = Db::connect(&scene.installation.database.url, PoolSize(1))?;
    // A count that began before an event keeps what the event told, and takes the rest from its list.
    let before = Utc::now() - Duration::from_mins(5);
    let listed = [("a.txt".to_owned(), 10), ("old.txt".to_owned(), 100)];
    db.count_all_keys(scene.project.id, &listed, before).await?;
    assert_eq!(used(&scene).await?, 115);
    scene.upload("b.txt", b"0").await?;
    takes(&scene, 116).await?;
    // A later one finds that a file is gone of which nothing was told.
    let listed = [("a.txt".to_owned(), 15), ("b.txt".to_owned(), 1)];
    let later = Utc::now() + Duration::from_secs(1);
    db.count_all_keys(scene.project.id, &listed, later).await?;
    assert_eq!(used(&scene).await?, 16);
    scene.stop().await?;
    Ok(())
}
