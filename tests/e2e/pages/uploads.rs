//! Uploads that were broken off, without a script.

use divbase_tests::{Outcome, scene::Scene};
use serde_json::json;

use super::working::{between, signed_in};

#[tokio::test]
async fn an_upload_that_was_broken_off_is_listed_and_given_up() -> Outcome {
    let scene = Scene::set().await?;
    let body = json!({"name": "2026/large & more.txt", "content_length": 64 << 20});
    let path = "/v1/s3/upload/multi-part/create?project_name={project}";
    let begun = scene.post(path, body.to_string().as_bytes()).await?;
    let begun = begun.accepted()?;
    let mut browser = signed_in(&scene).await?;
    let files = browser.read("/projects/herring/files").await?;
    assert!(
        files.contains("href=\"/projects/herring/uploads\""),
        "{files}"
    );
    let listed = browser.read("/projects/herring/uploads").await?;
    let row = between(&listed, "<tbody>", "</tbody>")?;
    for part in [
        "2026/large &#38; more.txt",
        scene.person.email.as_str(),
        "0 B",
        "64 MiB",
    ] {
        assert!(row.contains(part), "{part}: {row}");
    }
    let upload = begun["upload_id"].as_str().ok_or("no upload")?;
    let form = [("name", "2026/large & more.txt"), ("upload_id", upload)];
    let after = browser
        .submit_and_read("/projects/herring/uploads/abort", &form)
        .await?;
    assert!(after.contains("is given up"), "{after}");
    assert!(after.contains("There are none."), "{after}");
    scene.stop().await?;
    Ok(())
}
