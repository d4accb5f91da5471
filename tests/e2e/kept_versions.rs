//! What was deleted comes back as it was, and two states of a project are compared.

use divbase_tests::{
    Outcome, TestResult,
    bucket::{self, client},
    client::{Method, Request},
    installation::Installation,
    process::Cli,
    scene::Scene,
};
use serde_json::{Value, json};

async fn call(scene: &Scene, method: Method, route: &str, body: &Value) -> TestResult<Value> {
    let path = format!("/v1/{route}?project_name={}", scene.project.name);
    let request = Request::new(method, &path)
        .bearer(&scene.person.token)
        .json(body);
    scene.installation.client.send(request).await?.accepted()
}

async fn info(scene: &Scene, name: &str) -> TestResult<Value> {
    let project = &scene.project.name;
    let path = format!("/v1/s3/info?project_name={project}&object_name={name}");
    scene.get(&path).await
}

#[tokio::test]
async fn a_restored_file_is_the_version_that_it_was() -> Outcome {
    let scene = Scene::over(Installation::start_api().await?).await?;
    let name = "notes.txt";
    for content in [&b"first"[..], b"second"] {
        scene.upload(name, content).await?;
    }
    // Its neighbour by name stays deleted.
    scene.upload("notes.txt.md", b"other").await?;
    let before = info(&scene, name).await?;
    call(
        &scene,
        Method::DELETE,
        "s3/",
        &json!([name, "notes.txt.md"]),
    )
    .await?;
    // Another tool has deleted it once more.
    let store = client(&scene.installation);
    store
        .delete_object()
        .bucket(&scene.project.bucket)
        .key(name)
        .send()
        .await?;
    assert_eq!(info(&scene, name).await?["is_currently_deleted"], true);
    for _ in 0..2 {
        let asked = json!([name, "never.txt"]);
        let restored = call(&scene, Method::POST, "s3/restore", &asked).await?;
        assert_eq!(
            restored,
            json!({"restored": [name], "not_restored": ["never.txt"]})
        );
        assert_eq!(info(&scene, name).await?, before, "no version was made");
    }
    assert_eq!(scene.download(name).await?, b"second");
    assert_eq!(
        info(&scene, "notes.txt.md").await?["is_currently_deleted"],
        true
    );
    let versions = bucket::versions(&scene.installation, &scene.project, name).await?;
    assert_eq!(versions.len(), 2);
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn states_of_a_project_are_compared() -> Outcome {
    let scene = Scene::over(Installation::start_api().await?).await?;
    for name in ["same.txt", "gone.txt", "changed.txt", "again.txt"] {
        scene.upload(name, b"content").await?;
    }
    let add = async |name: &str| {
        let body = json!({"name": name});
        call(&scene, Method::PATCH, "project-versions/add", &body).await
    };
    add("v1").await?;
    call(&scene, Method::DELETE, "s3/", &json!(["gone.txt"])).await?;
    scene.upload("changed.txt", b"other content").await?;
    scene.upload("again.txt", b"content").await?;
    scene.upload("new.txt", b"content").await?;
    add("v2").await?;
    scene.upload("newest.txt", b"content").await?;

    let diff = async |query: &str| {
        let path = format!("/v1/project-versions/diff?project_name=herring&{query}");
        scene.get(&path).await
    };
    let names = |diff: &Value, list: &str| -> Vec<String> {
        let files = diff[list].as_array().into_iter().flatten();
        let names = files.filter_map(|file| file["name"].as_str().map(str::to_owned));
        names.collect()
    };
    let found = diff("from=v1&to=v2").await?;
    assert_eq!(names(&found, "added"), ["new.txt"]);
    assert_eq!(names(&found, "removed"), ["gone.txt"]);
    assert_eq!(names(&found, "changed"), ["again.txt", "changed.txt"]);
    assert_eq!(found["unchanged"], 1);
    assert_eq!(found["changed"][0]["same_content"], true, "{found}");
    assert_eq!(found["changed"][1]["before"]["size"], 7, "{found}");
    assert_eq!(found["changed"][1]["after"]["size"], 13, "{found}");
    let now = diff("from=v2").await?;
    assert_eq!(names(&now, "added"), ["newest.txt"]);
    assert!(now["to"].is_null() && now["unchanged"] == 4, "{now}");
    let back = diff("from=v2&to=v1").await?;
    assert_eq!(names(&back, "added"), ["gone.txt"]);

    let cli = Cli::new(
        &scene.installation.api_url,
        &scene.installation.path("home"),
    )?;
    cli.log_in(&scene.person).await?;
    cli.ok(&["config", "add", "herring", "--default"]).await?;
    let table = cli.ok(&["version", "diff", "v1", "v2", "--tsv"]).await?;
    assert_eq!(
        table,
        "Change\tName\tSize before\tSize after\nrewritten\tagain.txt\t7\t7\nchanged\tchanged.txt\t7\t13\n\
         removed\tgone.txt\t7\t\nadded\tnew.txt\t\t7\n"
    );
    let shown = cli.ok(&["version", "diff", "v2"]).await?;
    assert!(
        shown.contains("1 added, 0 removed, 0 changed, 4 the same"),
        "{shown}"
    );
    let none = cli.ok(&["version", "diff", "v2", "v2"]).await?;
    assert!(none.contains("No file differs (4 are the same)"), "{none}");
    let unknown = cli.run(&["version", "diff", "v3"], "").await?;
    assert_eq!(unknown.code, Some(1), "{unknown:?}");
    scene.stop().await?;
    Ok(())
}
