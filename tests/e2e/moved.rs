//! Files get other names without leaving the store: killed or repeated, nothing is lost and nothing is left open; what is known of
//! a file goes with it.

use std::time::Instant;

use divbase_tests::{
    Outcome, TestResult, bucket,
    client::{Answer, Request},
    installation::Installation,
    scene::Scene,
};
use serde_json::{Value, json};

use crate::desk::{Desk, noise};

const MIB: usize = 1 << 20;
/// How often a copy, and a move, is killed.
const KILLS: u32 = 5;

async fn ask(scene: &Scene, route: &str, body: &Value) -> TestResult<Answer> {
    let path = format!("/v1/s3/{route}?project_name={{project}}");
    scene.post(&path, body.to_string().as_bytes()).await
}

/// ETags by key.
async fn etags(desk: &Desk) -> TestResult<Vec<(String, String)>> {
    let (_, told) = desk.told(&["files", "ls", "--json"]).await?;
    let files = told["files"].as_array().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Ok(files
        .map(|file| (text(&file["name"]), text(&file["etag"])))
        .collect())
}

#[tokio::test]
async fn copies_and_moves_that_are_killed_can_be_run_again() -> Outcome {
    let installation = Installation::start_api_with(|settings| {
        settings.store.largest_copy = Some(MIB as u64);
    })
    .await?;
    let desk = Desk::set(installation).await?;
    let content = noise(97 * MIB, 7);
    desk.write("big.txt", &content)?;
    desk.cli.ok(&["files", "upload", "big.txt"]).await?;
    let etag = etags(&desk).await?[0].1.clone();
    assert!(etag.ends_with("-4"), "{etag}");
    let begun = Instant::now();
    desk.cli
        .ok(&["files", "cp", "big.txt", "measured.txt"])
        .await?;
    let whole = begun.elapsed();
    desk.cli.ok(&["files", "rm", "measured.txt"]).await?;
    for kill in 1..=KILLS {
        let (copy, moved) = (format!("copy{kill}.txt"), format!("moved{kill}.txt"));
        for words in [["cp", "big.txt", &copy], ["mv", &copy, &moved]] {
            let command = [&["files"], &words[..]].concat();
            let mut child = desk.cli.start(&command)?;
            let random = f64::from(uuid::Uuid::new_v4().as_bytes()[0]) / 256.0;
            let share = (f64::from(kill - 1) + random) / f64::from(KILLS);
            let moment = whole.mul_f64(share);
            let ended = tokio::time::timeout(moment, child.wait()).await.is_ok();
            println!(
                "{} killed after {} ms: {}",
                words[0],
                moment.as_millis(),
                !ended
            );
            child.kill().await?;
            // Whatever was broken off, the content is there, under one name at least.
            let there = etags(&desk).await?;
            assert!(there.iter().any(|(_, found)| *found == etag), "{there:?}");
            desk.cli.ok(&command).await?;
            assert_eq!(desk.open_uploads().await?, Vec::<String>::new());
        }
        let there = etags(&desk).await?;
        let has = |name: &str| {
            there
                .iter()
                .any(|one| *one == (name.to_owned(), etag.clone()))
        };
        assert!(has("big.txt") && has(&moved) && !has(&copy), "{there:?}");
        let versions = bucket::versions(&desk.installation, &desk.project, &moved).await?;
        assert_eq!(versions.len(), 1, "it was made once");
    }
    assert!(
        desk.stored("moved1.txt").await? == content,
        "another content"
    );

    // One that was sent in one piece and is too large to be copied in one.
    let plain = noise(40 * MIB, 8);
    desk.installation
        .upload(&desk.person, &desk.project, "plain.txt", &plain)
        .await?;
    desk.cli
        .ok(&["files", "mv", "plain.txt", "d/plain.txt"])
        .await?;
    assert!(
        desk.stored("d/plain.txt").await? == plain,
        "another content"
    );
    desk.stop().await?;
    Ok(())
}

