//! `admin user`.

use clap::{Args, Subcommand};
use divbase_contract::{
    accounts::{IssuedReset, NewUser, UserChange, UserPage},
    auth::User,
    field::{EmailAddress, Organisation, OrganisationRole, PersonName},
};
use reqwest::Method;

use crate::{
    app::App,
    arguments::{JsonFormat, PersonArgs, TableFormat},
    failure::{Failure, Outcome},
    http::api::{Api, Call},
    output::{self, style, table, time},
};

/// `admin user …`
#[derive(Subcommand)]
pub enum UserCommand {
    /// Make an account with a password (asked for, or read from a pipe); `admin invite` lets its owner choose one
    Create(CreateArgs),
    /// List accounts, inactive ones included
    List {
        /// Only those whose name or address contains this text
        #[arg(long, short = 's')]
        search: Option<String>,
        /// How to print it.
        #[command(flatten)]
        format: TableFormat,
    },
    /// Show an account
    Show {
        /// E-mail address
        email: EmailAddress,
        /// How to print it.
        #[command(flatten)]
        format: JsonFormat,
    },
    /// Change an account
    Change(ChangeArgs),
    /// Close an account at once, with its sessions and tokens
    Deactivate {
        /// E-mail address
        email: EmailAddress,
    },
    /// Open an account again
    Activate {
        /// E-mail address
        email: EmailAddress,
    },
    /// Let the account's owner set a new password, with a token that is sent by mail or shown to you
    ResetPassword {
        /// E-mail address
        email: EmailAddress,
    },
    /// Turn the account's second factor off, for an owner who has lost app and recovery codes
    RemoveSecondFactor {
        /// E-mail address
        email: EmailAddress,
    },
}

/// `admin user create EMAIL`
#[derive(Args)]
pub struct CreateArgs {
    /// E-mail address
    email: EmailAddress,
    #[command(flatten)]
    person: PersonArgs,
    /// Make a site administrator
    #[arg(long)]
    admin: bool,
}

/// `admin user change EMAIL`
#[derive(Args)]
pub struct ChangeArgs {
    /// E-mail address
    email: EmailAddress,
    /// Full name
    #[arg(long)]
    name: Option<PersonName>,
    /// Another e-mail address
    #[arg(long, value_name = "EMAIL")]
    new_email: Option<EmailAddress>,
    /// Employer
    #[arg(long)]
    organisation: Option<Organisation>,
    /// What they do there
    #[arg(long, value_name = "ROLE")]
    organisation_role: Option<OrganisationRole>,
    /// Whether it is a site administrator
    #[arg(long, value_name = "true|false")]
    admin: Option<bool>,
}

pub(super) async fn run(command: UserCommand, app: &App) -> Outcome {
    let api = app.server()?;
    match command {
        UserCommand::Create(args) => create(&api, args).await,
        UserCommand::List { search, format } => list(&api, search.as_deref(), format).await,
        UserCommand::Show { email, format } => show(&find(&api, &email).await?, format),
        UserCommand::Change(args) => {
            let change = UserChange {
                name: args.name,
                email: args.new_email,
                organisation: args.organisation,
                organisation_role: args.organisation_role,
                is_admin: args.admin,
                is_active: None,
            };
            change_user(&api, &args.email, &change).await
        }
        UserCommand::Deactivate { email } => switch(&api, &email, false).await,
        UserCommand::Activate { email } => switch(&api, &email, true).await,
        UserCommand::ResetPassword { email } => reset_password(&api, &email).await,
        UserCommand::RemoveSecondFactor { email } => remove_second_factor(&api, &email).await,
    }
}

async fn create(api: &Api, args: CreateArgs) -> Outcome {
    let password = output::new_password("Enter a password for the account")?;
    let body = NewUser {
        name: args.person.name,
        email: args.email,
        organisation: args.person.organisation,
        organisation_role: args.person.organisation_role,
        password,
        is_admin: args.admin,
    };
    let made: User = api.post(&["users"], &body).await?;
    output::done!("Account of {} created.", output::name(&made.email))
}

async fn accounts(api: &Api, search: Option<&str>) -> Outcome<Vec<User>> {
    let call = Call::new(Method::GET, &["users"]).query_some("search", search);
    let open = |page: UserPage| (page.users, page.next);
    api.pages(call, ("after", None), usize::MAX, open).await
}

async fn find(api: &Api, email: &EmailAddress) -> Outcome<User> {
    let users = accounts(api, Some(email.as_str())).await?;
    let found = users.into_iter().find(|user| user.email == email.as_str());
    found.ok_or_else(|| Failure::Refused(format!("no account has the address '{email}'.")))
}

async fn list(api: &Api, search: Option<&str>, format: TableFormat) -> Outcome {
    let users = accounts(api, search).await?;
    table::of(format, &users)
        .column("Email", |user| &user.email)
        .column("Name", |user| &user.name)
        .column("Organisation", |user| &user.organisation)
        .column("Admin", |user| if user.is_admin { "yes" } else { "" })
        .column("Account", |one| if one.is_active { "" } else { "inactive" })
        .column("Made", |user| time::of_file(user.created_at))
        .show()
}

fn show(user: &User, format: JsonFormat) -> Outcome {
    if format.json {
        return output::json(user);
    }
    let field = |name: &str, value: &str| output::line!("{name}: {}", output::name(value));
    let yes = |flag| if flag { "yes" } else { "no" };
    field("Email", &user.email)?;
    field("Name", &user.name)?;
    field("Organisation", &user.organisation)?;
    field("Role there", &user.organisation_role)?;
    field("Administrator", yes(user.is_admin))?;
    field("Active", yes(user.is_active))?;
    field("Made", &time::of_file(user.created_at))
}

async fn change_user(api: &Api, email: &EmailAddress, change: &UserChange) -> Outcome {
    let number = find(api, email).await?.id.to_string();
    let user: User = api.patch(&["users", &number], change).await?;
    show(&user, JsonFormat { json: false })
}

async fn switch(api: &Api, email: &EmailAddress, is_active: bool) -> Outcome {
    let number = find(api, email).await?.id.to_string();
    let change = UserChange {
        is_active: Some(is_active),
        ..UserChange::default()
    };
    let user: User = api.patch(&["users", &number], &change).await?;
    let state = if user.is_active { "active" } else { "closed" };
    output::line!("The account of {email} is {state}.")
}

async fn remove_second_factor(api: &Api, email: &EmailAddress) -> Outcome {
    let number = find(api, email).await?.id.to_string();
    api.delete(&["users", &number, "second-factor"]).await?;
    output::done!("The password of {email} is enough from now on.")
}

async fn reset_password(api: &Api, email: &EmailAddress) -> Outcome {
    let number = find(api, email).await?.id.to_string();
    let call = Call::new(Method::POST, &["users", &number, "password-reset"]);
    let issued: IssuedReset = api.call(call).await?;
    let Some(token) = &issued.token else {
        return output::done!(
            "A token to set a new password was sent to {email} by mail; it ends {}.",
            time::of_file(issued.expires_at)
        );
    };
    output::note(&style::err_yellow(&format!(
        "Hand this token to the account's owner, and to nobody else; it is shown this once and ends {}:",
        time::of_file(issued.expires_at)
    )));
    output::line(token)?;
    output::note("It is used with `divbase-cli auth reset-password`.");
    Ok(())
}
