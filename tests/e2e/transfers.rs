//! What `divbase-cli` tells of transfers: how indexing ended, file by file, and all of it for programs.

use std::fs;

use divbase_tests::{Outcome, TestResult, installation::Installation, process::Cli, vcf};
use serde_json::{Value, json};

async fn at_a_desk() -> TestResult<(Installation, Cli)> {
    let installation = Installation::start().await?;
    let person = installation.person("linnea").await?;
    installation.project("herring", &person, "manage").await?;
    let cli = Cli::new(&installation.api_url, &installation.path("home"))?;
    cli.log_in(&person).await?;
    cli.ok(&["config", "add", "herring", "--default"]).await?;
    Ok((installation, cli))
}

#[tokio::test]
async fn an_upload_waits_for_its_index_and_tells_of_each_file() -> Outcome {
    let (installation, cli) = at_a_desk().await?;
    let write = |name: &str, bytes: &[u8]| fs::write(cli.folder().join(name), bytes);
    write(
        "good.vcf.gz",
        &vcf::bgzipped(&vcf::text(&["A1"], &[("1", 100)]))?,
    )?;
    write("notes.txt", b"notes")?;
    let said = cli
        .ok(&["files", "upload", "good.vcf.gz", "notes.txt", "--wait"])
        .await?;
    assert!(said.contains("All files uploaded successfully!"), "{said}");
    assert!(
        said.contains("Indexed 'good.vcf.gz'") && !said.contains("Indexed 'notes.txt'"),
        "{said}"
    );

    // Its beginning and its end are good; the records between are the index's to judge.
    let unsorted = vcf::text(&["B1"], &[("1", 900), ("1", 100)]);
    write("unsorted.vcf.gz", &vcf::bgzipped(&unsorted)?)?;
    write(
        "more.vcf.gz",
        &vcf::bgzipped(&vcf::text(&["C1"], &[("1", 100)]))?,
    )?;
    let files = ["unsorted.vcf.gz", "more.vcf.gz", "good.vcf.gz"];
    let typed = [
        &["files", "upload"],
        &files[..],
        &["--skip-existing", "--wait", "--json"],
    ]
    .concat();
    let ran = cli.run(&typed, "").await?;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let told: Value = serde_json::from_str(&ran.stdout)?;
    let names = |list: &str| -> Vec<&str> {
        let items = told[list].as_array().into_iter().flatten();
        items.filter_map(|item| item["name"].as_str()).collect()
    };
    assert_eq!(
        names("uploaded"),
        ["unsorted.vcf.gz", "more.vcf.gz"],
        "{told}"
    );
    assert_eq!(names("skipped"), ["good.vcf.gz"], "{told}");
    assert_eq!(told["failed"], json!([]), "{told}");
    let size = fs::metadata(cli.folder().join("more.vcf.gz"))?.len();
    assert_eq!(told["uploaded"][1]["size"], json!(size), "{told}");
    assert_eq!(names("indexing"), files, "{told}");
    let indexed = |place: usize| &told["indexing"][place]["is_indexed"];
    assert_eq!(
        [indexed(0), indexed(1), indexed(2)],
        [false, true, true],
        "{told}"
    );
    let reason = told["indexing"][0]["reason"].as_str().unwrap_or_default();
    assert!(reason.contains("100 comes after 900"), "{told}");
    let ran = cli
        .run(&["files", "upload", "unsorted.vcf.gz", "-s", "--wait"], "")
        .await?;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(
        ran.stderr.contains("'unsorted.vcf.gz' is not indexed: "),
        "{ran:?}"
    );
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn downloads_are_told_to_programs() -> Outcome {
    let (installation, cli) = at_a_desk().await?;
    fs::write(
        cli.folder().join("a.vcf.gz"),
        vcf::bgzipped(&vcf::text(&["A1"], &[("1", 100)]))?,
    )?;
    fs::write(cli.folder().join("notes.txt"), b"notes")?;
    let planned = [
        "files",
        "upload",
        "a.vcf.gz",
        "notes.txt",
        "--dry-run",
        "--json",
    ];
    let planned: Value = serde_json::from_str(&cli.ok(&planned).await?)?;
    assert_eq!(planned["to_upload"][1]["name"], "notes.txt", "{planned}");
    cli.ok(&["files", "upload", "a.vcf.gz", "notes.txt", "--wait"])
        .await?;
    fs::create_dir(cli.folder().join("got"))?;
    let typed = [
        "files",
        "download",
        "notes.txt",
        "absent.txt",
        "-d",
        "got",
        "--json",
    ];
    let ran = cli.run(&typed, "").await?;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let told: Value = serde_json::from_str(&ran.stdout)?;
    assert_eq!(told["downloaded"][0]["name"], "notes.txt", "{told}");
    let path = told["downloaded"][0]["path"].as_str().ok_or("no path")?;
    assert_eq!(fs::read(path)?, b"notes");
    assert_eq!(told["failed"][0]["name"], "absent.txt", "{told}");
    let all = ["files", "download-all", "-d", "got", "--json", "--yes"];
    let all: Value = serde_json::from_str(&cli.ok(&all).await?)?;
    assert_eq!(all["downloaded"].as_array().map(Vec::len), Some(2), "{all}");
    let query = [
        "query",
        "vcf",
        "--all-samples",
        "--command",
        "view",
        "--merge-mode",
        "all",
        "--json",
    ];
    let query: Value = serde_json::from_str(&cli.ok(&query).await?)?;
    let warnings = query["warnings"].to_string();
    assert!(warnings.contains("no effect: --merge-mode"), "{query}");
    let id = query["task_id"].to_string();
    let got = ["query", "get-vcf-results", &id, "-d", "got", "--json"];
    let got: Value = serde_json::from_str(&cli.ok(&got).await?)?;
    assert_eq!(got["task"]["status"], "SUCCESS", "{got}");
    assert!(got["downloaded"][0]["verified_by"].is_string(), "{got}");
    // What the service would refuse is refused before anything is sent.
    for (option, value, words) in [
        ("--merge-mode", "some", "snp-ins-del"),
        ("--info-rules", "DP:mean", "sum, avg, min, max and join"),
    ] {
        let typed = [
            "query",
            "vcf",
            "--all-samples",
            "--command",
            "view",
            option,
            value,
        ];
        let ran = cli.run(&typed, "").await?;
        assert_ne!(ran.code, Some(0), "{ran:?}");
        assert!(
            ran.stderr.contains(option) && ran.stderr.contains(words),
            "{ran:?}"
        );
    }
    installation.stop().await?;
    Ok(())
}
