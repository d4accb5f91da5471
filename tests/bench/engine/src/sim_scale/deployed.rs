//! What the templates deploy, read out of them, and how fast AWS Lambda begins functions for a queue.

const TEMPLATE: &str = include_str!("../../../../../infra/template.yaml");
const PRICES: &str = include_str!("../../../../../infra/prices.json");
/// Where the usual limit of running tasks stands.
const LIMITS: &str = include_str!("../../../../../migrations/0322_fairness.sql");

/// Long tasks that run at once for each event poller (AWS Lambda developer guide, "Configuring scaling behavior for SQS event source
/// mappings", provisioned mode).
pub(crate) const OF_POLLER: usize = 10;

/// How many functions may run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Functions {
    /// Functions that begin at once.
    pub(crate) ready: usize,
    /// How many more each minute.
    pub(crate) a_minute: f64,
    /// How these come.
    pub(crate) more: More,
    /// Functions at a time at most.
    pub(crate) most: usize,
}

/// AWS says how many more functions run each minute at most, not when within the minute they begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum More {
    /// One after the other.
    Steadily,
    /// All of a minute at its end: nothing that is documented is slower.
    EachMinute,
}

impl Functions {
    /// Without pollers of one's own: "five concurrent invocations", and "up to 300 more concurrent invokes per minute" (the same guide).
    pub(crate) fn standard(most: usize, more: More) -> Self {
        Self {
            ready: 5.min(most),
            a_minute: 300.0,
            more,
            most,
        }
    }

    /// With event pollers, of which some are always ready: "up to 1,000 concurrent executions per minute" (AWS News Blog of 14
    /// November 2025, "provisioned mode for SQS event-source mapping").
    pub(crate) fn pollers(ready: usize, pollers: usize, more: More) -> Self {
        Self {
            ready: ready * OF_POLLER,
            a_minute: 1000.0,
            more,
            most: pollers * OF_POLLER,
        }
    }

    /// When another function may begin if so many have, seconds after the first messages.
    pub(crate) fn begin(&self, before: usize) -> f64 {
        let late = (before + 1).saturating_sub(self.ready) as f64;
        match self.more {
            More::Steadily => late * 60.0 / self.a_minute,
            More::EachMinute => 60.0 * (late / self.a_minute).ceil(),
        }
    }
}

/// The number behind a name, from there on.
fn number(text: &str, names: &[&str]) -> Option<f64> {
    let mut rest = text;
    for name in names {
        rest = rest.split_once(name)?.1;
    }
    let rest = rest.trim_start_matches([' ', ':', '"']);
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.');
    rest[..end.unwrap_or(rest.len())].parse().ok()
}

fn told(text: &str, names: &[&str]) -> f64 {
    // The tests below read all of them.
    number(text, names).unwrap_or(f64::NAN)
}

/// Value of a parameter of the template that is not given.
pub(crate) fn default_of(parameter: &str) -> usize {
    told(TEMPLATE, &[&format!("\n  {parameter}:\n"), "Default"]) as usize
}

/// Memory of a worker for long tasks, GB.
pub(crate) fn worker_gb() -> f64 {
    told(TEMPLATE, &["\n  WorkerLong:\n", "MemorySize"]) / 1024.0
}

/// US dollars, by a name of `infra/prices.json`.
pub(crate) fn price(name: &str) -> f64 {
    told(PRICES, &[&format!("\"{name}\"")])
}

/// Tasks of a project, and of a user, that run at once unless an administrator says otherwise.
pub(crate) fn running_limit() -> usize {
    told(LIMITS, &["per_project integer NOT NULL DEFAULT"]) as usize
}

/// US dollars of a month in which so many pollers are ready.
pub(crate) fn idle_month(ready: usize) -> f64 {
    ready as f64 * 730.0 * price("poller_hour")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_say_what_is_read_out_of_them() {
        assert_eq!(default_of("LongConcurrency"), 10);
        assert_eq!(default_of("LongPollers"), 0);
        assert_eq!(default_of("LongPollersReady"), 2);
        assert_eq!(running_limit(), 50);
        assert!((worker_gb() - 3008.0 / 1024.0).abs() < 1e-9);
        assert!((1e-6..1e-4).contains(&price("lambda_gb_second")));
        assert!((0.001..0.1).contains(&price("poller_hour")));
        assert!(price("s3_get_million") > 0.0 && price("sqs_million") > 0.0);
    }

    #[test]
    fn more_functions_begin_as_the_guide_says() {
        let standard = Functions::standard(1000, More::Steadily);
        assert_eq!((standard.begin(4), standard.begin(304)), (0.0, 60.0));
        let pollers = Functions::pollers(2, 70, More::EachMinute);
        assert_eq!((pollers.ready, pollers.most), (20, 700));
        let begins = [0, 19, 20, 699].map(|before| pollers.begin(before));
        assert_eq!(begins, [0.0, 0.0, 60.0, 60.0]);
    }
}
