//! How the first administrator gets in where the operator has set an address and no password: by a one-time token in the log of the
//! migrations, which only operators read.

use std::fmt;

use chrono::{DateTime, Duration, Utc};

use crate::{Secret, secret::RESET_PREFIX};

/// How long the token is good.
const LIFE: Duration = Duration::hours(24);

/// A token that has not been used.
#[derive(Clone, Debug)]
pub struct FirstAdminToken {
    secret: Secret,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

impl FirstAdminToken {
    /// A new one.
    #[must_use]
    pub fn generate(now: DateTime<Utc>) -> Self {
        Self {
            secret: Secret::generate(RESET_PREFIX),
            expires_at: now + LIFE,
        }
    }

    /// What is stored of it.
    #[must_use]
    pub fn digest(&self) -> String {
        self.secret.digest()
    }

    /// What the log says, with a link where people's address of the API is known.
    #[must_use]
    pub fn invitation(&self, public_api_url: Option<&str>) -> Invitation<'_> {
        Invitation {
            token: self,
            site: public_api_url
                .and_then(|url| url.strip_suffix("/api"))
                .map(str::to_owned),
        }
    }
}

/// The words in which the token is told.
#[derive(Clone, Debug)]
pub struct Invitation<'a> {
    token: &'a FirstAdminToken,
    site: Option<String>,
}

impl fmt::Display for Invitation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (token, end) = (
            self.token.secret.expose(),
            self.token.expires_at.format("%Y-%m-%d %H:%M UTC"),
        );
        match &self.site {
            Some(site) => write!(
                f,
                "the first administrator chooses a password, once, until {end}: {site}/reset-password?token={token}"
            ),
            None => write!(
                f,
                "the first administrator chooses a password with `divbase-cli auth reset-password`, once, until {end}, by this token: {token}"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_has_a_link_where_the_address_is_known_and_else_a_token() {
        let token = FirstAdminToken::generate(DateTime::UNIX_EPOCH);
        let said = token
            .invitation(Some("https://divbase.example.org/api"))
            .to_string();
        let link = "https://divbase.example.org/reset-password?token=divbase_rst_";
        assert!(said.contains(link), "{said}");
        let told = said.split("token=").nth(1).unwrap();
        assert_eq!(crate::secret::digest(told), token.digest());
        let said = token.invitation(None).to_string();
        assert!(said.contains("divbase-cli auth reset-password"), "{said}");
        assert!(said.ends_with(told), "{said}");
    }
}
