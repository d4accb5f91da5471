//! Keeps this container from being stopped while it runs a task: neither scaling in nor a deployment stops an ECS task that is
//! protected. It is asked for by the agent of ECS, whose address every container has in `ECS_AGENT_URI`.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use divbase_tasks::{EmfObserver, Observed, Observer, Outcome};
use tokio::sync::watch;

/// How long protection holds, should this process be unable to end it. It is renewed while tasks run.
const MINUTES: u64 = 60;
/// How often it is renewed, and a request that failed repeated.
const AGAIN: (Duration, Duration) = (Duration::from_secs(30 * 60), Duration::from_secs(10));

/// Tells CloudWatch of attempts, and the agent whether any is under way.
pub(crate) struct Protection {
    metrics: EmfObserver,
    running: AtomicUsize,
    wanted: watch::Sender<bool>,
}

impl Protection {
    /// Asks the agent at this address.
    pub(crate) fn by(agent: &str) -> Arc<Self> {
        let (wanted, asked) = watch::channel(false);
        tokio::spawn(follow(format!("{agent}/task-protection/v1/state"), asked));
        Arc::new(Self {
            metrics: EmfObserver,
            running: AtomicUsize::new(0),
            wanted,
        })
    }
}

impl Observer for Protection {
    fn started(&self, what: Observed<'_>, waited: Duration) {
        if self.running.fetch_add(1, Ordering::SeqCst) == 0 {
            self.wanted.send_replace(true);
        }
        self.metrics.started(what, waited);
    }

    fn ended(&self, what: Observed<'_>, outcome: Outcome, ran: Duration) {
        if self.running.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.wanted.send_replace(false);
        }
        self.metrics.ended(what, outcome, ran);
    }
}

/// Has the agent do what is wanted, until nobody wants anything any more.
async fn follow(address: String, mut wanted: watch::Receiver<bool>) {
    // A provider may be installed already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::new();
    let mut protected = false;
    loop {
        let wish = *wanted.borrow_and_update();
        let mut wait = None;
        if wish || protected {
            match ask(&http, &address, wish).await {
                Ok(()) => {
                    protected = wish;
                    wait = wish.then_some(AGAIN.0);
                }
                Err(error) => {
                    tracing::warn!(%error, wish, "the agent did not take the wish for protection");
                    wait = Some(AGAIN.1);
                }
            }
        }
        let changed = async {
            match wait {
                Some(wait) => tokio::time::timeout(wait, wanted.changed())
                    .await
                    .unwrap_or(Ok(())),
                None => wanted.changed().await,
            }
        };
        if changed.await.is_err() {
            return;
        }
    }
}

async fn ask(http: &reqwest::Client, address: &str, wish: bool) -> Result<(), reqwest::Error> {
    let body = if wish {
        serde_json::json!({"ProtectionEnabled": true, "ExpiresInMinutes": MINUTES})
    } else {
        serde_json::json!({"ProtectionEnabled": false})
    };
    let asked = http
        .put(address)
        .json(&body)
        .timeout(Duration::from_secs(10));
    asked.send().await?.error_for_status()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use divbase_tasks::Queue;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    /// What the agent is asked next. It answers with this status.
    async fn asked(agent: &TcpListener, status: &str) -> String {
        let (mut connection, _) = agent.accept().await.unwrap();
        let mut text = String::new();
        let mut bytes = [0; 4096];
        while !text.ends_with('}') {
            let read = connection.read(&mut bytes).await.unwrap();
            text.push_str(std::str::from_utf8(&bytes[..read]).unwrap());
        }
        let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        connection.write_all(answer.as_bytes()).await.unwrap();
        assert!(
            text.starts_with("PUT /api/x/task-protection/v1/state "),
            "{text}"
        );
        text.split("\r\n\r\n").nth(1).unwrap().to_owned()
    }

    #[tokio::test]
    async fn a_worker_is_protected_from_its_first_task_to_its_last() {
        let agent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let protection = Protection::by(&format!("http://{}/api/x", agent.local_addr().unwrap()));
        let what = Observed {
            task: "tasks.probe",
            queue: Queue::Heavy,
            attempt: 1,
        };
        protection.started(what, Duration::ZERO);
        let on = asked(&agent, "200 OK").await;
        let wanted = serde_json::json!({"ProtectionEnabled": true, "ExpiresInMinutes": 60});
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&on).unwrap(),
            wanted
        );
        protection.started(what, Duration::ZERO);
        protection.ended(what, Outcome::Success, Duration::ZERO);
        // One is still under way, so the next that is asked is the end.
        protection.ended(what, Outcome::Success, Duration::ZERO);
        let off = asked(&agent, "200 OK").await;
        assert_eq!(off, r#"{"ProtectionEnabled":false}"#);
    }
}
