//! Messages of the operators to users of the CLI.

use axum::Json;
use divbase_contract::{
    CLI_VERSION_HEADER,
    core::{Announcement, AnnouncementLevel},
};
use http::HeaderMap;

use crate::{AppState, CliVersion, error::ApiError};

/// Current announcements, newest first. A client that says its version, and has an older one than the newest, is told so last.
#[utoipa::path(get, path = "/core/announcements", tag = "core",
    responses((status = 200, body = [Announcement])))]
pub(super) async fn handler(
    state: AppState,
    headers: HeaderMap,
) -> Result<Json<Vec<Announcement>>, ApiError> {
    let rows = state.db.announcements("cli").await?;
    let said = rows.into_iter().map(|row| Announcement {
        heading: row.heading,
        message: row.message,
        level: AnnouncementLevel::of(&row.level).unwrap_or_default(),
    });
    let newer = newer(&headers, state.settings.latest_cli_version);
    Ok(Json(said.chain(newer).collect()))
}

/// What a client is told that is older than the newest one.
fn newer(headers: &HeaderMap, latest: CliVersion) -> Option<Announcement> {
    let own = headers.get(CLI_VERSION_HEADER)?.to_str().ok()?;
    let own: CliVersion = own.parse().ok()?;
    let CliVersion([major, minor, patch]) = latest;
    (own < latest).then(|| Announcement {
        heading: format!("Version {major}.{minor}.{patch} of divbase-cli is there"),
        message: Some(
            "Yours works, and is older. Upgrade it: https://scilifelabdatacentre.github.io/divbase"
                .to_owned(),
        ),
        level: AnnouncementLevel::Info,
    })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn who_has_an_older_version_is_told_of_the_newest() {
        let told = |own: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            if let Some(own) = own {
                headers.insert(CLI_VERSION_HEADER, HeaderValue::from_static(own));
            }
            newer(&headers, CliVersion([0, 1, 4])).map(|told| told.heading)
        };
        let newest = "Version 0.1.4 of divbase-cli is there";
        assert_eq!(told(Some("0.1.0a9")).as_deref(), Some(newest));
        for own in [None, Some("0.1.4"), Some("0.2.0"), Some("none")] {
            assert_eq!(told(own), None, "{own:?}");
        }
    }
}
