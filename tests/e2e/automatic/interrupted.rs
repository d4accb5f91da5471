//! Workers that are not there or die, and messages that are none.

use aws_sdk_sqs::{Client, types::QueueAttributeName};
use divbase_tests::{
    AnyError, Outcome, TestResult, bucket,
    eventually::eventually,
    installation::{Installation, LEASE},
    process::Worker,
    scene::Scene,
    vcf,
};

use super::upload;

#[tokio::test]
async fn what_was_uploaded_while_nothing_ran_is_indexed_later() -> Outcome {
    let scene = Scene::over(Installation::start_automatic_api().await?).await?;
    upload(&scene, "a.vcf.gz", &["A1"]).await?;
    let worker = Worker::start_following(&scene.installation, "late", LEASE).await?;
    scene.indexed(&["a.vcf.gz"]).await?;
    worker.kill().await?;
    scene.installation.stop().await?;
    Ok(())
}

/// Whatever the moment: the event is in its queue, in the database, or a task.
#[tokio::test]
async fn a_worker_that_dies_after_it_took_an_event_loses_nothing() -> Outcome {
    let scene = Scene::over(Installation::start_automatic_api().await?).await?;
    let doomed = Worker::start_following(&scene.installation, "doomed", LEASE).await?;
    upload(&scene, "a.vcf.gz", &["A1"]).await?;
    let mut database = scene.installation.database.connect().await?;
    // It waits for a second before it acts, in which it is killed.
    loop {
        let noted: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM index_request) OR EXISTS (SELECT 1 FROM task)",
        )
        .fetch_one(&mut database)
        .await
        .map_err(AnyError::from)?;
        if noted {
            break;
        }
        tokio::task::yield_now().await;
    }
    doomed.kill().await?;
    let heir = Worker::start_following(&scene.installation, "heir", LEASE).await?;
    scene.indexed(&["a.vcf.gz"]).await?;
    heir.kill().await?;
    scene.installation.stop().await?;
    Ok(())
}

/// A project that is older than its bucket's events, and events that were lost: a worker that starts finds out.
#[tokio::test]
async fn a_bucket_that_never_told_is_followed_from_the_next_start() -> Outcome {
    let scene = Scene::over(Installation::start_api().await?).await?;
    upload(&scene, "a.vcf.gz", &["A1"]).await?;
    let worker = Worker::start_following(&scene.installation, "new", LEASE).await?;
    scene.indexed(&["a.vcf.gz"]).await?;
    upload(&scene, "b.vcf.gz", &["B1"]).await?;
    scene.indexed(&["a.vcf.gz", "b.vcf.gz"]).await?;
    worker.kill().await?;
    scene.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn messages_that_are_no_events_do_no_harm() -> Outcome {
    let scene = Scene::over(Installation::start_automatic().await?).await?;
    let queue = Client::new(&scene.installation.sdk);
    let name = format!("{}-events", scene.installation.prefix);
    let url = url(&queue, &name).await?;
    for body in [
        "no JSON",
        r#"{"Records": [{"s3": 7}]}"#,
        r#"{"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "nobodys"}"#,
        r#"{"Records": [{"s3": {"bucket": {"name": "nobodys"}, "object": {"key": "a.vcf.gz"}}}]}"#,
    ] {
        let sent = queue.send_message().queue_url(&url).message_body(body);
        sent.send().await.map_err(AnyError::from)?;
    }
    let file = vcf::bgzipped(&vcf::text(&["A1"], &[("1", 100)]))?;
    // Past the service, as other tools do it.
    bucket::put(&scene.installation, &scene.project, "a.vcf.gz", &file).await?;
    scene.indexed(&["a.vcf.gz"]).await?;
    for name in [name.clone(), format!("{name}-dead")] {
        is_empty(&queue, &name).await?;
    }
    scene.installation.stop().await?;
    Ok(())
}

async fn url(queue: &Client, name: &str) -> TestResult<String> {
    let found = queue.get_queue_url().queue_name(name).send().await?;
    Ok(found
        .queue_url()
        .ok_or("there is no such queue")?
        .to_owned())
}

/// Waits until the queue holds no message, neither waiting nor hidden.
async fn is_empty(queue: &Client, name: &str) -> TestResult {
    let url = url(queue, name).await?;
    eventually("the queue to be empty", || async {
        let found = queue
            .get_queue_attributes()
            .queue_url(&url)
            .attribute_names(QueueAttributeName::All)
            .send()
            .await
            .map_err(|error| format!("{error:?}"))?;
        let count = |name| {
            let all = found.attributes().and_then(|all| all.get(&name));
            all.cloned().unwrap_or_default()
        };
        let counts = [
            count(QueueAttributeName::ApproximateNumberOfMessages),
            count(QueueAttributeName::ApproximateNumberOfMessagesNotVisible),
        ];
        if counts == ["0", "0"] {
            Ok(())
        } else {
            Err(format!("{counts:?}"))
        }
    })
    .await
}
