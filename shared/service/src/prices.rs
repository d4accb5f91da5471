//! List prices, by which history and plans say what work costs.

use std::sync::OnceLock;

use divbase_telemetry::{SettingsError, env};

const WORKER_GB: &str = "DIVBASE_WORKER_GB";
const PRICE_GB_SECOND: &str = "DIVBASE_PRICE_GB_SECOND";
const PRICE_MILLION_READS: &str = "DIVBASE_PRICE_MILLION_READS";

/// What a worker has and what it costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prices {
    /// Memory of a worker, GB; its processors come with it.
    pub worker_gb: f64,
    /// US dollars for a GB-second.
    pub gb_second: f64,
    /// US dollars for a million ranged reads of the object store.
    pub million_reads: f64,
}

/// Lambda with 2 GB on arm64 and S3 in eu-north-1, as in `infra/prices.json`.
impl Default for Prices {
    fn default() -> Self {
        Self {
            worker_gb: 2.0,
            gb_second: 0.000_013_3,
            million_reads: 0.40,
        }
    }
}

impl Prices {
    /// Reads `DIVBASE_WORKER_GB`, `DIVBASE_PRICE_GB_SECOND` and `DIVBASE_PRICE_MILLION_READS`.
    ///
    /// # Errors
    /// If one is no number from 0 on.
    pub fn from_env() -> Result<Self, SettingsError> {
        let usual = Self::default();
        Ok(Self {
            worker_gb: number(WORKER_GB, usual.worker_gb)?,
            gb_second: number(PRICE_GB_SECOND, usual.gb_second)?,
            million_reads: number(PRICE_MILLION_READS, usual.million_reads)?,
        })
    }

    /// Those of this process. Settings that are no prices stop it when it starts; until then the usual ones hold.
    pub fn current() -> Self {
        static CURRENT: OnceLock<Prices> = OnceLock::new();
        *CURRENT.get_or_init(|| Self::from_env().unwrap_or_default())
    }

    /// GB-seconds of a worker that is busy for so many seconds.
    #[must_use]
    pub fn gb_seconds(&self, seconds: f64) -> f64 {
        seconds * self.worker_gb
    }

    /// US dollars for so many seconds of a worker and so many reads.
    #[must_use]
    pub fn dollars(&self, seconds: f64, reads: f64) -> f64 {
        self.gb_seconds(seconds) * self.gb_second + reads * self.million_reads / 1e6
    }
}

fn number(name: &'static str, usual: f64) -> Result<f64, SettingsError> {
    let number: f64 = env::parsed(name, usual)?;
    if number.is_finite() && number >= 0.0 {
        return Ok(number);
    }
    Err(SettingsError::Invalid {
        name,
        reason: "it is no number from 0 on".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the operators' cost table is computed from.
    const LISTED: &str = include_str!("../../../infra/prices.json");

    #[test]
    fn prices_are_those_of_the_list() {
        let listed: serde_json::Value = serde_json::from_str(LISTED).expect("it is JSON");
        let listed = |name: &str| listed[name].as_f64();
        let usual = Prices::default();
        assert_eq!(listed("lambda_gb_second"), Some(usual.gb_second));
        assert_eq!(listed("s3_get_million"), Some(usual.million_reads));
    }

    #[test]
    fn a_second_costs_what_its_memory_costs() {
        let prices = Prices {
            worker_gb: 4.0,
            gb_second: 0.5,
            million_reads: 2.0,
        };
        assert_eq!(prices.gb_seconds(3.0), 12.0);
        assert_eq!(prices.dollars(3.0, 500_000.0), 7.0);
    }
}
