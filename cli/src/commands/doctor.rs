//! `doctor`: whether everything works that commands stand on, each in one line with what to do about it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use clap::Args;
use divbase_contract::{auth::User, files::DownloadRequest};
use reqwest::header;
use serde::Serialize;

use crate::{
    app::{App, ProjectApi},
    arguments::{JsonFormat, ProjectArg},
    failure::{Failure, Outcome},
    files_api::Depth,
    http::{self, API_TIMEOUT, api::Api},
    installed::Installed,
    output::{self, style},
    project,
};

/// Signatures and tokens hold to the second; stores refuse requests whose time is off by a quarter of an hour.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(60);

/// `doctor`
#[derive(Args)]
pub struct DoctorArgs {
    #[command(flatten)]
    project: ProjectArg,
    #[command(flatten)]
    format: JsonFormat,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Ok,
    /// It could not be tried, or there is nothing to try it on.
    Skipped,
    Failed,
}

#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    verdict: Verdict,
    told: String,
}

impl Check {
    fn of(name: &'static str, outcome: Outcome<String>) -> Self {
        let (verdict, told) = match outcome {
            Ok(told) => (Verdict::Ok, told),
            Err(failure) => (Verdict::Failed, failure.to_string()),
        };
        Self {
            name,
            verdict,
            told,
        }
    }

    fn skipped(name: &'static str, told: &str) -> Self {
        Self {
            name,
            verdict: Verdict::Skipped,
            told: told.to_owned(),
        }
    }
}

/// Runs it.
///
/// # Errors
/// If a check fails; it has been told then.
pub async fn run(args: DoctorArgs, app: &App) -> Outcome {
    let checks = checks(args.project.project.as_deref(), app).await;
    if args.format.json {
        output::json(&checks)?;
    } else {
        for check in &checks {
            let mark = match check.verdict {
                Verdict::Ok => style::green("ok     "),
                Verdict::Skipped => style::yellow("skipped"),
                Verdict::Failed => style::red("failed "),
            };
            output::line!("{mark} {:<14} {}", check.name, output::text(&check.told))?;
        }
    }
    if checks.iter().any(|check| check.verdict == Verdict::Failed) {
        return Err(Failure::Told);
    }
    Ok(())
}

async fn checks(given: Option<&str>, app: &App) -> Vec<Check> {
    let mut checks = vec![Check::of("program", Ok(program()))];
    let target = configured(given, app);
    let base_url = match &target {
        Ok(base_url) => base_url.clone(),
        Err(_) => app.settings.api_url.clone(),
    };
    checks.push(Check::of(
        "configuration",
        target.map(|url| format!("{}, server {url}", app.settings.config_path.display())),
    ));
    checks.push(Check::of(
        "credentials",
        Ok(format!("kept in {}", app.settings.tokens)),
    ));
    let api = match Api::new(&base_url, &app.settings) {
        Ok(api) => api,
        Err(failure) => {
            checks.push(Check::of("connection", Err(failure)));
            return checks;
        }
    };
    match reached(&api).await {
        Ok(server_time) => {
            checks.push(Check::of("connection", Ok(api.base().to_owned())));
            checks.push(clock(server_time));
        }
        Err(failure) => {
            checks.push(Check::of("connection", Err(failure)));
            return checks;
        }
    }
    let user: Outcome<User> = api.get(&["auth", "whoami"]).await;
    let signed_in = user.is_ok();
    checks.push(Check::of(
        "sign-in",
        user.map(|user| format!("as {}", user.email)),
    ));
    checks.push(match app.project(given) {
        Ok(at) if signed_in => store(&at).await,
        _ => Check::skipped("store", "needs a project that you are signed in to"),
    });
    checks
}

fn program() -> String {
    let version = env!("CARGO_PKG_VERSION");
    match Installed::this() {
        Ok((_, installed)) => format!(
            "divbase-cli {version}, installed {} (`self-update` says what updates it)",
            installed.words()
        ),
        Err(_) => format!("divbase-cli {version}"),
    }
}

