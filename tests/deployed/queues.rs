//! SQS to Lambda: whole batches, batches that fail in part, and messages that can never succeed.

use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use divbase_tests::{Outcome, TestResult, eventually::eventually};

use crate::place::Place;

async fn send(place: &Place, url: &str, bodies: &[String]) -> TestResult {
    let entries = bodies.iter().enumerate().filter_map(|(index, body)| {
        SendMessageBatchRequestEntry::builder()
            .id(index.to_string())
            .message_body(body)
            .build()
            .ok()
    });
    place
        .sqs
        .send_message_batch()
        .queue_url(url)
        .set_entries(Some(entries.collect()))
        .send()
        .await?;
    Ok(())
}

fn about(task_id: i64) -> String {
    format!(r#"{{"version":1,"task_id":{task_id}}}"#)
}

/// One batch: two tasks that are due, one that is not yet. The two succeed and their messages are gone at once; the
/// third comes again, alone, and succeeds when its time has come.
#[tokio::test]
async fn a_batch_fails_in_part() -> Outcome {
    let place = Place::find().await?;
    let url = place.queue_url("quick").await?;
    let early = place.silent_task(12.0).await?;
    let due = [place.silent_task(0.0).await?, place.silent_task(0.0).await?];
    send(&place, &url, &[about(due[0]), about(early), about(due[1])]).await?;
    for task_id in due {
        let item = place.succeeded(task_id).await?;
        let worker = item["worker"].as_str().unwrap_or_default();
        assert!(worker.starts_with("lambda-"), "{worker}");
        assert_eq!(item["attempts"], 1, "{item}");
    }
    assert_eq!(place.task(early).await?["status"], "PENDING");
    assert!(
        place.messages(&url).await? > 0,
        "its message is still there"
    );
    let item = place.succeeded(early).await?;
    assert_eq!(item["attempts"], 1, "it was not tried before its time");
    Ok(())
}

/// What is no message of ours is put aside, and the message beside it is not held up.
#[tokio::test]
async fn what_is_not_ours_goes_to_the_dead_letters() -> Outcome {
    let place = Place::find().await?;
    let (url, dead) = (
        place.queue_url("quick").await?,
        place.queue_url("quick-dead").await?,
    );
    let body = Place::own_name("not-a-task");
    let beside = place.silent_task(0.0).await?;
    send(&place, &url, &[body.clone(), about(beside)]).await?;
    place.succeeded(beside).await?;
    eventually("the text among the dead letters", || async {
        let found = place
            .sqs
            .receive_message()
            .queue_url(&dead)
            .max_number_of_messages(10)
            .visibility_timeout(0)
            .send()
            .await
            .map_err(|error| error.to_string())?;
        let bodies: Vec<&str> = found.messages().iter().filter_map(|m| m.body()).collect();
        if bodies.contains(&body.as_str()) {
            Ok(())
        } else {
            Err(format!("{bodies:?}"))
        }
    })
    .await?;
    Ok(())
}

/// A task whose last attempt fails by a fault of the service leaves its message for an operator, and its row says why.
#[tokio::test]
async fn a_task_that_cannot_be_run_leaves_a_dead_letter() -> Outcome {
    let place = Place::find().await?;
    let dead = place.queue_url("long-dead").await?;
    let task_id = place.task_of("tasks.of_another_release", "long").await?;
    place.announce("long", task_id).await?;
    let item = eventually("the task to fail", || async {
        let item = place
            .task(task_id)
            .await
            .map_err(|error| error.to_string())?;
        if item["status"] == "FAILURE" {
            Ok(item)
        } else {
            Err(item.to_string())
        }
    })
    .await?;
    assert!(
        item["result"]
            .to_string()
            .contains("tasks.of_another_release"),
        "{item}"
    );
    eventually("its dead letter", || async {
        match place.messages(&dead).await {
            Ok(0) => Err("none".to_owned()),
            Ok(_) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    })
    .await?;
    Ok(())
}
