//! The public Python client, every one of its commands, over the real stack: a command that ends in a traceback, or
//! prints something else than it should, fails the test. Without a Python 3.12 they are skipped, and say so.

mod desk;
mod second_factor;

use std::fs;

use divbase_tests::{Outcome, TestResult, bulk, client::Request, section_five, vcf};
use serde_json::json;

use desk::Desk;

const MIB: usize = 1 << 20;

/// Every command of the client.
async fn every_command(version: &str) -> Outcome {
    let Some(mut desk) = Desk::set(version).await? else {
        return Ok(());
    };
    account(&mut desk).await?;
    files(&mut desk).await?;
    queries(&mut desk).await?;
    versions(&mut desk).await?;
    tasks(&mut desk).await?;
    own_token(&mut desk).await?;
    second_factor::asked_for(&mut desk).await?;
    desk.says("config rm herring", &["'herring' was removed"])
        .await?;
    desk.says("auth logout", &["Logged out successfully"])
        .await?;
    let untried = desk.client.untried().await?;
    assert!(untried.is_empty(), "not tried: {untried:?}");
    desk.installation.stop().await?;
    Ok(())
}

async fn account(desk: &mut Desk) -> TestResult {
    let email = desk.person.email.clone();
    desk.says("--version", &["divbase-cli version"]).await?;
    desk.says("auth whoami", &[&email, "(Name: "]).await?;
    desk.says("auth pat-info", &["No personal access token stored"])
        .await?;
    let token = "divbase_pat_0123456789012345678901234567890123456789012\n";
    desk.client
        .says_when_typed(
            &["auth", "add-pat", "laptop"],
            token,
            &["'laptop' stored successfully"],
        )
        .await?;
    desk.says("auth pat-info", &["Name: laptop"]).await?;
    desk.says("auth rm-pat", &["it has now been removed"])
        .await?;
    desk.says("config show", &["herring"]).await?;
    desk.says("config show-default", &["herring"]).await?;
    desk.says("config set-default herring", &["set to 'herring'"])
        .await?;
    fs::create_dir_all(desk.folder.join("got"))?;
    desk.says("config set-dload-dir got", &["is now set to"])
        .await?;
    Ok(())
}

/// A personal access token in the place of a session: the client takes what this server makes.
async fn own_token(desk: &mut Desk) -> TestResult {
    let body = json!({"name": "laptop", "projects": {"herring": "read"}});
    let request = Request::post("/v1/auth/pats")
        .bearer(&desk.person.token)
        .json(&body);
    let made = desk.installation.client.send(request).await?.accepted()?;
    let typed = format!("{}\n", made["token"].as_str().ok_or("no token")?);
    desk.says("auth logout", &["Logged out successfully"])
        .await?;
    let add = ["auth", "add-pat", "laptop"];
    let stored = ["'laptop' stored successfully"];
    desk.client.says_when_typed(&add, &typed, &stored).await?;
    let email = desk.person.email.clone();
    desk.says("auth whoami", &[&email]).await?;
    desk.says("files ls", &["a.vcf.gz"]).await?;
    let refused = desk.client.run(&["files", "rm", "a.vcf.gz"], "").await?;
    assert_ne!(refused.code, Some(0), "{}", refused.stdout);
    desk.says("files ls", &["a.vcf.gz"]).await?;
    desk.says("auth rm-pat", &["it has now been removed"])
        .await?;
    let (url, person) = (desk.installation.api_url.clone(), desk.person.clone());
    desk.client.log_in(&url, &person).await
}

