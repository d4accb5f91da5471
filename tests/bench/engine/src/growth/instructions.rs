//! Counts the instructions of a join: this program run by valgrind with the join, less without it.

use std::process::Command;
use std::str::FromStr;

use crate::error::Error;

/// What a run by valgrind does, as its argument says it: `DIMENSION:DOUBLINGS:JOINS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counted {
    /// Its place among the dimensions.
    pub(super) dimension: usize,
    /// How often it doubled.
    pub(super) doublings: u32,
    /// Whether the files are joined, or only made.
    pub(super) joins: bool,
}

impl FromStr for Counted {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split(':').collect();
        let [dimension, doublings, joins] = parts[..] else {
            return Err("not of the form DIMENSION:DOUBLINGS:JOINS".to_owned());
        };
        Ok(Self {
            dimension: dimension.parse().map_err(|_| "no dimension".to_owned())?,
            doublings: doublings.parse().map_err(|_| "no doublings".to_owned())?,
            joins: joins
                .parse()
                .map_err(|_| "neither true nor false".to_owned())?,
        })
    }
}

/// The instructions that joining the files of a dimension takes, after so many doublings.
pub(super) fn of(dimension: usize, doublings: u32) -> Result<f64, Error> {
    let count = |joins| run(dimension, doublings, joins);
    Ok(count(true)? - count(false)?)
}

fn run(dimension: usize, doublings: u32, joins: bool) -> Result<f64, Error> {
    let program = std::env::current_exe().map_err(Error::io("bench-engine"))?;
    let output = Command::new("valgrind")
        .args([
            "--tool=cachegrind",
            "--cache-sim=no",
            "--cachegrind-out-file=/dev/null",
        ])
        .arg(program)
        .arg("--count")
        .arg(format!("{dimension}:{doublings}:{joins}"))
        .output()
        .map_err(Error::io("valgrind"))?;
    let messages = String::from_utf8_lossy(&output.stderr);
    let total = messages.lines().find_map(total);
    total
        .filter(|_| output.status.success())
        .ok_or_else(|| Error::Command {
            command: "valgrind".to_owned(),
            code: output.status.code().unwrap_or(-1),
            messages: messages.into_owned(),
        })
}

/// The number in `==17== I   refs:      1,234`.
fn total(line: &str) -> Option<f64> {
    let (name, number) = line.rsplit_once(':')?;
    name.trim_end()
        .ends_with("refs")
        .then(|| number.trim().replace(',', "").parse().ok())?
}
