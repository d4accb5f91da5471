//! Filters fetch only the parts of a file of which they can keep a record.

use divbase_cohort::Rng;
use divbase_tests::{Outcome, TestResult, scene::Scene, vcf};
use serde_json::{Value, json};

/// Records of which every hundredth part has a high QUAL, all of these together.
fn text(records: u32) -> String {
    let mut rng = Rng::new(11);
    let mut text = vcf::text(&["A1"], &[]);
    for record in 0..records {
        let id: String = (0..60)
            .map(|_| char::from(b'A' + u8::try_from(rng.below(26)).unwrap_or(0)))
            .collect();
        let is_high = (records / 2..records / 2 + records / 100).contains(&record);
        let quality = if is_high { 90 } else { 10 + record % 20 };
        text += &format!(
            "1\t{}\t{id}\tA\tG\t{quality}\tPASS\t.\tGT\t0/1\n",
            10 + record * 10
        );
    }
    text
}

async fn plan(scene: &Scene, command: &str) -> TestResult<Value> {
    let asked = json!({"all_samples": true, "dry_run": true});
    let (installation, person) = (&scene.installation, &scene.person);
    let answer = installation.ask_vcf_query(person, &scene.project, &asked, command);
    answer.await?.accepted()
}

#[tokio::test]
async fn a_filter_that_keeps_a_hundredth_reads_a_tenth_at_most() -> Outcome {
    let scene = Scene::set().await?;
    let file = vcf::bgzipped(&text(90_000))?;
    let size = file.len() as u64;
    scene.upload("a.vcf.gz", &file).await?;
    scene.index().await?;
    for (command, kept) in [
        ("view -i 'QUAL>50'", 900),
        ("view -e 'QUAL<=50'", 900),
        ("view -i 'QUAL>100'", 0),
    ] {
        let told = plan(&scene, command).await?;
        let number = |field: &str| told[field].as_u64().unwrap_or_default();
        let (read, skipped) = (number("bytes_to_read"), number("bytes_skipped"));
        assert!(read * 10 <= size, "{read} of {size}: {told}");
        assert_eq!(read + skipped, size, "{told}");
        let (result, records) = scene
            .ask(&json!({"all_samples": true, "no_cache": true}), command)
            .await?;
        assert_eq!(records.len(), kept, "{result}");
    }
    // What may be anywhere is read as a whole, and tells of no saving.
    let told = plan(&scene, "view -i 'QUAL>15'").await?;
    assert_eq!(
        (
            told["bytes_skipped"].as_u64(),
            told["bytes_to_read"].as_u64()
        ),
        (Some(0), Some(size))
    );

    // History has what was read.
    let selection = json!({"all_samples": true, "no_cache": true});
    let (installation, person) = (&scene.installation, &scene.person);
    let task_id = installation
        .submit_vcf_query(person, &scene.project, &selection, "view -i 'QUAL>50'")
        .await?;
    let item = installation.ended(person, task_id).await?;
    let read = item["cost"]["bytes_read"].as_u64().unwrap_or(u64::MAX);
    assert!(read * 10 <= size, "{read} of {size}: {item}");
    scene.installation.stop().await?;
    Ok(())
}
