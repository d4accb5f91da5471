//! `admin announcements`: what the operators say to everybody.

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use divbase_contract::{
    announcements::{AnnouncementTarget, KeptAnnouncement, NewAnnouncement},
    core::AnnouncementLevel,
    field::{AnnouncementHeading, AnnouncementText},
};

use crate::{
    app::App,
    arguments::{JsonFormat, TableFormat, named},
    failure::Outcome,
    output::{self, table, time},
};

/// `admin announcements …`
#[derive(Subcommand)]
pub enum AnnouncementsCommand {
    /// List announcements, those included whose time is over
    List(TableFormat),
    /// Say something to everybody who logs in or comes to the pages
    Add(AddArgs),
    /// Say it no longer
    Remove {
        /// Its number, as the list shows it
        number: i64,
    },
}

/// `admin announcements add HEADING`
#[derive(Args)]
pub struct AddArgs {
    /// The first line, at most 200 characters
    heading: AnnouncementHeading,
    /// The rest, at most 1000 characters
    #[arg(long, short = 'm', value_name = "TEXT")]
    message: Option<AnnouncementText>,
    /// Who reads it
    #[arg(long, value_parser = named::<AnnouncementTarget>(&["both", "cli", "web"]), default_value = "both")]
    target: AnnouncementTarget,
    /// How prominent it is
    #[arg(long, value_parser = named::<AnnouncementLevel>(&["info", "success", "warning", "danger"]), default_value = "info")]
    level: AnnouncementLevel,
    /// When it goes away by itself, such as 2026-12-24T12:00:00Z [default: never]
    #[arg(long, value_name = "TIME")]
    until: Option<DateTime<Utc>>,
    #[command(flatten)]
    format: JsonFormat,
}

pub(super) async fn run(command: AnnouncementsCommand, app: &App) -> Outcome {
    match command {
        AnnouncementsCommand::List(format) => list(app, format).await,
        AnnouncementsCommand::Add(args) => add(app, args).await,
        AnnouncementsCommand::Remove { number } => {
            let path = ["announcements", &number.to_string()];
            app.server()?.delete(&path).await?;
            output::line!("Announcement {number} removed.")
        }
    }
}

async fn list(app: &App, format: TableFormat) -> Outcome {
    let kept: Vec<KeptAnnouncement> = app.server()?.get(&["announcements"]).await?;
    table::of(format, &kept)
        .or_say("There are no announcements.")
        .column("Number", |one| one.id)
        .column("Level", |one| one.level.as_str())
        .column("For", |one| one.target.as_str())
        .column("Heading", |one| &one.heading)
        .optional("Message", "", |one| one.message.as_ref())
        .optional("Ends", "never", |one| one.expires_at.map(time::of_file))
        .column("Made", |one| time::of_file(one.created_at))
        .show()
}

async fn add(app: &App, args: AddArgs) -> Outcome {
    let body = NewAnnouncement {
        heading: args.heading,
        message: args.message,
        target: args.target,
        level: args.level,
        expires_at: args.until,
    };
    let made: KeptAnnouncement = app.server()?.post(&["announcements"], &body).await?;
    if args.format.json {
        return output::json(&made);
    }
    output::done!("Announcement {} made.", made.id)
}
