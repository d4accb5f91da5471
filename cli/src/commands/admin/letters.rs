//! `admin dead-letters`: what was given up, why, and what is done about it.

use clap::{Args, Subcommand};
use divbase_contract::{
    field::{Items, LetterId},
    task_admin::{DeadLetters, LETTERS_MAX, LetterChoice, LettersDone},
};
use reqwest::Method;

use super::queue::Queue;
use crate::{
    app::App,
    arguments::{JsonFormat, TableFormat},
    failure::{Failure, Outcome},
    http::api::{Api, Call},
    output::{self, table, time},
};

/// `admin dead-letters …`
#[derive(Subcommand)]
pub enum LettersCommand {
    /// List the dead letters of a queue, or of all, with why each lies there
    List {
        /// Name of the queue [default: all]
        #[arg(value_enum)]
        queue: Option<Queue>,
        #[command(flatten)]
        format: TableFormat,
    },
    /// Run the tasks of dead letters again, each as a new task and at most once
    Redrive(LetterArgs),
    /// Throw dead letters away; their tasks stay in history as they are
    Discard(LetterArgs),
}

/// Which letters.
#[derive(Args)]
pub struct LetterArgs {
    /// Name of the queue
    #[arg(value_enum)]
    queue: Queue,
    /// Letters, by the names that the list shows
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    letters: Vec<LetterId>,
    /// Every letter of the queue
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    format: JsonFormat,
}

pub(super) async fn run(command: LettersCommand, app: &App) -> Outcome {
    let api = app.server()?;
    match command {
        LettersCommand::List { queue, format } => list(&api, queue, format).await,
        LettersCommand::Redrive(args) => deal(&api, "redrive", args).await,
        LettersCommand::Discard(args) => deal(&api, "discard", args).await,
    }
}

async fn list(api: &Api, queue: Option<Queue>, format: TableFormat) -> Outcome {
    let queues = queue.map_or_else(
        || vec![Queue::Quick, Queue::Long, Queue::Heavy],
        |one| vec![one],
    );
    let mut letters = Vec::new();
    for queue in queues {
        let found: DeadLetters = api.get(&["dead-letters", queue.as_str()]).await?;
        let shown = found.letters.len() as u64;
        if found.count > shown {
            output::remark(&format!(
                "The queue '{}' has about {} dead letters; {shown} are shown.",
                queue.as_str(),
                found.count
            ));
        }
        letters.extend(found.letters);
    }
    table::of(format, &letters)
        .or_say("There are no dead letters.")
        .column("Queue", |one| &one.queue)
        .column("Letter", |one| &one.id)
        .optional("Since", "-", |one| one.sent_at.map(time::of_file))
        .optional("Task", "-", |one| one.task_id)
        .optional("Again as", "-", |one| one.retried_as)
        .column("Reason", |one| &one.reason)
        .show()
}

async fn deal(api: &Api, what: &str, args: LetterArgs) -> Outcome {
    let mut chosen: Vec<Option<Vec<LetterId>>> = args
        .letters
        .chunks(LETTERS_MAX)
        .map(|some| Some(some.to_vec()))
        .collect();
    if args.all {
        chosen.push(None);
    }
    let mut total = LettersDone::default();
    for letters in chosen {
        let choice = LetterChoice {
            all: letters.is_none(),
            letters: letters
                .map(Items::try_from)
                .transpose()
                .map_err(Failure::Refused)?,
        };
        loop {
            let call = Call::new(Method::POST, &["dead-letters", args.queue.as_str(), what]);
            let done: LettersDone = api.call(call.json(&choice)?).await?;
            let moved = done.retried.len() + done.announced.len() + done.settled + done.discarded;
            total.retried.extend(done.retried);
            total.announced.extend(done.announced);
            total.settled += done.settled;
            total.discarded += done.discarded;
            total.left = done.left;
            total.more = done.more;
            // What is left would be found again and again.
            if !done.more || moved == 0 {
                break;
            }
        }
    }
    if args.format.json {
        return output::json(&total);
    }
    if what == "discard" {
        return output::line!("{} letters were thrown away.", total.discarded);
    }
    for one in &total.retried {
        let new = one.new_task_id.unwrap_or_default();
        output::line!("Task {} runs again as task {new}.", one.task_id)?;
    }
    output::line!(
        "{} run again, {} announced again, {} needed nothing, {} left.",
        total.retried.len(),
        total.announced.len(),
        total.settled,
        total.left
    )
}
