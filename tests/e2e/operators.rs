//! What administrators see of tasks and do with them, by the API and by `divbase-cli admin`.

use std::process::Command;

use divbase_services::workspace_root;
use divbase_tasks::{Queue, Sender};
use divbase_tests::{
    Outcome, TestResult,
    accounts::Person,
    client::{Answer, Request},
    installation::Installation,
    process::{Cli, program},
};
use serde_json::{Value, json};

async fn get(installation: &Installation, path: &str) -> TestResult<Value> {
    let request = Request::get(path).bearer(&installation.admin.token);
    installation.client.send(request).await?.accepted()
}

async fn send(installation: &Installation, request: Request, body: &Value) -> TestResult<Answer> {
    let request = request.bearer(&installation.admin.token).json(body);
    installation.client.send(request).await
}

/// Tasks of each kind: somebody's, a schedule's, the service's own, and a batch with two parts.
struct Kinds {
    user: i64,
    periodic: i64,
    automatic: i64,
    batch: i64,
    parts: Vec<i64>,
}

async fn kinds(installation: &Installation, person: &Person, project_id: i64) -> TestResult<Kinds> {
    let mut database = installation.database.connect().await?;
    let kwargs = json!({"project_name": "herring", "bucket_name": "herring", "project_id": project_id, "user_id": 1});
    let made: Vec<i64> = sqlx::query_scalar(
        "INSERT INTO task (name, queue, kwargs, user_id, project_id, max_attempts)
         SELECT CASE WHEN n = 4 THEN 'cron_tasks.follow_buckets' ELSE 'tasks.update_vcf_dimensions_task' END, 'long', $1,
                CASE WHEN n = 1 THEN (SELECT id FROM app_user WHERE email = $2) END,
                CASE WHEN n < 4 THEN $3::bigint END, 3
         FROM generate_series(1, 4) n ORDER BY n RETURNING id",
    )
    .bind(&kwargs)
    .bind(&person.email)
    .bind(project_id)
    .fetch_all(&mut database)
    .await?;
    let parts: Vec<i64> = sqlx::query_scalar(
        "INSERT INTO task (name, queue, kwargs, project_id, max_attempts, batch_of, batch_index)
         SELECT 'tasks.update_vcf_dimensions_task', 'long', '{}', $2, 3, $1, n FROM generate_series(0, 1) n RETURNING id",
    )
    .bind(made[3])
    .bind(project_id)
    .fetch_all(&mut database)
    .await?;
    sqlx::query(
        "INSERT INTO schedule_execution (schedule_id, scheduled_for, made_by, task_id)
         SELECT id, now(), 'timer', $1 FROM schedule WHERE key = 'sweep-daily'",
    )
    .bind(made[1])
    .execute(&mut database)
    .await?;
    Ok(Kinds {
        user: made[0],
        periodic: made[1],
        automatic: made[2],
        batch: made[3],
        parts,
    })
}

/// Makes a daily schedule: those that come with the program are made by the cron function, which does not run here.
async fn schedule(installation: &Installation, key: &str) -> TestResult {
    let new = json!({"key": key, "task_name": "cron_tasks.cleanup_old_jwts_and_pats", "kwargs": {},
        "interval_seconds": 86_400, "enabled": true});
    let request = Request::post("/v1/schedules")
        .bearer(&installation.admin.token)
        .json(&new);
    installation.client.send(request).await?.accepted()?;
    Ok(())
}

fn ids(list: &Value) -> Vec<i64> {
    let items = list.as_array().into_iter().flatten();
    items.filter_map(|item| item["id"].as_i64()).collect()
}

