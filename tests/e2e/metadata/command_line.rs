//! A metadata table from template to answer, as typed.

use std::fs;

use divbase_tests::{Outcome, process::Cli, scene::Scene};
use serde_json::Value;

use super::index_files;

#[tokio::test]
async fn a_table_from_template_to_answer() -> Outcome {
    let scene = Scene::set().await?;
    index_files(
        &scene,
        &[("a.vcf.gz", &["S1", "S2"]), ("b.vcf.gz", &["001"])],
    )
    .await?;
    let cli = Cli::new(
        &scene.installation.api_url,
        &scene.installation.path("home"),
    )?;
    cli.log_in(&scene.person).await?;
    cli.ok(&["config", "add", "herring", "--default"]).await?;
    let table = cli.folder().join("sample_metadata.tsv");

    // Somebody began a table in a spreadsheet: a byte-order mark, CRLF, no last line end.
    let begun =
        "\u{feff}#Sample_ID\tArea\tCaught\tOn board\r\nS2\t\"North; west\"\t2020-06-15\tTrue";
    fs::write(&table, begun)?;
    cli.ok(&[
        "dimensions",
        "create-metadata-template",
        "--update",
        "sample_metadata.tsv",
    ])
    .await?;
    let updated = format!("{begun}\r\n001\t\t\t\r\nS1\t\t\t\r\n");
    assert_eq!(fs::read_to_string(&table)?, updated);

    let said = cli
        .ok(&[
            "dimensions",
            "validate-metadata-file",
            "sample_metadata.tsv",
        ])
        .await?;
    for words in [
        "Samples matching project VCF dimensions: 3/3 (project has 3 total)",
        "True/False columns (numeric): 1 (On board)",
        "Date columns (string): 1 (Caught)",
        "contain a semicolon (;)",
        "Validation passed with warnings",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    cli.ok(&["files", "upload", "sample_metadata.tsv"]).await?;

    let said = cli
        .ok(&[
            "query",
            "tsv",
            "Area:\"North; west\";Caught:2020-06-2020-06",
        ])
        .await?;
    assert!(said.contains("Unique Sample IDs: ['S2']"), "{said}");
    let said = cli.ok(&["query", "tsv", "Area:=\"\"", "--tsv"]).await?;
    assert_eq!(said, "Sample ID\tFilename\nS1\ta.vcf.gz\n001\tb.vcf.gz\n");
    let said: Value =
        serde_json::from_str(&cli.ok(&["query", "tsv", "On board:True", "--json"]).await?)?;
    assert_eq!(said["unique_sample_ids"], serde_json::json!(["S2"]));

    let refused = cli
        .run(&["query", "tsv", "Area:North;Cuaght:>2020"], "")
        .await?;
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.stderr.contains("Did you mean 'Caught'?")
            && refused
                .stderr
                .contains("\n  Area:North;Cuaght:>2020\n             ^^^^^^\n"),
        "{}",
        refused.stderr
    );

    // A filter of the Python service, in a VCF query too.
    let vcf = [
        "query",
        "vcf",
        "--command",
        "view -i 'QUAL>0'",
        "--tsv-filter",
        "On board:1",
    ];
    let refused = cli
        .run(&[&vcf[..], &["--compat", "--json"]].concat(), "")
        .await?;
    assert_eq!(refused.code, Some(1));
    // There the byte-order mark spoils the first column name.
    assert!(
        refused.stderr.contains("byte-order mark"),
        "{}",
        refused.stderr
    );
    let said = cli.ok(&[&vcf[..], &["--json"]].concat()).await?;
    let task_id = serde_json::from_str::<Value>(&said)?["task_id"]
        .as_i64()
        .unwrap_or_default();
    let result = scene.installation.succeeded(&scene.person, task_id).await?;
    assert_eq!(result["samples"], 1, "{result}");
    scene.stop().await?;
    Ok(())
}
