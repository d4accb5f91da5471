//! A release that did not prove itself: the one before it is deployed over it, and runs on the schema that the newer one has left.
//!
//! It changes what all tests share, so `make test-lambda` gives it a deployment of its own.

use std::{fs, path::Path, process::Command};

use divbase_services::workspace_root;
use divbase_tests::{Outcome, TestResult};
use serde_json::Value;
use sqlx::Executor;

use crate::place::{Place, read};

/// The functions of the release before: `DIVBASE_PREVIOUS_ZIPS`, or those that are deployed, with a comment, so that every function is
/// one of another content.
fn zips_of_the_release_before(folder: &Path) -> TestResult {
    let (own, before) = (read("DIVBASE_ZIPS")?, read("DIVBASE_PREVIOUS_ZIPS").ok());
    for entry in fs::read_dir(before.as_deref().unwrap_or(&own))? {
        let entry = entry?;
        let mut zip = fs::read(entry.path().join("bootstrap.zip"))?;
        if before.is_none() {
            // A zip ends with the length of its comment, and the comment.
            let length = zip.len() - 2;
            zip.truncate(length);
            let comment = b"the release before";
            zip.extend(u16::try_from(comment.len())?.to_le_bytes());
            zip.extend(comment);
        }
        let to = folder.join(entry.file_name());
        fs::create_dir(&to)?;
        fs::write(to.join("bootstrap.zip"), zip)?;
    }
    Ok(())
}

/// `sam deploy` of another release; gives the address of the API.
fn deploy(zips: &Path) -> TestResult<String> {
    let root = workspace_root();
    let deployed = Command::new(root.join(".local/venv/bin/python"))
        .arg(root.join("infra/deploy_local.py"))
        .arg(zips)
        .arg(read("DIVBASE_TEST_POSTGRES_URL")?)
        .output()?;
    let said = String::from_utf8_lossy(&deployed.stderr);
    assert!(deployed.status.success(), "{said}");
    let outputs: Value = serde_json::from_slice(&deployed.stdout)?;
    let url = outputs["LocalApiUrl"].as_str().ok_or("no address")?;
    Ok(format!("{url}/api"))
}

#[tokio::test]
async fn the_release_before_runs_on_the_schema_of_the_newer_one() -> Outcome {
    let place = Place::find().await?;
    let earlier = place.silent_task(0.0).await?;
    place.announce("quick", earlier).await?;
    place.succeeded(earlier).await?;

    // The newer release has added what the older one does not know.
    let mut database = place.database().await?;
    database
        .execute(
            "ALTER TABLE task ADD COLUMN of_tomorrow bigint NOT NULL DEFAULT 0;
             INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9999, 'of tomorrow', true, '\\x00', 1)",
        )
        .await?;
    let folder = tempfile::tempdir()?;
    zips_of_the_release_before(folder.path())?;
    assert_eq!(
        deploy(folder.path())?,
        read("DIVBASE_API_URL")?,
        "the address stays"
    );

    // Sessions go on, history is there, and tasks are run.
    assert_eq!(place.task(earlier).await?["status"], "SUCCESS");
    let later = place.silent_task(0.0).await?;
    place.announce("quick", later).await?;
    place.succeeded(later).await?;
    let newest: i64 = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
        .fetch_one(&mut database)
        .await?;
    assert_eq!(newest, 9999, "the newer schema was left as it is");

    // And forward again.
    let own = read("DIVBASE_ZIPS")?;
    deploy(Path::new(&own))?;
    let last = place.silent_task(0.0).await?;
    place.announce("quick", last).await?;
    place.succeeded(last).await?;
    Ok(())
}
