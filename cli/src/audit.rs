//! The audit log as users read it.

use clap::Args;
use divbase_contract::audit::{AuditEntry, AuditPage};
use reqwest::Method;

use crate::{
    arguments::TableFormat,
    failure::Outcome,
    http::api::{Api, Call},
    output::{table, time},
};

/// Which entries.
#[derive(Args, Clone, Copy, Debug)]
pub struct AuditArgs {
    /// Show the newest so many entries
    #[arg(long, short = 'n', default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    limit: u32,
    /// Show entries older than the one with this number
    #[arg(long, value_name = "NUMBER")]
    before: Option<i64>,
    /// How to print it.
    #[command(flatten)]
    format: TableFormat,
}

/// Shows the log behind a path, newest first.
///
/// # Errors
/// What the server says.
pub async fn show(api: &Api, path: &[&str], args: AuditArgs) -> Outcome {
    let call = Call::new(Method::GET, path);
    let open = |page: AuditPage| (page.entries, page.next);
    let from = ("before", args.before);
    let entries = api.pages(call, from, args.limit as usize, open).await?;
    table::of(args.format, &entries)
        .column("Number", |entry| entry.id)
        .column("When", |entry| time::of_file(entry.at))
        .optional("Who", "DivBase", |entry| entry.actor.as_ref())
        .column("What", |entry| &entry.action)
        .optional("Whom", "", |entry| entry.user.as_ref())
        .optional("Project", "", |entry| entry.project_name.as_ref())
        .column("Detail", detail)
        .optional("From", "", |entry| entry.address.as_ref())
        .optional("Request", "", |entry| entry.request_id.as_ref())
        .show()
}

fn detail(entry: &AuditEntry) -> String {
    let detail = entry.detail.iter();
    let detail: Vec<String> = detail
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    detail.join(" ")
}
