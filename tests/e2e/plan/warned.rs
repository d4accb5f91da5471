//! Warnings travel with a result: at submission, in the plan, in the task's result and history, at the command line,
//! and in the result's header.

use divbase_tests::{Outcome, TestResult, scene::Scene, vcf};
use serde_json::{Value, json};

use super::sites;

/// Asks, and finds the same warnings wherever they are told.
async fn warned(scene: &Scene, selection: &Value, command: &str) -> TestResult<Vec<String>> {
    let submitted = scene
        .installation
        .ask_vcf_query(&scene.person, &scene.project, selection, command)
        .await?;
    let header = submitted.headers.get("x-divbase-warnings");
    let header = header.map_or("[]", |value| value.to_str().unwrap_or_default());
    let at_submission: Vec<String> = serde_json::from_str(header)?;
    let task_id = submitted.accepted()?.as_i64().ok_or("no number")?;
    let mut question = selection.clone();
    question["dry_run"] = json!(true);
    let plan = scene
        .installation
        .ask_vcf_query(&scene.person, &scene.project, &question, command)
        .await?
        .accepted()?;
    assert_eq!(plan["warnings"], json!(at_submission), "{plan}");
    let result = scene.installation.succeeded(&scene.person, task_id).await?;
    let mut told = result["warnings"].as_array().cloned().unwrap_or_default();
    // Which engine answers is known at the end alone, if the native one declines while it runs.
    told.retain(|one| {
        let text = one.as_str().unwrap_or_default();
        at_submission.iter().any(|known| known == text)
            || !text.contains("does not compare whether REF")
    });
    assert_eq!(told, at_submission, "{result}");
    let header = scene.header(task_id).await?;
    for warning in &at_submission {
        let line = format!("##DivBase_warning=\"{warning}\"");
        assert!(header.contains(&line), "{line}\n{header:?}");
    }
    Ok(at_submission)
}

fn with_depth(samples: &[&str], sites: &[(&str, u32)], kind: &str) -> TestResult<Vec<u8>> {
    let line = format!("##INFO=<ID=DP,Number=1,Type={kind},Description=\"d\">\n#CHROM");
    vcf::bgzipped(&vcf::text(samples, sites).replacen("#CHROM", &line, 1))
}

