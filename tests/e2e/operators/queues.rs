//! Queues, limits and dead letters.

use divbase_tasks::Queue;
use divbase_tests::{Outcome, client::Request, installation::Installation, process::Cli};
use serde_json::{Value, json};

use super::{get, kinds, send};

#[tokio::test]
async fn queues_are_paused_and_limits_changed() -> Outcome {
    let installation = Installation::start_api().await?;
    let person = installation.person("linnea").await?;
    installation.project("herring", &person, "manage").await?;
    let cli = Cli::new(&installation.api_url, &installation.path("admin"))?;
    cli.log_in(&installation.admin).await?;
    let paused = cli.ok(&["admin", "queue", "pause", "long"]).await?;
    assert!(paused.contains("The queue 'long' is paused"), "{paused}");
    let queues = cli.ok(&["admin", "queue", "list", "--json"]).await?;
    let queues: Value = serde_json::from_str(&queues)?;
    let long = queues.as_array().into_iter().flatten();
    let long = long
        .filter(|queue| queue["queue"] == "long")
        .collect::<Vec<_>>();
    assert_eq!(long[0]["paused"], true);
    assert_eq!(long[0]["dead_letters"], 0);

    // What is submitted waits, and its submitter is told why.
    let update = Request::put("/v1/vcf-dimensions/projects/herring").bearer(&person.token);
    let id = installation.client.send(update).await?.accepted()?;
    let item = get(&installation, &format!("/v1/task-history/tasks/{id}")).await?;
    assert_eq!(item[0]["waiting"]["because"], "paused_queue");
    assert_eq!(item[0]["waiting"]["expected_start"], Value::Null);
    let resumed = cli
        .ok(&["admin", "queue", "resume", "long", "--json"])
        .await?;
    let resumed: Value = serde_json::from_str(&resumed)?;
    assert_eq!(
        (&resumed["paused"], &resumed["waiting"]),
        (&json!(false), &json!(1))
    );

    let limits = cli
        .ok(&[
            "admin",
            "limits",
            "set",
            "--waiting-per-user",
            "1",
            "--running-per-project",
            "7",
            "--json",
        ])
        .await?;
    let limits: Value = serde_json::from_str(&limits)?;
    assert_eq!(limits["waiting_per_user"], 1);
    assert_eq!(limits["running_per_project"], 7);
    assert_eq!(limits["running_per_user"], 50);
    assert_eq!(limits, get(&installation, "/v1/limits").await?);
    // It holds for the next submission.
    installation.project("salmon", &person, "manage").await?;
    let update = Request::put("/v1/vcf-dimensions/projects/salmon").bearer(&person.token);
    let (text, _) = installation.client.send(update).await?.refused(429)?;
    assert!(text.contains("Your account has 1 tasks"), "{text}");
    for bad in [
        json!({}),
        json!({"running_per_user": 0}),
        json!({"waiting": 3}),
    ] {
        let refused = send(&installation, Request::patch("/v1/limits"), &bad).await?;
        assert_eq!(refused.status, 422, "{bad}");
    }
    let shown = cli.ok(&["admin", "limits", "show"]).await?;
    assert!(
        shown.contains("Running at a time: 7 of a project"),
        "{shown}"
    );
    let log = get(&installation, "/v1/audit?limit=10").await?;
    let actions: Vec<&str> = log["entries"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|entry| entry["action"].as_str())
        .collect();
    assert!(actions.contains(&"limits.changed"), "{actions:?}");
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn dead_letters_are_read_redriven_and_thrown_away() -> Outcome {
    let installation = Installation::start_api().await?;
    let person = installation.person("linnea").await?;
    let project = installation.project("herring", &person, "manage").await?;
    let kinds = kinds(&installation, &person, project.id).await?;
    let mut database = installation.database.connect().await?;
    sqlx::query(
        "UPDATE task SET status = 'FAILURE', finished_at = now(), attempt = 1, result = $2 WHERE id = $1",
    )
    .bind(kinds.user)
    .bind(json!({"exc_type": "InternalError", "exc_message": ["it broke"], "exc_module": "divbase.tasks"}))
    .execute(&mut database)
    .await?;
    sqlx::query(
        "INSERT INTO task_attempt (task_id, attempt, worker, finished_at, outcome, error)
         VALUES ($1, 1, 'worker-7', now(), 'failure', 'the cause')",
    )
    .bind(kinds.user)
    .execute(&mut database)
    .await?;
    let queues = &installation.wiring().queues;
    let body = format!(r#"{{"version":1,"task_id":{}}}"#, kinds.user);
    queues.bury(Queue::Long, &body).await?;
    queues.bury(Queue::Long, "not ours").await?;

    let cli = Cli::new(&installation.api_url, &installation.path("admin"))?;
    cli.log_in(&installation.admin).await?;
    let attempts = cli
        .ok(&[
            "admin",
            "task",
            "attempts",
            &kinds.user.to_string(),
            "--tsv",
        ])
        .await?;
    assert!(attempts.contains("worker-7\tthe cause"), "{attempts}");
    let listed = cli
        .ok(&["admin", "dead-letters", "list", "long", "--json"])
        .await?;
    let listed: Value = serde_json::from_str(&listed)?;
    let letters = listed.as_array().ok_or("no list")?;
    assert_eq!(letters.len(), 2, "{listed}");
    let ours = letters
        .iter()
        .find(|letter| letter["task_id"] == kinds.user)
        .ok_or("no letter of the task")?;
    assert_eq!(ours["reason"], "InternalError: it broke (attempt 1)");
    assert_eq!(ours["project"], "herring");
    assert_eq!(ours["user"], person.email.as_str());
    let other = letters
        .iter()
        .find(|letter| letter["task_id"].is_null())
        .ok_or("no other letter")?;
    assert_eq!(other["reason"], "This is no message of ours: `not ours`");

    let done = cli
        .ok(&[
            "admin",
            "dead-letters",
            "redrive",
            "long",
            "--all",
            "--json",
        ])
        .await?;
    let done: Value = serde_json::from_str(&done)?;
    let new = &done["retried"][0]["new_task_id"];
    assert_eq!(done["left"], 1, "{done}");
    let item = get(&installation, &format!("/v1/task-history/tasks/{new}")).await?;
    assert_eq!(item[0]["retry_of"], kinds.user);
    let id = other["id"].as_str().ok_or("no id")?;
    let thrown = cli
        .ok(&["admin", "dead-letters", "discard", "long", id])
        .await?;
    assert_eq!(thrown, "1 letters were thrown away.\n");
    let empty = cli.ok(&["admin", "dead-letters", "list"]).await?;
    assert_eq!(empty, "There are no dead letters.\n");
    let log = get(&installation, "/v1/audit?limit=2").await?;
    assert_eq!(log["entries"][0]["action"], "dead_letters.discarded");
    assert_eq!(log["entries"][1]["action"], "dead_letters.redriven");
    assert_eq!(log["entries"][1]["detail"]["task"], kinds.user.to_string());
    installation.stop().await?;
    Ok(())
}
