//! A flood of logins from many addresses: memory stays bounded, and members go on working.

use std::{
    net::Ipv4Addr,
    sync::{
        Barrier,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use divbase_tests::{
    Outcome, TestResult,
    api_process::ApiProcess,
    client::{Client, Request},
    installation::Installation,
};
use serde_json::json;

/// Logins at once; each is for another account, and ten come from one address, so that none is slowed down as a guess.
const LOGINS: u32 = 1000;
const FROM_EACH: u32 = 10;
/// Bytes that the server may take at most, its worker included.
const MOST_MEMORY: u64 = 200_000_000;
/// How long a member waits for a listing.
const LISTING: Duration = Duration::from_millis(200);

/// Each login's status; a connection that was not made is an error.
async fn flood(api_url: &str) -> TestResult<Vec<u16>> {
    let mut clients = Vec::new();
    for address in 0..LOGINS / FROM_EACH {
        let from = Ipv4Addr::new(127, 1, 0, u8::try_from(address + 1)?);
        clients.push(
            reqwest::Client::builder()
                .local_address(Some(from.into()))
                .timeout(Duration::from_secs(120))
                .build()?,
        );
    }
    let url = format!("{api_url}/v1/auth/login");
    let logins = (0..LOGINS).map(|number| {
        let form = format!("username=nobody{number}%40example.org&password=not+the+password");
        let client = &clients[(number / FROM_EACH) as usize];
        let request = client
            .post(&url)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(form);
        async move {
            let answer = request.send().await?;
            let waits = answer.headers().contains_key("retry-after");
            assert_eq!(answer.status() == 429, waits, "{answer:?}");
            TestResult::Ok(answer.status().as_u16())
        }
    });
    futures::future::join_all(logins)
        .await
        .into_iter()
        .collect()
}

/// How long each of a member's listings takes, one after the other, until it is over.
fn listings(
    api_url: &str,
    token: &str,
    begun: &Barrier,
    over: &AtomicBool,
) -> TestResult<Vec<Duration>> {
    let list = || {
        Request::post("/v1/s3/list?project_name=herring")
            .bearer(token)
            .json(&json!({"prefix": null, "delimiter": null, "next_token": null}))
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let client = Client::new(api_url)?;
        let first = client.send(list()).await;
        begun.wait();
        first?.accepted()?;
        let mut times = Vec::new();
        while !over.load(Ordering::Relaxed) {
            let started = Instant::now();
            client.send(list()).await?.accepted()?;
            times.push(started.elapsed());
        }
        Ok(times)
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_logins_at_once_take_no_memory_and_stop_nobody() -> Outcome {
    let installation = Installation::start_api().await?;
    let linnea = installation.person("linnea").await?;
    installation.project("herring", &linnea, "read").await?;
    let server = ApiProcess::start(&installation).await?;
    let over = AtomicBool::new(false);
    let begun = Barrier::new(2);
    // A member is not where the flood comes from: a thread and a client of their own.
    let (statuses, listings) = std::thread::scope(|scope| {
        let member = scope.spawn(|| listings(&server.api_url, &linnea.token, &begun, &over));
        begun.wait();
        let statuses = tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(flood(&server.api_url))
        });
        over.store(true, Ordering::Relaxed);
        (statuses, member.join())
    });
    let statuses = statuses?;
    let mut listings = listings.map_err(|_| "the member's thread panicked")??;
    listings.sort_unstable();
    let median = listings[listings.len() / 2];
    let (memory, served) = (
        server.most_memory()?,
        statuses.iter().filter(|status| **status == 401).count(),
    );
    println!(
        "{LOGINS} logins: {served} judged, the others told to wait; {} MB at most; {} listings meanwhile, median {} ms, \
         95 of 100 within {} ms, longest {} ms",
        memory / 1_000_000,
        listings.len(),
        median.as_millis(),
        listings[(listings.len() - 1) * 95 / 100].as_millis(),
        listings[listings.len() - 1].as_millis()
    );
    assert!(
        statuses.iter().all(|status| [401, 429].contains(status)),
        "{statuses:?}"
    );
    assert!((1..statuses.len()).contains(&served), "{served}");
    assert!(memory < MOST_MEMORY, "{memory}");
    assert!(median < LISTING, "{listings:?}");
    installation.stop().await?;
    Ok(())
}
