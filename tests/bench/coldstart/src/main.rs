//! Cold start of the deployable functions: from starting a zip's `bootstrap` to its first request for work, which is
//! when Lambda calls it ready. `bench-coldstart ZIPS FUNCTION…` prints `RATIO name value goal`; a value is the goal
//! over what was measured, so that larger is better and the goal is met from 1 on.
//!
//! There is no network but the loopback: a function that needs database, queue or store before its first request
//! would wait here and be found out. It also holds the zips to their size. It must not measure requests.

mod error;
mod runtime_api;

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    time::{Duration, Instant},
};

use error::BenchError;
use runtime_api::RuntimeApi;

/// Runs of each function; the median counts.
const RUNS: usize = 20;
/// Most milliseconds from start to ready.
const MOST_MILLISECONDS: f64 = 30.0;
/// Most bytes of a zip.
const MOST_BYTES: u64 = 15 * 1024 * 1024;
/// A function that is not ready by then never will be.
const LIMIT: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let zips = arguments.next().map(PathBuf::from).unwrap_or_default();
    let names: Vec<String> = arguments
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    match run(&zips, &names) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("bench-coldstart: {error}");
            ExitCode::from(2)
        }
    }
}

/// Measures all; says whether every goal is met.
fn run(zips: &Path, names: &[String]) -> Result<bool, BenchError> {
    let mut reached = true;
    for name in names {
        let folder = zips.join(name);
        let zip = folder.join("bootstrap.zip");
        let bytes = std::fs::metadata(&zip).map_err(BenchError::io(&zip))?.len();
        let unpacked = unpack(&zip)?;
        let program = unpacked.path().join("bootstrap");
        let mut times = Vec::with_capacity(RUNS);
        for _ in 0..RUNS {
            times.push(start_once(&program)?);
        }
        times.sort_by(f64::total_cmp);
        let median = f64::midpoint(times[RUNS / 2 - 1], times[RUNS / 2]);
        println!(
            "{name}: ready after {median:.1} ms (median of {RUNS}; {:.1} to {:.1}), zip {:.1} MB",
            times[0],
            times[RUNS - 1],
            bytes as f64 / 1_048_576.0
        );
        let ratios = [
            ("coldstart", MOST_MILLISECONDS / median),
            ("zip", MOST_BYTES as f64 / bytes as f64),
        ];
        for (what, ratio) in ratios {
            println!("RATIO {what}_{name} {ratio:.2} 1.00");
            reached &= ratio >= 1.0;
        }
    }
    Ok(reached)
}

/// What is deployed is the zip, so that is what is measured.
fn unpack(zip: &Path) -> Result<tempfile::TempDir, BenchError> {
    let folder = tempfile::tempdir().map_err(BenchError::io(zip))?;
    // Everybody who can build the zips has Python; a crate for one file would be more to keep.
    let status = Command::new("python3")
        .args(["-m", "zipfile", "-e"])
        .arg(zip)
        .arg(folder.path())
        .status()
        .map_err(BenchError::io(zip))?;
    let program = folder.path().join("bootstrap");
    if !status.success() || !program.is_file() {
        return Err(BenchError::NoBootstrap(zip.to_owned()));
    }
    // Python does not restore what may be executed.
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755))
        .map_err(BenchError::io(&program))?;
    Ok(folder)
}

/// Milliseconds from starting the program to its first request for work.
fn start_once(program: &Path) -> Result<f64, BenchError> {
    let api = RuntimeApi::listen()?;
    let started = Instant::now();
    let mut child = Command::new(program)
        .env_clear()
        .envs(environment())
        .env("AWS_LAMBDA_RUNTIME_API", api.address())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(BenchError::io(program))?;
    let ready = api.first_request(LIMIT);
    let elapsed = started.elapsed();
    // It waits for work for ever.
    let _ = child.kill();
    let _ = child.wait();
    ready?;
    Ok(elapsed.as_secs_f64() * 1000.0)
}

/// As Lambda and the template set it. Nothing listens on the addresses.
fn environment() -> Vec<(&'static str, &'static str)> {
    const QUEUE: &str = "http://127.0.0.1:9/000000000000/queue";
    let mut variables = vec![
        ("AWS_LAMBDA_FUNCTION_NAME", "bench"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "bench"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "bench"),
        ("AWS_REGION", "eu-north-1"),
        ("AWS_ACCESS_KEY_ID", "none"),
        ("AWS_SECRET_ACCESS_KEY", "none"),
        ("DIVBASE_ENV", "prod"),
        ("LOG_LEVEL", "info"),
        ("LOG_FORMAT", "json"),
        ("DATABASE_URL", "postgres://divbase@127.0.0.1:9/divbase"),
        ("DATABASE_LOGIN", "iam"),
        ("JWT_SECRET_KEY", "0123456789abcdef0123456789abcdef"),
        ("SCHEDULER_GROUP", "bench"),
        ("SCHEDULER_ROLE_ARN", "arn:aws:iam::000000000000:role/bench"),
        (
            "SCHEDULER_TARGET_ARN",
            "arn:aws:lambda:eu-north-1:000000000000:function:bench",
        ),
        (
            "SCHEDULER_DEAD_LETTER_ARN",
            "arn:aws:sqs:eu-north-1:000000000000:bench",
        ),
        (
            "DIVBASE_EVENTS_QUEUE_ARN",
            "arn:aws:sqs:eu-north-1:000000000000:bench",
        ),
    ];
    for name in [
        "QUEUE_QUICK_URL",
        "QUEUE_LONG_URL",
        "QUEUE_HEAVY_URL",
        "QUEUE_QUICK_DEAD_URL",
        "QUEUE_LONG_DEAD_URL",
        "QUEUE_HEAVY_DEAD_URL",
    ] {
        variables.push((name, QUEUE));
    }
    variables
}
