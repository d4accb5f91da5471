//! Signed URLs: how long they open is the installation's to say.

use divbase_api::UrlLifetimes;
use divbase_tests::{Outcome, client::Request, installation::Installation, scene::Scene};
use serde_json::json;

#[tokio::test]
async fn they_open_as_long_as_the_installation_says() -> Outcome {
    let urls = UrlLifetimes {
        upload: 61,
        transfer: 62,
    };
    let installation = Installation::start_with(|settings| settings.urls = urls).await?;
    let scene = Scene::over(installation).await?;
    scene.upload_vcf("a.vcf.gz", &["S1"], &[("1", 100)]).await?;
    scene.index().await?;
    let begun = json!({"name": "b.txt", "content_length": 9});
    let create = "/v1/s3/upload/multi-part/create?project_name={project}";
    let begun = scene.post(create, begun.to_string().as_bytes()).await?;
    let begun = begun.accepted()?;
    for (path, body, seconds) in [
        ("download", json!([{"name": "a.vcf.gz"}]), 62),
        (
            "upload/single-part",
            json!([{"name": "a.txt", "content_length": 1}]),
            61,
        ),
        (
            "upload/multi-part/part-urls",
            json!({"name": "b.txt", "upload_id": begun["upload_id"], "parts_range_start": 1, "parts_range_end": 1}),
            62,
        ),
    ] {
        let path = format!("/v1/s3/{path}?project_name={{project}}");
        let answer = scene.post(&path, body.to_string().as_bytes()).await?;
        let text = answer.accepted()?.to_string();
        let expires = format!("X-Amz-Expires={seconds}");
        assert!(text.contains(&expires), "{path}: {text}");
    }
    for path in [
        "/v1/s3/indexed-url?project_name=herring&object_name=a.vcf.gz",
        "/v1/htsget/variants/herring/a.vcf.gz",
    ] {
        let request = Request::get(path).bearer(&scene.person.token);
        let answer = scene.installation.client.send(request).await?.accepted()?;
        assert!(
            answer.to_string().contains("X-Amz-Expires=62"),
            "{path}: {answer}"
        );
    }
    // A part that the upload has not.
    let beyond = json!({"name": "b.txt", "upload_id": begun["upload_id"], "parts_range_start": 1, "parts_range_end": 2});
    let path = "/v1/s3/upload/multi-part/part-urls?project_name={project}";
    let (text, _) = scene
        .post(path, beyond.to_string().as_bytes())
        .await?
        .refused(400)?;
    assert!(
        text.contains("1 part(s)") && text.contains("no part 2"),
        "{text}"
    );
    scene.stop().await?;
    Ok(())
}
