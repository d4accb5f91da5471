//! A schedule that fires by itself: nobody calls anything between making it and seeing what its run did.

use std::time::{Duration, Instant};

use divbase_contract::operations::{Schedule, ScheduleExecution};
use serde_json::json;

use crate::{AnyError, api::Session};

const KEY: &str = "demo-measures-storage";
/// The cron function is called every minute, and an emulator may be some seconds late.
const LIMIT: Duration = Duration::from_secs(180);

/// Makes a schedule, waits until the timer has made a run of it and the run's task has succeeded, and deletes it.
pub(super) async fn show(admin: &Session) -> Result<(), AnyError> {
    println!("\nA schedule that the timer fires: measure the projects' storage every 20 seconds");
    let new = json!({"key": KEY, "task_name": "cron_tasks.update_storage_usage_metrics", "interval_seconds": 20});
    let made: Schedule = admin.post("/schedules", &new).await?;
    println!("made, due at {}", due(&made));
    let started = Instant::now();
    let mut look = tokio::time::interval(Duration::from_millis(500));
    let run = loop {
        look.tick().await;
        let path = format!("/schedules/{KEY}/executions");
        let runs: Vec<ScheduleExecution> = admin.get(&path).await?;
        let ended = |run: &ScheduleExecution| run.completed_at.is_some() && run.made_by == "timer";
        if let Some(run) = runs.into_iter().find(ended) {
            break run;
        }
        if started.elapsed() > LIMIT {
            return Err("the timer has not fired".into());
        }
    };
    if run.status != "success" {
        return Err(format!("the scheduled run ended as {}: {:?}", run.status, run.error).into());
    }
    println!(
        "fired by the timer, task {} succeeded: {}",
        run.task_id.unwrap_or_default(),
        run.result_summary.unwrap_or_default()
    );
    admin.delete(&format!("/schedules/{KEY}")).await?;
    println!("[{:.2} s]", started.elapsed().as_secs_f64());
    Ok(())
}

fn due(schedule: &Schedule) -> String {
    schedule.next_run_at.map_or_else(
        || "no time".to_owned(),
        |at| at.format("%H:%M:%S UTC").to_string(),
    )
}
