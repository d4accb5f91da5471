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

/// The command, for the service at this address.
fn command(api_url: Option<&str>, command: &str) -> Paragraph {
    Copy(match api_url {
        Some(url) => format!("divbase-cli auth {command} --divbase-url {url}"),
        None => format!("divbase-cli auth {command}"),
    })
}

/// How to go on: by a page, where the service's address is known, or by a command that asks for the token.
fn ways(
    what: &str,
    page: &str,
    by_command: &str,
    token: &str,
    api_url: Option<&str>,
) -> Vec<Paragraph> {
    let site = api_url.and_then(|url| url.strip_suffix("/api"));
    let (mut ways, begin) = match site {
        Some(site) => {
            let link = Link(format!("{site}/{page}?token={token}"));
            (vec![Words(format!("{what} on this page:")), link], "Or")
        }
        None => (Vec::new(), what),
    };
    ways.push(Words(format!(
        "{begin} with this command, which asks for the token below:"
    )));
    ways.push(command(api_url, by_command));
    ways.push(Copy(token.to_owned()));
    ways
}

impl Letter {
    fn new(subject: &str, parts: [Vec<Paragraph>; 3]) -> Self {
        Self {
            subject: subject.to_owned(),
            paragraphs: parts.into_iter().flatten().collect(),
        }
    }

    /// Somebody is invited; the token is theirs alone.
    pub(crate) fn invitation(invitation: &Invitation, token: &str, api_url: Option<&str>) -> Self {
        let to = match (&invitation.project_name, invitation.role) {
            (Some(project), Some(role)) => {
                format!("to the project '{project}' on DivBase, with the role '{role}'")
            }
            _ if invitation.is_admin => "to administrate DivBase".to_owned(),
            _ => "to DivBase".to_owned(),
        };
        Self::new(
            "You are invited to DivBase",
            [
                vec![Words(format!(
                    "{} invites you {to}.",
                    invitation.invited_by
                ))],
                ways(
                    "Make your account",
                    "accept-invitation",
                    "accept-invitation",
                    token,
                    api_url,
                ),
                vec![
                    Words(format!(
                        "The invitation is good for one account until {}. Give it to nobody else.",
                        until(invitation.expires_at)
                    )),
                    Words(CLOSING.to_owned()),
                ],
            ],
        )
    }

    /// A password may be set anew by whoever has the token.
    pub(crate) fn password_reset(
        name: &str,
        end: DateTime<Utc>,
        token: &str,
        api_url: Option<&str>,
    ) -> Self {
        Self::new(
            "Set a new password for DivBase",
            [
                vec![Words(format!("Hello {name},"))],
                ways(
                    "Set a new password",
                    "reset-password",
                    "reset-password",
                    token,
                    api_url,
                ),
                vec![
                    Words(format!(
                        "The token is good once, until {}. Your password stays as it is until then. All sessions end when it is set.",
                        until(end)
                    )),
                    Words(CLOSING.to_owned()),
                ],
            ],
        )
    }

    /// An account waits for its address to be confirmed.
    pub(crate) fn confirmation(waiting: &Confirmation, token: &str, api_url: Option<&str>) -> Self {
        Self::new(
            "Confirm your address for DivBase",
            [
                vec![
                    Words(format!("Hello {},", waiting.user.name)),
                    Words("Your password is asked for too.".to_owned()),
                ],
                ways(
                    "Confirm that this is your address",
                    "verify-email",
                    "confirm-email",
                    token,
                    api_url,
                ),
                vec![
                    Words(format!(
                        "The token is good once, until {}.",
                        until(waiting.expires_at)
                    )),
                    Words(CLOSING.to_owned()),
                ],
            ],
        )
    }

    /// Somebody registered with an address that has an account.
    pub(crate) fn already_registered(name: &str, api_url: Option<&str>) -> Self {
        Self {
            subject: "You have an account at DivBase".to_owned(),
            paragraphs: vec![
                Words(format!("Hello {name},")),
                Words("Somebody, perhaps you, wanted to register with this address. It has an account already. If you have forgotten its password:".to_owned()),
                command(api_url, "forgot-password"),
                Words(CLOSING.to_owned()),
            ],
        }
    }

    /// To the address that an account had.
    pub(crate) fn address_changed(to: &str) -> Self {
        Self {
            subject: "Your address at DivBase was changed".to_owned(),
            paragraphs: vec![
                Words(format!(
                    "Your account has the address {to} now. Letters go there."
                )),
                Words("If you did not do this, tell an administrator at once.".to_owned()),
            ],
        }
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
        let from = address
            .map(|address| Words(format!("It was done from the network address {address}.")));
        let mut paragraphs = vec![Words(format!("Hello {name},")), Words(done)];
        paragraphs.extend(from);
        paragraphs.push(Words(
            "If it was neither you nor an administrator whom you asked, set a new password and tell an administrator at once."
                .to_owned(),
        ));
        Self {
            subject: subject.to_owned(),
            paragraphs,
        }
    }

    /// To an administrator: somebody asks for a project.
    pub(crate) fn project_asked(request: &ProjectRequest) -> Self {
        let (id, name) = (request.id, &request.name);
        Self {
            subject: format!("{} asks for the project '{name}' on DivBase", request.email),
            paragraphs: vec![
                Words(format!(
                    "{} asks for the project '{name}', with {} bytes. The reason that was given:",
                    request.email, request.storage_quota_bytes
                )),
                Words(request.reason.clone()),
                Words("Approve or decline it:".to_owned()),
                Copy(format!("divbase-cli admin project-requests approve {id}")),
                Copy(format!(
                    "divbase-cli admin project-requests decline {id} --answer \"…\""
                )),
            ],
        }
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
        let mut paragraphs = vec![Words(decided)];
        if let Some(answer) = &request.answer {
            paragraphs.push(Words(format!("The administrator says: {answer}")));
        }
        if request.state == RequestState::Approved {
            paragraphs.push(Words("To work with it on a device:".to_owned()));
            paragraphs.push(Copy(format!("divbase-cli config add {name}")));
        }
        Some(Self {
            subject,
            paragraphs,
        })
    }

    /// To a manager of a project that will be deleted.
    pub(crate) fn project_deletion(name: &str, end: DateTime<Utc>) -> Self {
        Self {
            subject: format!("The project '{name}' on DivBase will be deleted"),
            paragraphs: vec![
                Words(format!(
                    "The project '{name}' is closed. It will be destroyed with all its files on {}.",
                    until(end)
                )),
                Words("Until then a manager or an administrator can take that back:".to_owned()),
                Copy(format!("divbase-cli project undelete --project {name}")),
            ],
        }
    }

    /// An administrator looks whether mail arrives.
    pub(crate) fn test() -> Self {
        Self {
            subject: "A test of DivBase's mail".to_owned(),
            paragraphs: vec![Words("Mail from DivBase arrives.".to_owned())],
        }
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
        let letter = Letter::password_reset(
            "<b>Eve</b> & \"co\"",
            DateTime::UNIX_EPOCH,
            "divbase_rst_x",
            None,
        );
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
        let api_url = Some("https://divbase.example.org/api");
        let letter =
            Letter::password_reset("Linnea", DateTime::UNIX_EPOCH, "divbase_rst_x", api_url);
        let link = "https://divbase.example.org/reset-password?token=divbase_rst_x";
        assert!(letter.text().contains(&format!("\n    {link}\n")));
        let anchor = format!("<a href=\"{link}\">{link}</a>");
        assert!(letter.html().contains(&anchor), "{}", letter.html());
    }
}
