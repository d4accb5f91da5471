//! `project`: projects on the server, their members and who is invited. What this device knows of them is `config`.

mod deletion;
mod invite;
mod list;
mod make;
mod members;
mod reference;
mod request;
mod sharing;

use std::str::FromStr;

use clap::{Args, Subcommand};
use divbase_contract::{Role, field::EmailAddress};

use crate::{
    app::{App, ProjectApi},
    arguments::{JsonFormat, ProjectArg, TableFormat},
    audit::{self, AuditArgs},
    failure::Outcome,
    invitations,
};

/// `project …`
#[derive(Subcommand)]
pub enum ProjectCommand {
    /// List your projects and your role in each
    List {
        /// Every project, closed ones included (administrators)
        #[arg(long)]
        all: bool,
        /// How to print it.
        #[command(flatten)]
        format: TableFormat,
    },
    /// Make a project with a bucket of its own (administrators)
    Create(make::CreateArgs),
    /// Ask the administrators for a project, where that is how projects are made
    Request(request::RequestArgs),
    /// List the projects that you have asked for, and what was answered
    Requests(TableFormat),
    /// Take back that you asked for a project
    WithdrawRequest {
        /// Its number, as `project requests` lists it
        number: i64,
    },
    /// Show a project
    Info {
        /// Which.
        #[command(flatten)]
        project: ProjectArg,
        /// How to print it.
        #[command(flatten)]
        format: JsonFormat,
    },
    /// Change a project's description, quota or limits, close it or open it again (administrators)
    Change(make::ChangeArgs),
    /// List the members of a project
    Members(Listed),
    /// Add somebody to a project; who has no account yet is invited to make one (managers)
    Invite {
        /// E-mail address
        email: EmailAddress,
        /// What they may do: read, query, edit or manage
        #[arg(long, short = 'r')]
        role: Role,
        /// Which.
        #[command(flatten)]
        project: ProjectArg,
        /// How to print it.
        #[command(flatten)]
        format: JsonFormat,
    },
    /// List the invitations into a project that wait for an answer (managers)
    Invitations(Listed),
    /// Take an invitation back (managers)
    Withdraw {
        /// E-mail address of who was invited
        email: EmailAddress,
        /// Which.
        #[command(flatten)]
        project: ProjectArg,
    },
    /// Give a member another role (managers)
    Role {
        /// E-mail address of the member
        email: EmailAddress,
        /// What they may do from now on: read, query, edit or manage
        role: Role,
        /// Which.
        #[command(flatten)]
        project: ProjectArg,
    },
    /// Remove a member (managers)
    Remove {
        /// E-mail address of the member
        email: EmailAddress,
        /// Which.
        #[command(flatten)]
        project: ProjectArg,
    },
    /// What the files of a project are about: names and lengths of scaffolds
    #[command(subcommand)]
    Reference(reference::ReferenceCommand),
    /// Let everybody list and download the files of a project, without an account (managers)
    Publish(Sure),
    /// Let only members read a project again (managers)
    Unpublish(ProjectArg),
    /// Make a link by which people without an account download a file or folder (managers)
    Share(sharing::ShareArgs),
    /// List the links of a project that have not ended (managers)
    Links(Listed),
    /// Revoke a link (managers)
    Unshare {
        /// Its number, as `project links` lists it
        number: i64,
        /// Which.
        #[command(flatten)]
        project: ProjectArg,
    },
    /// Show who did what to a project and its members, newest first (managers)
    Audit {
        /// Which.
        #[command(flatten)]
        project: ProjectArg,
        /// Which entries.
        #[command(flatten)]
        entries: AuditArgs,
    },
    /// Hand a project over to another member, who becomes a manager (managers)
    Transfer {
        /// Whom to
        email: EmailAddress,
        /// The role that you keep
        #[arg(long, default_value = "edit")]
        keep: Role,
        /// Which.
        #[command(flatten)]
        project: ProjectArg,
    },
    /// Close a project, and have it destroyed with all its files when its grace time is over (managers, administrators)
    Delete(Sure),
    /// Take it back that a project is to be destroyed, while its grace time lasts (managers, administrators)
    Undelete(ProjectArg),
    /// Leave a project
    Leave(Sure),
}

/// The project of a command that lists what it has.
#[derive(Args)]
pub struct Listed {
    /// Which.
    #[command(flatten)]
    project: ProjectArg,
    /// How to print it.
    #[command(flatten)]
    format: TableFormat,
}

