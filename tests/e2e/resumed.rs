//! Uploads in parts that break off go on where they were, are never completed from another content, and leave nothing open.

use std::time::{Duration, Instant};

use divbase_tests::{
    Outcome, TestResult,
    client::{Answer, Method, Request},
    eventually::eventually,
    fuse::Fuse,
    installation::Installation,
    scene::Scene,
    surroundings::Surroundings,
};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::{
    desk::{Desk, noise},
    stage::Stage,
};

const MIB: usize = 1 << 20;
/// Files above 96 MiB go in parts of 32 MiB; this one in five.
const SIZE: usize = 130 * MIB;
/// How often the client is killed.
const KILLS: u32 = 7;

#[tokio::test]
async fn an_upload_that_is_killed_again_and_again_arrives() -> Outcome {
    let desk = Desk::set(Installation::start_api().await?).await?;
    let content = noise(SIZE, 1);
    desk.write("big.txt", &content)?;
    let begun = Instant::now();
    desk.cli
        .ok(&["files", "upload", "big.txt", "--to", "measured"])
        .await?;
    let whole = begun.elapsed();
    let upload = ["files", "upload", "big.txt"];
    let mut ended = 0;
    for kill in 1..=KILLS {
        let mut child = desk.cli.start(&upload)?;
        // Anywhere from its start to its end, never twice at the same moment.
        let random = f64::from(uuid::Uuid::new_v4().as_bytes()[0]) / 256.0;
        let share = (f64::from(kill - 1) + random) / f64::from(KILLS);
        let moment = whole.mul_f64(share);
        let end = tokio::time::timeout(moment, child.wait()).await;
        println!("killed after {} ms: {}", moment.as_millis(), end.is_err());
        if end.is_ok() {
            ended += 1;
        }
        child.kill().await?;
        assert!(desk.open_uploads().await?.len() <= 1);
    }
    assert!(ended < KILLS, "it was never interrupted");
    let ran = desk
        .cli
        .run(&["files", "upload", "big.txt", "--skip-existing"], "")
        .await?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(desk.stored("big.txt").await? == content, "another content");
    assert_eq!(desk.open_uploads().await?, Vec::<String>::new());
    assert!(
        !desk
            .cli
            .folder()
            .join(".cli/uploads")
            .read_dir()?
            .any(|_| true)
    );
    desk.stop().await?;
    Ok(())
}

#[tokio::test]
async fn only_what_is_missing_is_sent_and_only_of_the_same_content() -> Outcome {
    let mut surroundings = Surroundings::from_env()?;
    let fuse = Fuse::start(&surroundings.store).await?;
    surroundings.store_endpoint = fuse.endpoint.clone();
    let desk = Desk::set(Installation::start_api_in(surroundings).await?).await?;
    let mut content = noise(SIZE, 2);
    desk.write("big.txt", &content)?;
    let upload = ["files", "upload", "big.txt", "--to", "2026"];
    let key = "2026/big.txt";
    desk.killed_after_a_part(&fuse, &upload, key).await?;

    // It is listed, with the command that goes on.
    let listed = desk.cli.run(&["files", "uploads"], "").await?;
    assert!(
        listed.stdout.contains(key) && listed.stderr.contains("big.txt --to 2026"),
        "{listed:?}"
    );
    let (_, told) = desk.told(&["files", "uploads", "--json"]).await?;
    assert_eq!(told[0]["content_length"], SIZE, "{told}");
    assert_eq!(told[0]["begun_by"], desk.person.email, "{told}");
    assert!(told[0]["bytes_sent"].as_u64() >= Some(32 << 20), "{told}");

    let ran = desk.cli.run(&upload, "").await?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stderr.contains(" of 5 parts have come"), "{ran:?}");
    assert!(!ran.stderr.contains("; 0 of 5"), "{ran:?}");
    assert!(desk.stored(key).await? == content, "another content");

    // The same size, and another byte in each part but the first.
    content[40 * MIB] ^= 1;
    content[70 * MIB] ^= 1;
    content[SIZE - 1] ^= 1;
    desk.write("big.txt", &content)?;
    desk.killed_after_a_part(&fuse, &upload, key).await?;
    for byte in &mut content {
        *byte ^= 0x55;
    }
    desk.write("big.txt", &content)?;
    let ran = desk.cli.run(&upload, "").await?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stderr.contains("; 0 of 5 parts have come"), "{ran:?}");
    assert!(
        desk.stored(key).await? == content,
        "parts of the old content"
    );

    // Another size: the old upload is given up.
    desk.write("big.txt", &noise(SIZE, 3))?;
    desk.killed_after_a_part(&fuse, &upload, key).await?;
    content.truncate(SIZE - 7);
    desk.write("big.txt", &content)?;
    desk.cli.ok(&upload).await?;
    assert!(
        desk.stored(key).await? == content,
        "parts of the old content"
    );
    assert_eq!(desk.open_uploads().await?, Vec::<String>::new());

    // Given up, it is gone, and so is what this machine remembers.
    desk.write("big.txt", &noise(SIZE, 4))?;
    desk.killed_after_a_part(&fuse, &upload, key).await?;
    let no = desk
        .cli
        .run(&["files", "uploads", "abort", key], "n\n")
        .await?;
    assert!(no.stdout.contains("No uploads were given up"), "{no:?}");
    assert_eq!(desk.open_uploads().await?, [key]);
    desk.cli
        .ok(&["files", "uploads", "abort", "--all", "--yes"])
        .await?;
    assert_eq!(desk.open_uploads().await?, Vec::<String>::new());
    let said = desk.cli.ok(&["files", "uploads"]).await?;
    assert!(said.contains("No uploads are under way"), "{said}");
    assert!(desk.stored(key).await? == content, "the file was touched");
    desk.stop().await?;
    Ok(())
}

