//! VCF files that cannot be used. A faulty file is named with its fault, and does not keep the others from use.

use divbase_tests::{
    Outcome, TestResult, bucket, client::Request, installation::Installation, vcf,
};
use libdeflater::{CompressionLvl, Compressor};
use serde_json::json;

/// As gzip does, without blocks that can be found again.
fn gzipped(text: &str) -> TestResult<Vec<u8>> {
    let mut compressor = Compressor::new(CompressionLvl::default());
    let mut out = vec![0; compressor.gzip_compress_bound(text.len())];
    let size = compressor
        .gzip_compress(text.as_bytes(), &mut out)
        .map_err(|error| error.to_string())?;
    out.truncate(size);
    Ok(out)
}

/// Name, content, and words that the message about it must have.
type Faulty = (&'static str, Vec<u8>, &'static [&'static str]);

fn faulty() -> TestResult<Vec<Faulty>> {
    let whole = vcf::text(&["B1", "B2"], &[("1", 100), ("1", 200), ("2", 50)]);
    let unsorted = vcf::text(&["C1", "C2"], &[("1", 200), ("1", 100)]);
    let scattered = vcf::text(&["D1", "D2"], &[("1", 100), ("2", 50), ("1", 300)]);
    let twice = vcf::text(&["E1", "E1"], &[("1", 100)]);
    let narrow = vcf::text(&["F1", "F2"], &[("1", 100)]).replace("\t0/1\t0/0", "\t0/1");
    let nul = vcf::text(&["H\0", "H2"], &[("1", 100)]);
    let nul_twice = vcf::text(&["I\0", "I\0"], &[("1", 100)]);
    let mut cut_off = vcf::bgzipped(&vcf::text(&["G1", "G2"], &[("1", 100), ("1", 200)]))?;
    cut_off.truncate(cut_off.len() * 2 / 3);
    Ok(vec![
        (
            "text.vcf.gz",
            b"dear diary\n".to_vec(),
            &["text.vcf.gz", "bgzip"],
        ),
        ("gzip.vcf.gz", gzipped(&whole)?, &["gzip.vcf.gz", "bgzip"]),
        (
            "unsorted.vcf.gz",
            vcf::bgzipped(&unsorted)?,
            &["unsorted.vcf.gz", "sort"],
        ),
        (
            "scattered.vcf.gz",
            vcf::bgzipped(&scattered)?,
            &["scattered.vcf.gz", "sort"],
        ),
        (
            "twice.vcf.gz",
            vcf::bgzipped(&twice)?,
            &["twice.vcf.gz", "E1"],
        ),
        ("narrow.vcf.gz", vcf::bgzipped(&narrow)?, &["narrow.vcf.gz"]),
        ("cut-off.vcf.gz", cut_off, &["cut-off.vcf.gz"]),
        (
            "no-vcf.vcf.gz",
            vcf::bgzipped("a\tb\n1\t2\n")?,
            &["no-vcf.vcf.gz"],
        ),
        ("nul.vcf.gz", vcf::bgzipped(&nul)?, &["nul.vcf.gz", "NUL"]),
        (
            "nul-twice.vcf.gz",
            vcf::bgzipped(&nul_twice)?,
            &["nul-twice.vcf.gz"],
        ),
        ("nothing.vcf.gz", vcf::bgzipped("")?, &["nothing.vcf.gz"]),
    ])
}

#[tokio::test]
async fn faulty_files_are_named_and_the_others_can_be_queried() -> Outcome {
    let installation = Installation::start().await?;
    let person = installation.person("linnea").await?;
    let project = installation.project("herring", &person, "edit").await?;
    let good = vcf::bgzipped(&vcf::text(&["A1", "A2"], &[("1", 100), ("1", 200)]))?;
    installation
        .upload(&person, &project, "good.vcf.gz", &good)
        .await?;
    let faulty = faulty()?;
    for (name, bytes, _) in &faulty {
        installation.upload(&person, &project, name, bytes).await?;
    }
    // The API takes no empty file, but other tools put some there.
    bucket::put(&installation, &project, "empty.vcf.gz", b"").await?;

    let update = installation.update_dimensions(&person, &project).await?;
    assert_eq!(update["status"], "FAILURE", "{update}");
    let message = update["result"]["exc_message"][0]
        .as_str()
        .unwrap_or_default();
    for (name, _, words) in &faulty {
        for word in *words {
            assert!(message.contains(word), "{name}: no {word:?} in {message}");
        }
    }
    assert!(message.contains("empty.vcf.gz"), "{message}");

    let path = format!("/v1/vcf-dimensions/projects/{}", project.name);
    let shown = installation
        .client
        .send(Request::get(&path).bearer(&person.token))
        .await?
        .accepted()?;
    assert_eq!(
        shown["vcf_files"][0]["vcf_file_s3_key"], "good.vcf.gz",
        "{shown}"
    );
    assert_eq!(shown["vcf_file_count"], 1, "{shown}");
    assert_eq!(shown["skipped_file_count"], faulty.len() + 1, "{shown}");
    for skipped in shown["skipped_files"].as_array().into_iter().flatten() {
        let reason = skipped["skip_reason"].as_str().unwrap_or_default();
        assert!(reason.len() > 20, "this says too little: {skipped}");
    }

    let task_id = installation
        .submit_vcf_query(&person, &project, &json!({"samples": ["A2"]}), "view -r 1")
        .await?;
    installation.succeeded(&person, task_id).await?;
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_file_that_is_mended_is_indexed() -> Outcome {
    let installation = Installation::start().await?;
    let person = installation.person("linnea").await?;
    let project = installation.project("herring", &person, "edit").await?;
    let text = vcf::text(&["A1"], &[("1", 100)]);
    installation
        .upload(&person, &project, "a.vcf.gz", &gzipped(&text)?)
        .await?;
    let update = installation.update_dimensions(&person, &project).await?;
    assert_eq!(update["status"], "FAILURE", "{update}");
    installation
        .upload(&person, &project, "a.vcf.gz", &vcf::bgzipped(&text)?)
        .await?;
    let update = installation.update_dimensions(&person, &project).await?;
    assert_eq!(update["status"], "SUCCESS", "{update}");
    assert_eq!(
        update["result"]["VCF_files_added"],
        json!(["a.vcf.gz"]),
        "{update}"
    );
    installation.stop().await?;
    Ok(())
}

/// A table with characters that a database may not take is an answer or an error, and ends either way.
#[tokio::test]
async fn a_table_with_control_characters() -> Outcome {
    let installation = Installation::start().await?;
    let person = installation.person("linnea").await?;
    let project = installation.project("herring", &person, "edit").await?;
    let file = vcf::bgzipped(&vcf::text(&["A1", "A2"], &[("1", 100)]))?;
    installation
        .upload(&person, &project, "a.vcf.gz", &file)
        .await?;
    installation.update_dimensions(&person, &project).await?;
    let path = format!("/v1/query/sample-metadata/projects/{}", project.name);
    for (table, status) in [
        ("#Sample_ID\tArea\nA1\t ,\0\nA2\tNorth\n", 200),
        ("#Sample_ID\tArea\nA\0\tSouth\nA2\tNorth\n", 400),
    ] {
        installation
            .upload(&person, &project, "t.tsv", table.as_bytes())
            .await?;
        let body = json!({"tsv_filter": "Area:North", "metadata_tsv_name": "t.tsv"});
        let request = Request::post(&path).bearer(&person.token).json(&body);
        let answer = installation.client.send(request).await?;
        assert_eq!(answer.status, status, "{table:?}: {}", answer.text());
    }
    installation.stop().await?;
    Ok(())
}
