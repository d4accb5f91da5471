//! What happens in a bucket happens in the index.

use std::time::Instant;

use divbase_cohort::{Cohort, Field, Layout};
use divbase_tests::{
    Outcome, bucket,
    client::Request,
    eventually::eventually,
    installation::Installation,
    scene::{Scene, failure},
    vcf,
};
use reqwest::Method;
use serde_json::json;

use super::upload;

#[tokio::test]
async fn an_uploaded_file_can_be_queried_without_a_command() -> Outcome {
    let scene = Scene::over(Installation::start_automatic().await?).await?;
    let cohort = Cohort {
        samples: 320,
        records: 32_000,
        scaffolds: 2,
        fields: vec![Field::Gt, Field::Ad, Field::Dp],
        ..Cohort::default()
    };
    let folder = scene.installation.path("data");
    let written = cohort.write(Layout::Whole, &folder, "herring")?;
    let bytes = std::fs::read(&written.files[0].path)?;
    let (installation, person, project) = (&scene.installation, &scene.person, &scene.project);
    installation
        .upload(person, project, "herring.vcf.gz", &bytes)
        .await?;
    let uploaded = Instant::now();
    scene.indexed(&["herring.vcf.gz"]).await?;
    println!(
        "{:.1} MB could be queried {:.1} s after the upload",
        bytes.len() as f64 / 1e6,
        uploaded.elapsed().as_secs_f64()
    );
    let task_id = installation
        .submit_vcf_query(
            person,
            project,
            &json!({"all_samples": true}),
            "view -r scaffold_1:1-5000",
        )
        .await?;
    installation.succeeded(person, task_id).await?;

    let updates = scene.updates().await?;
    assert_eq!(updates.len(), 1, "{updates:?}");
    assert_eq!(updates[0]["status"], "SUCCESS", "{updates:?}");
    assert_eq!(updates[0]["submitter_email"], "automatic", "{updates:?}");
    assert_eq!(
        updates[0]["result"]["VCF_files_added"],
        json!(["herring.vcf.gz"])
    );
    scene.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn many_uploads_make_few_updates() -> Outcome {
    let scene = Scene::over(Installation::start_automatic().await?).await?;
    let names: Vec<String> = (0..50).map(|n| format!("{n:02} of åäö.vcf.gz")).collect();
    for (number, name) in names.iter().enumerate() {
        upload(&scene, name, &[&format!("S{number}")]).await?;
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    scene.indexed(&names).await?;
    let updates = scene.updates().await?;
    println!("50 uploads made {} updates", updates.len());
    assert!(updates.len() <= 10, "{} updates", updates.len());
    scene.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn deletions_and_restores_are_followed() -> Outcome {
    let scene = Scene::over(Installation::start_automatic().await?).await?;
    for (name, sample) in [("a.vcf.gz", "A1"), ("sub/b.vcf.gz", "B1")] {
        upload(&scene, name, &[sample]).await?;
    }
    scene.indexed(&["a.vcf.gz", "sub/b.vcf.gz"]).await?;
    let path = format!("/v1/s3/?project_name={}", scene.project.name);
    let request = Request::new(Method::DELETE, &path)
        .bearer(&scene.person.token)
        .json(&json!(["sub/b.vcf.gz"]));
    scene.installation.client.send(request).await?.accepted()?;
    scene.indexed(&["a.vcf.gz"]).await?;
    let path = format!("/v1/s3/restore?project_name={}", scene.project.name);
    let request = Request::post(&path)
        .bearer(&scene.person.token)
        .json(&json!(["sub/b.vcf.gz"]));
    scene.installation.client.send(request).await?.accepted()?;
    scene.indexed(&["a.vcf.gz", "sub/b.vcf.gz"]).await?;
    // A new version of a file that is there.
    upload(&scene, "a.vcf.gz", &["A1", "A2"]).await?;
    scene.indexed(&["a.vcf.gz", "sub/b.vcf.gz"]).await?;
    scene.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn results_of_queries_cause_no_update() -> Outcome {
    let scene = Scene::over(Installation::start_automatic().await?).await?;
    let (installation, person, project) = (&scene.installation, &scene.person, &scene.project);
    upload(&scene, "a.vcf.gz", &["A1"]).await?;
    scene.indexed(&["a.vcf.gz"]).await?;
    let task_id = installation
        .submit_vcf_query(person, project, &json!({"samples": ["A1"]}), "view -r 1")
        .await?;
    installation.succeeded(person, task_id).await?;
    // Events come in order: once this one has been dealt with, the result's have been.
    upload(&scene, "b.vcf.gz", &["B1"]).await?;
    scene.indexed(&["a.vcf.gz", "b.vcf.gz"]).await?;
    let mut database = installation.database.connect().await?;
    let noted: i64 = sqlx::query_scalar("SELECT last_value FROM index_request_number")
        .fetch_one(&mut database)
        .await
        .map_err(divbase_tests::AnyError::from)?;
    assert_eq!(noted, 2, "an event of a result was noted");
    scene.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_faulty_file_is_reported_once_by_itself_and_always_on_request() -> Outcome {
    let scene = Scene::over(Installation::start_automatic().await?).await?;
    let (installation, person, project) = (&scene.installation, &scene.person, &scene.project);
    let faulty = vcf::bgzipped(&vcf::text(&["F1"], &[("1", 200), ("1", 100)]))?;
    installation
        .upload(person, project, "faulty.vcf.gz", &faulty)
        .await?;
    let path = format!("/v1/vcf-dimensions/projects/{}", project.name);
    eventually("the fault to be shown", || async {
        let shown = scene.get(&path).await.map_err(|error| error.to_string())?;
        let reason = shown["skipped_files"][0]["skip_reason"].as_str();
        match reason {
            Some(reason) if reason.contains("sort") => Ok(()),
            _ => Err(shown.to_string()),
        }
    })
    .await?;
    upload(&scene, "good.vcf.gz", &["G1"]).await?;
    scene.indexed(&["good.vcf.gz"]).await?;
    let updates = scene.updates().await?;
    let states: Vec<_> = updates.iter().map(|item| item["status"].clone()).collect();
    assert_eq!(states, ["SUCCESS", "FAILURE"], "{updates:?}");
    assert!(
        failure(&updates[1]).contains("faulty.vcf.gz"),
        "{updates:?}"
    );

    for _ in 0..2 {
        let update = installation.update_dimensions(person, project).await?;
        assert_eq!(update["status"], "FAILURE", "{update}");
        assert!(failure(&update).contains("faulty.vcf.gz"), "{update}");
        assert!(!failure(&update).contains("good.vcf.gz"), "{update}");
    }
    bucket::put(
        installation,
        project,
        "faulty.vcf.gz",
        &vcf::bgzipped(&vcf::text(&["F1"], &[]))?,
    )
    .await?;
    scene.indexed(&["faulty.vcf.gz", "good.vcf.gz"]).await?;
    let update = installation.update_dimensions(person, project).await?;
    assert_eq!(update["status"], "SUCCESS", "{update}");
    assert_eq!(update["result"]["VCF_files_added"], json!(null), "{update}");
    scene.installation.stop().await?;
    Ok(())
}

/// As users are used to: upload, then update. It is accepted whatever runs by itself, and when it ends all is there.
#[tokio::test]
async fn an_update_on_request_goes_well_beside_those_that_come_by_themselves() -> Outcome {
    let scene = Scene::over(Installation::start_automatic().await?).await?;
    let (installation, person, project) = (&scene.installation, &scene.person, &scene.project);
    for round in 0..5 {
        let name = format!("{round}.vcf.gz");
        upload(&scene, &name, &[&format!("S{round}")]).await?;
        let update = installation.update_dimensions(person, project).await?;
        assert_eq!(update["status"], "SUCCESS", "{update}");
        let path = format!("/v1/vcf-dimensions/projects/{}/vcf-files", project.name);
        let shown = scene.get(&path).await?;
        assert!(
            shown.to_string().contains(&name),
            "{name} is missing: {shown}"
        );
    }
    scene.installation.stop().await?;
    Ok(())
}
