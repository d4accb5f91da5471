//! What was asked is what runs.

use divbase_tests::{
    Outcome,
    client::Request,
    installation::{Installation, LEASE},
    process::Worker,
    scene::Scene,
    vcf,
};
use serde_json::json;

use super::sites;

#[tokio::test]
async fn a_query_reads_the_versions_that_were_there_when_it_was_submitted() -> Outcome {
    let scene = Scene::over(Installation::start_api().await?).await?;
    scene.upload_vcf("a.vcf.gz", &["A1"], &[("1", 100)]).await?;
    let question = json!({"all_samples": true});
    let task_id = scene.submit(&question, "view -r 1").await?;
    // Nobody works yet; the file is replaced, and another is added.
    scene.upload_vcf("a.vcf.gz", &["A1"], &[("1", 500)]).await?;
    scene.upload_vcf("b.vcf.gz", &["B1"], &[("1", 600)]).await?;
    let worker = Worker::start(&scene.installation, "late", LEASE).await?;
    scene.installation.succeeded(&scene.person, task_id).await?;
    assert_eq!(sites(&scene.records(task_id).await?), ["1:100"]);
    worker.kill().await?;
    scene.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_project_version_is_asked_as_it_was() -> Outcome {
    let scene = Scene::set().await?;
    scene.upload_vcf("a.vcf.gz", &["A1"], &[("1", 100)]).await?;
    let table = b"#Sample_ID\tArea\nA1\tNorth\n";
    scene.upload("sample_metadata.tsv", table).await?;
    let path = format!(
        "/v1/project-versions/add?project_name={}",
        scene.project.name
    );
    let version = json!({"name": "v1", "description": ""});
    let request = Request::patch(&path).bearer(&scene.person.token);
    scene
        .installation
        .client
        .send(request.json(&version))
        .await?
        .accepted()?;
    scene
        .upload_vcf("a.vcf.gz", &["A1", "A2"], &[("1", 500)])
        .await?;
    let table = b"#Sample_ID\tArea\nA1\tSouth\nA2\tNorth\n";
    scene.upload("sample_metadata.tsv", table).await?;
    scene.index().await?;

    let filter = json!({"tsv_filter": "Area:North", "project_version": "v1"});
    let (_, then) = scene.ask(&filter, "view -r 1").await?;
    assert_eq!(sites(&then), ["1:100"]);
    let (_, now) = scene
        .ask(&json!({"tsv_filter": "Area:North"}), "view -r 1")
        .await?;
    assert_eq!(sites(&now), ["1:500"]);

    let path = format!("/v1/query/sample-metadata/projects/{}", scene.project.name);
    let body = json!({"tsv_filter": "Area:North", "metadata_tsv_name": "sample_metadata.tsv",
        "project_version": "v1"});
    let request = Request::post(&path).bearer(&scene.person.token).json(&body);
    let answer = scene.installation.client.send(request).await?.accepted()?;
    assert_eq!(answer["unique_sample_ids"], json!(["A1"]), "{answer}");

    let unknown = json!({"all_samples": true, "project_version": "v2"});
    let refused = scene
        .installation
        .ask_vcf_query(&scene.person, &scene.project, &unknown, "view -r 1")
        .await?
        .refused(404)?;
    assert_eq!(refused.1, "project_version_not_found_error", "{refused:?}");
    scene.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_needed_file_that_changed_is_indexed_first_and_others_do_not_matter() -> Outcome {
    let scene = Scene::set().await?;
    scene.upload_vcf("a.vcf.gz", &["A1"], &[("1", 100)]).await?;
    scene.upload_vcf("b.vcf.gz", &["B1"], &[("1", 100)]).await?;
    scene.index().await?;
    scene
        .upload_vcf("a.vcf.gz", &["A1"], &[("1", 100), ("1", 200)])
        .await?;
    let broken = vcf::text(&["B1"], &[("1", 100)]);
    scene.upload("b.vcf.gz", broken.as_bytes()).await?;

    let (_, records) = scene.ask(&json!({"samples": ["A1"]}), "view -r 1").await?;
    assert_eq!(sites(&records), ["1:100", "1:200"]);
    let (_, message) = scene
        .refused(&json!({"samples": ["B1"]}), "view -r 1")
        .await?;
    assert!(
        message.contains("'b.vcf.gz'") && message.contains("bgzip"),
        "{message}"
    );
    // All samples of all files that can be used, and word of the one that cannot.
    let (result, records) = scene
        .ask(&json!({"all_samples": true}), "view -r 1")
        .await?;
    assert_eq!(sites(&records), ["1:100", "1:200"]);
    let warnings = result["warnings"].to_string();
    assert!(warnings.contains("b.vcf.gz"), "{result}");
    scene.installation.stop().await?;
    Ok(())
}
