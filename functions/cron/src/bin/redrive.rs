//! `redrive [quick|long|heavy]…`: gives dead letters a second chance; without names, those of all queues. It reads
//! the environment of the cron function, and works against AWS as against an emulator.

use std::time::Duration;

use divbase_service::schedules::Cron;
use divbase_tasks::{Queue, Redrive};
use divbase_telemetry::logs::{self, LogFormat};

/// How long is waited for another letter.
const WAIT: Duration = Duration::from_secs(2);

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    logs::init(LogFormat::Text)?;
    let mut queues = Vec::new();
    for name in std::env::args().skip(1) {
        let queue = Queue::parse(&name)
            .ok_or_else(|| format!("`{name}` is not a queue; use quick, long or heavy"))?;
        queues.push(queue);
    }
    if queues.is_empty() {
        queues = Queue::ALL.to_vec();
    }
    let cron = Cron::from_env().await?;
    let redrive = Redrive::new(
        cron.db.clone(),
        cron.queues.clone(),
        cron.queues.clone() as _,
    );
    for queue in queues {
        let done = redrive.run(queue, WAIT).await?;
        println!(
            "{queue}: {} run again, {} announced again, {} needed nothing, {} left",
            done.retried, done.announced, done.settled, done.left
        );
    }
    Ok(())
}
