//! Mail: a relay that speaks SMTP, and the letters that the service writes.

mod letters;

use std::{fmt, time::Duration};

use divbase_tasks::TaskError;
use divbase_telemetry::{SettingsError, env};
use lettre::{
    Message, SmtpTransport, Transport,
    message::{Mailbox, MultiPart},
};

pub(crate) use letters::Brought;
pub use letters::Letter;

/// How long the relay may take for one step.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Sends letters by a relay.
#[derive(Clone)]
pub struct Mailer {
    relay: SmtpTransport,
    from: Mailbox,
    /// The base URL that readers need to come back, if the operator named it.
    pub(crate) api_url: Option<String>,
}

/// The relay's URL may hold a password.
impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailer")
            .field("from", &self.from.to_string())
            .finish_non_exhaustive()
    }
}

fn invalid(name: &'static str, reason: &str) -> SettingsError {
    SettingsError::Invalid {
        name,
        reason: reason.to_owned(),
    }
}

impl Mailer {
    /// The address that letters are from.
    pub(crate) fn sender(&self) -> String {
        self.from.email.to_string()
    }

    /// Sends by this relay in this name. Nothing is connected yet.
    ///
    /// # Errors
    /// If `url` is none such as `smtps://user:password@relay:465`, `smtp://relay:587?tls=required` or `smtp://relay:25`, or
    /// `from` is no address. The values are not repeated.
    pub fn new(url: &str, from: &str, api_url: Option<String>) -> Result<Self, SettingsError> {
        let relay = SmtpTransport::from_url(url)
            .map_err(|_| invalid("DIVBASE_SMTP_URL", "use smtp://… or smtps://…"))?;
        let from = from.parse().map_err(|_| {
            invalid(
                "DIVBASE_MAIL_FROM",
                "use an address, such as DivBase <divbase@example.org>",
            )
        })?;
        Ok(Self {
            relay: relay.timeout(Some(TIMEOUT)).build(),
            from,
            api_url,
        })
    }

    /// `DIVBASE_SMTP_URL`, `DIVBASE_MAIL_FROM` and `DIVBASE_PUBLIC_API_URL`; none if the first is not set.
    ///
    /// # Errors
    /// If there is a relay without a sender, or one of them is not valid.
    pub fn from_env() -> Result<Option<Self>, SettingsError> {
        let Some(url) = env::optional("DIVBASE_SMTP_URL") else {
            return Ok(None);
        };
        let from = env::required("DIVBASE_MAIL_FROM")?;
        Self::new(&url, &from, env::optional("DIVBASE_PUBLIC_API_URL")).map(Some)
    }

    /// Hands a letter to the relay.
    ///
    /// # Errors
    /// Transient unless the relay refuses it for good.
    pub(crate) async fn send(&self, to: &str, letter: &Letter) -> Result<(), TaskError> {
        let internal = |error: Box<dyn std::error::Error + Send + Sync>| TaskError::Internal(error);
        let to: Mailbox = to.parse().map_err(|error| internal(Box::new(error)))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(&letter.subject)
            .multipart(MultiPart::alternative_plain_html(
                letter.text(),
                letter.html(),
            ))
            .map_err(|error| internal(Box::new(error)))?;
        let relay = self.relay.clone();
        let sent = tokio::task::spawn_blocking(move || relay.send(&message)).await;
        match sent.map_err(|error| internal(Box::new(error)))? {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(internal(Box::new(error))),
            Err(error) => Err(TaskError::Transient(Box::new(error))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relay_that_cannot_be_used_stops_the_start_and_no_secret_is_told() {
        let mailer = |url: &str, from: &str| Mailer::new(url, from, None);
        let good = mailer(
            "smtps://me:hunter2@relay.example.org:465",
            "DivBase <d@example.org>",
        );
        let shown = format!("{:?}", good.unwrap());
        assert!(
            shown.contains("d@example.org") && !shown.contains("hunter2"),
            "{shown}"
        );
        for (url, from) in [
            ("https://me:hunter2@relay", "d@example.org"),
            ("me:hunter2@relay", "d@example.org"),
            ("smtp://relay:25", "nobody"),
        ] {
            let error = mailer(url, from).unwrap_err().to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