async fn files(desk: &mut Desk) -> TestResult {
    for (name, samples) in [("a", ["S1", "S2"]), ("b", ["N1", "N2"])] {
        let text = vcf::text(&samples, &[("1", 100), ("1", 200), ("2", 50)]);
        desk.write(&format!("{name}.vcf.gz"), vcf::bgzipped(&text)?)?;
    }
    desk.write("notes.txt", "first")?;
    desk.write(
        "sample_metadata.tsv",
        "#Sample_ID\tArea\nS1\tNorth\nS2\tSouth\nN1\tNorth\nN2\tSouth\n",
    )?;
    desk.write("deep/er/c.txt", "deep")?;
    let all = "All files uploaded successfully!";
    desk.says(
        "files upload a.vcf.gz b.vcf.gz sample_metadata.tsv notes.txt",
        &[all, "'a.vcf.gz' created from"],
    )
    .await?;
    desk.says(
        "files upload deep/**/*.txt --recursive --to kept",
        &[all, "kept/er/c.txt"],
    )
    .await?;
    desk.says(
        "files upload notes.txt a.vcf.gz --skip-existing",
        &["were skipped", "'notes.txt'"],
    )
    .await?;
    desk.says(
        "files upload notes.txt --dry-run --disable-safe-mode",
        &["notes.txt"],
    )
    .await?;
    desk.says("files ls", &["kept/", "a.vcf.gz", "notes.txt"])
        .await?;
    desk.says("files ls --detailed", &["a.vcf.gz", "5.00 B"])
        .await?;
    desk.says("files ls kept/ --tsv", &["er/"]).await?;
    desk.says("files tree", &["a.vcf.gz", "c.txt"]).await?;

    desk.write("notes.txt", "second one")?;
    desk.says("files upload notes.txt", &[all]).await?;
    let info = desk
        .says("files info notes.txt", &["5.00 B", "10.00 B"])
        .await?;
    assert!(info.contains("notes.txt"), "{info}");
    let table = desk
        .says("files info notes.txt --tsv", &["10.00 B"])
        .await?;
    let older = table
        .lines()
        .find(|line| line.contains("5.00 B"))
        .and_then(|line| line.split('\t').nth(3))
        .ok_or_else(|| format!("no older version: {table}"))?
        .to_owned();
    let arrived = "Successfully downloaded the following files:";
    desk.says(&format!("files download notes.txt:{older}"), &[arrived])
        .await?;
    assert_eq!(fs::read(desk.folder.join("got/notes.txt"))?, b"first");
    desk.says("files download notes.txt kept/ -d . --flatten", &[arrived])
        .await?;
    assert_eq!(fs::read(desk.folder.join("notes.txt"))?, b"second one");
    assert_eq!(fs::read(desk.folder.join("c.txt"))?, b"deep");
    let streamed = desk.says("files stream notes.txt", &["second one"]).await?;
    assert_eq!(streamed, "second one");
    desk.says(
        &format!("files stream notes.txt --version-id {older}"),
        &["first"],
    )
    .await?;
    desk.says("files download-all --dry-run", &["a.vcf.gz"])
        .await?;
    desk.client
        .says_when_typed(&["files", "download-all", "--resume"], "y\n", &[arrived])
        .await?;
    assert_eq!(fs::read(desk.folder.join("got/notes.txt"))?, b"second one");

    desk.says("files mkdir empty", &["created", "empty/"])
        .await?;
    desk.says("files rmdir empty", &["Deleted", "empty/"])
        .await?;
    desk.says("files rm notes.txt --dry-run", &["'notes.txt'"])
        .await?;
    desk.says("files rm notes.txt", &["Deleted files:", "'notes.txt'"])
        .await?;
    desk.says(
        "files ls --show-deleted-files",
        &["'notes.txt'", "deleted at"],
    )
    .await?;
    desk.says(
        "files restore notes.txt",
        &["Restored files:", "'notes.txt'"],
    )
    .await?;
    Ok(())
}

async fn queries(desk: &mut Desk) -> TestResult {
    desk.index().await?;
    desk.says("dimensions show", &["a.vcf.gz", "variants: 3", "S1"])
        .await?;
    desk.says(
        "dimensions show --filename a.vcf.gz",
        &["S2", "last_updated"],
    )
    .await?;
    desk.says("dimensions show --unique-samples", &["N1", "S2"])
        .await?;
    desk.says("dimensions show --unique-scaffolds", &["['1', '2']"])
        .await?;
    desk.says("dimensions show --cached-vcf-files", &["b.vcf.gz"])
        .await?;
    desk.says("dimensions show --sample-names-stdout", &["N1"])
        .await?;
    desk.says(
        "dimensions show --sample-names-output names.txt",
        &["Wrote"],
    )
    .await?;
    desk.says(
        "dimensions create-metadata-template --output template.tsv",
        &["template.tsv"],
    )
    .await?;
    assert!(fs::read_to_string(desk.folder.join("template.tsv"))?.contains("N2"));
    desk.says(
        "dimensions validate-metadata-file sample_metadata.tsv",
        &["VALIDATION SUMMARY", "Validation passed"],
    )
    .await?;
    desk.says(
        "query tsv Area:North",
        &["Unique Sample IDs: ['S1', 'N1']", "a.vcf.gz"],
    )
    .await?;
    desk.says(
        "query tsv Area:North --show-sample-results",
        &["Sample ID: 'S1', Filename: 'a.vcf.gz'"],
    )
    .await?;
    let id = desk
        .query(&[
            "--tsv-filter",
            "Area:North",
            "--command",
            "view -s; view -r 1",
        ])
        .await?;
    let name = format!("result_of_job_{id}.vcf.gz");
    desk.says(&format!("query get-vcf-results {id}"), &[&name])
        .await?;
    let records = desk
        .installation
        .bcftools()
        .records(&desk.folder.join("got").join(&name))
        .await?;
    assert_eq!(records.len(), 2);
    desk.write("wanted.txt", "S1\nN2\n")?;
    for (selection, command) in [
        (&["--samples", "S1,N2"][..], "view -s; view -r 2"),
        (&["--samples-file", "wanted.txt"], "view -s; view -r 2"),
        (&["--all-samples"], "view -r 2"),
    ] {
        desk.query(&[selection, &["--command", command]].concat())
            .await?;
    }
    desk.says("files ls --include-results-files", &[&name])
        .await?;
    desk.says(&format!("files download {name} -d ."), &[&name])
        .await?;
    Ok(())
}

