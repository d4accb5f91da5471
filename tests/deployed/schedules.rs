//! The timer: nobody calls the cron function here but the scheduler.

use divbase_tests::{
    Outcome,
    client::{Answer, Request},
    eventually::eventually,
};
use serde_json::json;

use crate::place::Place;

/// A schedule that was made over HTTP fires, twice, by itself.
#[tokio::test]
async fn a_schedule_fires() -> Outcome {
    let place = Place::find().await?;
    let key = Place::own_name("test-fires");
    let schedule = json!({"key": key, "task_name": "cron_tasks.cleanup_old_jwts_and_pats", "interval_seconds": 5});
    place
        .client
        .send(
            Request::post("/v1/schedules")
                .bearer(&place.admin.token)
                .json(&schedule),
        )
        .await?
        .accepted()?;
    let path = format!("/v1/schedules/{key}/executions");
    let run = eventually("a run made by the timer", || async {
        let runs = place
            .client
            .send(Request::get(&path).bearer(&place.admin.token))
            .await
            .and_then(Answer::accepted)
            .map_err(|error| error.to_string())?;
        let ended = runs
            .as_array()
            .into_iter()
            .flatten()
            .find(|run| run["made_by"] == "timer" && !run["completed_at"].is_null());
        ended.cloned().ok_or_else(|| runs.to_string())
    })
    .await?;
    assert_eq!(run["status"], "success", "{run}");
    let delete = Request::new(
        divbase_tests::client::Method::DELETE,
        &format!("/v1/schedules/{key}"),
    );
    place.client.send(delete.bearer(&place.admin.token)).await?;
    Ok(())
}

/// A crash between commit and send: the row and its outbox line are there, the message is not. The timer sends it.
#[tokio::test]
async fn what_a_crash_left_unsent_is_sent() -> Outcome {
    let place = Place::find().await?;
    let task_id = place.silent_task(0.0).await?;
    let mut database = place.database().await?;
    sqlx::query("INSERT INTO outbox (task_id, queue) VALUES ($1, 'quick')")
        .bind(task_id)
        .execute(&mut database)
        .await?;
    let item = place.succeeded(task_id).await?;
    assert_eq!(item["attempts"], 1, "{item}");
    Ok(())
}

/// The schedules that come with the program are there without anybody having made them.
#[tokio::test]
async fn the_timer_makes_the_built_in_schedules() -> Outcome {
    let place = Place::find().await?;
    eventually("the built-in schedules", || async {
        let list = place
            .client
            .send(Request::get("/v1/schedules").bearer(&place.admin.token))
            .await
            .and_then(Answer::accepted)
            .map_err(|error| error.to_string())?;
        let built_in = list
            .as_array()
            .into_iter()
            .flatten()
            .filter(|schedule| schedule["built_in"] == true)
            .count();
        if built_in >= 6 {
            Ok(())
        } else {
            Err(list.to_string())
        }
    })
    .await?;
    Ok(())
}
