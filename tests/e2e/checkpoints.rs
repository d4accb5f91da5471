//! Versions of a project: its files become what they were, and what managers freeze stays for everybody.

use std::collections::BTreeMap;

use divbase_tests::{
    Outcome, TestResult, bucket,
    client::{Answer, Method, Request},
    installation::Installation,
    scene::Scene,
};
use serde_json::{Value, json};

use crate::desk::Desk;

/// Files by name, and what they hold.
async fn contents(desk: &Desk) -> TestResult<BTreeMap<String, Vec<u8>>> {
    let (_, told) = desk.told(&["files", "ls", "--json"]).await?;
    let files = told["files"].as_array().into_iter().flatten();
    let mut contents = BTreeMap::new();
    for name in files.filter_map(|file| file["name"].as_str()) {
        contents.insert(name.to_owned(), desk.stored(name).await?);
    }
    Ok(contents)
}

async fn send(desk: &Desk, name: &str, content: &[u8]) -> TestResult {
    desk.installation
        .upload(&desk.person, &desk.project, name, content)
        .await
}

fn names(told: &Value, list: &str) -> Vec<String> {
    let files = told[list].as_array().into_iter().flatten();
    let names = files.filter_map(|file| Some(file["name"].as_str()?.to_owned()));
    names.collect()
}

#[tokio::test]
async fn files_become_what_they_are_in_a_version() -> Outcome {
    let desk = Desk::set(Installation::start_api().await?).await?;
    for name in [
        "same.txt",
        "gone.txt",
        "replaced.txt",
        "both.txt",
        "again.txt",
    ] {
        send(&desk, name, format!("first of {name}").as_bytes()).await?;
    }
    desk.cli.ok(&["version", "add", "v1"]).await?;
    let before = contents(&desk).await?;
    send(&desk, "replaced.txt", b"second").await?;
    send(&desk, "both.txt", b"second").await?;
    send(&desk, "again.txt", b"first of again.txt").await?;
    send(&desk, "new.txt", b"new").await?;
    desk.cli
        .ok(&["files", "rm", "gone.txt", "both.txt"])
        .await?;
    let now = contents(&desk).await?;

    let dry = [
        "version",
        "restore",
        "v1",
        "--delete",
        "--dry-run",
        "--json",
    ];
    let (_, told) = desk.told(&dry).await?;
    assert_eq!(
        names(&told, "restored"),
        ["both.txt", "gone.txt", "replaced.txt"]
    );
    assert_eq!(names(&told, "deleted"), ["new.txt"]);
    assert_eq!(contents(&desk).await?, now, "nothing is changed");

    // Without a word, what came since stays.
    let (code, told) = desk.told(&["version", "restore", "v1", "--json"]).await?;
    assert_eq!((code, &told["failed"]), (Some(0), &json!([])), "{told}");
    let mut with_new = before.clone();
    with_new.insert("new.txt".to_owned(), b"new".to_vec());
    assert_eq!(contents(&desk).await?, with_new);
    let versions = async |name| bucket::versions(&desk.installation, &desk.project, name).await;
    assert_eq!(
        versions("gone.txt").await?.len(),
        1,
        "its version counts again"
    );
    assert_eq!(
        versions("replaced.txt").await?.len(),
        3,
        "no version is lost"
    );
    assert_eq!(versions("again.txt").await?.len(), 2, "it is the same");

    // Run again, as after a crash, nothing is made twice.
    let again = desk.cli.ok(&["version", "restore", "v1"]).await?;
    assert!(again.contains("nothing is to be done"), "{again}");
    assert_eq!(versions("replaced.txt").await?.len(), 3);
    let no = desk
        .cli
        .run(&["version", "restore", "v1", "--delete"], "n\n")
        .await?;
    assert!(no.stdout.contains("Nothing was changed"), "{no:?}");
    let yes = ["version", "restore", "v1", "--delete", "--yes"];
    let yes = desk.cli.ok(&yes).await?;
    assert!(yes.contains("Deleted 'new.txt'"), "{yes}");
    assert_eq!(contents(&desk).await?, before);

    // What a manager has destroyed cannot come back, and the rest does.
    send(&desk, "replaced.txt", b"third").await?;
    send(&desk, "same.txt", b"third").await?;
    let old = versions("same.txt").await?[1].clone();
    let store = &desk.installation.wiring().store;
    let all = store.all_versions(&desk.project.bucket).await?;
    let doomed: Vec<_> = all.iter().filter(|one| one.version_id == old).collect();
    store.destroy(&desk.project.bucket, &doomed).await?;
    let (code, told) = desk.told(&["version", "restore", "v1", "--json"]).await?;
    assert_eq!(code, Some(1), "{told}");
    assert_eq!(names(&told, "failed"), ["same.txt"], "{told}");
    assert_eq!(names(&told, "restored"), ["replaced.txt"], "{told}");
    desk.stop().await?;
    Ok(())
}

