//! Sample sets that belong together in other ways than the Python server knows.

use divbase_tests::{Outcome, scene::Scene, vcf};
use serde_json::json;

use super::sites;

#[tokio::test]
async fn columns_in_another_order_are_put_in_order() -> Outcome {
    let scene = Scene::set().await?;
    scene
        .upload_vcf("a.vcf.gz", &["A1", "A2"], &[("2", 100)])
        .await?;
    scene
        .upload_vcf("b.vcf.gz", &["A2", "A1"], &[("1", 100)])
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
    scene.upload_vcf("c.vcf.gz", &["C1"], &[("1", 100)]).await?;
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
        .upload_vcf("a.vcf.gz", &["S1", "A1"], &[("1", 100)])
        .await?;
    scene
        .upload_vcf("b.vcf.gz", &["S1", "B1"], &[("1", 200)])
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
        .upload_vcf("c.vcf.gz", &["C1", "S1"], &[("1", 100)])
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
    scene.upload_vcf("a.vcf.gz", &["A1"], &[("1", 100)]).await?;
    scene.upload_vcf("b.vcf.gz", &["B1"], &[("1", 100)]).await?;
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
async fn files_in_folders_come_in_genomic_order_and_repeated_records_once() -> Outcome {
    let scene = Scene::set().await?;
    // By key, the files come in the wrong order.
    scene
        .upload_vcf("a/late.vcf.gz", &["A1"], &[("1", 500), ("2", 10)])
        .await?;
    scene
        .upload_vcf("b/early.vcf.gz", &["A1"], &[("1", 100)])
        .await?;
    scene
        .upload_vcf("c/late_again.vcf.gz", &["A1"], &[("1", 500), ("2", 10)])
        .await?;
    scene.index().await?;
    let all = json!({"all_samples": true});
    let task_id = scene.submit(&all, "view -i 'QUAL>0'").await?;
    scene.installation.succeeded(&scene.person, task_id).await?;
    let records = scene.records(task_id).await?;
    assert_eq!(sites(&records), ["1:100", "1:500", "2:10"]);
    let log = format!("result_of_job_{task_id}.log");
    let log = scene
        .installation
        .download(&scene.person, &scene.project, &log)
        .await?;
    let log = String::from_utf8_lossy(&log);
    for words in [
        "WARNING: 2 records",
        "1:500",
        "a/late.vcf.gz",
        "c/late_again.vcf.gz",
    ] {
        assert!(log.contains(words), "{words}: {log}");
    }
    // bcftools would keep both without looking.
    let bcftools = json!({"all_samples": true, "engine": "bcftools"});
    let (message, _) = scene
        .installation
        .ask_vcf_query(&scene.person, &scene.project, &bcftools, "view -i 'QUAL>0'")
        .await?
        .refused(400)?;
    assert!(message.contains("c/late_again.vcf.gz"), "{message}");
    scene.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn different_genotypes_are_refused_whoever_else_is_asked_for_unless_the_user_decides()
-> Outcome {
    let scene = Scene::set().await?;
    let header = |length: u32, samples: &str| {
        format!(
            "##fileformat=VCFv4.2\n##FILTER=<ID=PASS,Description=\"All filters passed\">\n\
             ##contig=<ID=1,length={length}>\n\
             ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n\
             #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{samples}\n"
        )
    };
    for (name, text) in [
        (
            "conflict_1.vcf.gz",
            header(1000, "A\tB") + "1\t20\t.\tA\tC\t50\tPASS\t.\tGT\t0/1\t0/0\n",
        ),
        (
            "conflict_2.vcf.gz",
            header(1000, "A\tC") + "1\t20\t.\tA\tC\t50\tPASS\t.\tGT\t1/1\t0/0\n",
        ),
        (
            "other_reference.vcf.gz",
            header(1000, "R") + "1\t20\t.\tG\tC\t50\tPASS\t.\tGT\t0/1\n",
        ),
    ] {
        scene.upload(name, &vcf::bgzipped(&text)?).await?;
    }
    scene.index().await?;
    let other_length = header(900, "L") + "1\t30\t.\tG\tC\t50\tPASS\t.\tGT\t0/1\n";
    let other_length = vcf::bgzipped(&other_length)?;
    scene.upload("other_length.vcf.gz", &other_length).await?;
    let told = scene.index().await.err().ok_or("nothing was told")?;
    assert!(told.to_string().contains("900 bases"), "{told}");
    let names = ["conflict_1.vcf.gz", "conflict_2.vcf.gz"];
    for samples in [&["A"][..], &["A", "C"], &["C", "B", "A"]] {
        for scope in ["file", "cohort"] {
            for command in ["view -s", "view -r 1:1-100"] {
                let question = json!({"samples": samples, "filter_scope": scope});
                let (_, message) = scene
                    .refused(&question, command)
                    .await
                    .map_err(|error| format!("{question} {command}: {error}"))?;
                for words in [names[0], names[1], "1:20", "\"A\""] {
                    assert!(
                        message.contains(words),
                        "{question} {command} {words}: {message}"
                    );
                }
            }
        }
        for (policy, expected) in [("first", 1), ("missing", 1), ("keep-both", 2)] {
            let question = json!({"samples": samples, "on_conflict": policy});
            let task_id = scene.submit(&question, "view -s").await?;
            scene.installation.succeeded(&scene.person, task_id).await?;
            assert_eq!(scene.records(task_id).await?.len(), expected, "{policy}");
            let result = scene
                .installation
                .path(&format!("result_of_job_{task_id}.vcf.gz"));
            let arguments = ["view", "-h", &result.to_string_lossy()];
            let header = scene.installation.bcftools().text(&arguments).await?;
            assert!(
                header.contains(&format!("##DivBase_on_conflict={policy}")),
                "{header}"
            );
        }
    }
    let (_, message) = scene
        .refused(&json!({"samples": ["B", "R"]}), "view -s")
        .await?;
    for words in [
        names[0],
        "other_reference.vcf.gz",
        "1:20",
        "REF is A in",
        "G in",
    ] {
        assert!(message.contains(words), "{words}: {message}");
    }
    let question = json!({"samples": ["B", "L"]});
    // What headers say is known when the query is submitted.
    let submitted = scene.submit(&question, "view -s").await;
    let message = submitted.err().ok_or("it was not refused")?.to_string();
    for words in [
        "scaffold 1 has 1000 bases in conflict_1.vcf.gz",
        "900 in other_length.vcf.gz",
        "--on-conflict",
    ] {
        assert!(message.contains(words), "{words}: {message}");
    }
    let question = json!({"samples": ["B", "L"], "on_conflict": "first"});
    let task_id = scene.submit(&question, "view -s").await?;
    let result = scene.installation.succeeded(&scene.person, task_id).await?;
    assert!(
        result["warnings"]
            .to_string()
            .contains("900 in other_length.vcf.gz"),
        "{result}"
    );
    scene.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_cohort_of_one_file_has_its_samples_in_the_order_that_was_asked_for() -> Outcome {
    let scene = Scene::set().await?;
    scene
        .upload_vcf("a.vcf.gz", &["A", "B", "C"], &[("1", 100)])
        .await?;
    scene.index().await?;
    for scope in ["file", "cohort"] {
        for engine in ["native", "bcftools"] {
            let question = json!({"samples": ["C", "A"], "filter_scope": scope, "engine": engine});
            let task_id = scene.submit(&question, "view -i 'QUAL>0'").await?;
            scene.installation.succeeded(&scene.person, task_id).await?;
            let lines = scene.lines(task_id).await?;
            assert!(
                lines[0].ends_with("FORMAT\tC\tA"),
                "{scope} {engine}: {lines:?}"
            );
            assert!(
                lines[1].ends_with("GT\t1/1\t0/1"),
                "{scope} {engine}: {lines:?}"
            );
        }
    }
    scene.installation.stop().await?;
    Ok(())
}
