//! Sample sets that belong together in other ways than the Python server knows.

use divbase_tests::Outcome;
use serde_json::json;

use super::{Scene, sites};

#[tokio::test]
async fn columns_in_another_order_are_put_in_order() -> Outcome {
    let scene = Scene::set().await?;
    scene
        .upload("a.vcf.gz", &["A1", "A2"], &[("2", 100)])
        .await?;
    scene
        .upload("b.vcf.gz", &["A2", "A1"], &[("1", 100)])
        .await?;
    scene.index().await?;
    let task_id = scene
        .submit(&json!({"all_samples": true}), "view -i 'QUAL>0'")
        .await?;
    scene.installation.succeeded(&scene.person, task_id).await?;
    let lines = scene.lines(task_id).await?;
    assert!(lines[0].ends_with("FORMAT\tA1\tA2"), "{lines:?}");
    // Genotypes are 0/1 in the first column of each file and 0/0 in the second. The files come in genomic order.
    assert!(
        lines[1].starts_with("1\t100\t") && lines[1].ends_with("GT\t0/0\t0/1"),
        "{lines:?}"
    );
    assert!(
        lines[2].starts_with("2\t100\t") && lines[2].ends_with("GT\t0/1\t0/0"),
        "{lines:?}"
    );

    // Named samples come in the order in which they were named, also from several files.
    scene.upload("c.vcf.gz", &["C1"], &[("1", 100)]).await?;
    scene.index().await?;
    let named = json!({"samples": ["C1", "A2", "A1"]});
    let task_id = scene.submit(&named, "view -r 1").await?;
    scene.installation.succeeded(&scene.person, task_id).await?;
    let lines = scene.lines(task_id).await?;
    assert!(lines[0].ends_with("FORMAT\tC1\tA2\tA1"), "{lines:?}");
    assert!(lines[1].ends_with("GT\t0/1\t0/1\t0/0"), "{lines:?}");
    scene.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn files_that_share_samples_are_joined_unless_they_contradict_each_other() -> Outcome {
    let scene = Scene::set().await?;
    scene
        .upload("a.vcf.gz", &["S1", "A1"], &[("1", 100)])
        .await?;
    scene
        .upload("b.vcf.gz", &["S1", "B1"], &[("1", 200)])
        .await?;
    scene.index().await?;
    let all = json!({"all_samples": true});
    let task_id = scene.submit(&all, "view -r 1").await?;
    scene.installation.succeeded(&scene.person, task_id).await?;
    let lines = scene.lines(task_id).await?;
    assert!(lines[0].ends_with("FORMAT\tS1\tA1\tB1"), "{lines:?}");
    assert!(lines[1].ends_with("GT\t0/1\t0/0\t./."), "{lines:?}");
    assert!(lines[2].ends_with("GT\t0/1\t./.\t0/0"), "{lines:?}");

    // S1 is 0/1 in the first two files and 0/0 in this one.
    scene
        .upload("c.vcf.gz", &["C1", "S1"], &[("1", 100)])
        .await?;
    scene.index().await?;
    let (task_id, message) = scene.refused(&all, "view -r 1").await?;
    for words in ["a.vcf.gz", "c.vcf.gz", "1:100", "S1"] {
        assert!(message.contains(words), "{message}");
    }
    let log = format!("result_of_job_{task_id}.log");
    let log = scene
        .installation
        .download(&scene.person, &scene.project, &log)
        .await?;
    let log = String::from_utf8_lossy(&log);
    assert!(
        log.contains("Job Status: FAILURE") && log.contains(&message),
        "{log}"
    );
    // Whoever asks for samples that are in one of them only gets them.
    let (_, records) = scene
        .ask(&json!({"samples": ["A1", "B1"]}), "view -r 1")
        .await?;
    assert_eq!(records.len(), 2, "{records:?}");
    scene.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn filters_look_at_each_file_or_at_all_of_them() -> Outcome {
    let scene = Scene::set().await?;
    // Allele counts: 1 of 2 in a, 1 of 2 in b; together 2 of 4.
    scene.upload("a.vcf.gz", &["A1"], &[("1", 100)]).await?;
    scene.upload("b.vcf.gz", &["B1"], &[("1", 100)]).await?;
    scene.index().await?;
    let command = "view -c 2";
    let (_, by_file) = scene.ask(&json!({"all_samples": true}), command).await?;
    assert!(by_file.is_empty(), "{by_file:?}");
    for engine in ["native", "bcftools"] {
        let cohort = json!({"all_samples": true, "filter_scope": "cohort", "engine": engine});
        let task_id = scene.submit(&cohort, command).await?;
        let result = scene.installation.succeeded(&scene.person, task_id).await?;
        assert!(
            result["engine"].as_str().is_some_and(|name| {
                name.starts_with(if engine == "native" {
                    "divbase"
                } else {
                    "bcftools"
                })
            }),
            "{result}"
        );
        let records = scene.records(task_id).await?;
        assert_eq!(records.len(), 1, "{engine}: {records:?}");
        assert!(
            records[0].ends_with("GT\t0/1\t0/1"),
            "{engine}: {records:?}"
        );
    }
    scene.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn files_in_folders_come_in_genomic_order_and_double_sites_are_told() -> Outcome {
    let scene = Scene::set().await?;
    // By key, the files come in the wrong order.
    scene
        .upload("a/late.vcf.gz", &["A1"], &[("1", 500), ("2", 10)])
        .await?;
    scene
        .upload("b/early.vcf.gz", &["A1"], &[("1", 100), ("1", 500)])
        .await?;
    scene.index().await?;
    let task_id = scene
        .submit(&json!({"all_samples": true}), "view -i 'QUAL>0'")
        .await?;
    scene.installation.succeeded(&scene.person, task_id).await?;
    let records = scene.records(task_id).await?;
    assert_eq!(sites(&records), ["1:100", "1:500", "1:500", "2:10"]);
    let log = format!("result_of_job_{task_id}.log");
    let log = scene
        .installation
        .download(&scene.person, &scene.project, &log)
        .await?;
    let log = String::from_utf8_lossy(&log);
    for words in [
        "WARNING: 1 records",
        "1:500",
        "a/late.vcf.gz",
        "b/early.vcf.gz",
    ] {
        assert!(log.contains(words), "{words}: {log}");
    }
    scene.installation.stop().await?;
    Ok(())
}
