//! Many clients at once, and what they saw.

use std::time::{Duration, Instant};

use crate::{client::Client, error::BenchError, request::Request};

/// Failures that are shown.
const EXAMPLES: usize = 3;

/// What to do to a server.
pub(crate) struct Load {
    pub(crate) address: String,
    pub(crate) clients: usize,
    pub(crate) time: Duration,
    /// Each client goes round them, each from a place of its own.
    pub(crate) requests: Vec<Request>,
}

/// What came of it. Times in milliseconds.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) rate: f64,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) answers: usize,
    pub(crate) failures: usize,
    pub(crate) examples: Vec<String>,
}

#[derive(Default)]
struct Seen {
    milliseconds: Vec<f64>,
    failures: usize,
    examples: Vec<String>,
}

impl Load {
    /// Runs for its time; a tenth of it first, unmeasured, to warm up.
    pub(crate) async fn run(&self) -> Result<Outcome, BenchError> {
        self.round(self.time / 10).await?;
        let begin = Instant::now();
        let mut seen = self.round(self.time).await?;
        let elapsed = begin.elapsed().as_secs_f64();
        seen.milliseconds.sort_by(f64::total_cmp);
        let answers = seen.milliseconds.len();
        let quantile = |share: f64| {
            let index = (answers as f64 * share) as usize;
            seen.milliseconds
                .get(index.min(answers.saturating_sub(1)))
                .copied()
                .unwrap_or(f64::NAN)
        };
        Ok(Outcome {
            rate: answers as f64 / elapsed,
            p50: quantile(0.50),
            p99: quantile(0.99),
            answers,
            failures: seen.failures,
            examples: seen.examples,
        })
    }

    async fn round(&self, time: Duration) -> Result<Seen, BenchError> {
        let end = Instant::now() + time;
        let mut running = tokio::task::JoinSet::new();
        for number in 0..self.clients {
            let mut client = Client::connect(&self.address).await?;
            let requests = self.requests.clone();
            running.spawn(async move {
                let mut seen = Seen::default();
                for request in requests.iter().cycle().skip(number) {
                    let begin = Instant::now();
                    if begin >= end {
                        break;
                    }
                    let answer = client.send(request).await?;
                    seen.milliseconds
                        .push(begin.elapsed().as_secs_f64() * 1000.0);
                    if !(200..300).contains(&answer.status) {
                        seen.failures += 1;
                        let body = String::from_utf8_lossy(&answer.body).into_owned();
                        seen.examples
                            .push(format!("{}: {} {body}", request.name, answer.status));
                        seen.examples.truncate(EXAMPLES);
                    }
                }
                Ok::<_, BenchError>(seen)
            });
        }
        let mut all = Seen::default();
        while let Some(ended) = running.join_next().await {
            let one = ended.map_err(|error| BenchError::Answer(error.to_string()))??;
            all.milliseconds.extend(one.milliseconds);
            all.failures += one.failures;
            all.examples.extend(one.examples);
            all.examples.truncate(EXAMPLES);
        }
        Ok(all)
    }
}
