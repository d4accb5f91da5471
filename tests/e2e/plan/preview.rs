//! `dry_run`, and answers that are given again.

use divbase_tests::{Outcome, client::Request, scene::Scene};
use serde_json::{Value, json};

use super::sites;

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
    scene.upload_vcf("a.vcf.gz", &["A1"], &[("1", 100)]).await?;
    scene.index().await?;
    let question = json!({"all_samples": true});
    let first = scene.submit(&question, "view -r 1").await?;
    let result = scene.installation.succeeded(&scene.person, first).await?;
    assert_eq!(result["cached_from_task_id"], Value::Null, "{result}");

    let (again, records) = scene.ask(&question, "view   --regions 1").await?;
    assert_eq!(again["cached_from_task_id"], json!(first), "{again}");
    assert_ne!(again["output_file"], result["output_file"]);
    assert_eq!(again["sha256"], result["sha256"]);
    assert_eq!(sites(&records), ["1:100"]);

    let fresh = json!({"all_samples": true, "no_cache": true});
    let (fresh, _) = scene.ask(&fresh, "view -r 1").await?;
    assert_eq!(fresh["cached_from_task_id"], Value::Null, "{fresh}");

    scene.upload_vcf("a.vcf.gz", &["A1"], &[("1", 500)]).await?;
    let (changed, records) = scene.ask(&question, "view -r 1").await?;
    assert_eq!(changed["cached_from_task_id"], Value::Null, "{changed}");
    assert_eq!(sites(&records), ["1:500"]);
    scene.installation.stop().await?;
    Ok(())
}
