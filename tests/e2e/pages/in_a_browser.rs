//! The pages in a real browser: `tests/web/run.mjs` drives headless Chromium over a system of its own, whose letters it gets
//! from here. They take minutes, and run by `make test-web` alone, which sets `DIVBASE_TEST_WEB`.

use std::{net::TcpListener, process::Stdio};

use divbase_local::system::Indexing;
use divbase_services::workspace_root;
use divbase_tasks::Queue;
use divbase_tests::{Outcome, installation::Installation, mailbox::Mailbox};
use serde_json::json;
use tokio::{io::AsyncWriteExt, process::Command};

async fn run(script: &str) -> Outcome {
    let root = workspace_root();
    let web = root.join(".local/web");
    if std::env::var_os("DIVBASE_TEST_WEB").is_none() {
        eprintln!("skipped: make test-web runs it");
        return Ok(());
    }
    let mut mailbox = Mailbox::start().await?;
    // Letters name the address, so it has to be known before anything listens there.
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let origin = format!("http://{address}");
    let mailer = mailbox.mailer_of(&format!("{origin}/api"))?;
    let registration = "@example.org".parse()?;
    let installation = Installation::start_with(|settings| {
        settings.listen = address;
        settings.mail = Some(mailer);
        settings.registration = registration;
        settings.indexing = Indexing::Automatic;
    })
    .await?;
    bury_a_task(&installation).await?;
    let mut browser = Command::new("node")
        .arg(root.join("tests/web/run.mjs"))
        .env("DIVBASE_ORIGIN", &origin)
        .env("DIVBASE_ADMIN", &installation.admin.email)
        .env("DIVBASE_ADMIN_PASSWORD", &installation.admin.password)
        .env("DIVBASE_WEB", &web)
        .env("DIVBASE_SCRIPT", script)
        .env("DIVBASE_FOLDER", installation.path("web"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut letters = browser.stdin.take().ok_or("no input")?;
    let post = async {
        loop {
            // None for a while is no fault: the browser waits for those that it needs.
            if let Ok(letter) = mailbox.next().await
                && letters
                    .write_all(format!("{letter}\n").as_bytes())
                    .await
                    .is_err()
            {
                std::future::pending::<()>().await;
            }
        }
    };
    let output = tokio::select! {
        output = browser.wait_with_output() => output?,
        () = post => return Err("letters have no end".into()),
    };
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    println!("{said}");
    assert!(output.status.success(), "{said}\n{complained}");
    installation.stop().await?;
    Ok(())
}

/// A task that failed by a fault of the service, and its dead letter. Run again, it succeeds.
async fn bury_a_task(installation: &Installation) -> Outcome {
    let failure = json!({"exc_type": "InternalError", "exc_message": ["it broke"], "exc_module": "divbase.tasks"});
    let mut database = installation.database.connect().await?;
    let task: i64 = sqlx::query_scalar(
        "INSERT INTO task (name, queue, kwargs, status, finished_at, attempt, result, max_attempts)
         VALUES ('cron_tasks.cleanup_old_jwts_and_pats', 'quick', '{}', 'FAILURE', now(), 1, $1, 1) RETURNING id",
    )
    .bind(failure)
    .fetch_one(&mut database)
    .await?;
    let letter = format!(r#"{{"version":1,"task_id":{task}}}"#);
    installation
        .wiring()
        .queues
        .bury(Queue::Quick, &letter)
        .await?;
    Ok(())
}

#[tokio::test]
async fn everything_works_with_javascript() -> Outcome {
    run("on").await
}

#[tokio::test]
async fn everything_but_uploads_works_without_javascript() -> Outcome {
    run("off").await
}
