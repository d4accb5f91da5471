//! `divbase-server` as it runs on somebody's own servers: one process or one for each part, Postgres as database and queue, and a store that tells nothing of
//! its changes.

use std::path::Path;

use divbase_local::own_server::OwnServer;
use divbase_services::{RunFolder, workspace_root};
use divbase_tests::{
    Outcome, TestResult,
    accounts::Person,
    bcftools::Bcftools,
    client::{Client, Request},
    eventually::{PATIENCE, eventually},
    process::{Cli, program},
    vcf,
};
use serde_json::json;
use sqlx::{Connection, PgConnection};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

async fn start(commands: &[&str], settings: &[(&str, &str)]) -> TestResult<OwnServer> {
    let root = workspace_root();
    let run = RunFolder::throw_away(&root)?;
    let program = program("divbase-server")?;
    OwnServer::start(&root, run, &program, commands, settings).await
}

/// Somebody with a project that the service makes a bucket for.
async fn somebody(server: &OwnServer, client: &Client) -> TestResult<Person> {
    let admin = Person::log_in(client, &server.admin.0, &server.admin.1).await?;
    let account = json!({
        "name": "Linnea", "email": "linnea@example.org", "organisation": "Institute", "organisation_role": "Researcher",
        "password": server.admin.1, "is_admin": false,
    });
    client
        .send(
            Request::post("/v1/users")
                .bearer(&admin.token)
                .json(&account),
        )
        .await?
        .accepted()?;
    let project = json!({"name": "herring", "manager_email": "linnea@example.org"});
    client
        .send(
            Request::post("/v1/projects")
                .bearer(&admin.token)
                .json(&project),
        )
        .await?
        .accepted()?;
    Person::log_in(client, "linnea@example.org", &server.admin.1).await
}

/// Waits until a file can be queried, or cannot any more.
async fn until_known(cli: &Cli, name: &str, wanted: bool) -> TestResult {
    eventually(&format!("{name} to be known: {wanted}"), || async {
        match cli.ok(&["dimensions", "show", "--cached-vcf-files"]).await {
            Ok(shown) if shown.contains(name) == wanted => Ok(()),
            Ok(shown) => Err(shown),
            Err(error) => Err(error.to_string()),
        }
    })
    .await
}

fn write(folder: &Path, name: &str, text: &str) -> TestResult {
    std::fs::create_dir_all(folder)?;
    Ok(std::fs::write(folder.join(name), vcf::bgzipped(text)?)?)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_are_uploaded_indexed_queried_and_downloaded_without_any_other_service() -> Outcome {
    // Migrations may be asked for twice, and each part is a process.
    let parts = ["migrate", "migrate", "cron", "worker", "api"];
    let server = start(&parts, &[]).await?;
    let client = Client::new(&server.api_url)?;
    let person = somebody(&server, &client).await?;
    let folder = server.folder().join("linnea");
    let cli = Cli::new(&server.api_url, &folder)?;
    cli.log_in(&person).await?;
    cli.ok(&["config", "add", "herring", "--default"]).await?;

    // Two files that are one after the other, which are put together.
    write(
        &folder,
        "one.vcf.gz",
        &vcf::text(&["A", "B"], &[("1", 100), ("1", 200)]),
    )?;
    write(
        &folder,
        "two.vcf.gz",
        &vcf::text(&["A", "B"], &[("2", 50), ("2", 70)]),
    )?;
    cli.ok(&["files", "upload", "one.vcf.gz", "two.vcf.gz"])
        .await?;
    // Nobody is told; they are found.
    until_known(&cli, "one.vcf.gz", true).await?;
    until_known(&cli, "two.vcf.gz", true).await?;

    let submitted = cli
        .ok(&[
            "query",
            "vcf",
            "--all-samples",
            "--command",
            "view -r 1:150-300,2",
        ])
        .await?;
    let task_id: String = submitted
        .split("task id: ")
        .nth(1)
        .ok_or("no task id")?
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    cli.ok(&["query", "get-vcf-results", &task_id]).await?;
    let result = folder.join(format!("result_of_job_{task_id}.vcf.gz"));
    let bcftools = Bcftools(workspace_root().join(".local/venv/bin/bcftools"));
    let places: Vec<String> = bcftools
        .records(&result)
        .await?
        .iter()
        .map(|record| record.split('\t').take(2).collect::<Vec<_>>().join(":"))
        .collect();
    assert_eq!(places, ["1:200", "2:50", "2:70"]);

    // Every task went through the queue of the database, and nothing is left in it.
    let mut database = PgConnection::connect(&server.database_url).await?;
    let sent: bool = sqlx::query_scalar("SELECT is_called FROM queue_message_id_seq")
        .fetch_one(&mut database)
        .await?;
    assert!(sent, "no message was ever sent");
    let dead: i64 = sqlx::query_scalar("SELECT count(*) FROM queue_message WHERE is_dead")
        .fetch_one(&mut database)
        .await?;
    assert_eq!(dead, 0);
    database.close().await?;
    eventually("the queue to be empty", || left(&server)).await?;

    // What is deleted is missed, and what is restored is found again.
    cli.ok(&["files", "rm", "two.vcf.gz"]).await?;
    until_known(&cli, "two.vcf.gz", false).await?;
    cli.ok(&["files", "restore", "two.vcf.gz"]).await?;
    until_known(&cli, "two.vcf.gz", true).await?;
    let log = server.log()?;
    assert!(!log.contains("ERROR"), "{log}");
    server.stop().await?;
    Ok(())
}

/// Nothing if no message waits or is dealt with.
async fn left(server: &OwnServer) -> Result<(), String> {
    let count = async {
        let mut database = PgConnection::connect(&server.database_url).await?;
        sqlx::query_scalar::<_, i64>("SELECT count(*) FROM queue_message")
            .fetch_one(&mut database)
            .await
    };
    match count.await {
        Ok(0) => Ok(()),
        Ok(left) => Err(left.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

/// What a connection says after this was sent on it, until it is closed.
async fn said_to(address: &str, sent: &str) -> TestResult<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(sent.as_bytes()).await?;
    let mut said = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut said)).await??;
    Ok(String::from_utf8_lossy(&said).into_owned())
}

/// The store refuses notifications, which was said to be its queue's; clients are slow; and somebody watches.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_store_cannot_do_and_clients_that_are_slow_do_no_harm() -> Outcome {
    let settings = [
        (
            "DIVBASE_EVENTS_QUEUE_ARN",
            "arn:aws:sqs:us-east-1:000000000000:events",
        ),
        ("DIVBASE_HEADER_SECONDS", "1"),
        ("DIVBASE_BODY_SECONDS", "1"),
        ("METRICS_ADDRESS", "127.0.0.1:0"),
    ];
    let server = start(&["all"], &settings).await?;
    let client = Client::new(&server.api_url)?;
    // It is accepted: the project exists with its bucket.
    let person = somebody(&server, &client).await?;
    let folder = server.folder().join("linnea");
    let cli = Cli::new(&server.api_url, &folder)?;
    cli.log_in(&person).await?;
    cli.ok(&["config", "add", "herring", "--default"]).await?;
    write(&folder, "one.vcf.gz", &vcf::text(&["A"], &[("1", 100)]))?;
    cli.ok(&["files", "upload", "one.vcf.gz"]).await?;

    let address = server
        .api_url
        .trim_start_matches("http://")
        .trim_end_matches("/api");
    let half = "GET /api/v1/core/health HTTP/1.1\r\nHost: x\r\n";
    let answer = said_to(address, half).await?;
    assert!(!answer.contains("200 OK"), "{answer}");
    let slow = "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n\
                Connection: close\r\nContent-Length: 100\r\n\r\nusername=";
    let answer = said_to(address, slow).await?;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");

    let log = server.log()?;
    assert!(log.contains("will not tell of its changes"), "{log}");
    let metrics = log
        .split("address=")
        .nth(1)
        .and_then(|rest| rest.split_ascii_whitespace().next())
        .ok_or("it does not say where it is watched")?;
    for (path, wanted) in [
        ("health", "\"ok\""),
        ("ready", "\"queue\""),
        ("metrics", "divbase_queue_waiting"),
    ] {
        let answer = client
            .send(Request::get(&format!("http://{metrics}/{path}")))
            .await?;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        assert!(answer.text().contains(wanted), "{path}: {}", answer.text());
    }
    server.stop().await?;
    Ok(())
}

