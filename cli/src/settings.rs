//! Settings from the environment, read once at start. Nothing here looks at the configuration file.

use std::{
    env,
    path::{Path, PathBuf},
};

use divbase_contract::limits::DEFAULT_METADATA_TSV;

use crate::credentials::place::Place;

const PUBLIC_API: &str = "https://divbase.scilifelab-2-prod.sys.kth.se/api";
const DEV_API: &str = "http://localhost:8000/api";
/// Whose records ours are in the keyring, as in the public client.
const KEYRING_SERVICE: &str = "divbase-cli";

/// What the environment says.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Base URL where none is configured (`DIVBASE_API_URL`), ends in `/api`.
    pub api_url: String,
    /// Personal access token (`DIVBASE_API_PAT`); empty counts as unset.
    pub pat: Option<String>,
    /// Configuration file (`DIVBASE_CLI_CONFIG_PATH`).
    pub config_path: PathBuf,
    /// The session tokens (`DIVBASE_KEYRING_SERVICE`, `DIVBASE_CLI_TOKENS_PATH`).
    pub tokens: Place,
    /// The stored personal access token (`DIVBASE_KEYRING_SERVICE`, `DIVBASE_CLI_PATS_PATH`).
    pub stored_pat: Place,
    /// Default of `--metadata-tsv-name` (`DIVBASE_METADATA_TSV_NAME`).
    pub metadata_tsv_name: String,
    /// Where the guides of this installation are (`DIVBASE_DOCS_URL`), if anywhere. No other site knows our errors.
    pub docs_url: Option<String>,
    /// Whether to tell about retries on stderr (`DIVBASE_LOGGING_ON=1`, unless `DIVBASE_LOG_LEVEL` asks for errors alone).
    pub verbose: bool,
}

impl Settings {
    /// Reads the environment.
    #[must_use]
    pub fn from_env() -> Self {
        let dev = flag("DIVBASE_DEV");
        let dir = app_dir();
        let url = text("DIVBASE_API_URL")
            .unwrap_or_else(|| if dev { DEV_API } else { PUBLIC_API }.to_owned());
        Self {
            api_url: url.strip_suffix('/').unwrap_or(&url).to_owned(),
            pat: text("DIVBASE_API_PAT"),
            config_path: path("DIVBASE_CLI_CONFIG_PATH", &dir, "config.yaml"),
            tokens: place("DIVBASE_CLI_TOKENS_PATH", &dir, ".secrets", "tokens"),
            stored_pat: place("DIVBASE_CLI_PATS_PATH", &dir, ".pat", "pat"),
            metadata_tsv_name: text("DIVBASE_METADATA_TSV_NAME")
                .unwrap_or_else(|| DEFAULT_METADATA_TSV.to_owned()),
            docs_url: text("DIVBASE_DOCS_URL"),
            verbose: (flag("DIVBASE_LOGGING_ON") || (dev && text("DIVBASE_LOGGING_ON").is_none()))
                && tells_retries(text("DIVBASE_LOG_LEVEL").as_deref()),
        }
    }
}

fn text(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// Whether remarks on requests that are tried again, which are warnings, pass this level. Words that are no level count as
/// the default: a variable that others set must not stop a command.
fn tells_retries(level: Option<&str>) -> bool {
    let level = level.unwrap_or_default().to_ascii_uppercase();
    !matches!(level.as_str(), "ERROR" | "CRITICAL")
}

fn flag(name: &str) -> bool {
    text(name).is_some_and(|value| value == "1")
}

fn path(name: &str, dir: &Path, file: &str) -> PathBuf {
    text(name).map_or_else(|| dir.join(file), |value| expand_home(&value))
}

/// Where a credential lies. Whoever names a file and no service of the keyring wants the file; an empty service is none.
fn place(name: &str, dir: &Path, file: &str, record: &'static str) -> Place {
    let service = match env::var("DIVBASE_KEYRING_SERVICE") {
        Ok(service) => Some(service).filter(|service| !service.is_empty()),
        Err(_) if text(name).is_some() => None,
        Err(_) => Some(KEYRING_SERVICE.to_owned()),
    };
    Place::new(path(name, dir, file), service, record)
}

/// The path with a leading `~` replaced by the home folder.
#[must_use]
pub fn expand_home(path: &str) -> PathBuf {
    match (path.strip_prefix('~'), home()) {
        (Some(""), Some(home)) => home,
        (Some(rest), Some(home)) if rest.starts_with('/') => home.join(&rest[1..]),
        _ => PathBuf::from(path),
    }
}

fn home() -> Option<PathBuf> {
    text("HOME")
        .or_else(|| text("USERPROFILE"))
        .map(PathBuf::from)
}

/// The platform's folder for settings of applications.
fn app_dir() -> PathBuf {
    let home = home().unwrap_or_else(|| PathBuf::from("."));
    let parent = if cfg!(target_os = "macos") {
        home.join("Library/Application Support")
    } else if cfg!(windows) {
        text("APPDATA").map_or_else(|| home.join("AppData/Roaming"), PathBuf::from)
    } else {
        text("XDG_CONFIG_HOME").map_or_else(|| home.join(".config"), PathBuf::from)
    };
    parent.join("divbase-cli")
}

#[cfg(test)]
mod tests {
    use super::tells_retries;

    #[test]
    fn only_levels_above_warnings_silence_them() {
        for level in [
            None,
            Some("INFO"),
            Some("debug"),
            Some("WARNING"),
            Some("loud"),
        ] {
            assert!(tells_retries(level), "{level:?}");
        }
        for level in ["error", "CRITICAL"] {
            assert!(!tells_retries(Some(level)), "{level}");
        }
    }
}
