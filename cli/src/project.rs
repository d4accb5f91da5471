//! Which project and which server a command is about.

use crate::{
    config_file::ConfigFile,
    credentials::{Credentials, pat::StoredPat},
    failure::{Failure, Outcome},
    settings::Settings,
};

/// A project on a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Name of the project.
    pub project: String,
    /// Base URL of the API, ends in `/api`.
    pub base_url: String,
}

/// The project that `given` or the default names, with its server.
///
/// # Errors
/// If there is none, it is not in the configuration, or the session belongs to another server.
pub fn resolve(given: Option<&str>, config: &ConfigFile, settings: &Settings) -> Outcome<Target> {
    let name = given
        .or(config.default_project.as_deref())
        .ok_or_else(|| {
            Failure::Config(
                "no project given. Name one with `--project NAME`, or choose a default with `divbase-cli config set-default NAME`."
                    .to_owned(),
            )
        })?;
    let project = config.project(name).ok_or_else(|| {
        Failure::Config(format!(
            "the project '{name}' is not in your configuration ({}). `divbase-cli config show` lists the known ones; \
             `divbase-cli config add {name}` adds it.",
            settings.config_path.display()
        ))
    })?;
    let base_url = without_slash(&project.divbase_url);
    match &config.logged_in_url {
        Some(session) if normal(session) != normal(&base_url) => {
            return Err(Failure::Auth(format!(
                "not logged in to the correct URL: the project '{name}' is at {base_url}, but you are logged in to {session}. \
                 Log in with `divbase-cli auth login [EMAIL] --divbase-url {base_url}`."
            )));
        }
        Some(_) => {}
        None => require_pat(settings, &base_url)?,
    }
    Ok(Target {
        project: name.to_owned(),
        base_url,
    })
}

/// The server for commands that are about no project.
///
/// # Errors
/// If there is neither a session nor a personal access token.
pub fn server(config: &ConfigFile, settings: &Settings) -> Outcome<String> {
    if let Some(url) = &config.logged_in_url {
        return Ok(without_slash(url));
    }
    require_pat(settings, &settings.api_url)?;
    Ok(settings.api_url.clone())
}

fn require_pat(settings: &Settings, base_url: &str) -> Outcome {
    if settings.pat.is_some() || Credentials::has_session(settings) {
        return Ok(());
    }
    if let Some(pat) = StoredPat::load(&settings.stored_pat)? {
        return pat.require_valid();
    }
    Err(Failure::Auth(format!(
        "you are not logged in. Log in with `divbase-cli auth login [EMAIL] --divbase-url {base_url}`, or give a personal \
         access token in DIVBASE_API_PAT."
    )))
}

/// The URL without slashes at its end.
#[must_use]
pub fn without_slash(url: &str) -> String {
    url.trim().trim_end_matches('/').to_owned()
}

/// Form in which two URLs of one server are equal: no final slash, host and scheme in lower case, no default port.
#[must_use]
pub fn normal(url: &str) -> String {
    url::Url::parse(url.trim()).map_or_else(
        |_| without_slash(url),
        |parsed| without_slash(parsed.as_str()),
    )
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn one_server_has_one_normal_url() {
        for other in [
            "https://Host/api/",
            "HTTPS://host:443/api",
            " https://host/api",
        ] {
            assert_eq!(normal("https://host/api"), normal(other));
        }
        assert_ne!(normal("https://host/api"), normal("http://host/api"));
        assert_ne!(normal("https://host/api"), normal("https://host/other"));
    }
}
