//! Invitations as users see them.

use divbase_contract::{
    accounts::{Invitation, IssuedInvitation},
    field::EmailAddress,
};

use crate::{
    arguments::{JsonFormat, TableFormat},
    failure::{Failure, Outcome},
    http::api::Api,
    output::{self, style, table, time},
};

/// Shows a new invitation and what to do with it: the token on stdout, the rest on stderr.
///
/// # Errors
/// If the output cannot be written.
pub fn show_issued(issued: &IssuedInvitation, format: JsonFormat) -> Outcome {
    if format.json {
        return output::json(issued);
    }
    let invitation = &issued.invitation;
    let Some(token) = &issued.token else {
        return output::done!(
            "{} has no account yet. An invitation was sent by mail, which ends {}.",
            output::name(&invitation.email),
            time::of_file(invitation.expires_at)
        );
    };
    output::note(&style::err_yellow(&format!(
        "{} has no account yet. Hand over this invitation, and to nobody else; it is shown this once and ends {}:",
        output::name(&invitation.email),
        time::of_file(invitation.expires_at)
    )));
    output::line(token)?;
    output::note("It is accepted with `divbase-cli auth accept-invitation`.");
    Ok(())
}

/// The open invitations below this path.
async fn open(api: &Api, path: &[&str]) -> Outcome<Vec<Invitation>> {
    api.get(path).await
}

/// Lists the open invitations below this path.
///
/// # Errors
/// What the server says, or if the output cannot be written.
pub async fn list(api: &Api, path: &[&str], format: TableFormat) -> Outcome {
    table::of(format, &open(api, path).await?)
        .column("Email", |invitation| &invitation.email)
        .column("To", |invitation| {
            match (&invitation.project_name, invitation.is_admin) {
                (Some(name), _) => name,
                (None, true) => "administrator",
                (None, false) => "account",
            }
        })
        .optional("Role", "", |invitation| invitation.role)
        .column("Invited by", |invitation| &invitation.invited_by)
        .column("Ends", |invitation| time::of_file(invitation.expires_at))
        .show()
}

/// Takes the invitation of this address back, which is below this path.
///
/// # Errors
/// If there is none, or what the server says.
pub async fn withdraw(api: &Api, path: &[&str], email: &EmailAddress) -> Outcome {
    let open = open(api, path).await?;
    let Some(found) = open.iter().find(|one| one.email == email.as_str()) else {
        return Err(Failure::Refused(format!(
            "there is no open invitation of '{email}'."
        )));
    };
    api.delete(&[path, &[&found.id.to_string()]].concat())
        .await?;
    output::line!("The invitation of {email} was taken back.")
}
