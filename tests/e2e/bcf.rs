//! BCF files are uploaded, indexed and queried like VCF, and results come as BCF to whom asks for it.

use divbase_tests::{Outcome, TestResult, scene::Scene, vcf};
use serde_json::json;

/// The bytes of a text as BCF that bcftools wrote.
async fn bcf(scene: &Scene, text: &str) -> TestResult<Vec<u8>> {
    let (from, to) = (
        scene.installation.path("made.vcf"),
        scene.installation.path("made.bcf"),
    );
    std::fs::write(&from, text)?;
    let (from, target) = (from.to_string_lossy(), to.to_string_lossy());
    let bcftools = scene.installation.bcftools();
    bcftools
        .text(&["view", "-Ob", "-o", &target, &from])
        .await?;
    Ok(std::fs::read(&to)?)
}

#[tokio::test]
async fn bcf_is_indexed_queried_and_given() -> Outcome {
    let scene = Scene::set().await?;
    let sites = [("1", 100), ("1", 200), ("2", 50)];
    let made = bcf(&scene, &vcf::text(&["A1", "A2"], &sites)).await?;
    scene.upload("a.bcf", &made).await?;
    scene
        .upload_vcf("b.vcf.gz", &["B1"], &[("1", 200), ("10", 7)])
        .await?;
    scene.index().await?;
    let path = format!(
        "/v1/vcf-dimensions/projects/{}/vcf-files",
        scene.project.name
    );
    let files = scene.get(&path).await?.to_string();
    assert!(
        files.contains("a.bcf") && files.contains("b.vcf.gz"),
        "{files}"
    );

    // One file by its index, and both together.
    let named = json!({"samples": ["A2"]});
    let (_, records) = scene.ask(&named, "view -r 1:150-250").await?;
    assert_eq!(records.len(), 1, "{records:?}");
    assert!(records[0].starts_with("1\t200\t"), "{records:?}");
    let all = json!({"all_samples": true});
    let (_, joined) = scene.ask(&all, "view -r 1,2").await?;
    assert_eq!(joined.len(), 3, "{joined:?}");

    for engine in ["native", "bcftools"] {
        let asked = json!({"all_samples": true, "output_type": "b", "engine": engine});
        let task_id = scene.submit(&asked, "view -r 1,2").await?;
        let result = scene.installation.succeeded(&scene.person, task_id).await?;
        let name = format!("result_of_job_{task_id}.bcf");
        assert_eq!(result["output_file"], name.as_str());
        assert_eq!(result["index_file"], format!("{name}.csi"));
        let file = scene.installation.path(&name);
        std::fs::write(&file, scene.download(&name).await?)?;
        let index = scene.installation.path(&format!("{name}.csi"));
        std::fs::write(index, scene.download(&format!("{name}.csi")).await?)?;
        let bcftools = scene.installation.bcftools();
        assert_eq!(bcftools.records(&file).await?, joined, "{engine}");
        let file = file.to_string_lossy();
        let sought = bcftools.text(&["view", "-H", "-r", "2:50", &file]).await?;
        assert_eq!(sought.trim_end(), joined[2], "{engine}");
        // The same question again is answered by a copy, under its own number, whose index leads to the same records.
        let again = scene.submit(&asked, "view -r 1,2").await?;
        let copy = scene.installation.succeeded(&scene.person, again).await?;
        assert_eq!(copy["cached_from_task_id"], json!(task_id), "{copy}");
        assert_eq!(copy["records"], result["records"]);
        let name = format!("result_of_job_{again}.bcf");
        let file = scene.installation.path(&name);
        std::fs::write(&file, scene.download(&name).await?)?;
        let index = scene.installation.path(&format!("{name}.csi"));
        std::fs::write(index, scene.download(&format!("{name}.csi")).await?)?;
        assert_eq!(bcftools.records(&file).await?, joined, "{engine}");
        let file = file.to_string_lossy();
        let sought = bcftools.text(&["view", "-r", "2:50", &file]).await?;
        assert!(
            sought.trim_end().ends_with(&joined[2]),
            "{engine}: {sought}"
        );
        let from = format!("##DivBase_copy_task={again}\n");
        assert!(sought.contains(&from), "{engine}: {sought}");
    }
    // As VCF it is another question.
    let (as_vcf, records) = scene.ask(&all, "view -r 1,2").await?;
    assert_eq!(records, joined);
    assert!(
        as_vcf["output_file"]
            .as_str()
            .is_some_and(|name| name.ends_with(".vcf.gz"))
    );
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_broken_bcf_file_is_told_with_its_reason() -> Outcome {
    let scene = Scene::set().await?;
    let mut made = bcf(&scene, &vcf::text(&["A1"], &[("1", 100)])).await?;
    made.truncate(made.len() - 28);
    scene.upload("cut.bcf", &made).await?;
    scene
        .upload("other.bcf", b"BCF\x01\x00 of long ago")
        .await?;
    let update = scene
        .installation
        .update_dimensions(&scene.person, &scene.project)
        .await?;
    let told = update.to_string();
    assert!(
        told.contains("cut.bcf") && told.contains("truncated"),
        "{told}"
    );
    assert!(
        told.contains("other.bcf") && told.contains("BCF 1.0"),
        "{told}"
    );
    scene.stop().await?;
    Ok(())
}
