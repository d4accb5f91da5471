//! `admin task cancel` and `admin task retry`: by filter, counted first, and then done piece by piece.

use clap::Args;
use divbase_contract::task_admin::{BulkOutcome, BulkRequest};

use super::task::Filter;
use crate::{arguments::JsonFormat, failure::Outcome, http::api::Api, output};

/// Tasks that were left as they are which are named one by one.
const NAMED: usize = 20;

/// What is done with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Cancel,
    Retry,
}

impl What {
    const fn path(self) -> &'static str {
        match self {
            Self::Cancel => "cancel",
            Self::Retry => "retry",
        }
    }

    const fn done(self) -> &'static str {
        match self {
            Self::Cancel => "cancelled, or asked to stop",
            Self::Retry => "run again",
        }
    }
}

/// Which tasks, and whether it is done.
#[derive(Args)]
pub struct BulkArgs {
    #[command(flatten)]
    filter: Filter,
    /// Do it; without this the tasks are only counted
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    format: JsonFormat,
}

pub(super) async fn run(api: &Api, what: What, args: BulkArgs) -> Outcome {
    let mut request = BulkRequest {
        filter: args.filter.to_wire(),
        before: None,
        dry_run: !args.yes,
    };
    if !args.yes {
        let counted = piece(api, what, &request).await?;
        if args.format.json {
            return output::json(&counted);
        }
        return output::line!(
            "{} would be {}. Nothing was done: add --yes to do it.",
            tasks(counted.matched, counted.more),
            what.done()
        );
    }
    let mut total = piece(api, what, &request).await?;
    while let Some(next) = total.next {
        output::remark(&format!("{} so far.", tasks(count(&total.done), false)));
        request.before = Some(next);
        let more = piece(api, what, &request).await?;
        total.matched += more.matched;
        total.done.extend(more.done);
        total.left.extend(more.left);
        (total.more, total.next) = (more.more, more.next);
    }
    if args.format.json {
        return output::json(&total);
    }
    output::line!(
        "{} {}.",
        tasks(count(&total.done), false),
        match (what, total.done.len()) {
            (What::Cancel, 1) => "was cancelled, or asked to stop",
            (What::Cancel, _) => "were cancelled, or asked to stop",
            (What::Retry, 1) => "runs again",
            (What::Retry, _) => "run again",
        }
    )?;
    for left in total.left.iter().take(NAMED) {
        output::line!(
            "Task {} was left: {}.",
            left.task_id,
            output::name(&left.reason)
        )?;
    }
    if total.left.len() > NAMED {
        output::line!("{} more were left.", total.left.len() - NAMED)?;
    }
    Ok(())
}

async fn piece(api: &Api, what: What, request: &BulkRequest) -> Outcome<BulkOutcome> {
    api.post(&["tasks", what.path()], request).await
}

fn count<T>(items: &[T]) -> i64 {
    i64::try_from(items.len()).unwrap_or(i64::MAX)
}

fn tasks(count: i64, more: bool) -> String {
    let at_least = if more { "At least " } else { "" };
    let noun = if count == 1 { "task" } else { "tasks" };
    format!("{at_least}{count} {noun}")
}
