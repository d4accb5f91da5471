//! A query that does not end well leaves its log, and nothing else.

use divbase_cohort::{Cohort, Field, Layout};
use divbase_tests::{
    Outcome, bucket, client::Request, installation::Installation, installation::LEASE,
    process::Worker, scene::Scene,
};
use serde_json::json;

/// So many times a query may be too quick to be cancelled.
const TRIES: usize = 5;

#[tokio::test]
async fn a_failed_query_leaves_no_object_and_no_open_upload() -> Outcome {
    let scene = Scene::set().await?;
    // The files contradict each other at their last site, when records have been written already.
    let mut sites: Vec<(&str, u32)> = (1..3000).map(|n| ("1", n * 10)).collect();
    scene
        .upload_vcf("b.vcf.gz", &["B1", "S1"], &[("1", 100_000)])
        .await?;
    sites.push(("1", 100_000));
    sites.push(("1", 100_001));
    scene.upload_vcf("a.vcf.gz", &["S1", "A1"], &sites).await?;
    scene.index().await?;
    let (task_id, message) = scene
        .refused(&json!({"all_samples": true}), "view -i 'QUAL>0'")
        .await?;
    assert!(message.contains("1:100000"), "{message}");
    for name in ["vcf.gz", "vcf.gz.csi"] {
        let key = format!("result_of_job_{task_id}.{name}");
        let versions = bucket::versions(&scene.installation, &scene.project, &key).await?;
        assert!(versions.is_empty(), "{key}: {versions:?}");
    }
    let open = bucket::open_uploads(&scene.installation, &scene.project).await?;
    assert!(open.is_empty(), "{open:?}");
    scene.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_cancelled_query_leaves_no_object_and_no_open_upload() -> Outcome {
    let scene = Scene::over(Installation::start_api().await?).await?;
    let cohort = Cohort {
        samples: 150,
        records: 12_000,
        scaffolds: 1,
        fields: vec![Field::Gt, Field::Ad, Field::Dp],
        ..Cohort::default()
    };
    let written = cohort.write(Layout::Whole, &scene.installation.path("data"), "big")?;
    for file in written.files {
        scene
            .upload("big.vcf.gz", &std::fs::read(file.path)?)
            .await?;
    }
    let worker = Worker::start(&scene.installation, "worker", LEASE).await?;
    scene.index().await?;
    let question = json!({"all_samples": true, "engine": "bcftools", "no_cache": true});
    // Each stage is a process of its own, so that this takes a while.
    let stages: Vec<String> = (0..24)
        .map(|number| format!("view -e 'N_ALT>{}'", 20 + number))
        .collect();
    let mut cancelled = None;
    for _ in 0..TRIES {
        let task_id = scene.submit(&question, &stages.join("; ")).await?;
        scene
            .installation
            .in_state(&scene.person, task_id, &["STARTED", "SUCCESS"])
            .await?;
        let path = format!("/v1/task-history/tasks/{task_id}/cancel");
        let request = Request::post(&path).bearer(&scene.person.token);
        scene.installation.client.send(request).await?;
        let item = scene.installation.ended(&scene.person, task_id).await?;
        if item["status"] == "REVOKED" {
            cancelled = Some(task_id);
            break;
        }
        assert_eq!(item["status"], "SUCCESS", "{item}");
    }
    let task_id = cancelled.ok_or("the query was always quicker than its cancellation")?;
    let key = format!("result_of_job_{task_id}.vcf.gz");
    let versions = bucket::versions(&scene.installation, &scene.project, &key).await?;
    assert!(versions.is_empty(), "{versions:?}");
    let open = bucket::open_uploads(&scene.installation, &scene.project).await?;
    assert!(open.is_empty(), "{open:?}");
    worker.kill().await?;
    scene.installation.stop().await?;
    Ok(())
}
