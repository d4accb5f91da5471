//! Tasks of every kind: lists, attempts, and what is done with many at once.

use divbase_tests::{
    Outcome, TestResult, client::Request, installation::Installation, process::Cli,
};
use serde_json::{Value, json};

use super::{get, ids, kinds, schedule, send};

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