#[tokio::test]
async fn what_is_amiss_with_an_answer_is_told_everywhere() -> Outcome {
    let scene = Scene::set().await?;
    let file = with_depth(&["A1", "A2"], &[("1", 100), ("1", 900)], "Integer")?;
    scene.upload("a.vcf.gz", &file).await?;
    let file = with_depth(&["B1"], &[("1", 300), ("2", 50)], "Float")?;
    scene.upload("b.vcf.gz", &file).await?;
    scene.upload_vcf("c.vcf.gz", &["C1"], &[("10", 50)]).await?;
    let table = b"#Sample_ID\tArea\nA1\tNorth\nB1\tNorth\n";
    scene.upload("sample_metadata.tsv", table).await?;
    scene.index().await?;

    let one = json!({"samples": ["A1", "C1"]});
    let all = json!({"all_samples": true});
    let without_b = json!({"all_samples": true, "exclude_files": ["b.vcf.gz"]});
    let only_a = json!({"all_samples": true, "files": ["a.vcf.gz"]});
    let north = json!({"tsv_filter": "Area:North", "exclude_files": ["b.vcf.gz"]});
    let rows: [(&Value, &str, &[&str]); 8] = [
        (
            &one,
            "view -r 1",
            &["1 samples have no file with records on '1' and are not in the result: 'C1'"],
        ),
        (
            &all,
            "view -r 2,chr2",
            &["'A1'", "scaffold 'chr2'. Did you mean '2'?"],
        ),
        (
            &only_a,
            "view -r 1:5000-6000",
            &["1:5000-6000", "100 to 900"],
        ),
        (
            &all,
            "view",
            &[
                "INFO/DP is declared as Number=1,Type=Integer in 'a.vcf.gz' and as Number=1,Type=Float in \
                          'b.vcf.gz'",
            ],
        ),
        (&without_b, "view -q 0.1", &["--filter-scope cohort"]),
        (
            &json!({"all_samples": true, "exclude_files": ["b.vcf.gz"], "filter_scope": "cohort"}),
            "view -q 0.1",
            &[],
        ),
        (&only_a, "view -q 0.1", &[]),
        (
            &north,
            "view -s",
            &["in no file that is asked, and not in the result: 'B1'"],
        ),
    ];
    for (selection, command, parts) in rows {
        let warnings = warned(&scene, selection, command).await?;
        let all = warnings.join("\n");
        for part in parts {
            assert!(all.contains(part), "{selection} {command}: {all}");
        }
        assert!(
            !parts.is_empty() || warnings.is_empty(),
            "{selection} {command}: {all}"
        );
    }
    scene.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_result_says_what_it_comes_from() -> Outcome {
    let scene = Scene::set().await?;
    scene.upload_vcf("a.vcf.gz", &["A1"], &[("1", 100)]).await?;
    scene.upload_vcf("b.vcf.gz", &["B1"], &[("1", 300)]).await?;
    let table = b"#Sample_ID\tArea\nA1\tNorth\nB1\tSouth\n";
    scene.upload("sample_metadata.tsv", table).await?;
    scene.index().await?;
    let question = json!({"tsv_filter": "Area:North", "exclude_files": ["b.vcf.gz"]});
    let first = scene.submit(&question, "view -r 1").await?;
    scene.installation.succeeded(&scene.person, first).await?;
    let header = scene.header(first).await?;
    for begin in [
        "##DivBase_created=",
        "##DivBase_command=\"view",
        "##DivBase_samples=\"by metadata\"",
        "##DivBase_metadata_filter=\"Area:North\"",
        "##DivBase_metadata_table=\"sample_metadata.tsv; version=",
        "##DivBase_exclude_file=\"b.vcf.gz\"",
        "##DivBase_input=\"a.vcf.gz; version=",
    ] {
        assert!(
            header.iter().any(|line| line.starts_with(begin)),
            "{begin}: {header:?}"
        );
    }
    // Another filter that selects the same is another question: its result must not tell of this one.
    let other = json!({"tsv_filter": "Area:North,Nort", "exclude_files": ["b.vcf.gz"]});
    let (result, _) = scene.ask(&other, "view -r 1").await?;
    assert_eq!(result["cached_from_task_id"], Value::Null, "{result}");
    let (result, _) = scene.ask(&question, "view -r 1").await?;
    assert_eq!(result["cached_from_task_id"], json!(first), "{result}");
    scene.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_bare_view_merges_the_project_and_sees_what_was_just_uploaded() -> Outcome {
    let scene = Scene::set().await?;
    scene.upload_vcf("a.vcf.gz", &["A1"], &[("1", 100)]).await?;
    scene.index().await?;
    // Nobody indexes this one; a query that is submitted now is about it all the same.
    scene.upload_vcf("b.vcf.gz", &["B1"], &[("1", 300)]).await?;
    let answer = scene
        .installation
        .ask_vcf_query(
            &scene.person,
            &scene.project,
            &json!({"all_samples": true}),
            "view",
        )
        .await?;
    let told = answer.headers["x-divbase-warnings"]
        .to_str()
        .unwrap_or_default()
        .to_owned();
    assert!(told.contains("b.vcf.gz"), "{told}");
    let task_id = answer.accepted()?.as_i64().ok_or("no number")?;
    scene.installation.succeeded(&scene.person, task_id).await?;
    assert_eq!(sites(&scene.records(task_id).await?), ["1:100", "1:300"]);
    let (_, records) = scene.ask(&json!({"samples": ["B1"]}), "view -s").await?;
    assert_eq!(sites(&records), ["1:300"]);
    scene.installation.stop().await?;
    Ok(())
}
