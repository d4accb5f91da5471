//! Versions go when a schedule says so, or when a manager does, and those that a project version names stay.

use chrono::{TimeDelta, Utc};
use divbase_tests::{
    Outcome, TestResult, bucket, client::Request, eventually::eventually,
    installation::Installation,
};
use serde_json::{Value, json};

use crate::desk::Desk;

/// Makes a schedule of the clean-up that does not run by itself.
async fn schedule(desk: &Desk, key: &str, kwargs: &Value) -> TestResult {
    let body = json!({"key": key, "task_name": "cron_tasks.cleanup_expired_files", "kwargs": kwargs,
        "interval_seconds": 86_400, "enabled": false});
    let request = Request::post("/v1/schedules")
        .bearer(&desk.installation.admin.token)
        .json(&body);
    desk.installation.client.send(request).await?.accepted()?;
    Ok(())
}

async fn run(desk: &Desk, key: &str) -> TestResult<Value> {
    let admin = &desk.installation.admin;
    let request = Request::post(&format!("/v1/schedules/{key}/trigger")).bearer(&admin.token);
    let made = desk.installation.client.send(request).await?.accepted()?;
    let task = made["task_id"].as_i64().ok_or("no task")?;
    desk.installation.succeeded(admin, task).await
}

async fn versions(desk: &Desk, name: &str) -> TestResult<Vec<String>> {
    bucket::versions(&desk.installation, &desk.project, name).await
}

#[tokio::test]
async fn a_dry_run_tells_what_the_clean_up_then_does() -> Outcome {
    let desk = Desk::set(Installation::start().await?).await?;
    let send = async |name: &str, content: &[u8]| {
        desk.installation
            .upload(&desk.person, &desk.project, name, content)
            .await
    };
    send("a.txt", b"1").await?;
    desk.cli.ok(&["version", "add", "v1"]).await?;
    send("a.txt", b"22").await?;
    send("a.txt", b"333").await?;
    send("gone.txt", b"4444").await?;
    desk.cli.ok(&["files", "rm", "gone.txt"]).await?;
    let days =
        json!({"soft_deleted_files_retention_days": 0, "superseded_versions_retention_days": 0});
    let mut dry = days.clone();
    dry["dry_run"] = true.into();
    schedule(&desk, "told", &dry).await?;
    schedule(&desk, "done", &days).await?;
    // What is as old as the limit is not older, and the store's times may be whole seconds.
    let changed = Utc::now();
    eventually("a second to pass", || async move {
        let passed = Utc::now() - changed;
        match passed > TimeDelta::seconds(1) {
            true => Ok(()),
            false => Err(format!("{passed}")),
        }
    })
    .await?;
    let before = (
        versions(&desk, "a.txt").await?,
        versions(&desk, "gone.txt").await?,
    );
    let told = run(&desk, "told").await?;
    assert_eq!(told["dry_run"], true, "{told}");
    assert_eq!(told["number_of_file_versions_deleted"], 1, "{told}");
    assert_eq!(told["number_of_superseded_versions_deleted"], 1, "{told}");
    assert_eq!(told["bytes_freed"], 6, "{told}");
    let named = told["versions"].as_array().into_iter().flatten();
    let named: Vec<&str> = named.filter_map(|one| one["name"].as_str()).collect();
    assert_eq!(named, ["a.txt", "gone.txt"], "{told}");
    assert_eq!(told["versions"][0]["version_id"], before.0[1], "{told}");
    let after = (
        versions(&desk, "a.txt").await?,
        versions(&desk, "gone.txt").await?,
    );
    assert_eq!(before, after, "it was a dry run");

    let mut done = run(&desk, "done").await?;
    assert_eq!(done["dry_run"], false, "{done}");
    for field in [
        "dry_run",
        "soft_deleted_files_cutoff_date",
        "task_files_cutoff_date",
    ] {
        done[field] = told[field].clone();
    }
    assert_eq!(done, told, "what was done is what was foreseen");
    // The version that v1 names stays, and the one that counts.
    let (newest, oldest) = (before.0[0].clone(), before.0[2].clone());
    assert_eq!(versions(&desk, "a.txt").await?, [newest, oldest]);
    assert!(versions(&desk, "gone.txt").await?.is_empty());
    desk.stop().await?;
    Ok(())
}

#[tokio::test]
async fn managers_destroy_versions_that_nothing_keeps() -> Outcome {
    let desk = Desk::set(Installation::start_api().await?).await?;
    let send = async |content: &[u8]| {
        desk.installation
            .upload(&desk.person, &desk.project, "a.txt", content)
            .await
    };
    send(b"protected").await?;
    desk.cli.ok(&["version", "add", "v1"]).await?;
    send(b"secret").await?;
    send(b"now").await?;
    let before = versions(&desk, "a.txt").await?;
    let name = |version: &str| format!("a.txt:{version}");
    let [now, secret, protected] = [&before[0], &before[1], &before[2]].map(|one| name(one));
    let no = desk.cli.run(&["files", "purge", &secret], "n\n").await?;
    assert!(no.stdout.contains("Nothing was destroyed"), "{no:?}");
    assert_eq!(versions(&desk, "a.txt").await?, before);
    let ran = desk
        .cli
        .run(
            &[
                "files",
                "purge",
                &now,
                &secret,
                &protected,
                "a.txt:none",
                "-y",
            ],
            "",
        )
        .await?;
    assert_eq!(ran.code, Some(1), "three of four are kept: {ran:?}");
    assert!(
        ran.stdout.contains(&format!("Destroyed '{secret}'")),
        "{ran:?}"
    );
    for words in ["delete the file first", "names it", "no such version"] {
        assert!(ran.stderr.contains(words), "{words}: {ran:?}");
    }
    assert_eq!(
        versions(&desk, "a.txt").await?,
        [before[0].clone(), before[2].clone()]
    );
    let log = Request::get("/v1/projects/herring/audit").bearer(&desk.person.token);
    let log = desk.installation.client.send(log).await?.accepted()?;
    let entries = log["entries"].as_array().into_iter().flatten();
    let mut entries = entries.filter(|entry| entry["action"] == "files.purged");
    let entry = entries.next().ok_or("the audit log does not tell")?;
    assert_eq!(entry["detail"]["bytes"], "6", "{entry}");
    assert_eq!(entry["detail"]["first"], "a.txt", "{entry}");
    assert!(entries.next().is_none(), "{log}");
    desk.stop().await?;
    Ok(())
}
