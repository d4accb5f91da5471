//! Tickets of htsget for regions all over a file: how long one takes, head of the file and blocks at the edges included.

use std::time::Instant;

use divbase_tests::{
    TestResult,
    accounts::Person,
    client::{Client, Request},
};
use serde_json::Value;

/// Tickets that are asked for, one after another.
const TICKETS: u64 = 400;
/// Bases of a region.
const WIDTH: u64 = 20_000;
/// Most milliseconds within which 95 of 100 are answered.
const MOST_P95: f64 = 50.0;

/// Whose tickets of what.
pub(crate) struct Tickets<'a> {
    pub(crate) client: &'a Client,
    pub(crate) person: &'a Person,
    pub(crate) project: &'a str,
    pub(crate) key: &'a str,
}

impl Tickets<'_> {
    /// 50 ms in the time within which 95 of 100 are answered, as measured by a client on this machine.
    pub(crate) async fn measure(&self) -> TestResult<f64> {
        let scaffolds = format!("/v1/vcf-dimensions/projects/{}/scaffolds", self.project);
        let found = self.ask(&scaffolds).await?;
        let names: Vec<&str> = found["unique_scaffolds"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let mut milliseconds = Vec::new();
        for number in 0..TICKETS {
            let name = names
                .get(number as usize % names.len().max(1))
                .ok_or("no scaffold")?;
            let start = number * 7_919 % 1_000_000;
            let path = format!(
                "/v1/htsget/variants/{}/{}?referenceName={name}&start={start}&end={}",
                self.project,
                self.key,
                start + WIDTH
            );
            let begun = Instant::now();
            let ticket = self.ask(&path).await?;
            milliseconds.push(begun.elapsed().as_secs_f64() * 1_000.0);
            if ticket["htsget"]["urls"]
                .as_array()
                .is_none_or(Vec::is_empty)
            {
                return Err(format!("no ticket: {ticket}").into());
            }
        }
        milliseconds.sort_by(f64::total_cmp);
        let at = |share: usize| milliseconds[milliseconds.len() * share / 100];
        println!(
            "tickets: p50 {:.1} ms, p95 {:.1} ms of {TICKETS}",
            at(50),
            at(95)
        );
        Ok(MOST_P95 / at(95))
    }

    async fn ask(&self, path: &str) -> TestResult<Value> {
        let request = Request::get(path).bearer(&self.person.token);
        self.client.send(request).await?.accepted()
    }
}
