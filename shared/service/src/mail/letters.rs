//! What the service writes to people, as text and as HTML of the same paragraphs.

use chrono::{DateTime, Utc};
use divbase_contract::project_requests::RequestState;
use divbase_db::{Confirmation, Invitation, ProjectRequest};

use crate::tasks::AccountNotice;

/// A letter.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// One line.
    pub subject: String,
    paragraphs: Vec<Paragraph>,
}

#[derive(Clone, PartialEq, Eq)]
enum Paragraph {
    Words(String),
    /// Something to copy, on lines of its own.
    Copy(String),
    /// An address to open.
    Link(String),
}

use Paragraph::{Copy, Link, Words};

const CLOSING: &str = "If you did not expect this letter, do nothing: without it nothing happens.";

fn until(end: DateTime<Utc>) -> String {
    end.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// A token that a letter brings.
#[derive(Clone, Copy)]
pub(crate) struct Brought<'a> {
    pub(crate) token: &'a str,
    /// Where the service is, if that is known.
    pub(crate) api_url: Option<&'a str>,
}

impl Letter {
    fn new(subject: impl Into<String>) -> Self {
        Self {
            subject: subject.into(),
            paragraphs: Vec::new(),
        }
    }

    fn words(mut self, words: impl Into<String>) -> Self {
        self.paragraphs.push(Words(words.into()));
        self
    }

    fn copy(mut self, line: impl Into<String>) -> Self {
        self.paragraphs.push(Copy(line.into()));
        self
    }

    /// The command, for the service at this address.
    fn command(self, command: &str, api_url: Option<&str>) -> Self {
        self.copy(match api_url {
            Some(url) => format!("divbase-cli auth {command} --divbase-url {url}"),
            None => format!("divbase-cli auth {command}"),
        })
    }

    /// How to go on: by a page, where the service's address is known, or by a command that asks for the token.
    fn ways(mut self, what: &str, page: &str, command: &str, by: Brought<'_>) -> Self {
        let Brought { token, api_url } = by;
        let site = api_url.and_then(|url| url.strip_suffix("/api"));
        let begin = match site {
            Some(site) => {
                self = self.words(format!("{what} on this page:"));
                let link = format!("{site}/{page}?token={token}");
                self.paragraphs.push(Link(link));
                "Or"
            }
            None => what,
        };
        self.words(format!(
            "{begin} with this command, which asks for the token below:"
        ))
        .command(command, api_url)
        .copy(token)
    }

    /// Somebody is invited; the token is theirs alone.
    pub(crate) fn invitation(invitation: &Invitation, by: Brought<'_>) -> Self {
        let to = match (&invitation.project_name, invitation.role) {
            (Some(project), Some(role)) => {
                format!("to the project '{project}' on DivBase, with the role '{role}'")
            }
            _ if invitation.is_admin => "to administrate DivBase".to_owned(),
            _ => "to DivBase".to_owned(),
        };
        let page = "accept-invitation";
        Self::new("You are invited to DivBase")
            .words(format!("{} invites you {to}.", invitation.invited_by))
            .ways("Make your account", page, page, by)
            .words(format!(
                "The invitation is good for one account until {}. Give it to nobody else.",
                until(invitation.expires_at)
            ))
            .words(CLOSING)
    }

    /// A password may be set anew by whoever has the token.
    pub(crate) fn password_reset(name: &str, end: DateTime<Utc>, by: Brought<'_>) -> Self {
        let page = "reset-password";
        Self::new("Set a new password for DivBase")
            .words(format!("Hello {name},"))
            .ways("Set a new password", page, page, by)
            .words(format!(
                "The token is good once, until {}. Your password stays as it is until then. All \
                 sessions end when it is set.",
                until(end)
            ))
            .words(CLOSING)
    }

    /// An account waits for its address to be confirmed.
    pub(crate) fn confirmation(waiting: &Confirmation, by: Brought<'_>) -> Self {
        let what = "Confirm that this is your address";
        Self::new("Confirm your address for DivBase")
            .words(format!("Hello {},", waiting.user.name))
            .words("Your password is asked for too.")
            .ways(what, "verify-email", "confirm-email", by)
            .words(format!(
                "The token is good once, until {}.",
                until(waiting.expires_at)
            ))
            .words(CLOSING)
    }

    /// Somebody registered with an address that has an account.
    pub(crate) fn already_registered(name: &str, api_url: Option<&str>) -> Self {
        Self::new("You have an account at DivBase")
            .words(format!("Hello {name},"))
            .words(
                "Somebody, perhaps you, wanted to register with this address. It has an account \
                 already. If you have forgotten its password:",
            )
            .command("forgot-password", api_url)
            .words(CLOSING)
    }

    /// To the address that an account had.
    pub(crate) fn address_changed(to: &str) -> Self {
        Self::new("Your address at DivBase was changed")
            .words(format!(
                "Your account has the address {to} now. Letters go there."
            ))
            .words("If you did not do this, tell an administrator at once.")
    }

