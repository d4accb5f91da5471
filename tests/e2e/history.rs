//! Lists of the history: pages, filters, and who sees what.

use divbase_tests::{Outcome, TestResult, client::Request, installation::Installation};
use serde_json::Value;

async fn ids(installation: &Installation, token: &str, path: &str) -> TestResult<Vec<i64>> {
    let request = Request::get(&format!("/v1/task-history/tasks{path}")).bearer(token);
    let list = installation.client.send(request).await?.accepted()?;
    let items = list.as_array().ok_or("no list")?;
    Ok(items
        .iter()
        .filter_map(|item| item["id"].as_i64())
        .collect())
}

#[tokio::test]
async fn pages_and_filters_give_each_task_once() -> Outcome {
    let installation = Installation::start_api().await?;
    let (person, admin) = (installation.person("linnea").await?, &installation.admin);
    let project = installation.project("herring", &person, "manage").await?;
    let mut database = installation.database.connect().await?;
    // Odd ones are the person's and in the project, even ones periodic; each is a minute older than the next.
    let made: Vec<i64> = sqlx::query_scalar(
        "INSERT INTO task (name, queue, kwargs, result, status, finished_at, user_id, project_id, max_attempts, created_at)
         SELECT CASE WHEN n % 2 = 1 THEN 'tasks.update_vcf_dimensions_task' ELSE 'cron_tasks.update_storage_usage' END,
                'long', '{}', '{}', CASE WHEN n % 10 = 1 THEN 'FAILURE' ELSE 'SUCCESS' END, now(),
                CASE WHEN n % 2 = 1 THEN u.id END, CASE WHEN n % 2 = 1 THEN $1 END, 1,
                '2026-01-01T00:00:00Z'::timestamptz + make_interval(mins => n)
         FROM app_user u, generate_series(1, 240) n WHERE u.email = $2 ORDER BY n RETURNING id",
    )
    .bind(project.id)
    .bind(&person.email)
    .fetch_all(&mut database)
    .await?;
    let newest_first = |keep: &dyn Fn(usize) -> bool| -> Vec<i64> {
        let numbered = made.iter().enumerate();
        let kept = numbered.filter(|(at, _)| keep(at + 1));
        let mut kept: Vec<i64> = kept.map(|(_, id)| *id).collect();
        kept.reverse();
        kept
    };
    let (all, odd) = (newest_first(&|_| true), newest_first(&|n| n % 2 == 1));
    assert_eq!(ids(&installation, &admin.token, "").await?, all[..50]);
    assert_eq!(ids(&installation, &person.token, "/user").await?, odd[..50]);
    let mut walked: Vec<i64> = Vec::new();
    while walked.len() < all.len() {
        let before = walked.last().map_or(i64::MAX, |id| *id);
        let page = ids(
            &installation,
            &admin.token,
            &format!("?limit=70&before={before}"),
        )
        .await?;
        assert!(!page.is_empty(), "{} of {}", walked.len(), all.len());
        walked.extend(page);
    }
    assert_eq!(walked, all);
    for (query, expected) in [
        ("?limit=1000&user=Linnea@example.org", odd.clone()),
        ("?limit=1000&user=nobody@example.org", vec![]),
        ("?limit=1000&project=herring", odd.clone()),
        ("?limit=1000&status=FAILURE", newest_first(&|n| n % 10 == 1)),
        (
            "?limit=1000&name=cron_tasks.update_storage_usage",
            newest_first(&|n| n % 2 == 0),
        ),
        (
            "?limit=1000&since=2026-01-01T00:10:00Z&until=2026-01-01T01:00:00%2B00:00",
            newest_first(&|n| (10..60).contains(&n)),
        ),
        (
            "?limit=1000&project=herring&status=FAILURE&until=2026-01-01T00:30:00Z",
            newest_first(&|n| n % 10 == 1 && n < 30),
        ),
    ] {
        assert_eq!(
            ids(&installation, &admin.token, query).await?,
            expected,
            "{query}"
        );
    }
    for bad in ["limit=1001", "limit=0", "since=yesterday", "status=LOST"] {
        let request = Request::get(&format!("/v1/task-history/tasks?{bad}")).bearer(&admin.token);
        let (text, _) = installation.client.send(request).await?.refused(422)?;
        let (field, _) = bad.split_once('=').unwrap_or_default();
        assert!(text.contains(field), "{text}");
    }
    let request = Request::get("/v1/task-history/tasks").bearer(&person.token);
    let refused: Value = installation
        .client
        .send(request)
        .await?
        .refused(403)?
        .0
        .into();
    assert_eq!(refused, "This needs an administrator.");
    installation.stop().await?;
    Ok(())
}
