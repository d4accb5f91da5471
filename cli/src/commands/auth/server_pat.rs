//! `auth pat`: personal access tokens on the server. The one of this device is `auth add-pat`.

use std::collections::BTreeMap;

use clap::{Args, Subcommand};
use divbase_contract::{
    Role,
    field::{ProjectName, TokenDescription, TokenName},
    pats::{DEFAULT_PAT_DAYS, IssuedPat, MAX_PAT_DAYS, NewPat, Pat},
};

use crate::{
    app::App,
    arguments::{JsonFormat, TableFormat},
    credentials::pat::StoredPat,
    failure::{Failure, Outcome},
    output::{self, style, table, time},
};

/// `auth pat …`
#[derive(Subcommand)]
pub enum PatCommand {
    /// Make a token; it is shown once
    Create(CreateArgs),
    /// List your tokens
    List(TableFormat),
    /// Revoke a token, at once
    Revoke {
        /// Its name, or its number
        name: String,
    },
}

/// `auth pat create NAME`
#[derive(Args)]
pub struct CreateArgs {
    /// Name, for you to know it by
    name: TokenName,
    /// What it is for
    #[arg(long, short = 'd')]
    description: Option<TokenDescription>,
    /// Life in days
    #[arg(long, value_name = "DAYS", default_value_t = DEFAULT_PAT_DAYS,
          value_parser = clap::value_parser!(u16).range(1..=i64::from(MAX_PAT_DAYS)))]
    expires_in: u16,
    /// A project that it opens and the highest role there, such as herring:query; may be repeated
    #[arg(long, short = 'p', value_name = "NAME:ROLE", value_parser = project_and_role)]
    project: Vec<(ProjectName, Role)>,
    /// Open all your projects, with your roles
    #[arg(long, conflicts_with = "project")]
    all_projects: bool,
    /// Open your task history outside projects (`task-history user`, `task-history id`)
    #[arg(long)]
    task_history: bool,
    /// Let it do what administrators may (administrators)
    #[arg(long)]
    admin: bool,
    /// Store it on this device, as `auth add-pat` does, instead of printing it
    #[arg(long, conflicts_with = "json")]
    store: bool,
    #[command(flatten)]
    format: JsonFormat,
}

fn project_and_role(text: &str) -> Result<(ProjectName, Role), String> {
    let (name, role) = text
        .rsplit_once(':')
        .ok_or("name the project and the role, such as herring:query")?;
    let name = name.parse().map_err(|error| format!("{name}: {error}"))?;
    let role = role.parse::<Role>().map_err(|error| error.to_string())?;
    Ok((name, role))
}

pub(super) async fn run(command: PatCommand, app: &App) -> Outcome {
    match command {
        PatCommand::Create(args) => create(args, app).await,
        PatCommand::List(format) => list(format, app).await,
        PatCommand::Revoke { name } => revoke(&name, app).await,
    }
}

async fn create(args: CreateArgs, app: &App) -> Outcome {
    if !args.all_projects && args.project.is_empty() && !args.task_history && !args.admin {
        return Err(Failure::Usage(
            "the token would open nothing: give --project NAME:ROLE, --all-projects or --task-history".to_owned(),
        ));
    }
    let body = NewPat {
        name: args.name,
        description: args.description,
        expires_in_days: args.expires_in,
        all_projects: args.all_projects,
        projects: BTreeMap::from_iter(args.project),
        task_history: args.task_history,
        admin: args.admin,
    };
    let issued: IssuedPat = app.server()?.post(&["auth", "pats"], &body).await?;
    if args.format.json {
        return output::json(&issued);
    }
    if args.store {
        let stored = StoredPat {
            name: issued.pat.name.clone(),
            pat_expires_at: issued.pat.expires_at.map(|end| end.timestamp()),
            pat: issued.token,
        };
        stored.save(&app.settings.stored_pat)?;
        return output::done!(
            "Token '{}' made and stored on this device; it is used once you log out.",
            output::name(&stored.name)
        );
    }
    output::note(&style::err_yellow(&format!(
        "Token '{}' made. It is shown this once and ends {}:",
        output::name(&issued.pat.name),
        end(&issued.pat)
    )));
    output::line(&issued.token)
}

async fn tokens(app: &App) -> Outcome<Vec<Pat>> {
    app.server()?.get(&["auth", "pats"]).await
}

fn end(pat: &Pat) -> String {
    pat.expires_at
        .map_or_else(|| "never".to_owned(), time::of_file)
}

async fn list(format: TableFormat, app: &App) -> Outcome {
    let tokens = tokens(app).await?;
    table::of(format, &tokens)
        .or_say("You have no personal access tokens.")
        .column("Number", |pat| pat.id)
        .column("Name", |pat| &pat.name)
        .column("Opens", scopes)
        .column("Ends", end)
        .optional("Last used", "never", |one| {
            one.last_used_at.map(time::of_file)
        })
        .show()
}

fn scopes(pat: &Pat) -> String {
    let mut scopes: Vec<String> = pat
        .projects
        .iter()
        .map(|(name, role)| format!("{name}:{role}"))
        .collect();
    for (flag, name) in [
        (pat.all_projects, "all projects"),
        (pat.task_history, "task history"),
        (pat.admin, "administration"),
    ] {
        if flag {
            scopes.push(name.to_owned());
        }
    }
    scopes.join(", ")
}

async fn revoke(name: &str, app: &App) -> Outcome {
    let tokens = tokens(app).await?;
    let found = tokens
        .iter()
        .find(|pat| pat.name == name)
        .or_else(|| tokens.iter().find(|pat| pat.id.to_string() == name));
    let pat = found.ok_or_else(|| {
        Failure::Refused(format!(
            "you have no token '{name}'. `divbase-cli auth pat list` lists them."
        ))
    })?;
    app.server()?
        .delete(&["auth", "pats", &pat.id.to_string()])
        .await?;
    output::line!("Token '{}' revoked.", output::name(&pat.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_comes_with_its_role() {
        let (name, role) = project_and_role("herring:query").unwrap();
        assert_eq!((name.as_str(), role), ("herring", Role::Query));
        for bad in ["herring", "herring:", ":query", "a b c:query"] {
            assert!(project_and_role(bad).is_err(), "{bad}");
        }
    }
}
