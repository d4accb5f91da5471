//! What an operator has the cron function do, where nobody else reaches database and queues: the commands of the runbooks.

use divbase_tests::{
    Outcome, TestResult, accounts::Person, client::Request, eventually::eventually,
};
use serde_json::{Value, json};

use crate::place::{Place, read};

/// `aws lambda invoke --function-name divbase-local-cron --payload …`.
async fn have_done(place: &Place, job: &Value) -> TestResult<Value> {
    let url = format!(
        "{}/2015-03-31/functions/divbase-local-cron/invocations",
        read("AWS_ENDPOINT_URL")?
    );
    let answer = place.client.send(Request::post(&url).json(job)).await?;
    let failed = answer.headers.contains_key("x-amz-function-error");
    let said: Value = serde_json::from_slice(&answer.body)?;
    match answer.status {
        200 if !failed && said["status"] == "completed" => Ok(said["done"].clone()),
        _ => Err(format!("{job} was answered by {}: {said}", answer.status).into()),
    }
}

/// A task that failed by a fault of the service runs again once that is mended, and its letter is gone.
#[tokio::test]
async fn dead_letters_are_run_again() -> Outcome {
    let place = Place::find().await?;
    let dead = place.queue_url("long-dead").await?;
    let task_id = place.task_of("tasks.of_another_release", "long").await?;
    place.announce("long", task_id).await?;
    eventually("its dead letter", || async {
        match place.messages(&dead).await {
            Ok(0) => Err("none".to_owned()),
            Ok(_) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    })
    .await?;
    // The release that knows the task is there.
    let mut database = place.database().await?;
    sqlx::query("UPDATE task SET name = 'cron_tasks.cleanup_old_jwts_and_pats' WHERE id = $1")
        .bind(task_id)
        .execute(&mut database)
        .await?;
    let done = have_done(&place, &json!({"job": "redrive", "queues": ["long"]})).await?;
    assert_eq!(done["redriven"][0]["retried"], 1, "{done}");
    assert_eq!(done["redriven"][0]["left"], 0, "{done}");
    let again = sqlx::query_scalar::<_, i64>("SELECT max(id) FROM task WHERE queue = 'long'")
        .fetch_one(&mut database)
        .await?;
    assert!(again > task_id, "it got a number of its own");
    place.succeeded(again).await?;
    assert_eq!(place.messages(&dead).await?, 0);
    Ok(())
}

/// Where nobody can sign in any more, the function makes an administrator, who chooses a password.
#[tokio::test]
async fn an_administrator_is_made() -> Outcome {
    let place = Place::find().await?;
    let email = format!("{}@example.org", Place::own_name("ops"));
    let done = have_done(&place, &json!({"job": "administrator", "email": email})).await?;
    let (token, password) = (&done["administrator"]["token"], "heron lake fog 71");
    let chosen = json!({"token": token, "password": password});
    let reset = || Request::post("/v1/auth/reset-password").json(&chosen);
    place.client.send(reset()).await?.accepted()?;
    let again = place.client.send(reset()).await?;
    assert_eq!(again.status, 400, "the token serves once");
    let person = Person::log_in(&place.client, &email, password).await?;
    let users = Request::get("/v1/users").bearer(&person.token);
    place.client.send(users).await?.accepted()?;
    Ok(())
}

/// What is compared after a restore, and the numbers that are then left out.
#[tokio::test]
async fn facts_are_told_and_numbers_left_out() -> Outcome {
    let place = Place::find().await?;
    let done = have_done(&place, &json!({"job": "facts"})).await?;
    let facts = &done["facts"];
    assert!(facts["schema"].as_i64() > Some(0), "{done}");
    assert!(facts["accounts"].as_i64() > Some(0), "{done}");
    let done = have_done(&place, &json!({"job": "skip-numbers", "by": 10_000})).await?;
    let next = done["next_task"].as_i64();
    assert!(
        next >= facts["next_task"].as_i64().map(|was| was + 10_000),
        "{done} {facts}"
    );
    Ok(())
}