#[tokio::test]
async fn what_is_known_of_a_file_goes_with_it() -> Outcome {
    let scene = Scene::set().await?;
    scene
        .upload_vcf("a.vcf.gz", &["S1"], &[("1", 100), ("1", 200)])
        .await?;
    scene.index().await?;
    let moved = json!({"from": "a.vcf.gz", "to": "d/å b+c.vcf.gz"});
    let answer = ask(&scene, "move", &moved).await?.accepted()?;
    assert_eq!(answer["done"], true, "{answer}");
    // Known before anybody has read it.
    let mut database = scene.installation.database.connect().await?;
    let known: Vec<(String, i64, i64)> = sqlx::query_as(
        "SELECT v.object_key, v.record_count, (SELECT count(*) FROM file_sidecar s WHERE s.file_version_id = v.id)
         FROM file_version v WHERE v.project_id = $1 ORDER BY v.id",
    )
    .bind(scene.project.id)
    .fetch_all(&mut database)
    .await?;
    assert_eq!(known.len(), 2, "{known:?}");
    assert_eq!((known[0].1, known[0].2), (known[1].1, known[1].2));
    assert_eq!(known[1].0, "d/å b+c.vcf.gz");
    // A query that is asked at once has it, and not the old name.
    let (result, records) = scene
        .ask(&json!({"all_samples": true}), "view -r 1:1-500")
        .await?;
    assert_eq!(records.len(), 2, "{result}");
    scene.index().await?;
    scene.indexed(&["d/å b+c.vcf.gz"]).await?;
    // Under an ending that says another format, nothing is taken for known.
    let copied = json!({"from": "d/å b+c.vcf.gz", "to": "e.bcf"});
    ask(&scene, "copy", &copied).await?.accepted()?;
    let known: i64 =
        sqlx::query_scalar("SELECT count(*) FROM file_version WHERE object_key = 'e.bcf'")
            .fetch_one(&mut database)
            .await?;
    assert_eq!(known, 0);
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn nothing_is_overwritten_or_made_twice_unasked() -> Outcome {
    let scene = Scene::over(Installation::start_api().await?).await?;
    for content in [&b"first"[..], b"second"] {
        scene.upload("a.txt", content).await?;
    }
    scene.upload("there.txt", b"there").await?;
    for (route, body, status, words) in [
        (
            "copy",
            json!({"from": "a.txt", "to": "there.txt"}),
            409,
            "overwrite",
        ),
        (
            "move",
            json!({"from": "a.txt", "to": "there.txt"}),
            409,
            "overwrite",
        ),
        ("copy", json!({"from": "a.txt", "to": "a.txt"}), 400, "both"),
        (
            "copy",
            json!({"from": "never.txt", "to": "b.txt"}),
            404,
            "never.txt",
        ),
        (
            "copy",
            json!({"from": "a.txt", "version_id": "none", "to": "b.txt"}),
            404,
            "a.txt",
        ),
        (
            "move",
            json!({"from": "never.txt", "to": "b.txt"}),
            404,
            "never.txt",
        ),
        ("copy", json!({"from": "d/", "to": "b.txt"}), 400, "folder"),
        (
            "copy",
            json!({"from": "a.txt", "to": "result_of_job_1.vcf.gz"}),
            400,
            "reserved",
        ),
        ("copy", json!({"from": "a.txt", "to": "b.exe"}), 422, "to"),
    ] {
        let (text, _) = ask(&scene, route, &body).await?.refused(status)?;
        assert!(text.contains(words), "{route} {body}: {text}");
    }
    // An older version, and again: no other is made.
    let versions = bucket::versions(&scene.installation, &scene.project, "a.txt").await?;
    let old = json!({"from": "a.txt", "version_id": versions[1], "to": "old.txt"});
    let first = ask(&scene, "copy", &old).await?.accepted()?;
    let second = ask(&scene, "copy", &old).await?.accepted()?;
    assert_eq!(first, second);
    assert_eq!(scene.download("old.txt").await?, b"first");
    // Over a file that is there: its versions stay.
    let over = json!({"from": "a.txt", "to": "there.txt", "overwrite": true});
    let first = ask(&scene, "move", &over).await?.accepted()?;
    // The answer was lost: asked again, it is the same.
    assert_eq!(ask(&scene, "move", &over).await?.accepted()?, first);
    assert_eq!(scene.download("there.txt").await?, b"second");
    let there = bucket::versions(&scene.installation, &scene.project, "there.txt").await?;
    assert_eq!(there.len(), 2);
    let listed = ask(&scene, "list", &json!({})).await?.accepted()?;
    let files = listed["files"].as_array().into_iter().flatten();
    let names: Vec<&str> = files.filter_map(|file| file["name"].as_str()).collect();
    assert_eq!(names, ["old.txt", "there.txt"]);
    // A copy takes room.
    let change = Request::patch("/v1/projects/herring")
        .bearer(&scene.installation.admin.token)
        .json(&json!({"storage_quota_bytes": 1}));
    scene.installation.client.send(change).await?.accepted()?;
    let full = json!({"from": "old.txt", "to": "more.txt"});
    ask(&scene, "copy", &full).await?.refused(413)?;
    scene.stop().await?;
    Ok(())
}
