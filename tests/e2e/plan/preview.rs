//! `dry_run`, and answers that are given again.

use divbase_tests::{Outcome, TestResult, bucket, client::Request, scene::Scene};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

#[tokio::test]
async fn a_dry_run_tells_the_plan_and_queues_nothing() -> Outcome {
    let scene = Scene::set().await?;
    let far: Vec<(&str, u32)> = (1..400).map(|n| ("1", n * 1000)).collect();
    scene.upload_vcf("far.vcf.gz", &["A1", "A2"], &far).await?;
    scene
        .upload_vcf("near.vcf.gz", &["A1", "A2"], &[("1", 10)])
        .await?;
    scene
        .upload_vcf("other.vcf.gz", &["B1"], &[("2", 10)])
        .await?;
    scene.index().await?;
    let path = format!(
        "/v1/task-history/tasks/user/projects/{}",
        scene.project.name
    );
    let history = || async {
        let request = Request::get(&path).bearer(&scene.person.token);
        scene.installation.client.send(request).await?.accepted()
    };
    let before = history().await?;

    let question = json!({"samples": ["A2", "A1"], "dry_run": true});
    let plan = scene
        .installation
        .ask_vcf_query(&scene.person, &scene.project, &question, "view -r 1:1-500")
        .await?
        .accepted()?;
    let keys: Vec<&str> = plan["files"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|file| file["key"].as_str())
        .collect();
    // The other file of the same samples begins behind the region, the third has none of the samples.
    assert_eq!(keys, ["near.vcf.gz"], "{plan}");
    assert_eq!(plan["samples"], json!(["A2", "A1"]), "{plan}");
    assert_eq!(plan["decision"], "single", "{plan}");
    assert_eq!(plan["regions"], json!(["1:1-500"]), "{plan}");
    assert_eq!(plan["queue"], "long", "{plan}");
    assert!(
        plan["bytes_to_read"]
            .as_u64()
            .is_some_and(|bytes| bytes > 0),
        "{plan}"
    );
    assert_eq!(history().await?, before);

    let nothing = json!({"samples": ["A1"], "dry_run": true});
    scene
        .installation
        .ask_vcf_query(&scene.person, &scene.project, &nothing, "view -r 7")
        .await?
        .refused(400)?;
    scene.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn the_same_question_about_the_same_versions_is_answered_by_a_copy() -> Outcome {
    let scene = Scene::set().await?;
    let sites = [("1", 100), ("1", 200)];
    scene.upload_vcf("a.vcf.gz", &["A1"], &sites).await?;
    scene.index().await?;
    let question = json!({"all_samples": true});
    let first = scene.submit(&question, "view -r 1").await?;
    let result = scene.installation.succeeded(&scene.person, first).await?;
    assert_eq!(result["cached_from_task_id"], Value::Null, "{result}");

    // Whatever lies under the names of result and index by now, what was registered is copied.
    let name = format!("result_of_job_{first}.vcf.gz");
    for name in [name.clone(), format!("{name}.csi")] {
        bucket::put(&scene.installation, &scene.project, &name, b"forged").await?;
    }
    for from in [first, first + 1] {
        let again = scene.submit(&question, "view   --regions 1").await?;
        let told = scene.installation.succeeded(&scene.person, again).await?;
        assert_eq!(told["cached_from_task_id"], json!(from), "{told}");
        assert_eq!(told["records"], json!(2), "{told}");
        is_a_copy(&scene, first, from, again, &told).await?;
    }

    let fresh = json!({"all_samples": true, "no_cache": true});
    let (fresh, _) = scene.ask(&fresh, "view -r 1").await?;
    assert_eq!(fresh["cached_from_task_id"], Value::Null, "{fresh}");

    scene.upload_vcf("a.vcf.gz", &["A1"], &[("1", 500)]).await?;
    let (changed, records) = scene.ask(&question, "view -r 1").await?;
    assert_eq!(changed["cached_from_task_id"], Value::Null, "{changed}");
    assert_eq!(super::sites(&records), ["1:500"]);
    scene.installation.stop().await?;
    Ok(())
}

/// The copy has its own lines beside those of the task that made it, a checksum that is its own, and an index that leads
/// to its records.
async fn is_a_copy(scene: &Scene, first: i64, from: i64, again: i64, told: &Value) -> TestResult {
    let header = scene.header(again).await?;
    let lines = |begin: &str| -> Vec<&String> {
        header
            .iter()
            .filter(|line| line.starts_with(begin))
            .collect()
    };
    assert_eq!(
        lines("##DivBase_task="),
        [&format!("##DivBase_task={first}")]
    );
    assert_eq!(
        lines("##DivBase_copy_task="),
        [&format!("##DivBase_copy_task={again}")]
    );
    let copy = lines("##DivBase_copy=");
    assert_eq!(copy.len(), 1, "{header:?}");
    let source = format!("Result of task {from} given again");
    assert!(copy[0].contains(&source), "{copy:?}");
    let name = format!("result_of_job_{again}.vcf.gz");
    let bytes = scene.download(&name).await?;
    let sum = Sha256::digest(&bytes);
    let sum: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(told["sha256"], json!(sum), "{told}");
    let path = scene.installation.path(&name);
    std::fs::write(&path, &bytes)?;
    let csi = format!("{name}.csi");
    std::fs::write(scene.installation.path(&csi), scene.download(&csi).await?)?;
    let arguments = ["view", "-H", "-r", "1:150-250", &path.to_string_lossy()];
    let text = scene.installation.bcftools().text(&arguments).await?;
    assert!(
        text.starts_with("1\t200\t") && text.lines().count() == 1,
        "{text}"
    );
    Ok(())
}
