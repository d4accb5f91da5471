//! The exchanges in `golden/`, each file on a stage of its own.

use std::{fs, path::Path};

use divbase_tests::{
    Outcome, TestResult,
    golden::{self, Mode},
    installation::Installation,
    vcf,
};

use crate::stage::Stage;

async fn play(stage: Stage, name: &str) -> TestResult {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("e2e/golden")
        .join(name);
    play_file(&stage, &file, Mode::from_env()).await?;
    stage.installation.stop().await
}

async fn play_file(stage: &Stage, file: &Path, mode: Mode) -> TestResult {
    let client = &stage.installation.client;
    golden::play(file, mode, client, &stage.tokens(), stage.values()).await?;
    Ok(())
}

/// What is accepted is what the next run expects, and before it is accepted it is an error.
#[tokio::test]
async fn an_answer_that_differs_can_be_accepted() -> Outcome {
    let stage = Stage::set(Installation::start_api().await?).await?;
    let file = stage.installation.path("exchanges.txt");
    let wrong = "# Two exchanges\n\n## Ready\nGET /v1/core/health\n\n=> 500\n\n{\"status\": \"bad\"}\n\n\
                 ## Nobody\nGET /v1/auth/whoami\n\n=> 401\n\n{\"detail\": \"<string>\", \"type\": \"<string>\"}\n";
    fs::write(&file, wrong)?;
    assert!(play_file(&stage, &file, Mode::Check).await.is_err());
    assert_eq!(fs::read_to_string(&file)?, wrong);
    play_file(&stage, &file, Mode::Accept).await?;
    let accepted = fs::read_to_string(&file)?;
    assert!(
        accepted.contains("## Ready\nGET /v1/core/health\n\n=> 200\n"),
        "{accepted}"
    );
    let (_, second) = wrong.split_once("## Nobody").unwrap_or_default();
    assert!(accepted.ends_with(second), "{accepted}");
    play_file(&stage, &file, Mode::Check).await?;
    stage.installation.stop().await?;
    Ok(())
}

async fn sql(stage: &Stage, statement: &'static str) -> TestResult {
    let mut database = stage.installation.database.connect().await?;
    sqlx::query(statement).execute(&mut database).await?;
    Ok(())
}

#[tokio::test]
async fn requests_and_errors_in_general() -> Outcome {
    let stage = Stage::set(Installation::start_api().await?).await?;
    sql(
        &stage,
        "INSERT INTO announcement (heading, message, target, level, expires_at, created_at) VALUES
         ('Welcome', 'A new server', 'both', 'success', NULL, now() - interval '2 days'),
         ('Maintenance on Friday', NULL, 'cli', 'warning', now() + interval '1 day', now()),
         ('Only on the pages', NULL, 'web', 'info', NULL, now()),
         ('Over', NULL, 'cli', 'info', now() - interval '1 minute', now() - interval '1 day')",
    )
    .await?;
    play(stage, "transport.txt").await?;
    Ok(())
}

#[tokio::test]
async fn sessions() -> Outcome {
    let stage = Stage::set(Installation::start_api().await?).await?;
    let account = serde_json::json!({"name": "Not Verified", "email": "unverified@example.org",
        "organisation": "Institute of Tests", "organisation_role": "Researcher",
        "password": "correct horse battery", "confirm_password": "correct horse battery"});
    let admin = &stage.installation.admin.token;
    let request = divbase_tests::client::Request::post("/v1/admin/users/")
        .bearer(admin)
        .json(&account);
    stage.installation.client.send(request).await?.accepted()?;
    play(stage, "session.txt").await?;
    Ok(())
}

#[tokio::test]
async fn files() -> Outcome {
    let stage = Stage::set(Installation::start_api().await?).await?;
    play(stage, "files.txt").await?;
    Ok(())
}

#[tokio::test]
async fn versions_folders_parts_and_checkpoints() -> Outcome {
    let stage = Stage::set(Installation::start_api().await?).await?;
    play(stage, "versions.txt").await?;
    Ok(())
}

#[tokio::test]
async fn administration() -> Outcome {
    let stage = Stage::set(Installation::start_api().await?).await?;
    play(stage, "admin.txt").await?;
    Ok(())
}

#[tokio::test]
async fn dimensions_queries_and_history() -> Outcome {
    let stage = Stage::set(Installation::start().await?).await?;
    let north = vcf::text(&["N1", "N2"], &[("1", 100), ("1", 200), ("2", 50)]);
    let south = vcf::text(&["S1", "S2"], &[("1", 100), ("10", 70)]);
    let table =
        "#Sample_ID\tArea\tWeight\nS2\tSouth\t9.5\nN1\tNorth\t10\nN2\tNorth\t12.25\nS1\tSouth\t\n";
    let files: [(&str, Vec<u8>); 5] = [
        ("north.vcf.gz", vcf::bgzipped(&north)?),
        ("south.vcf.gz", vcf::bgzipped(&south)?),
        ("sample_metadata.tsv", table.into()),
        ("broken.tsv", "Name\tArea\nN1\tNorth\n".into()),
        ("notes.txt", "no data\n".into()),
    ];
    for (name, bytes) in files {
        stage
            .installation
            .upload(stage.person("editor"), &stage.project, name, &bytes)
            .await?;
    }
    play(stage, "queries.txt").await?;
    Ok(())
}

#[tokio::test]
async fn tasks_that_wait() -> Outcome {
    let stage = Stage::set(Installation::start_api().await?).await?;
    play(stage, "waiting.txt").await?;
    Ok(())
}

#[tokio::test]
async fn a_paused_queue() -> Outcome {
    let stage = Stage::set(Installation::start_api().await?).await?;
    let (client, admin) = (&stage.installation.client, &stage.installation.admin);
    stage.project.add(client, admin, admin, "query").await?;
    sql(
        &stage,
        "UPDATE queue_status SET is_closed = true, reason_for_users = 'Back on Monday.'",
    )
    .await?;
    play(stage, "paused.txt").await?;
    Ok(())
}