    /// Something was done to an account, perhaps not by its owner.
    pub(crate) fn notice(
        name: &str,
        notice: AccountNotice,
        of: Option<&str>,
        address: Option<&str>,
    ) -> Self {
        let of = of.unwrap_or_default();
        let (subject, done) = match notice {
            AccountNotice::PasswordSet => (
                "Your password at DivBase was set",
                "The password of your account was set anew. All sessions before that have ended."
                    .to_owned(),
            ),
            AccountNotice::TokenCreated => (
                "A personal access token was made for your account at DivBase",
                format!("A personal access token named '{of}' was made for your account."),
            ),
            AccountNotice::TokenRevoked => (
                "A personal access token of your account at DivBase was revoked",
                format!("The personal access token named '{of}' of your account was revoked."),
            ),
            AccountNotice::SecondFactorOn => (
                "Signing in at DivBase asks for a code now",
                "A second factor was turned on for your account.".to_owned(),
            ),
            AccountNotice::SecondFactorOff => (
                "Signing in at DivBase asks for no code any more",
                "The second factor of your account was turned off.".to_owned(),
            ),
        };
        let mut letter = Self::new(subject)
            .words(format!("Hello {name},"))
            .words(done);
        if let Some(address) = address {
            letter = letter.words(format!("It was done from the network address {address}."));
        }
        letter.words(
            "If it was neither you nor an administrator whom you asked, set a new password and tell \
             an administrator at once.",
        )
    }

    /// To an administrator: somebody asks for a project.
    pub(crate) fn project_asked(request: &ProjectRequest) -> Self {
        let (id, name, email) = (request.id, &request.name, &request.email);
        let command = "divbase-cli admin project-requests";
        Self::new(format!("{email} asks for the project '{name}' on DivBase"))
            .words(format!(
                "{email} asks for the project '{name}', with {} bytes. The reason that was given:",
                request.storage_quota_bytes
            ))
            .words(&request.reason)
            .words("Approve or decline it:")
            .copy(format!("{command} approve {id}"))
            .copy(format!("{command} decline {id} --answer \"…\""))
    }

    /// To who asked for a project; nothing while it waits.
    pub(crate) fn project_decided(request: &ProjectRequest) -> Option<Self> {
        let name = &request.name;
        let (subject, decided) = match request.state {
            RequestState::Waiting => return None,
            RequestState::Approved => (
                format!("Your project '{name}' on DivBase is made"),
                format!(
                    "The project '{name}' that you asked for is made, and you are its manager."
                ),
            ),
            RequestState::Declined => (
                format!("The project '{name}' on DivBase was declined"),
                format!("The project '{name}' that you asked for was not made."),
            ),
        };
        let mut letter = Self::new(subject).words(decided);
        if let Some(answer) = &request.answer {
            letter = letter.words(format!("The administrator says: {answer}"));
        }
        if request.state == RequestState::Approved {
            letter = letter
                .words("To work with it on a device:")
                .copy(format!("divbase-cli config add {name}"));
        }
        Some(letter)
    }

    /// To a manager of a project that will be deleted.
    pub(crate) fn project_deletion(name: &str, end: DateTime<Utc>) -> Self {
        Self::new(format!("The project '{name}' on DivBase will be deleted"))
            .words(format!(
                "The project '{name}' is closed. It will be destroyed with all its files on {}.",
                until(end)
            ))
            .words("Until then a manager or an administrator can take that back:")
            .copy(format!("divbase-cli project undelete --project {name}"))
    }

    /// An administrator looks whether mail arrives.
    pub(crate) fn test() -> Self {
        Self::new("A test of DivBase's mail").words("Mail from DivBase arrives.")
    }

    /// As plain text.
    #[must_use]
    pub fn text(&self) -> String {
        let paragraphs: Vec<String> = self
            .paragraphs
            .iter()
            .map(|paragraph| match paragraph {
                Words(words) => words.clone(),
                Copy(line) | Link(line) => format!("    {line}"),
            })
            .collect();
        format!("{}\n", paragraphs.join("\n\n"))
    }

    /// As HTML, without anything that is fetched from elsewhere.
    #[must_use]
    pub fn html(&self) -> String {
        let mut html = String::from("<!DOCTYPE html><html lang=\"en\"><body>");
        for paragraph in &self.paragraphs {
            html += &match paragraph {
                Words(words) => format!("<p>{}</p>", escaped(words)),
                Copy(line) => format!("<pre>{}</pre>", escaped(line)),
                Link(url) => format!("<p><a href=\"{0}\">{0}</a></p>", escaped(url)),
            };
        }
        html + "</body></html>"
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_typed_is_text_in_html_too() {
        let by = Brought {
            token: "divbase_rst_x",
            api_url: None,
        };
        let letter = Letter::password_reset("<b>Eve</b> & \"co\"", DateTime::UNIX_EPOCH, by);
        let html = letter.html();
        assert!(
            html.contains("Hello &lt;b&gt;Eve&lt;/b&gt; &amp; &quot;co&quot;,"),
            "{html}"
        );
        assert!(letter.text().contains("Hello <b>Eve</b>"));
        assert!(html.contains("<pre>divbase_rst_x</pre>"), "{html}");
        assert!(!html.contains("href"), "{html}");
        assert!(letter.text().contains("until 1970-01-01 00:00 UTC"));
    }

    #[test]
    fn a_letter_leads_to_the_page_where_the_address_is_known() {
        let by = Brought {
            token: "divbase_rst_x",
            api_url: Some("https://divbase.example.org/api"),
        };
        let letter = Letter::password_reset("Linnea", DateTime::UNIX_EPOCH, by);
        let link = "https://divbase.example.org/reset-password?token=divbase_rst_x";
        assert!(letter.text().contains(&format!("\n    {link}\n")));
        let anchor = format!("<a href=\"{link}\">{link}</a>");
        assert!(letter.html().contains(&anchor), "{}", letter.html());
    }
}
