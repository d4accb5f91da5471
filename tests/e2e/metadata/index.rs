//! Samples mapped to files, and files that changed or went since they were indexed.

use divbase_tests::{Outcome, client::Request, scene::Scene, vcf};
use serde_json::json;

use super::{index_files, texts};

/// Pairs in the index's order of files, ids in the table's order; a file that changed or went is told and stops nothing.
#[tokio::test]
async fn files_that_changed_since_are_told_and_do_not_stop_an_answer() -> Outcome {
    let scene = Scene::set().await?;
    index_files(
        &scene,
        &[("b.vcf.gz", &["S1", "S2"]), ("a.vcf.gz", &["S2", "001"])],
    )
    .await?;
    scene
        .upload(
            "t.tsv",
            b"\xef\xbb\xbf#Sample_ID\tArea\r\nS2\tNorth\r\n001\tNorth\r\nS1\tSouth\r\n",
        )
        .await?;
    let answer = scene
        .ask_table("t.tsv", "Area:North", "strict")
        .await?
        .accepted()?;
    assert_eq!(
        answer["sample_and_filename_subset"],
        json!([{"sample_id": "S2", "filename": "a.vcf.gz"}, {"sample_id": "001", "filename": "a.vcf.gz"},
               {"sample_id": "S2", "filename": "b.vcf.gz"}])
    );
    assert_eq!(texts(&answer["unique_sample_ids"]), ["S2", "001"]);
    assert_eq!(texts(&answer["unique_filenames"]), ["a.vcf.gz", "b.vcf.gz"]);
    assert_eq!(answer["warnings"], json!([]));
    // With its byte-order mark the table has no first column there.
    let (detail, kind) = scene
        .ask_table("t.tsv", "Area:North", "compat")
        .await?
        .refused(400)?;
    assert!(
        detail.contains("byte-order mark") && kind == "http_error",
        "{detail}"
    );

    let changed = vcf::text(&["S1", "S2"], &[("1", 101)]);
    scene.upload("b.vcf.gz", &vcf::bgzipped(&changed)?).await?;
    let path = format!("/v1/s3/?project_name={}", scene.project.name);
    let delete = Request::new("DELETE".parse()?, &path)
        .bearer(&scene.person.token)
        .json(&json!(["a.vcf.gz"]));
    scene.installation.client.send(delete).await?.accepted()?;
    let answer = scene
        .ask_table("t.tsv", "Area:North", "strict")
        .await?
        .accepted()?;
    assert_eq!(texts(&answer["unique_sample_ids"]), ["S2", "001"]);
    let warnings = texts(&answer["warnings"]).join("\n");
    assert!(
        warnings.contains("not up to date with these files: 'b.vcf.gz'")
            && warnings.contains("no longer in the project: 'a.vcf.gz'"),
        "{warnings}"
    );
    scene.stop().await?;
    Ok(())
}

/// The table is kept in memory by its version, so that a new version is seen at once.
#[tokio::test]
async fn a_table_that_is_replaced_is_read_anew() -> Outcome {
    let scene = Scene::set().await?;
    index_files(&scene, &[("a.vcf.gz", &["S1", "S2"])]).await?;
    for (area, expected) in [("North", "S1"), ("South", "S2"), ("North", "S1")] {
        let other = if area == "North" { "South" } else { "North" };
        let table = format!("#Sample_ID\tArea\nS1\t{area}\nS2\t{other}\n");
        scene.upload("t.tsv", table.as_bytes()).await?;
        for _ in 0..2 {
            let answer = scene
                .ask_table("t.tsv", "Area:North", "strict")
                .await?
                .accepted()?;
            assert_eq!(texts(&answer["unique_sample_ids"]), [expected]);
        }
    }
    scene.stop().await?;
    Ok(())
}