async fn ask(scene: &Scene, method: Method, verb: &str, body: &Value) -> TestResult<Answer> {
    let path = format!("/v1/project-versions/{verb}?project_name=herring");
    let request = Request::new(method, &path)
        .bearer(&scene.person.token)
        .json(body);
    scene.installation.client.send(request).await
}

#[tokio::test]
async fn what_is_frozen_nobody_changes_and_everybody_reads() -> Outcome {
    let scene = Scene::over(Installation::start_api().await?).await?;
    scene.upload("a.txt", b"published").await?;
    let v1 = json!({"version_name": "v1"});
    ask(&scene, Method::PATCH, "freeze", &v1)
        .await?
        .refused(404)?;
    let add = json!({"name": "v1", "description": "the paper"});
    ask(&scene, Method::PATCH, "add", &add).await?.accepted()?;
    // Deleted, it is not frozen; a manager takes that back, twice too.
    ask(&scene, Method::DELETE, "delete", &v1)
        .await?
        .accepted()?;
    let (text, _) = ask(&scene, Method::PATCH, "freeze", &v1)
        .await?
        .refused(400)?;
    assert!(text.contains("soft-deleted"), "{text}");
    for _ in 0..2 {
        let back = ask(&scene, Method::PATCH, "undelete", &v1)
            .await?
            .accepted()?;
        assert_eq!(back["description"], "the paper");
        assert!(back["frozen_at"].is_null());
    }
    let frozen = ask(&scene, Method::PATCH, "freeze", &v1)
        .await?
        .accepted()?;
    assert!(frozen["frozen_at"].is_string(), "{frozen}");
    let again = ask(&scene, Method::PATCH, "freeze", &v1)
        .await?
        .accepted()?;
    assert_eq!(again, frozen, "it was");
    let rename = json!({"version_name": "v1", "new_name": "v2"});
    for (method, verb, body) in [
        (Method::PATCH, "update", &rename),
        (Method::DELETE, "delete", &v1),
    ] {
        let (text, _) = ask(&scene, method, verb, body).await?.refused(409)?;
        assert!(text.contains("frozen"), "{text}");
    }
    // Not past the service either.
    let mut database = scene.installation.database.connect().await?;
    for change in [
        "UPDATE project_version SET frozen_at = NULL",
        "UPDATE project_version SET deleted_at = now()",
        "UPDATE project_version SET name = 'other'",
    ] {
        let refused = sqlx::query(change).execute(&mut database).await;
        let text = refused.err().map(|error| error.to_string());
        assert!(text.is_some_and(|text| text.contains("frozen")), "{change}");
    }

    // Whatever becomes of the file: everybody reads it as it was.
    scene.upload("a.txt", b"changed").await?;
    let client = &scene.installation.client;
    scene.project.publish(client, &scene.person).await?;
    let path = "/v1/project-versions/version_details?project_name=herring&version_name=v1";
    let details = client.send(Request::get(path)).await?.accepted()?;
    assert_eq!(details["frozen_at"], frozen["frozen_at"]);
    let version = &details["files"]["a.txt"]["version_id"];
    let purge = json!([{"name": "a.txt", "version_id": version}]);
    let request = Request::post("/v1/s3/purge?project_name=herring")
        .bearer(&scene.person.token)
        .json(&purge);
    let kept = client.send(request).await?.accepted()?;
    assert_eq!(kept["purged"], json!([]), "{kept}");
    let asked = Request::post("/v1/s3/download?project_name=herring").json(&purge);
    let urls = client.send(asked).await?.accepted()?;
    let url = urls[0]["pre_signed_url"].as_str().ok_or("no URL")?;
    assert_eq!(client.send(Request::get(url)).await?.body, b"published");
    scene.stop().await?;
    Ok(())
}
