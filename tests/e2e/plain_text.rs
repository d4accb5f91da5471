//! Plain `.vcf`: it is indexed and can be queried as its compressed form is.

use divbase_tests::{Outcome, bucket, scene::Scene, vcf};
use serde_json::json;

#[tokio::test]
async fn plain_text_is_indexed_and_answers_as_its_compressed_form_does() -> Outcome {
    let scene = Scene::set().await?;
    let sites = [("1", 100), ("1", 900), ("2", 50)];
    let text = vcf::text(&["P1", "P2"], &sites);
    let installation = &scene.installation;
    scene.upload("plain.vcf", text.as_bytes()).await?;
    scene.upload_vcf("other.vcf.gz", &["B1"], &sites).await?;
    scene.index().await?;
    let shown = scene.get("/v1/vcf-dimensions/projects/herring").await?;
    let plain = shown["vcf_files"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|file| file["vcf_file_s3_key"] == "plain.vcf")
        .ok_or_else(|| format!("not indexed: {shown}"))?;
    assert_eq!(plain["samples"], json!(["P1", "P2"]), "{plain}");
    assert_eq!(plain["variant_count"], json!(3), "{plain}");
    assert_eq!(plain["scaffolds"], json!(["1", "2"]), "{plain}");

    let compressed = installation.path("plain.vcf.gz");
    vcf::write(&compressed, &text)?;
    let other = installation.path("other.vcf.gz");
    vcf::write(&other, &vcf::text(&["B1"], &sites))?;
    let bcftools = installation.bcftools();
    for file in [&compressed, &other] {
        bcftools
            .text(&["index", "--force", &file.to_string_lossy()])
            .await?;
    }
    let (compressed, other) = (compressed.to_string_lossy(), other.to_string_lossy());
    for engine in ["native", "bcftools"] {
        let alone = json!({"samples": ["P2"], "engine": engine});
        let (_, records) = scene.ask(&alone, "view -r 2,1:800-1000").await?;
        let by_hand = ["view", "-H", "-s", "P2", "-r", "1:800-1000,2", &compressed];
        let by_hand = bcftools.text(&by_hand).await?;
        assert_eq!(records, by_hand.lines().collect::<Vec<_>>(), "{engine}");
        let all = json!({"all_samples": true, "engine": engine});
        let (_, records) = scene.ask(&all, "view").await?;
        let by_hand = bcftools.text(&["merge", &other, &compressed]).await?;
        let by_hand: Vec<&str> = by_hand
            .lines()
            .filter(|line| !line.starts_with('#'))
            .collect();
        assert_eq!(records, by_hand, "{engine}");
    }
    scene.stop().await?;
    Ok(())
}

/// The name says what is expected.
#[tokio::test]
async fn plain_text_out_of_order_or_under_the_name_of_bgzip_is_faulty() -> Outcome {
    let scene = Scene::set().await?;
    let text = vcf::text(&["P1"], &[("1", 900), ("1", 100)]);
    let (installation, project) = (&scene.installation, &scene.project);
    bucket::put(installation, project, "unsorted.vcf", text.as_bytes()).await?;
    let text = vcf::text(&["Q1"], &[("1", 900)]);
    bucket::put(installation, project, "text.vcf.gz", text.as_bytes()).await?;
    let update = installation
        .update_dimensions(&scene.person, project)
        .await?;
    assert_eq!(update["status"], "FAILURE", "{update}");
    let shown = scene.get("/v1/vcf-dimensions/projects/herring").await?;
    let reason = |key: &str| {
        let files = shown["skipped_files"].as_array().into_iter().flatten();
        let found = files.clone().find(|file| file["vcf_file_s3_key"] == key);
        found
            .map(|file| file["skip_reason"].to_string())
            .unwrap_or_default()
    };
    assert!(
        reason("unsorted.vcf").contains("100 comes after 900"),
        "{shown}"
    );
    assert!(reason("text.vcf.gz").contains("bgzip"), "{shown}");
    scene.stop().await?;
    Ok(())
}
