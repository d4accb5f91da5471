//! `admin announcements`: what the operators say to everybody.

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand, ValueEnum};
use divbase_contract::{
    announcements::{AnnouncementTarget, KeptAnnouncement, NewAnnouncement},
    core::AnnouncementLevel,
    field::{AnnouncementHeading, AnnouncementText},
};
use reqwest::Method;

use crate::{
    app::App,
    arguments::{JsonFormat, TableFormat},
    failure::Outcome,
    http::api::Call,
    output::{self, style, table, time},
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
    #[arg(long, value_enum, default_value = "both")]
    target: Target,
    /// How prominent it is
    #[arg(long, value_enum, default_value = "info")]
    level: Level,
    /// When it goes away by itself, such as 2026-12-24T12:00:00Z [default: never]
    #[arg(long, value_name = "TIME")]
    until: Option<DateTime<Utc>>,
    #[command(flatten)]
    format: JsonFormat,
}

#[derive(Clone, Copy, ValueEnum)]
enum Target {
    Both,
    Cli,
    Web,
}

impl From<Target> for AnnouncementTarget {
    fn from(target: Target) -> Self {
        match target {
            Target::Both => Self::Both,
            Target::Cli => Self::Cli,
            Target::Web => Self::Web,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Level {
    Info,
    Success,
    Warning,
    Danger,
}

impl From<Level> for AnnouncementLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Info => Self::Info,
            Level::Success => Self::Success,
            Level::Warning => Self::Warning,
            Level::Danger => Self::Danger,
        }
    }
}

pub(super) async fn run(command: AnnouncementsCommand, app: &App) -> Outcome {
    match command {
        AnnouncementsCommand::List(format) => list(app, format).await,
        AnnouncementsCommand::Add(args) => add(app, args).await,
        AnnouncementsCommand::Remove { number } => {
            let path = ["announcements", &number.to_string()];
            app.server()?.tell(Call::new(Method::DELETE, &path)).await?;
            output::line(&format!("Announcement {number} removed."))
        }
    }
}

async fn list(app: &App, format: TableFormat) -> Outcome {
    let call = Call::new(Method::GET, &["announcements"]);
    let kept: Vec<KeptAnnouncement> = app.server()?.call(call).await?;
    if kept.is_empty() && format.is_for_people() {
        return output::line("There are no announcements.");
    }
    let rows: Vec<Vec<String>> = kept
        .iter()
        .map(|one| {
            vec![
                one.id.to_string(),
                one.level.as_str().to_owned(),
                one.target.as_str().to_owned(),
                one.heading.clone(),
                one.message.clone().unwrap_or_default(),
                one.expires_at
                    .map_or_else(|| "never".to_owned(), time::of_file),
                time::of_file(one.created_at),
            ]
        })
        .collect();
    let header = [
        "Number", "Level", "For", "Heading", "Message", "Ends", "Made",
    ];
    table::show(format, &header, &rows, &kept)
}

async fn add(app: &App, args: AddArgs) -> Outcome {
    let body = NewAnnouncement {
        heading: args.heading,
        message: args.message,
        target: args.target.into(),
        level: args.level.into(),
        expires_at: args.until,
    };
    let call = Call::new(Method::POST, &["announcements"]).json(&body)?;
    let made: KeptAnnouncement = app.server()?.call(call).await?;
    if args.format.json {
        return output::json(&made);
    }
    output::line(&style::green(&format!("Announcement {} made.", made.id)))
}