/// The server that commands would talk to.
fn configured(given: Option<&str>, app: &App) -> Outcome<String> {
    let config = app.config()?;
    match project::resolve(given, &config, &app.settings) {
        Ok(target) => Ok(target.base_url),
        // Without any project there still is a server.
        Err(failure) if given.is_some() || config.default_project.is_some() => Err(failure),
        Err(_) => Ok(config
            .logged_in_url
            .unwrap_or_else(|| app.settings.api_url.clone())),
    }
}

/// Asks the server whether it is there; answers with the time on its clock.
async fn reached(api: &Api) -> Outcome<Option<DateTime<Utc>>> {
    let url = format!("{}/v1/core/health", api.base().trim_end_matches('/'));
    let answer = api
        .http
        .get(&url)
        .timeout(API_TIMEOUT)
        .send()
        .await
        .map_err(|error| {
            Failure::Refused(format!("no answer from {url}: {}", http::reason(&error)))
        })?;
    if !answer.status().is_success() {
        return Err(Failure::Refused(format!(
            "{url} answers {}; the URL of a DivBase API ends in /api.",
            answer.status()
        )));
    }
    let date = answer.headers().get(header::DATE);
    let date = date.and_then(|date| DateTime::parse_from_rfc2822(date.to_str().ok()?).ok());
    Ok(date.map(|date| date.to_utc()))
}

fn clock(server_time: Option<DateTime<Utc>>) -> Check {
    let Some(server_time) = server_time else {
        return Check::skipped("clock", "the server does not tell its time");
    };
    let apart = (Utc::now() - server_time)
        .abs()
        .to_std()
        .unwrap_or_default();
    Check::of(
        "clock",
        if apart <= CLOCK_TOLERANCE {
            Ok(format!(
                "within {} s of the server's",
                apart.as_secs().max(1)
            ))
        } else {
            Err(Failure::Refused(format!(
                "{} s away from the server's: set this machine's clock, or signed requests are refused.",
                apart.as_secs()
            )))
        },
    )
}

/// Reads the first byte of a file of the project from the store.
async fn store(at: &ProjectApi) -> Check {
    const NAME: &str = "store";
    let listing = match at.list(None, Depth::OneLevel).await {
        Ok(listing) => listing,
        Err(failure) => return Check::of(NAME, Err(failure)),
    };
    let Some(file) = listing.files.into_iter().find(|file| file.size > 0) else {
        return Check::skipped(NAME, "the project has no file to try it on");
    };
    Check::of(NAME, first_byte(at, file.name).await)
}

async fn first_byte(at: &ProjectApi, name: String) -> Outcome<String> {
    let request = DownloadRequest {
        name: Failure::checked("the file's name", name)?,
        version_id: None,
        with_checksum: false,
    };
    let urls = at.download_urls(&[request]).await?;
    let Some(given) = urls.first() else {
        return Err(Failure::Refused("the server gave no address.".to_owned()));
    };
    // The address is a secret for as long as it holds: only its host is told.
    let host = url::Url::parse(&given.pre_signed_url)
        .map(|url| url.origin().ascii_serialization())
        .unwrap_or_default();
    let answer = at
        .api
        .http
        .get(&given.pre_signed_url)
        .header(header::RANGE, "bytes=0-0")
        .timeout(API_TIMEOUT)
        .send()
        .await
        .map_err(|error| {
            let error = error.without_url();
            Failure::Refused(format!(
                "no answer from the object store at {host}: {}. Files travel to and from that address, which a firewall or proxy has to let pass.",
                http::reason(&error)
            ))
        })?;
    if answer.status().is_success() {
        Ok(format!("a file can be read from {host}"))
    } else {
        Err(Failure::Refused(format!(
            "the object store at {host} answers {}.",
            answer.status()
        )))
    }
}
