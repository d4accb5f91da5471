//! The reference of a project: files that are about another one are told, and not joined with those that are not.

use divbase_tests::{Outcome, TestResult, client::Request, scene::Scene, vcf};
use serde_json::{Value, json};

fn text(scaffold: &str, length: u32, sample: &str) -> String {
    format!(
        "##fileformat=VCFv4.2\n##FILTER=<ID=PASS,Description=\"All filters passed\">\n\
         ##contig=<ID={scaffold},length={length}>\n\
         ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n\
         #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{sample}\n\
         {scaffold}\t20\t.\tA\tC\t50\tPASS\t.\tGT\t0/1\n"
    )
}

async fn upload(
    scene: &Scene,
    name: &str,
    scaffold: &str,
    length: u32,
    sample: &str,
) -> TestResult {
    let bytes = vcf::bgzipped(&text(scaffold, length, sample))?;
    scene.upload(name, &bytes).await
}

async fn put(scene: &Scene, path: &str, body: &Value) -> TestResult<divbase_tests::client::Answer> {
    let path = format!("/v1/projects/{}/{path}", scene.project.name);
    let request = Request::put(&path).bearer(&scene.person.token).json(body);
    scene.installation.client.send(request).await
}

async fn reference(scene: &Scene) -> TestResult<Value> {
    let path = format!("/v1/projects/{}/reference", scene.project.name);
    scene.get(&path).await
}

/// The files that contradict the reference.
fn contradicting(reference: &Value) -> Vec<String> {
    let all = reference["contradictions"].as_array().into_iter().flatten();
    all.map(|one| one["file"].as_str().unwrap_or_default().to_owned())
        .collect()
}

fn has(text: &str, words: &[&str]) {
    for words in words {
        assert!(text.contains(words), "{words}: {text}");
    }
}

/// Why a query is refused when it is submitted.
async fn refused(scene: &Scene, samples: &[&str]) -> TestResult<String> {
    let submitted = scene.submit(&json!({"samples": samples}), "view -s").await;
    Ok(submitted.err().ok_or("it was not refused")?.to_string())
}

async fn records(scene: &Scene, question: &Value) -> TestResult<(Value, usize)> {
    let (result, records) = scene.ask(question, "view -s").await?;
    Ok((result, records.len()))
}

