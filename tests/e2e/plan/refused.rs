//! What cannot work is refused when it is submitted, in the words of a dry run.

use divbase_local::system::Parts;
use divbase_tests::{Outcome, TestResult, installation::Installation, scene::Scene, vcf};
use serde_json::{Value, json};
use sqlx::Connection;

/// Submits the query, and plans it; both must be refused with one text, which is given back.
async fn refused_at_once(scene: &Scene, selection: &Value, command: &str) -> TestResult<String> {
    let mut texts = Vec::new();
    for dry_run in [false, true] {
        let mut question = selection.clone();
        question["dry_run"] = json!(dry_run);
        let answer = scene
            .installation
            .ask_vcf_query(&scene.person, &scene.project, &question, command)
            .await?;
        assert!(
            (400..500).contains(&answer.status),
            "{command}: {}",
            answer.text()
        );
        texts.push(
            answer.json()["detail"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        );
    }
    assert_eq!(texts[0], texts[1], "{command}");
    Ok(texts.remove(0))
}

/// A VCF with a tag of its own in each of the two columns, and one in both.
fn with_tags(samples: &[&str], sites: &[(&str, u32)]) -> String {
    let tags = "##INFO=<ID=DP,Number=1,Type=Integer,Description=\"d\">\n\
                ##INFO=<ID=AF,Number=A,Type=Float,Description=\"f\">\n\
                ##INFO=<ID=MQ0F,Number=1,Type=Float,Description=\"m\">\n\
                ##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"d\">\n#CHROM";
    vcf::text(samples, sites).replacen("#CHROM", tags, 1)
}

#[tokio::test]
async fn what_cannot_work_is_refused_when_it_is_submitted() -> Outcome {
    let scene = Scene::over(Installation::start_api().await?).await?;
    let file = vcf::bgzipped(&with_tags(&["A1", "A2"], &[("1", 100), ("1", 900)]))?;
    scene.upload("a.vcf.gz", &file).await?;
    let table = b"#Sample_ID\tArea\tWeight\nA1\tNorth\t3\nA2\tSouth\t4\n";
    scene.upload("sample_metadata.tsv", table).await?;
    let worker = divbase_tests::process::Worker::start(
        &scene.installation,
        "indexer",
        divbase_tests::installation::LEASE,
    )
    .await?;
    scene.index().await?;
    worker.kill().await?;

    let all = json!({"all_samples": true});
    let filter = |filter: &str| json!({ "tsv_filter": filter });
    let named = json!({"samples": ["A1"]});
    let other = json!({"tsv_filter": "Area:North", "metadata_tsv_name": "others.tsv"});
    let native = json!({"all_samples": true, "engine": "native"});
    let exclude = json!({"all_samples": true, "exclude_files": ["b.vcf.gz"]});
    let rows: [(&Value, &str, &[&str]); 11] = [
        (
            &filter("Wieght:>3"),
            "view -r 1",
            &["Wieght", "Did you mean 'Weight'?"],
        ),
        (&other, "view -r 1", &["others.tsv", "does not exist"]),
        (&filter("Area:East"), "view -r 1", &["No samples match"]),
        (&named, "view -i 'FOO>1'", &["a.vcf.gz", "FOO"]),
        (
            &named,
            "view -i 'MQOF>1'",
            &["MQOF", "Did you mean 'MQ0F'?"],
        ),
        (&all, "view -i 'DP>1'", &["a.vcf.gz", "DP"]),
        (
            &json!({"samples": ["A3", "A1"]}),
            "view -r 1",
            &["A3", "Did you mean"],
        ),
        (&all, "view -r chr1", &["chr1", "Did you mean '1'?"]),
        (
            &native,
            r#"view -i 'ID~"\(a\)\1"'"#,
            &["native engine", "--engine native"],
        ),
        (&exclude, "view", &["b.vcf.gz", "Did you mean 'a.vcf.gz'?"]),
        (
            &json!({"all_samples": true, "project_version": "v7"}),
            "view",
            &["v7"],
        ),
    ];
    for (selection, command, parts) in rows {
        let text = refused_at_once(&scene, selection, command).await?;
        for part in parts {
            assert!(text.contains(part), "{selection} {command}: {text}");
        }
    }
    // None of them is a task.
    let path = format!(
        "/v1/task-history/tasks/user/projects/{}",
        scene.project.name
    );
    let history = scene.get(&path).await?;
    let history = history.as_array().cloned().unwrap_or_default();
    assert!(
        history
            .iter()
            .all(|task| task["name"] != "tasks.bcftools_query"),
        "{history:?}"
    );
    scene.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_faulty_file_that_is_needed_is_refused_with_its_fault() -> Outcome {
    let scene = Scene::set().await?;
    scene.upload_vcf("a.vcf.gz", &["A1"], &[("1", 100)]).await?;
    scene.upload_vcf("b.vcf.gz", &["B1"], &[("1", 100)]).await?;
    scene.index().await?;
    let plain = vcf::text(&["B1"], &[("1", 100)]);
    scene.upload("b.vcf.gz", plain.as_bytes()).await?;
    let update = scene
        .installation
        .update_dimensions(&scene.person, &scene.project)
        .await?;
    assert_eq!(update["status"], "FAILURE", "{update}");

    let text = refused_at_once(&scene, &json!({"samples": ["B1"]}), "view -r 1").await?;
    assert!(
        text.contains("'b.vcf.gz'") && text.contains("bgzip"),
        "{text}"
    );
    // The others can be asked, and who asks for all is told.
    let (result, _) = scene.ask(&json!({"samples": ["A1"]}), "view -r 1").await?;
    assert!(
        result["warnings"].to_string().contains("b.vcf.gz"),
        "{result}"
    );
    let (result, _) = scene.ask(&json!({"all_samples": true}), "view").await?;
    assert!(
        result["warnings"].to_string().contains("b.vcf.gz"),
        "{result}"
    );
    scene.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn heavy_work_without_heavy_workers_is_refused() -> Outcome {
    let installation = Installation::start_with(|settings| {
        settings.heavy_workers = false;
        settings.parts = Parts::All;
    })
    .await?;
    let scene = Scene::over(installation).await?;
    scene.upload_vcf("a.vcf.gz", &["A1"], &[("1", 100)]).await?;
    scene.index().await?;
    let mut db = scene.installation.database.connect().await?;
    sqlx::query("UPDATE file_version SET size_bytes = 100000000000")
        .execute(&mut db)
        .await?;
    db.close().await?;
    let by_bcftools = json!({"all_samples": true, "engine": "bcftools"});
    let text = refused_at_once(&scene, &by_bcftools, "view").await?;
    assert!(
        text.contains("heavy") && text.contains("100.0 GB"),
        "{text}"
    );
    // The native engine answers it in windows, none of which is heavy.
    let plan = plan(&scene, &json!({"all_samples": true})).await?;
    assert_eq!(plan["queue"], "long", "{plan}");
    assert_eq!(plan["windows"], 67, "{plan}");
    scene.installation.stop().await?;
    Ok(())
}

async fn plan(scene: &Scene, asked: &Value) -> TestResult<Value> {
    let mut asked = asked.clone();
    asked["dry_run"] = json!(true);
    let (installation, person) = (&scene.installation, &scene.person);
    let answer = installation.ask_vcf_query(person, &scene.project, &asked, "view");
    answer.await?.accepted()
}

#[tokio::test]
async fn what_costs_or_reads_more_than_it_may_is_refused_with_the_numbers() -> Outcome {
    let installation = Installation::start_with(|settings| {
        settings.largest_query = Some(50_000_000_000);
    })
    .await?;
    let scene = Scene::over(installation).await?;
    scene.upload_vcf("a.vcf.gz", &["A1"], &[("1", 100)]).await?;
    scene.index().await?;
    let resize = async |bytes: i64| {
        let mut db = scene.installation.database.connect().await?;
        let resize = sqlx::query("UPDATE file_version SET size_bytes = $1").bind(bytes);
        resize.execute(&mut db).await?;
        TestResult::Ok(())
    };
    resize(100_000_000_000).await?;
    let all = json!({"all_samples": true});
    let text = refused_at_once(&scene, &all, "view").await?;
    assert!(
        text.contains("100.000 GB") && text.contains("50.000 GB"),
        "{text}"
    );
    resize(40_000_000_000).await?;
    let cost = plan(&scene, &all).await?["estimated_cost_usd"]
        .as_f64()
        .ok_or("no cost")?;
    assert!((0.02..0.1).contains(&cost), "{cost}");
    let dear = json!({"all_samples": true, "max_cost": 0.01});
    let text = refused_at_once(&scene, &dear, "view").await?;
    assert!(
        text.contains("40.000 GB") && text.contains("0.01 that it may ('--max-cost')"),
        "{text}"
    );
    plan(&scene, &json!({"all_samples": true, "max_cost": 0.1})).await?;
    for wrong in [json!(-1), json!("0.1"), json!(1e9)] {
        let asked = json!({"all_samples": true, "max_cost": wrong});
        let (installation, person) = (&scene.installation, &scene.person);
        let answer = installation.ask_vcf_query(person, &scene.project, &asked, "view");
        assert_eq!(answer.await?.status, 422, "{wrong}");
    }
    scene.installation.stop().await?;
    Ok(())
}

/// Whether bcftools is there is known where the query is submitted, and so is whether the query needs it.
#[tokio::test]
async fn what_needs_bcftools_is_refused_where_it_is_missing() -> Outcome {
    let installation = Installation::start_with(|settings| {
        settings.bcftools = "/nowhere/bcftools".into();
        settings.parts = Parts::All;
    })
    .await?;
    let scene = Scene::over(installation).await?;
    let line = "##INFO=<ID=Q,Number=A,Type=Integer,Description=\"q\">\n#CHROM";
    for (name, sample) in [("a.vcf.gz", "A1"), ("b.vcf.gz", "B1")] {
        let text = vcf::text(&[sample], &[("1", 100)]).replacen("#CHROM", line, 1);
        scene.upload(name, &vcf::bgzipped(&text)?).await?;
    }
    scene.index().await?;
    let asked = json!({"all_samples": true, "engine": "bcftools"});
    let text = refused_at_once(&scene, &asked, "view").await?;
    assert!(
        text.contains("bcftools, which this installation does not have"),
        "{text}"
    );
    // The native engine leaves values per allele that are joined to bcftools.
    let needed = json!({"all_samples": true, "info_rules": "Q:join"});
    let text = refused_at_once(&scene, &needed, "view").await?;
    assert!(
        text.contains("INFO/Q") && text.contains("needs bcftools"),
        "{text}"
    );
    let task_id = scene.submit(&json!({"all_samples": true}), "view").await?;
    scene.installation.succeeded(&scene.person, task_id).await?;
    scene.installation.stop().await?;
    Ok(())
}
