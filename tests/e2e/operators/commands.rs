//! Schedules by the command line, and the commands that the page names.

use std::process::Command;

use divbase_services::workspace_root;
use divbase_tests::{
    Outcome,
    installation::Installation,
    process::{Cli, program},
};
use serde_json::Value;

use super::schedule;

#[tokio::test]
async fn schedules_are_seen_switched_and_run_by_command() -> Outcome {
    let installation = Installation::start_api().await?;
    let cli = Cli::new(&installation.api_url, &installation.path("admin"))?;
    cli.log_in(&installation.admin).await?;
    let key = "cleanup-old-tasks-daily";
    schedule(&installation, key).await?;
    let off = cli.ok(&["admin", "schedule", "disable", key]).await?;
    assert_eq!(off, format!("'{key}' no longer runs by itself.\n"));
    let list = cli.ok(&["admin", "schedule", "list", "--tsv"]).await?;
    let row = list
        .lines()
        .find(|line| line.starts_with(key))
        .ok_or("not listed")?;
    assert!(row.starts_with(&format!("{key}\toff\t")), "{row}");
    let on = cli.ok(&["admin", "schedule", "enable", key]).await?;
    assert!(on.starts_with(&format!("'{key}' runs next at ")), "{on}");
    let run = cli.ok(&["admin", "schedule", "run", key, "--json"]).await?;
    let run: Value = serde_json::from_str(&run)?;
    let runs = cli
        .ok(&["admin", "schedule", "runs", key, "--json"])
        .await?;
    let runs: Value = serde_json::from_str(&runs)?;
    assert_eq!(runs[0]["task_id"], run["task_id"]);
    let workers = cli.ok(&["admin", "workers"]).await?;
    assert!(workers.contains("No worker lives"), "{workers}");
    installation.stop().await?;
    Ok(())
}

/// The commands that the page for operators names are commands.
#[tokio::test]
async fn the_commands_of_the_page_are_known() -> Outcome {
    let text = std::fs::read_to_string(workspace_root().join("docs/operations.md"))?;
    let cli = program("divbase-cli")?;
    let mut seen = 0;
    for span in text
        .split('`')
        .filter(|span| span.starts_with("divbase-cli admin "))
    {
        let mut arguments: Vec<&str> = span.split_whitespace().skip(1).collect();
        if arguments.contains(&"…") {
            continue;
        }
        // What is written in capitals stands for something.
        for argument in &mut arguments {
            *argument = match *argument {
                "ID" => "1",
                "EMAIL" => "linnea@example.org",
                "NAME" => "herring",
                "QUEUE" => "quick",
                "TIME" => "2026-01-01T00:00:00Z",
                other => other,
            };
        }
        let output = Command::new(&cli).args(&arguments).arg("--help").output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{span}: {said}");
        seen += 1;
    }
    assert!(seen >= 20, "{seen} commands");
    Ok(())
}
