//! What is seen from outside: a worker's metrics, and whether it is alive and ready.

use std::{collections::BTreeMap, sync::Arc};

use divbase_local::AnyError;
use divbase_service::metrics::{self, Endpoint};
use divbase_storage::{StorageSettings, Store};
use divbase_task_tests::{QueueService, Rig, probe::Act};
use divbase_tasks::TaskCounters;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The endpoint of a worker, with this store; told by what.
async fn endpoint(rig: &Rig, store_url: String) -> Result<(String, Arc<TaskCounters>), AnyError> {
    // Another test of this process may have done it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let counters = Arc::new(TaskCounters::default());
    let endpoint = Endpoint {
        db: rig.db.clone(),
        queues: rig.queues.clone(),
        store: Store::new(
            &rig.sdk,
            &StorageSettings {
                presigning_url: None,
                endpoint_url: Some(store_url),
                ..StorageSettings::default()
            },
        ),
        counters: Arc::clone(&counters),
    };
    tokio::spawn(metrics::serve(listener, endpoint, CancellationToken::new()));
    Ok((url, counters))
}

/// All samples of a page, by name and labels.
async fn samples(url: &str) -> Result<BTreeMap<String, f64>, AnyError> {
    let answer = reqwest::get(format!("{url}/metrics")).await?;
    assert!(
        answer.headers()["content-type"]
            .to_str()?
            .starts_with("text/plain; version=0.0.4")
    );
    let text = answer.text().await?;
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').ok_or("no value")?;
            Ok((name.to_owned(), value.parse()?))
        })
        .collect()
}

#[tokio::test]
async fn metrics_count_attempts_and_what_waits() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    let (url, counters) = endpoint(&rig, std::env::var("AWS_ENDPOINT_URL")?).await?;
    let worker = rig.fast_worker();
    worker.observed_by(counters);
    for acts in [&[Act::Transient, Act::Succeed][..], &[Act::User]] {
        rig.submit(acts).await?;
        for _ in acts {
            rig.step(&worker).await?;
        }
    }
    // One waits, for ten minutes by now; one runs; the message of another was never sent.
    let waiting = rig.submit(&[Act::Succeed]).await?;
    sqlx::query("UPDATE task SET created_at = now() - interval '10 minutes' WHERE id = $1")
        .bind(waiting)
        .execute(&rig.pool)
        .await?;
    let running = rig.submit(&[Act::Succeed]).await?;
    rig.db.claim_task(running, "elsewhere", 30.0).await?;
    sqlx::query("INSERT INTO outbox (task_id, queue, send_after) VALUES ($1, 'quick', now() - interval '40 seconds')")
        .bind(running)
        .execute(&rig.pool)
        .await?;

    let seen = samples(&url).await?;
    let value = |name: &str| {
        seen.get(name)
            .copied()
            .ok_or(format!("no {name}: {seen:?}"))
    };
    let task = r#"{task="tasks.probe",queue="quick"}"#;
    assert_eq!(
        value(&format!("divbase_task_attempts_started_total{task}"))?,
        3.0
    );
    for outcome in ["success", "retry", "failure"] {
        let name = format!(
            r#"divbase_task_attempts_ended_total{{task="tasks.probe",queue="quick",outcome="{outcome}"}}"#
        );
        assert_eq!(value(&name)?, 1.0);
    }
    assert_eq!(
        value(&format!("divbase_task_run_seconds_count{task}"))?,
        3.0
    );
    assert!(value(&format!("divbase_task_run_seconds_sum{task}"))? > 0.0);
    let bucket = |end: &str| {
        value(&format!(
            r#"divbase_task_run_seconds_bucket{{task="tasks.probe",queue="quick",le="{end}"}}"#
        ))
    };
    assert_eq!((bucket("900")?, bucket("+Inf")?), (3.0, 3.0));
    // Two tasks had a first attempt; what came after it is no waiting.
    assert_eq!(
        value(&format!("divbase_task_wait_seconds_count{task}"))?,
        2.0
    );
    let waited = value(&format!("divbase_task_wait_seconds_sum{task}"))?;
    assert!((0.0..60.0).contains(&waited), "{waited} s");
    assert_eq!(value(&format!("divbase_task_waiting{task}"))?, 1.0);
    assert_eq!(value(&format!("divbase_task_running{task}"))?, 1.0);
    let oldest = value(&format!("divbase_task_oldest_seconds{task}"))?;
    assert!((600.0..700.0).contains(&oldest), "{oldest}");
    assert_eq!(value(r#"divbase_queue_waiting{queue="quick"}"#)?, 1.0);
    assert_eq!(value(r#"divbase_queue_running{queue="quick"}"#)?, 1.0);
    assert_eq!(value(r#"divbase_queue_waiting{queue="heavy"}"#)?, 0.0);
    let oldest = value(r#"divbase_queue_oldest_seconds{queue="quick"}"#)?;
    assert!((600.0..700.0).contains(&oldest), "{oldest}");
    let lag = value("divbase_outbox_lag_seconds")?;
    assert!((40.0..100.0).contains(&lag), "{lag}");
    assert_eq!(value("divbase_database_up")?, 1.0);

    // Without a database it still tells what it counted.
    rig.db.close().await;
    let seen = samples(&url).await?;
    assert_eq!(seen["divbase_database_up"], 0.0);
    assert_eq!(
        seen[&format!("divbase_task_attempts_started_total{task}")],
        3.0
    );
    Ok(())
}

#[tokio::test]
async fn alive_is_not_ready() -> Result<(), AnyError> {
    // A queue that is not the database answers when that does not.
    let rig = Rig::on(QueueService::Sqs).await?;
    let ask = async |url: String| -> Result<(u16, serde_json::Value), AnyError> {
        let answer = reqwest::get(url).await?;
        Ok((answer.status().as_u16(), answer.json().await?))
    };
    let (whole, _) = endpoint(&rig, std::env::var("AWS_ENDPOINT_URL")?).await?;
    let (code, body) = ask(format!("{whole}/ready")).await?;
    assert_eq!((code, body["status"].as_str()), (200, Some("ok")));
    // A port on which nobody listens.
    let nobody = TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
    let (broken, _) = endpoint(&rig, format!("http://{nobody}")).await?;
    rig.db.close().await;
    let (code, body) = ask(format!("{broken}/ready")).await?;
    assert_eq!(code, 503);
    assert_eq!(
        body,
        serde_json::json!({"status": "unavailable", "database": false, "queue": true, "store": false})
    );
    let (code, body) = ask(format!("{broken}/health")).await?;
    assert_eq!((code, body["status"].as_str()), (200, Some("ok")));
    Ok(())
}
