//! Where ETags are no MD5s: our client says what it verified a file by, and fails if that is wrong.

use std::fs;

use divbase_tests::{
    Outcome, TestResult, bucket, installation::Installation, opaque_store::OpaqueStore,
    process::Cli, surroundings::Surroundings, vcf,
};

#[tokio::test]
async fn files_are_verified_by_what_there_is() -> Outcome {
    // Before the store's own client is made; a second test in this process finds it installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut surroundings = Surroundings::from_env()?;
    let store = OpaqueStore::start(&surroundings.store).await?;
    surroundings.store_endpoint = store.endpoint.clone();
    let installation = Installation::start_in(surroundings).await?;
    let person = installation.person("linnea").await?;
    let project = installation.project("herring", &person, "edit").await?;
    let cli = Cli::new(&installation.api_url, &installation.path("home"))?;
    cli.log_in(&person).await?;
    cli.ok(&["config", "add", "herring", "--default"]).await?;

    // Uploaded by our client: the store keeps the SHA-256.
    let content = vcf::bgzipped(&vcf::text(&["S1"], &[("1", 100), ("2", 50)]))?;
    fs::write(cli.folder().join("a.vcf.gz"), &content)?;
    cli.ok(&["files", "upload", "a.vcf.gz"]).await?;
    fs::create_dir(cli.folder().join("got"))?;
    let fetch = ["files", "download", "a.vcf.gz", "-d", "got"];
    let ran = cli.run(&fetch, "").await?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        ran.stderr
            .contains("'a.vcf.gz' is verified by the store's SHA256"),
        "{ran:?}"
    );
    let verify = ["files", "verify", "a.vcf.gz", "-d", "got"];
    let said = cli.ok(&verify).await?;
    assert!(said.contains("right, by the store's SHA256"), "{said}");

    let resume = ["files", "download-all", "--resume", "--yes", "-d", "got"];
    let said = cli.ok(&resume).await?;
    assert!(said.contains("No files left to download"), "{said}");

    // A local copy that has changed is noticed.
    let copy = cli.folder().join("got/a.vcf.gz");
    let mut changed = content.clone();
    changed[30] ^= 1;
    fs::write(&copy, &changed)?;
    let ran = cli.run(&verify, "").await?;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stdout.contains("checksum mismatch"), "{ran:?}");
    fs::write(&copy, &content[1..])?;
    let ran = cli.run(&verify, "").await?;
    assert!(ran.stdout.contains("bytes, the file has"), "{ran:?}");
    fs::remove_file(&copy)?;
    let ran = cli.run(&verify, "").await?;
    assert!(ran.stdout.contains("not here"), "{ran:?}");

    // Put there by another tool, without a checksum: only the size can be compared, and that is said.
    bucket::put(&installation, &project, "notes.txt", b"of another tool").await?;
    let ran = cli.run(&["files", "download", "notes.txt"], "").await?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stderr.contains("its size alone"), "{ran:?}");
    assert!(ran.stderr.contains("aws:kms"), "{ran:?}");

    // A result has the SHA-256 that its task registered, so nothing has to be said.
    cli.ok(&["dimensions", "update", "--wait"]).await?;
    let selection = serde_json::json!({"all_samples": true});
    let id = installation
        .submit_vcf_query(&person, &project, &selection, "view -r 1")
        .await?;
    installation.succeeded(&person, id).await?;
    let ran = cli
        .run(&["query", "get-vcf-results", &id.to_string()], "")
        .await?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(!ran.stderr.contains("Note:"), "{ran:?}");
    let name = format!("result_of_job_{id}.vcf.gz");
    let said = cli.ok(&["files", "verify", &name]).await?;
    assert!(said.contains("SHA-256 registered by the task"), "{said}");

    // Somebody else's object of that name does not stand in for it.
    bucket::put(&installation, &project, &name, b"forged").await?;
    fs::remove_file(cli.folder().join(&name))?;
    cli.ok(&["query", "get-vcf-results", &id.to_string()])
        .await?;
    cli.ok(&["files", "verify", &name]).await?;
    let records = records(&installation, &cli, &name).await?;
    assert_eq!(records, 1);
    installation.stop().await?;
    Ok(())
}

async fn records(installation: &Installation, cli: &Cli, name: &str) -> TestResult<usize> {
    let file = cli.folder().join(name);
    Ok(installation.bcftools().records(&file).await?.len())
}
