//! The exchanges in `golden/`, each file on a stage of its own.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use divbase_tests::{
    Outcome, TestResult,
    client::Request,
    golden::{self, Mode},
    installation::Installation,
    vcf,
};
use serde_json::json;

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
    let request = Request::post("/v1/admin/users/")
        .bearer(admin)
        .json(&account);
    stage.installation.client.send(request).await?.accepted()?;
    play(stage, "session.txt").await?;
    Ok(())
}

/// Tokens, and an account that was closed while it had credentials of every kind.
#[tokio::test]
async fn tokens_and_the_states_of_accounts() -> Outcome {
    let stage = Stage::set(Installation::start_api().await?).await?;
    let (installation, client) = (&stage.installation, &stage.installation.client);
    installation
        .project("salmon", stage.person("manager"), "manage")
        .await?;
    let gone = installation.person("gone").await?;
    let form = [
        ("username", gone.email.as_str()),
        ("password", &gone.password),
    ];
    let session = client
        .send(Request::post("/v1/auth/login").form(&form))
        .await?
        .accepted()?;
    let pat = Request::post("/v1/auth/pats")
        .bearer(&gone.token)
        .json(&json!({"name": "laptop", "all_projects": true}));
    let pat = client.send(pat).await?.accepted()?;
    let me = Request::get("/v1/auth/whoami").bearer(&gone.token);
    let id = client.send(me).await?.accepted()?["id"].clone();
    let close = Request::patch(&format!("/v1/users/{id}")).bearer(&installation.admin.token);
    let close = close.json(&json!({"is_active": false}));
    client.send(close).await?.accepted()?;
    let mut values = stage.values();
    for (name, value) in [
        ("gone.password", gone.password.as_str()),
        (
            "gone.access",
            session["access_token"].as_str().ok_or("no token")?,
        ),
        (
            "gone.refresh",
            session["refresh_token"].as_str().ok_or("no token")?,
        ),
        ("gone.pat", pat["token"].as_str().ok_or("no token")?),
    ] {
        values.insert(name.to_owned(), value.to_owned());
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("e2e/golden/tokens.txt");
    golden::play(&file, Mode::from_env(), client, &stage.tokens(), values).await?;
    stage.installation.stop().await?;
    Ok(())
}

/// Every type of error that the contract lists (section 1.5), with its status, is in an exchange.
#[test]
fn every_error_of_the_contract_is_in_an_exchange() -> Outcome {
    const LISTED: [(&str, &[u16]); 23] = [
        ("authentication_error", &[401]),
        ("authorization_error", &[403]),
        ("http_error", &[400, 401, 404, 405]),
        ("request_validation_error", &[422]),
        ("server_error", &[500]),
        ("cli_version_outdated_error", &[400]),
        ("user_registration_error", &[400]),
        ("project_not_found_error", &[404]),
        ("project_member_not_found_error", &[404]),
        ("project_member_already_exists_error", &[409]),
        ("project_creation_error", &[400]),
        ("user_not_found_error", &[404]),
        ("too_many_objects_in_request_error", &[400]),
        ("project_version_creation_error", &[400]),
        ("project_version_already_exists_error", &[400]),
        ("project_version_not_found_error", &[404]),
        ("project_version_soft_deleted_error", &[400]),
        ("vcf_dimensions_entry_missing_error", &[404]),
        ("dimensions_update_task_already_in_process_error", &[409]),
        ("object_does_not_exist_error", &[404]),
        ("queue_closed_error", &[400]),
        ("pat_limit_exceeded_error", &[409]),
        ("pat_duplicate_name_error", &[409]),
    ];
    // Two more of the list are answered by no route.
    let mut shown: BTreeMap<String, BTreeSet<u16>> = BTreeMap::new();
    for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("e2e/golden"))? {
        let text = fs::read_to_string(file?.path())?;
        for answer in text.split("\n=> ").skip(1) {
            let answer = answer.split("\n## ").next().unwrap_or_default();
            let status = answer.get(..3).and_then(|digits| digits.parse().ok());
            let kind = answer
                .split("\"type\": \"")
                .nth(1)
                .and_then(|rest| rest.split('"').next());
            if let (Some(status), Some(kind)) = (status, kind) {
                shown.entry(kind.to_owned()).or_default().insert(status);
            }
        }
    }
    for (kind, statuses) in LISTED {
        let seen = shown
            .get(kind)
            .ok_or_else(|| format!("no exchange ends with {kind}"))?;
        for status in statuses {
            assert!(seen.contains(status), "{kind} with {status}: {seen:?}");
        }
    }
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
async fn a_fault_of_the_service() -> Outcome {
    let stage = Stage::set(Installation::start_api().await?).await?;
    sql(&stage, "ALTER TABLE announcement RENAME TO elsewhere").await?;
    play(stage, "faults.txt").await?;
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
