//! `divbase-local deploy` and `undeploy`: the deployable template with its real Lambda zips in an AWS emulator, in the
//! background. Nothing of this crate's system runs there: what answers is what would be deployed.
//!
//! It is thrown away when it is stopped, and every `deploy` makes a new one. A run's data can be kept by `make up`.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use divbase_services::{RunFolder, Stack, stop_holder};
use serde::Deserialize;
use tokio::{
    process::Command,
    signal::unix::{SignalKind, signal},
};

use crate::{AnyError, background, database, info::Info, serve::random_secret};

/// Where the background process says what it runs.
#[must_use]
pub fn folder(root: &Path) -> PathBuf {
    root.join(".local/deployed")
}

/// How long a deployment may take.
const START_LIMIT: Duration = Duration::from_secs(180);

/// What `infra/deploy_local.py` prints, as far as it matters here.
#[derive(Deserialize)]
struct Outputs {
    #[serde(rename = "LocalApiUrl")]
    api_url: String,
}

/// Stops what an earlier call left running, deploys, and says how to use it.
///
/// # Errors
/// If the template cannot be deployed.
pub async fn deploy(root: &Path, zips: &Path) -> Result<(), AnyError> {
    let folder = folder(root);
    stop_holder(&folder)?;
    std::fs::create_dir_all(&folder)?;
    let zips = zips.display().to_string();
    let info = background::start(
        &folder,
        "deployed.log",
        &["supervise-deployed", "--zips", &zips],
        START_LIMIT,
    )
    .await?;
    println!("The deployed functions answer at {}", info.api_url);
    println!(
        "Administrator: {}, password {}",
        info.admin_email, info.admin_password
    );
    println!("Emulator: {}", info.aws_endpoint);
    println!("Show the tour on it by `make demo TARGET=lambda`; stop it by `make undeploy-local`.");
    Ok(())
}

/// What is deployed at present.
///
/// # Errors
/// If nothing is.
pub fn running(root: &Path) -> Result<Info, AnyError> {
    background::running(&folder(root))
        .ok_or_else(|| "nothing is deployed; run `make deploy-local` first".into())
}

/// Stops and throws away what [`deploy`] made.
///
/// # Errors
/// If it does not stop.
pub fn undeploy(root: &Path) -> Result<(), AnyError> {
    let stopped = stop_holder(&folder(root))?;
    let told = match stopped {
        true => "stopped",
        false => "nothing was deployed",
    };
    println!("{told}");
    Ok(())
}

/// What the background process does: services and deployment until SIGTERM.
///
/// # Errors
/// If something does not come up.
pub async fn supervise(root: &Path, zips: &Path) -> Result<(), AnyError> {
    let (mut terminate, mut interrupt) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    let folder = folder(root);
    // Held for as long as this process lives; `undeploy` finds the process by it.
    let _held = RunFolder::kept(&folder)?;
    let stack = Stack::start(root, RunFolder::throw_away(root)?).await?;
    let result = tokio::select! {
        info = put_in(&stack, root, zips) => match info.and_then(|info| Ok(info.write(&folder)?)) {
            Ok(()) => {
                tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
                Ok(())
            }
            Err(error) => Err(error),
        },
        _ = terminate.recv() => Ok(()),
    };
    Info::remove(&folder);
    stack.stop().await;
    result
}

/// Deploys into a running stack.
async fn put_in(stack: &Stack, root: &Path, zips: &Path) -> Result<Info, AnyError> {
    let database_url =
        database::ensure(&stack.postgres().url("postgres"), "deployed", None).await?;
    let (admin_email, admin_password) = ("admin@divbase.local".to_owned(), random_secret());
    let output = Command::new(root.join(".local/venv/bin/python"))
        .arg(root.join("infra/deploy_local.py"))
        .arg(zips)
        .arg(&database_url)
        .envs(stack.environment())
        .env("FIRST_ADMIN_EMAIL", &admin_email)
        .env("FIRST_ADMIN_PASSWORD", &admin_password)
        .kill_on_drop(true)
        .output()
        .await?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(format!("the template could not be deployed:\n{said}").into());
    }
    let outputs: Outputs = serde_json::from_slice(&output.stdout)?;
    Ok(Info {
        api_url: format!("{}/api", outputs.api_url),
        aws_endpoint: stack.aws_endpoint(),
        database_url,
        admin_email,
        admin_password,
        pid: std::process::id(),
    })
}