/// Without a password the log of the migration has a token by which the first administrator chooses one: the newest one, once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_administrator_comes_in_by_a_token_in_the_log() -> Outcome {
    let settings = [
        ("FIRST_ADMIN_PASSWORD", ""),
        ("DIVBASE_PUBLIC_API_URL", "https://divbase.example.org/api"),
    ];
    let server = start(&["migrate", "migrate", "api"], &settings).await?;
    let log = server.log()?;
    let link = "https://divbase.example.org/reset-password?token=";
    let tokens: Vec<&str> = log
        .split(link)
        .skip(1)
        .map(|rest| {
            rest.split(|c: char| c.is_ascii_whitespace() || c == '\u{1b}' || c == '"')
                .next()
                .unwrap_or_default()
        })
        .collect();
    assert_eq!(tokens.len(), 2, "{log}");
    assert_ne!(tokens[0], tokens[1]);
    let cli = Cli::new(&server.api_url, &server.folder().join("admin"))?;
    let words = ["auth", "reset-password"];
    let set = async |token: &str| {
        cli.run(&words, &format!("{token}\nheron lake fog 71\n"))
            .await
    };
    let void = set(tokens[0]).await?;
    assert_eq!(void.code, Some(1), "{void:?}");
    let done = set(tokens[1]).await?;
    assert_eq!(done.code, Some(0), "{done:?}");
    let again = set(tokens[1]).await?;
    assert_eq!(again.code, Some(1), "{again:?}");
    let person = Person::log_in(
        &Client::new(&server.api_url)?,
        &server.admin.0,
        "heron lake fog 71",
    )
    .await?;
    let users = Request::get("/v1/users").bearer(&person.token);
    Client::new(&server.api_url)?
        .send(users)
        .await?
        .accepted()?;

    // Whoever migrates later learns nothing.
    let migrated = tokio::process::Command::new(program("divbase-server")?)
        .arg("--config")
        .arg(server.folder().join("divbase.toml"))
        .arg("migrate")
        .output()
        .await?;
    let said = String::from_utf8_lossy(&migrated.stderr).into_owned()
        + &String::from_utf8_lossy(&migrated.stdout);
    assert!(migrated.status.success(), "{said}");
    assert!(!said.contains("reset-password"), "{said}");
    server.stop().await?;
    Ok(())
}