/// The project of a command that asks before it acts.
#[derive(Args)]
pub struct Sure {
    /// Which.
    #[command(flatten)]
    project: ProjectArg,
    /// Do not ask
    #[arg(long, short = 'y')]
    yes: bool,
}

impl ProjectCommand {
    /// Runs it.
    ///
    /// # Errors
    /// What the command says.
    pub async fn run(self, app: &App) -> Outcome {
        match self {
            Self::List { all, format } => list::list(app, all, format).await,
            Self::Create(args) => make::create(app, args).await,
            Self::Request(args) => request::ask(app, args).await,
            Self::Requests(format) => request::list(app, format).await,
            Self::WithdrawRequest { number } => request::withdraw(app, number).await,
            Self::Delete(sure) => deletion::delete(&sure.project.target(app)?, sure.yes).await,
            Self::Undelete(project) => deletion::undelete(&project.target(app)?).await,
            Self::Info { project, format } => list::info(&project.target(app)?, format).await,
            Self::Change(args) => make::change(app, args).await,
            Self::Members(of) => members::list(&of.project.target(app)?, of.format).await,
            Self::Invite {
                email,
                role,
                project,
                format,
            } => invite::invite(&project.target(app)?, email, role, format).await,
            Self::Invitations(of) => {
                let ProjectApi { project, api } = of.project.target(app)?;
                invitations::list(&api, &["projects", &project, "invitations"], of.format).await
            }
            Self::Withdraw { email, project } => {
                let ProjectApi { project, api } = project.target(app)?;
                invitations::withdraw(&api, &["projects", &project, "invitations"], &email).await
            }
            Self::Role {
                email,
                role,
                project,
            } => members::change_role(&project.target(app)?, &email, role).await,
            Self::Remove { email, project } => members::remove(&project.target(app)?, &email).await,
            Self::Reference(command) => reference::run(command, app).await,
            Self::Publish(sure) => sharing::publish(&sure.project.target(app)?, sure.yes).await,
            Self::Unpublish(project) => sharing::unpublish(&project.target(app)?).await,
            Self::Share(args) => sharing::share(app, args).await,
            Self::Links(of) => sharing::list(&of.project.target(app)?, of.format).await,
            Self::Unshare { number, project } => {
                sharing::revoke(&project.target(app)?, number).await
            }
            Self::Audit { project, entries } => {
                let ProjectApi { project, api } = project.target(app)?;
                audit::show(&api, &["projects", &project, "audit"], entries).await
            }
            Self::Transfer {
                email,
                keep,
                project,
            } => members::transfer(&project.target(app)?, email, keep).await,
            Self::Leave(sure) => members::leave(&sure.project.target(app)?, sure.yes).await,
        }
    }
}

impl ProjectArg {
    /// The project that was named or the default one. One that is not in the configuration is taken to be on the server
    /// that we are logged in to.
    fn target(&self, app: &App) -> Outcome<ProjectApi> {
        match self.project.as_deref() {
            Some(name) if app.config()?.project(name).is_none() => Ok(ProjectApi {
                project: name.to_owned(),
                api: app.server()?,
            }),
            given => app.project(given),
        }
    }
}

/// A number of bytes: `500000`, `50GB`, `1.5 TB` (powers of 1000).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bytes(pub i64);

impl FromStr for Bytes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let unit_at = text
            .find(|c: char| c.is_ascii_alphabetic())
            .unwrap_or(text.len());
        let (number, unit) = text.split_at(unit_at);
        let factor = match unit.to_ascii_uppercase().as_str() {
            "" | "B" => 1.0,
            "KB" => 1e3,
            "MB" => 1e6,
            "GB" => 1e9,
            "TB" => 1e12,
            _ => return Err("use B, KB, MB, GB or TB as the unit".to_owned()),
        };
        let number: f64 = number
            .trim()
            .parse()
            .map_err(|_| "use a number of bytes, such as 500000 or 50GB".to_owned())?;
        let bytes = (number * factor).round();
        if (0.0..=1.2e15).contains(&bytes) {
            Ok(Self(bytes as i64))
        } else {
            Err("use 0 to 1000 TB".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Bytes;

    #[test]
    fn sizes_are_numbers_with_units() {
        for (text, bytes) in [
            ("0", 0),
            ("500000", 500_000),
            ("50GB", 50_000_000_000),
            ("1.5 tb", 1_500_000_000_000),
        ] {
            assert_eq!(text.parse(), Ok(Bytes(bytes)), "{text}");
        }
        for bad in ["", "GB", "-1", "5 GiB", "1e40", "NaN"] {
            assert!(bad.parse::<Bytes>().is_err(), "{bad}");
        }
    }
}
