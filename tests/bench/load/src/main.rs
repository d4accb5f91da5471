//! The API under load, over HTTP, Postgres and queues as on one machine: `with-stack -- bench-load [SECONDS]`.
//!
//! Three parts: 50 clients mixed over listing, history and submission; the task-history list of ten rows alone; and
//! the same list from a lean FastAPI app of two workers over the same database. One client program drives all.
//! Prints `RATIO name value goal`; a goal is met from `goal` on. It must not know how the API works inside.

mod client;
mod error;
mod load;
mod pages;
mod request;
mod seed;
mod server;

use std::{process::ExitCode, time::Duration};

use error::BenchError;
use load::{Load, Outcome};
use request::Request;
use server::Server;

/// Clients, each with a connection of its own and one request at a time.
const CLIENTS: usize = 50;
/// Least rate over the lean app's.
const RATE_GOAL: f64 = 3.0;
/// Most milliseconds within which 99 of 100 are answered.
const MOST_P99: f64 = 60.0;
/// Most megabytes that the API's process ever held.
const MOST_MEMORY: f64 = 60.0;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let pages = arguments.first().is_some_and(|first| first == "--pages");
    arguments.retain(|argument| argument != "--pages");
    let seconds = arguments.first().and_then(|text| text.parse().ok());
    let names = arguments.get(usize::from(seconds.is_some())..);
    let time = |usual| Duration::from_secs(seconds.unwrap_or(usual));
    let done = if pages {
        pages::run(time(4), names.unwrap_or_default()).await
    } else {
        run(time(60)).await
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("bench-load: {error}");
            ExitCode::from(2)
        }
    }
}

/// Measures all; says whether every goal is met.
async fn run(time: Duration) -> Result<bool, BenchError> {
    let setting = seed::Setting::from_env().await?;
    let api = Server::api(&setting.environment).await?;
    let token = seed::fill(&setting, &api).await?;
    let history = Request::get("/api/v1/task-history/projects/bench?limit=10", &token);

    // The worker is there for what is submitted, and gone before anything is compared.
    let worker = Server::worker(&setting.environment).await?;
    let mixed = Load {
        address: api.address.clone(),
        clients: CLIENTS,
        time,
        requests: mixture(&token, &history),
    }
    .run()
    .await?;
    worker.stop().await;
    show("mixed (6 listings, 3 histories, 1 submission)", &mixed);

    let alone = |server: &Server| Load {
        address: server.address.clone(),
        clients: CLIENTS,
        time: time / 2,
        requests: vec![history.clone()],
    };
    let ours = alone(&api).run().await?;
    show("task history, ours", &ours);
    let memory = api.most_memory_megabytes()?;
    println!("the API's process held {memory:.1} MB at most");
    api.stop().await;

    let lean = Server::lean(&setting.environment, "app:app").await?;
    let theirs = alone(&lean).run().await?;
    show("task history, lean FastAPI with two workers", &theirs);
    lean.stop().await;

    let failures = mixed.failures + ours.failures + theirs.failures;
    let ratios = [
        ("api_history_rate", ours.rate / theirs.rate, RATE_GOAL),
        ("api_history_p99", MOST_P99 / ours.p99, 1.0),
        ("api_memory", MOST_MEMORY / memory, 1.0),
        ("api_no_errors", if failures == 0 { 1.0 } else { 0.0 }, 1.0),
    ];
    for (name, value, goal) in ratios {
        println!("RATIO {name} {value:.2} {goal:.2}");
    }
    Ok(ratios.iter().all(|(_, value, goal)| value >= goal))
}

/// What researchers' clients ask, in its proportions.
fn mixture(token: &str, history: &Request) -> Vec<Request> {
    let versions = Request::get("/api/v1/project-versions/list?project_name=bench", token);
    let samples = Request::get("/api/v1/vcf-dimensions/projects/bench/samples", token);
    let own = Request::get("/api/v1/task-history/tasks/user?limit=10", token);
    let submission = Request::post(
        "/api/v1/query/vcf/projects/bench",
        token,
        r#"{"tsv_filter": null, "metadata_tsv_name": "m.tsv", "command": "view -r scaffold_1", "samples": null, "all_samples": true}"#,
    );
    vec![
        versions.clone(),
        history.clone(),
        samples.clone(),
        versions.clone(),
        own,
        samples.clone(),
        versions,
        history.clone(),
        samples,
        submission,
    ]
}

fn show(what: &str, outcome: &Outcome) {
    println!(
        "{what}: {:.0} requests/s, p50 {:.1} ms, p99 {:.1} ms, {} errors of {}",
        outcome.rate, outcome.p50, outcome.p99, outcome.failures, outcome.answers
    );
    for failure in &outcome.examples {
        println!("  {failure}");
    }
}