#[tokio::test]
async fn an_interrupted_upload_says_how_it_goes_on() -> Outcome {
    let desk = Desk::set(Installation::start_api().await?).await?;
    desk.write("big.txt", &noise(SIZE, 5))?;
    let child = desk.cli.start(&["files", "upload", "big.txt"])?;
    let id = child.id().ok_or("it has ended")?;
    eventually("an upload to begin", || async {
        let open = desk.open_uploads().await;
        match open.map_err(|error| error.to_string())?.is_empty() {
            true => Err("none has begun".to_owned()),
            false => Ok(()),
        }
    })
    .await?;
    let pid = Pid::from_raw(id.cast_signed()).ok_or("no process")?;
    kill_process(pid, Signal::INT)?;
    let end = tokio::time::timeout(Duration::from_secs(20), child.wait_with_output()).await??;
    let said = String::from_utf8_lossy(&end.stderr).into_owned();
    assert_eq!(end.status.code(), Some(130), "{said}");
    for words in ["goes on", "--skip-existing", "files uploads abort"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    desk.cli.ok(&["files", "upload", "big.txt"]).await?;
    assert_eq!(desk.open_uploads().await?, Vec::<String>::new());
    desk.stop().await?;
    Ok(())
}

async fn create(scene: &Scene, name: &str, bytes: u64, token: &str) -> TestResult<Value> {
    let body = json!({"name": name, "content_length": bytes, "resume_token": token});
    let path = "/v1/s3/upload/multi-part/create?project_name={project}";
    scene
        .post(path, body.to_string().as_bytes())
        .await?
        .accepted()
}

#[tokio::test]
async fn a_clients_name_for_an_upload_finds_it_again() -> Outcome {
    let scene = Scene::over(Installation::start_api().await?).await?;
    let token = "0123456789abcdef";
    let (first, second) = tokio::try_join!(
        create(&scene, "a.txt", 5, token),
        create(&scene, "a.txt", 5, token)
    )?;
    assert_eq!(
        first["upload_id"], second["upload_id"],
        "sent twice at once"
    );
    let again = create(&scene, "a.txt", 5, token).await?;
    assert_eq!(again["upload_id"], first["upload_id"]);
    assert_eq!(again["resumed"], true);
    for (name, bytes) in [("b.txt", 5), ("a.txt", 6)] {
        let other = create(&scene, name, bytes, token).await?;
        assert_ne!(other["upload_id"], first["upload_id"]);
        assert_eq!(other["resumed"], Value::Null);
    }
    // What was given up is not found again.
    let abort = json!({"name": "a.txt", "upload_id": first["upload_id"]});
    let path = format!(
        "/v1/s3/upload/multi-part/abort?project_name={}",
        scene.project.name
    );
    let request = Request::new(Method::DELETE, &path)
        .bearer(&scene.person.token)
        .json(&abort);
    scene.installation.client.send(request).await?.accepted()?;
    let fresh = create(&scene, "a.txt", 5, token).await?;
    assert_ne!(fresh["upload_id"], first["upload_id"]);
    assert_eq!(fresh["resumed"], Value::Null);
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn everybody_sees_their_own_uploads_and_editors_all() -> Outcome {
    let stage = Stage::set(Installation::start_api().await?).await?;
    let call = async |who: &str, request: Request| -> TestResult<Answer> {
        let request = request.bearer(&stage.person(who).token);
        stage.installation.client.send(request).await
    };
    for (who, name) in [("querier", "q.txt"), ("manager", "m.txt")] {
        let path = "/v1/s3/upload/multi-part/create?project_name=herring";
        let body = json!({"name": name, "content_length": 5});
        call(who, Request::post(path).json(&body))
            .await?
            .accepted()?;
    }
    for (who, expected) in [
        ("querier", vec!["q.txt"]),
        ("editor", vec!["m.txt", "q.txt"]),
        ("manager", vec!["m.txt", "q.txt"]),
    ] {
        let path = "/v1/s3/upload/multi-part?project_name=herring";
        let listed = call(who, Request::get(path)).await?.accepted()?;
        let uploads = listed["uploads"].as_array().into_iter().flatten();
        let names: Vec<&str> = uploads.filter_map(|one| one["name"].as_str()).collect();
        assert_eq!(names, expected, "{who}: {listed}");
    }
    stage.installation.stop().await?;
    Ok(())
}
