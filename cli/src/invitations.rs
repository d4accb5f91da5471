//! Invitations as users see them.

use divbase_contract::{
    accounts::{Invitation, IssuedInvitation},
    field::EmailAddress,
};

use crate::{
    arguments::{JsonFormat, TableFormat},
    failure::{Failure, Outcome},
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
        return output::line(&style::green(&format!(
            "{} has no account yet. An invitation was sent by mail, which ends {}.",
            output::name(&invitation.email),
            time::of_file(invitation.expires_at)
        )));
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

/// Lists invitations.
///
/// # Errors
/// If the output cannot be written.
pub fn show_list(open: &[Invitation], format: TableFormat) -> Outcome {
    let rows: Vec<Vec<String>> = open
        .iter()
        .map(|invitation| {
            vec![
                invitation.email.clone(),
                match (&invitation.project_name, invitation.is_admin) {
                    (Some(name), _) => name.clone(),
                    (None, true) => "administrator".to_owned(),
                    (None, false) => "account".to_owned(),
                },
                invitation.role.map_or("", |role| role.as_str()).to_owned(),
                invitation.invited_by.clone(),
                time::of_file(invitation.expires_at),
            ]
        })
        .collect();
    let header = ["Email", "To", "Role", "Invited by", "Ends"];
    table::show(format, &header, &rows, open)
}

/// The number of the invitation of this address, as a piece of a path.
///
/// # Errors
/// If there is none.
pub fn number_of(open: &[Invitation], email: &EmailAddress) -> Outcome<String> {
    open.iter()
        .find(|invitation| invitation.email == email.as_str())
        .map(|invitation| invitation.id.to_string())
        .ok_or_else(|| Failure::Refused(format!("there is no open invitation of '{email}'.")))
}
