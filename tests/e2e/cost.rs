//! What a query costs: history counts what its process used.

use divbase_tests::{
    TestResult,
    installation::LEASE,
    process::{Worker, cpu_seconds},
};
use serde_json::{Value, json};

use crate::long_query::LongQuery;

/// CPU seconds that history and the operating system count for a query.
async fn cost(long: &LongQuery, worker: &Worker, engine: &str) -> TestResult<(f64, f64, Value)> {
    let before = cpu_seconds(worker.id()?)?;
    let selection = json!({"all_samples": true, "no_cache": true, "engine": engine});
    let (installation, person) = (&long.installation, &long.person);
    let task_id = installation
        .submit_vcf_query(
            person,
            &long.project,
            &selection,
            crate::long_query::COMMAND,
        )
        .await?;
    let item = installation.ended(person, task_id).await?;
    assert_eq!(item["status"], "SUCCESS", "{item}");
    let used = cpu_seconds(worker.id()?)? - before;
    let counted = item["cost"]["cpu_seconds"].as_f64().ok_or("no cost")?;
    Ok((counted, used, item))
}

#[tokio::test]
async fn cpu_seconds_are_those_of_all_threads_and_children() -> TestResult {
    let long = LongQuery::set().await?;
    let mut worker = Worker::start(&long.installation, "worker", LEASE).await?;
    for engine in ["native", "bcftools"] {
        let (counted, used, item) = cost(&long, &worker, engine).await?;
        assert!(
            counted >= used / 2.0 && counted <= used * 1.1 + 0.05,
            "{engine}: {counted} s are counted, {used} s were used: {item}"
        );
        let size: u64 = long
            .files
            .iter()
            .map(|path| std::fs::metadata(path).map(|file| file.len()))
            .sum::<Result<u64, _>>()?;
        assert!(
            item["cost"]["bytes_read"].as_u64() >= Some(size),
            "{engine}: {size} bytes were read: {item}"
        );
        let number = |name: &str| item["cost"][name].as_f64().unwrap_or_default();
        let (seconds, dollars) = (number("wall_seconds"), number("dollars"));
        assert_eq!(number("gb_seconds"), 2.0 * seconds, "{engine}: {item}");
        let expected = 2.0 * seconds * 0.000_013_3 + number("requests") * 0.000_000_4;
        assert!(
            dollars > 0.0 && (dollars - expected).abs() < 1e-9,
            "{engine}: {item}"
        );
        assert!(
            engine != "native" || number("requests") >= 1.0,
            "{engine}: {item}"
        );
    }
    worker.terminate().await?;
    long.installation.stop().await
}