async fn versions(desk: &mut Desk) -> TestResult {
    desk.client
        .says(
            &["version", "add", "v1", "--description", "before the fix"],
            &["New version: 'v1'"],
        )
        .await?;
    desk.says("version ls", &["v1", "before the fix"]).await?;
    desk.says("version ls --tsv", &["v1"]).await?;
    desk.says(
        "version info v1",
        &["'v1'", "Entry last updated at", "notes.txt"],
    )
    .await?;
    desk.says("version info v1 --tsv", &["notes.txt"]).await?;
    desk.says(
        "version update v1 --new-name v1.0 --new-description later",
        &["'v1.0'", "later"],
    )
    .await?;
    desk.says(
        "files download notes.txt --project-version v1.0 -d .",
        &["Successfully downloaded"],
    )
    .await?;
    desk.says("version rm v1.0", &["'v1.0' was deleted"])
        .await?;
    desk.says("version ls --include-deleted", &["v1.0"]).await?;
    Ok(())
}

async fn tasks(desk: &mut Desk) -> TestResult {
    let (email, id) = (
        desk.person.email.clone(),
        desk.query(&["--all-samples", "--command", "view -r 1"])
            .await?,
    );
    desk.says("task-history user", &["SUCCESS", &email]).await?;
    desk.says("task-history user --tsv --limit 2", &["SUCCESS"])
        .await?;
    desk.says("task-history user --project herring", &["SUCCESS"])
        .await?;
    desk.says(
        &format!("task-history id {id}"),
        &["SUCCESS", "result_of_job_"],
    )
    .await?;
    // The table breaks longer words.
    let begin = &email[..12];
    desk.says("task-history project herring", &["SUCCESS", begin])
        .await?;
    desk.says("task-history project --tsv", &["SUCCESS"])
        .await?;
    Ok(())
}

#[tokio::test]
async fn every_command_of_0_1_4() -> Outcome {
    every_command("0.1.4").await
}

#[tokio::test]
async fn every_command_of_0_1_0() -> Outcome {
    every_command("0.1.0").await
}

#[tokio::test]
async fn every_command_of_the_last_one_before_0_1_0() -> Outcome {
    every_command("0.1.0a16").await
}

/// What people have: an upload in parts, and a result that has parts too.
#[tokio::test]
async fn the_public_client_gets_a_result_of_150_mib() -> Outcome {
    let Some(mut desk) = Desk::set("0.1.4").await? else {
        return Ok(());
    };
    let records = bulk::write(&desk.folder.join("large.vcf.gz"), 150)?;
    desk.says(
        "files upload large.vcf.gz",
        &["All files uploaded successfully!"],
    )
    .await?;
    desk.index().await?;
    let id = desk
        .query(&["--all-samples", "--command", "view -i 'QUAL>=30'"])
        .await?;
    desk.says(
        &format!("query get-vcf-results {id}"),
        &["Successfully downloaded"],
    )
    .await?;
    let file = desk.folder.join(format!("result_of_job_{id}.vcf.gz"));
    assert!(fs::metadata(&file)?.len() as usize >= 150 * MIB);
    let told = desk
        .installation
        .told(
            &desk.person,
            &desk.project,
            &format!("result_of_job_{id}.vcf.gz"),
        )
        .await?;
    section_five::is_verified(&file, &told)?;
    let bcftools = desk.installation.bcftools();
    assert_eq!(bcftools.records(&file).await?.len(), records);
    desk.installation.stop().await?;
    Ok(())
}