#[tokio::test]
async fn a_file_about_another_reference_is_told_and_the_others_keep_working() -> Outcome {
    let scene = Scene::set().await?;
    upload(&scene, "a.vcf.gz", "1", 1000, "A").await?;
    scene.index().await?;
    upload(&scene, "b.vcf.gz", "1", 1000, "B").await?;
    scene.index().await?;
    let found = reference(&scene).await?;
    assert_eq!(found["mode"], "files");
    assert_eq!(found["source"], "a.vcf.gz");
    assert_eq!(
        found["scaffolds"],
        json!([{"name": "1", "length": 1000, "md5": null}])
    );

    // It is indexed, and whoever indexed it is told what is wrong.
    for (name, sample) in [("c.vcf.gz", "C"), ("d.vcf.gz", "D")] {
        upload(&scene, name, "1", 900, sample).await?;
        let told = scene.index().await.err().ok_or("nothing was told")?;
        let told = told.to_string();
        has(
            &told,
            &[
                name,
                "scaffold 1 has 900 bases",
                "1000 in",
                "a.vcf.gz",
                "project reference",
            ],
        );
    }
    assert_eq!(
        contradicting(&reference(&scene).await?),
        ["c.vcf.gz", "d.vcf.gz"]
    );

    // The others keep working, and it does by itself, with a warning.
    assert_eq!(records(&scene, &json!({"samples": ["A", "B"]})).await?.1, 1);
    let (result, count) = records(&scene, &json!({"samples": ["C"]})).await?;
    assert_eq!(count, 1);
    has(&result["warnings"].to_string(), &["c.vcf.gz", "900 bases"]);
    // It is joined with no other, one of the same fault included.
    has(
        &refused(&scene, &["B", "C"]).await?,
        &["b.vcf.gz", "c.vcf.gz", "1000", "900", "--on-conflict"],
    );
    has(
        &refused(&scene, &["C", "D"]).await?,
        &["c.vcf.gz", "900 bases", "--exclude-file"],
    );
    let decided = json!({"samples": ["C", "D"], "on_conflict": "first"});
    let (result, count) = records(&scene, &decided).await?;
    assert_eq!(count, 1);
    has(&result["warnings"].to_string(), &["c.vcf.gz", "d.vcf.gz"]);

    // A manager decides that there is none.
    put(&scene, "reference", &json!({"mode": "none"}))
        .await?
        .accepted()?;
    assert!(contradicting(&reference(&scene).await?).is_empty());
    assert_eq!(records(&scene, &json!({"samples": ["C", "D"]})).await?.1, 1);
    scene.index().await?;
    scene.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_manager_chooses_the_reference_and_declares_other_names() -> Outcome {
    let scene = Scene::set().await?;
    upload(&scene, "a.vcf.gz", "1", 1000, "A").await?;
    upload(&scene, "b.vcf.gz", "1", 1000, "B").await?;
    scene.index().await?;
    for (name, file, words) in [
        ("missing.fai", None, "no file 'missing.fai'"),
        ("wrong.txt", Some("1\t900\t3\t60\t61\n"), "name a .fai file"),
        ("wrong.fai", Some(">1\nACGT\n"), "line 1"),
        ("empty.dict", Some("@HD\tVN:1.6\n"), "names no scaffold"),
    ] {
        if let Some(text) = file {
            scene.upload(name, text.as_bytes()).await?;
        }
        let answer = put(
            &scene,
            "reference",
            &json!({"mode": "chosen", "file": name}),
        )
        .await?;
        let (message, _) = answer.refused(400)?;
        assert!(message.contains(words), "{name}: {message}");
    }
    put(&scene, "reference", &json!({"mode": "chosen"}))
        .await?
        .refused(400)?;
    assert_eq!(reference(&scene).await?["mode"], "files");

    scene
        .upload("herring.fa.fai", b"chr1\t1000\t6\t60\t61\n")
        .await?;
    let chosen = json!({"mode": "chosen", "file": "herring.fa.fai"});
    let found = put(&scene, "reference", &chosen).await?.accepted()?;
    assert_eq!(contradicting(&found), ["a.vcf.gz", "b.vcf.gz"]);
    has(
        &found["contradictions"].to_string(),
        &["scaffold 1 is not in", "herring.fa.fai", "alias"],
    );
    has(
        &refused(&scene, &["A", "B"]).await?,
        &["scaffold 1 is not in"],
    );

    let aliases = json!({"aliases": [{"alias": "1", "name": "chr1"}]});
    let found = put(&scene, "reference/aliases", &aliases)
        .await?
        .accepted()?;
    assert!(contradicting(&found).is_empty(), "{found}");
    assert_eq!(records(&scene, &json!({"samples": ["A", "B"]})).await?.1, 1);
    for wrong in [
        json!([{"alias": "1", "name": "chr1"}, {"alias": "1", "name": "chr2"}]),
        json!([{"alias": "1", "name": "chr1"}, {"alias": "chr1", "name": "chrI"}]),
    ] {
        put(&scene, "reference/aliases", &json!({"aliases": wrong}))
            .await?
            .refused(400)?;
    }

    // One scaffold under two names would be two for a join.
    upload(&scene, "c.vcf.gz", "chr1", 1000, "C").await?;
    scene.index().await?;
    has(
        &refused(&scene, &["A", "C"]).await?,
        &[
            "scaffold 1 of 'a.vcf.gz' and chr1 of 'c.vcf.gz'",
            "rename-chrs",
        ],
    );
    scene.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_record_beyond_its_scaffold_is_told_when_the_file_is_indexed() -> Outcome {
    let scene = Scene::set().await?;
    let beyond = text("7", 900, "R2").replace("7\t20\t", "7\t950\t");
    scene
        .upload("ref_b.vcf.gz", &vcf::bgzipped(&beyond)?)
        .await?;
    let told = scene
        .index()
        .await
        .err()
        .ok_or("nothing was told")?
        .to_string();
    has(
        &told,
        &[
            "ref_b.vcf.gz",
            "7:950",
            "beyond the end of scaffold 7",
            "900 bases",
        ],
    );
    scene.installation.stop().await?;
    Ok(())
}
