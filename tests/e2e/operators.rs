//! What administrators see of tasks and do with them, by the API and by `divbase-cli admin`.

mod commands;
mod queues;
mod tasks;

use divbase_tests::{
    TestResult,
    accounts::Person,
    client::{Answer, Request},
    installation::Installation,
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
