//! Which tasks of a list are shown, and how. The server is asked for no more than that; one that does not know the
//! filters sends its whole list, which is filtered here.

use chrono::{DateTime, Utc};
use clap::Args;
use divbase_contract::field::SearchText;

use crate::{
    arguments::TableFormat,
    failure::Outcome,
    http::api::{Api, Call},
    tasks::{State, Task},
};

/// Tasks of a page of the service.
const PAGE: u16 = 1000;

/// Options of the lists.
#[derive(Args)]
pub(super) struct Listing {
    /// Show at most this many
    #[arg(long, default_value_t = 10, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
    /// Show all of them
    #[arg(long, conflicts_with = "limit")]
    all: bool,
    /// Only tasks in this state
    #[arg(long, value_enum, ignore_case = true)]
    status: Option<State>,
    /// Only tasks of this name, for example tasks.bcftools_query
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Only tasks with a smaller id: to go on after the last one shown
    #[arg(long, value_name = "ID")]
    before: Option<i64>,
    /// Only tasks submitted at this time or later, for example 2026-01-31T00:00:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<DateTime<Utc>>,
    /// Only tasks submitted before this time
    #[arg(long, value_name = "TIME")]
    until: Option<DateTime<Utc>>,
    /// Only tasks whose name, arguments or result contain this text, in any case
    #[arg(long, value_name = "TEXT")]
    text: Option<SearchText>,
    /// Print all columns, results in full
    #[arg(long, conflicts_with_all = ["tsv", "json", "jsonl"])]
    wide: bool,
    #[command(flatten)]
    format: TableFormat,
}

impl Listing {
    /// The wanted tasks of a list, newest first: `call` makes the request of a page.
    async fn of(&self, api: &Api, call: Call) -> Outcome<Vec<Task>> {
        if !self.all {
            return self.page(api, call.clone(), self.limit, self.before).await;
        }
        let (mut tasks, mut before): (Vec<Task>, _) = (Vec::new(), self.before);
        loop {
            let page = self.page(api, call.clone(), PAGE, before).await?;
            // A server that knows no pages sends its whole list each time.
            let least = page.iter().map(|task| task.id).min();
            let is_last = page.len() < usize::from(PAGE) || least >= before.or(Some(i64::MAX));
            tasks.extend(page);
            before = least;
            if is_last {
                return Ok(tasks);
            }
        }
    }

    /// Shows what the call lists of tasks.
    pub(super) async fn show(&self, title: &str, api: &Api, call: Call) -> Outcome {
        super::show(title, self.of(api, call).await?, self.format, self.wide)
    }

    async fn page(
        &self,
        api: &Api,
        call: Call,
        limit: u16,
        before: Option<i64>,
    ) -> Outcome<Vec<Task>> {
        let call = call
            .query("limit", limit)
            .query_some("status", self.status.map(State::on_the_wire))
            .query_some("name", self.name.as_deref())
            .query_some("text", self.text.as_deref())
            .query_some("before", before)
            .query_some("since", self.since.map(|time| time.to_rfc3339()))
            .query_some("until", self.until.map(|time| time.to_rfc3339()));
        let mut tasks: Vec<Task> = api.call(call).await?;
        tasks.retain(|task| {
            self.status.is_none_or(|status| status == task.state())
                && (self.name.is_none() || self.name == task.name)
                && before.is_none_or(|before| task.id < before)
        });
        // The text form of the times sorts as the times do.
        tasks.sort_by(|a, b| (&b.created_at, b.id).cmp(&(&a.created_at, a.id)));
        tasks.truncate(usize::from(limit));
        Ok(tasks)
    }
}
