//! `make chaos ARGS=windows`: 20 queries of 50 windows each on three workers that are killed at random, while for a time
//! neither store nor queues answer. All must end well, each with the answer of one window, and nothing may be left.

use std::{net::SocketAddr, time::Instant};

use divbase_cohort::Rng;
use divbase_task_tests::proxy::Proxy;

use super::*;

const QUERIES: usize = 20;
const WINDOWS: u16 = 50;
const WORKERS: usize = 3;

#[tokio::test]
async fn queries_in_windows_outlive_a_storm() -> Outcome {
    let Ok(seconds) = std::env::var("DIVBASE_TEST_CHAOS") else {
        println!("only with `make chaos ARGS=windows`");
        return Ok(());
    };
    let length = Duration::from_secs(seconds.parse()?);
    let desk = Desk::set().await?;
    cohort(&desk, 40_000).await?;
    let command = "view -i 'QUAL>=30'";
    let expected = desk.answer(1, &json!({}), command).await?;

    let (installation, person) = (&desk.installation, &desk.person);
    let target = installation.surroundings.aws_endpoint.clone();
    let target: SocketAddr = target
        .trim_start_matches("http://")
        .trim_end_matches('/')
        .parse()?;
    let (proxy, address) = Proxy::start(target).await?;
    let endpoint = format!("http://{address}");
    let settings = [
        ("DIVBASE_WINDOWS", WINDOWS.to_string()),
        ("AWS_ENDPOINT_URL", endpoint.clone()),
        ("S3_ENDPOINT_URL", endpoint),
    ];
    let hire = async |number: usize| {
        let name = format!("worker-{number}");
        Worker::start_set(installation, &name, LEASE, &settings).await
    };
    let (mut workers, mut hired) = (Vec::new(), 0);
    for _ in 0..WORKERS {
        workers.push(hire(hired).await?);
        hired += 1;
    }
    let mut rng = Rng::new(u64::from(std::process::id()));
    let (begun, mut tasks) = (Instant::now(), Vec::new());
    while begun.elapsed() < length {
        let passed = begun.elapsed().as_secs_f64() / length.as_secs_f64();
        // All are submitted in the first two thirds.
        while tasks.len() < QUERIES && tasks.len() as f64 <= 1.5 * passed * QUERIES as f64 {
            tasks.push(desk.submit(&json!({}), command).await?);
        }
        proxy.set_failing((0.4..0.7).contains(&passed));
        tokio::time::sleep(Duration::from_millis(1_000 + rng.next_u64() % 3_000)).await;
        let victim = rng.index(WORKERS);
        workers.swap_remove(victim).kill().await?;
        // One that starts asks for its queues first.
        proxy.set_failing(false);
        workers.push(hire(hired).await?);
        hired += 1;
    }
    proxy.set_failing(false);
    println!("calm after {} kills", hired - WORKERS);
    let mut attempts = 0;
    for task_id in &tasks {
        let item = loop {
            match installation.ended(person, *task_id).await {
                Ok(item) => break item,
                Err(error) if begun.elapsed() > length + Duration::from_secs(400) => {
                    return Err(error.into());
                }
                Err(_) => {}
            }
        };
        assert_eq!(item["status"], "SUCCESS", "{item}");
        let children = desk.windows(*task_id, "status = 'SUCCESS'").await?;
        assert_eq!(children, i64::from(WINDOWS), "{item}");
        attempts += desk.windows(*task_id, "attempt > 1").await?;
        let name = format!("result_of_job_{task_id}.vcf.gz");
        let versions = bucket::versions(installation, &desk.project, &name).await?;
        assert_eq!(versions.len(), 1, "{name} was written more than once");
        let file = desk.fetch(&name).await?;
        let records = installation.bcftools().records(&file).await?;
        assert!(records == expected.records, "{name}: {}", records.len());
        fs::remove_file(file)?;
    }
    assert_eq!(tasks.len(), QUERIES);
    desk.clean_up().await?;
    desk.nothing_is_left().await?;
    println!(
        "{QUERIES} queries of {WINDOWS} windows ended well after {:.0} s; {attempts} windows were tried again; nothing is left",
        begun.elapsed().as_secs_f64()
    );
    for worker in workers {
        worker.kill().await?;
    }
    desk.installation.stop().await?;
    Ok(())
}