#[tokio::test]
async fn tasks_of_every_kind_are_listed_by_filters() -> Outcome {
    let installation = Installation::start_api().await?;
    let person = installation.person("linnea").await?;
    let project = installation.project("herring", &person, "manage").await?;
    schedule(&installation, "sweep-daily").await?;
    let kinds = kinds(&installation, &person, project.id).await?;
    for (query, expected) in [
        (
            "",
            vec![kinds.batch, kinds.automatic, kinds.periodic, kinds.user],
        ),
        ("?kind=user", vec![kinds.user]),
        ("?kind=periodic", vec![kinds.periodic]),
        ("?kind=automatic", vec![kinds.batch, kinds.automatic]),
        ("?kind=part", vec![kinds.parts[1], kinds.parts[0]]),
        (
            &format!("?batch={}", kinds.batch),
            vec![kinds.parts[1], kinds.parts[0]],
        ),
        ("?user=LINNEA@example.org", vec![kinds.user]),
        (
            "?project=herring&status=PENDING",
            vec![kinds.automatic, kinds.periodic, kinds.user],
        ),
        ("?text=FOLLOW_b", vec![kinds.batch]),
        ("?text=no-such-text", vec![]),
        ("?since=2100-01-01T00:00:00Z", vec![]),
        ("?until=2100-01-01T00:00:00Z&limit=1", vec![kinds.batch]),
        ("?status=FAILURE", vec![]),
    ] {
        let page = get(&installation, &format!("/v1/tasks{query}")).await?;
        assert_eq!(ids(&page["tasks"]), expected, "{query}: {page}");
    }
    let page = get(&installation, "/v1/tasks?limit=3").await?;
    assert_eq!(page["next"], kinds.periodic);
    let rest = get(
        &installation,
        &format!("/v1/tasks?before={}", kinds.periodic),
    )
    .await?;
    assert_eq!(ids(&rest["tasks"]), [kinds.user]);
    assert_eq!(rest["next"], Value::Null);
    let item = get(
        &installation,
        &format!("/v1/task-history/tasks/{}", kinds.periodic),
    )
    .await?;
    assert_eq!(item[0]["kind"], "periodic");

    // The submitter sees the place in the queue. Projects take turns: of no project is a task that goes before the third.
    let path = format!("/v1/task-history/tasks/{}", kinds.user);
    let request = Request::get(&path).bearer(&person.token);
    let mine = installation.client.send(request).await?.accepted()?;
    assert_eq!(mine[0]["waiting"]["position"], 1, "{mine}");
    assert_eq!(mine[0]["waiting"]["because"], Value::Null);
    let later = get(
        &installation,
        &format!("/v1/task-history/tasks/{}", kinds.automatic),
    )
    .await?;
    assert_eq!(later[0]["waiting"]["position"], 4, "{later}");

    let cli = Cli::new(&installation.api_url, &installation.path("admin"))?;
    cli.log_in(&installation.admin).await?;
    let shown = cli
        .ok(&["admin", "task", "list", "--kind", "periodic", "--json"])
        .await?;
    let shown: Value = serde_json::from_str(&shown)?;
    assert_eq!(ids(&shown), [kinds.periodic]);
    let table = cli.ok(&["admin", "task", "list", "--all"]).await?;
    assert_eq!(table.lines().count(), 6, "{table}");
    assert!(table.contains("follow_buckets"), "{table}");
    let wrong = cli
        .run(&["admin", "task", "list", "--kind", "all"], "")
        .await?;
    assert!(
        wrong.stderr.contains("user, periodic, automatic, part"),
        "{wrong:?}"
    );
    let one = cli
        .ok(&["task-history", "id", &kinds.automatic.to_string()])
        .await?;
    assert!(one.contains("3 tasks go before it"), "{one}");
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn many_are_cancelled_and_run_again_after_they_were_counted() -> Outcome {
    let installation = Installation::start_api().await?;
    let person = installation.person("linnea").await?;
    let project = installation.project("herring", &person, "manage").await?;
    let kinds = kinds(&installation, &person, project.id).await?;
    let cli = Cli::new(&installation.api_url, &installation.path("admin"))?;
    cli.log_in(&installation.admin).await?;
    let none = send(
        &installation,
        Request::post("/v1/tasks/cancel"),
        &json!({"filter": {}, "dry_run": false}),
    )
    .await?;
    let (text, _) = none.refused(422)?;
    assert!(text.contains("say which tasks"), "{text}");

    let cancel = ["admin", "task", "cancel", "--project", "herring"];
    let counted = cli.ok(&cancel).await?;
    assert!(
        counted.starts_with("3 tasks would be cancelled"),
        "{counted}"
    );
    let before = get(&installation, "/v1/tasks?status=REVOKED").await?;
    assert_eq!(ids(&before["tasks"]), Vec::<i64>::new());
    let done = cli.ok(&[&cancel[..], &["--yes"]].concat()).await?;
    assert!(done.starts_with("3 tasks were cancelled"), "{done}");
    let after = get(&installation, "/v1/tasks?status=REVOKED").await?;
    assert_eq!(
        ids(&after["tasks"]),
        [kinds.automatic, kinds.periodic, kinds.user]
    );
    // The parts of a batch are cancelled by themselves only if they are asked for.
    let parts = get(&installation, "/v1/tasks?kind=part").await?;
    assert_eq!(parts["tasks"][0]["status"], "PENDING");

    let retry = [
        "admin",
        "task",
        "retry",
        "--status",
        "revoked",
        "--user",
        "linnea@example.org",
    ];
    let counted = cli.ok(&[&retry[..], &["--json"]].concat()).await?;
    let counted: Value = serde_json::from_str(&counted)?;
    assert_eq!(
        (&counted["dry_run"], &counted["matched"]),
        (&json!(true), &json!(1))
    );
    let done = cli.ok(&[&retry[..], &["--yes", "--json"]].concat()).await?;
    let done: Value = serde_json::from_str(&done)?;
    assert_eq!(done["done"][0]["task_id"], kinds.user);
    let new = done["done"][0]["new_task_id"]
        .as_i64()
        .ok_or("no new task")?;
    let item = get(&installation, &format!("/v1/task-history/tasks/{new}")).await?;
    assert_eq!(item[0]["retry_of"], kinds.user);
    assert_eq!(item[0]["submitter_email"], person.email.as_str());
    let again = cli.ok(&[&retry[..], &["--yes"]].concat()).await?;
    assert!(again.starts_with("0 tasks run again"), "{again}");

    let log = get(&installation, "/v1/audit?limit=2").await?;
    let entries = &log["entries"];
    assert_eq!(entries[0]["action"], "tasks.retried");
    assert_eq!(entries[0]["detail"]["tasks"], kinds.user.to_string());
    assert_eq!(
        entries[0]["detail"]["filter"],
        "status=REVOKED user=linnea@example.org"
    );
    assert_eq!(entries[1]["action"], "tasks.cancelled");
    assert_eq!(entries[1]["actor"], installation.admin.email.as_str());
    installation.stop().await?;
    Ok(())
}

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

/// Lists of the history on the command line: by time, by text, and all of them.
#[tokio::test]
async fn history_is_filtered_by_time_and_text() -> Outcome {
    let installation = Installation::start_api().await?;
    let person = installation.person("linnea").await?;
    let project = installation.project("herring", &person, "manage").await?;
    let mut database = installation.database.connect().await?;
    sqlx::query(
        "INSERT INTO task (name, queue, kwargs, result, status, finished_at, user_id, project_id, max_attempts, created_at)
         SELECT 'tasks.probe', 'long', jsonb_build_object('text', 'number ' || n || '.'), '{}', 'SUCCESS', now(), u.id, $1, 1,
                '2026-01-01T00:00:00Z'::timestamptz + make_interval(mins => n)
         FROM app_user u, generate_series(1, 1200) n WHERE u.email = $2 ORDER BY n",
    )
    .bind(project.id)
    .bind(&person.email)
    .execute(&mut database)
    .await?;
    let cli = Cli::new(&installation.api_url, &installation.path("linnea"))?;
    cli.log_in(&person).await?;
    let count = async |options: &[&str]| -> TestResult<usize> {
        let arguments = [&["task-history", "user", "--jsonl"], options].concat();
        Ok(cli.ok(&arguments).await?.lines().count())
    };
    assert_eq!(count(&[]).await?, 10);
    assert_eq!(count(&["--all"]).await?, 1200);
    let since = "2026-01-01T00:10:00Z";
    assert_eq!(count(&["--all", "--since", since]).await?, 1191);
    let until = "2026-01-01T02:00:00+01:00";
    assert_eq!(count(&["--all", "--until", until]).await?, 59);
    assert_eq!(
        count(&["--all", "--since", since, "--until", until]).await?,
        50
    );
    assert_eq!(count(&["--text", "NUMBER 77."]).await?, 1);
    let bad = cli
        .run(&["task-history", "user", "--since", "yesterday"], "")
        .await?;
    assert_eq!(bad.code, Some(2), "{bad:?}");
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
