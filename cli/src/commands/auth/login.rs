//! `auth login`.

use chrono::{DateTime, Local};
use clap::Args;
use divbase_contract::{
    ErrorType,
    auth::LoginResponse,
    core::{Announcement, AnnouncementLevel},
};
use reqwest::{Method, StatusCode};

use super::{device, second_factor};
use crate::{
    app::App,
    arguments::ServerArg,
    config_file::ConfigFile,
    credentials::{now, session::SessionTokens},
    failure::{Failure, Outcome},
    http::api::{Api, Call},
    output::{self, style},
    project::normal,
};

/// `auth login [EMAIL]`
#[derive(Args)]
pub struct LoginArgs {
    /// E-mail address of the account; the password is asked for. Without it you approve in a browser
    email: Option<String>,
    /// Approve in a browser on any device, whatever the account
    #[arg(long, conflicts_with = "email")]
    device: bool,
    #[command(flatten)]
    server: ServerArg,
    /// Do not ask when a session is still valid
    #[arg(long, short = 'f')]
    force: bool,
}

pub(super) async fn run(args: LoginArgs, app: &App) -> Outcome {
    let by_password = args.email.filter(|_| !args.device);
    warn_of_plain_http(&args.server.url(app));
    let by_password = by_password
        .map(|email| Ok::<_, Failure>((email, output::secret("Enter your password")?)))
        .transpose()?;
    let config = app.config()?;
    let url = args.server.url(app);
    if !args.force && !may_replace_session(app, &config, &url)? {
        return output::line("Login cancelled.");
    }
    let api = args.server.api(app)?;
    match by_password {
        Some((email, password)) => open_session(app, &api, url, &email, password).await,
        None => {
            let answer = device::log_in(&api).await?;
            let email = answer.email.clone();
            keep(app, &api, url, &email, answer).await
        }
    }
}

/// Says, before a password is typed, that it would travel readable. This machine's own addresses are no network.
fn warn_of_plain_http(url: &str) {
    let Ok(parsed) = url::Url::parse(url) else {
        return;
    };
    let is_local = match parsed.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    if parsed.scheme() == "http" && !is_local {
        output::warn!(
            "{url} is plain http: whoever is on the way can read your password and your tokens. Use https."
        );
    }
}

/// Logs in and keeps the session on this device.
pub(super) async fn open_session(
    app: &App,
    api: &Api,
    url: String,
    email: &str,
    password: String,
) -> Outcome {
    let answer = match log_in(api, email, &password, None).await {
        Err(Failure::Api(error)) if error.kind == ErrorType::SecondFactorRequired.as_str() => {
            let code = second_factor::code("Enter the code of your authenticator app")?;
            log_in(api, email, &password, Some(code.into())).await
        }
        answer => answer,
    };
    let answer = answer.map_err(|failure| match failure {
        Failure::Api(error) if error.status == StatusCode::UNAUTHORIZED => {
            Failure::Auth(error.detail.text())
        }
        other => other,
    })?;
    keep(app, api, url, email, answer).await
}

/// Keeps a session on this device.
async fn keep(app: &App, api: &Api, url: String, email: &str, answer: LoginResponse) -> Outcome {
    SessionTokens::from(answer).save(&app.settings.tokens)?;
    let mut config = app.config()?;
    config.logged_in_url = Some(url);
    config.logged_in_email = Some(email.to_owned());
    app.save(&config)?;
    announce(api).await?;
    output::done!("Logged in successfully as: {}", output::name(email))
}

fn may_replace_session(app: &App, config: &ConfigFile, url: &str) -> Outcome<bool> {
    let same_server = config
        .logged_in_url
        .as_deref()
        .is_some_and(|known| normal(known) == normal(url));
    let Some(tokens) = SessionTokens::load(&app.settings.tokens) else {
        return Ok(true);
    };
    if !same_server || tokens.session_ended(now()) {
        return Ok(true);
    }
    let end = DateTime::from_timestamp(tokens.refresh_token_expires_at, 0)
        .map(|end| {
            end.with_timezone(&Local)
                .format("%Y-%m-%d %H:%M:%S")
                .to_string()
        })
        .unwrap_or_default();
    output::line!(
        "Already logged in to {url} as {}; the session ends {end}.",
        output::name(config.logged_in_email.as_deref().unwrap_or("unknown"))
    )?;
    output::confirm("Do you want to login again? This replaces the session.")
}

async fn log_in(
    api: &Api,
    email: &str,
    password: &str,
    code: Option<String>,
) -> Outcome<LoginResponse> {
    let mut form = vec![
        ("grant_type", "password".to_owned()),
        ("username", email.to_owned()),
        ("password", password.to_owned()),
    ];
    form.extend(code.map(|code| ("code", code)));
    api.call(Call::new(Method::POST, &["auth", "login"]).form(form))
        .await
}

/// Shows what the operators have to say. Being unable to ask does not spoil the login.
async fn announce(api: &Api) -> Outcome {
    let Ok(list) = api
        .get::<Vec<Announcement>>(&["core", "announcements"])
        .await
    else {
        return Ok(());
    };
    match list.len() {
        0 => return Ok(()),
        1 => output::line(&style::bold("An Announcement from DivBase:"))?,
        _ => output::line(&style::bold("Announcements from DivBase:"))?,
    }
    for (index, announcement) in list.iter().enumerate() {
        let number = if list.len() == 1 {
            String::new()
        } else {
            format!("{}) ", index + 1)
        };
        let heading = format!("{number}{}", output::name(&announcement.heading));
        output::line(&match announcement.level {
            AnnouncementLevel::Info => style::blue(&heading),
            AnnouncementLevel::Success => style::green(&heading),
            AnnouncementLevel::Warning => style::yellow(&heading),
            AnnouncementLevel::Danger => style::red(&heading),
        })?;
        if let Some(message) = &announcement.message {
            output::line(&output::text(message))?;
        }
    }
    Ok(())
}
