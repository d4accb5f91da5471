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

/// Entries of a page of the service.
const PAGE: usize = 1000;

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
    let wanted = args.limit as usize;
    let (mut entries, mut before): (Vec<AuditEntry>, _) = (Vec::new(), args.before);
    while entries.len() < wanted {
        let limit = PAGE.min(wanted - entries.len());
        let mut call = Call::new(Method::GET, path).query("limit", limit.to_string());
        if let Some(before) = before {
            call = call.query("before", before.to_string());
        }
        let page: AuditPage = api.call(call).await?;
        entries.extend(page.entries);
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    let rows: Vec<Vec<String>> = entries.iter().map(row).collect();
    let header = [
        "Number", "When", "Who", "What", "Whom", "Project", "Detail", "From", "Request",
    ];
    table::show(args.format, &header, &rows, &entries)
}

fn row(entry: &AuditEntry) -> Vec<String> {
    let detail: Vec<String> = entry
        .detail
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
    vec![
        entry.id.to_string(),
        time::of_file(entry.at),
        entry.actor.clone().unwrap_or_else(|| "DivBase".to_owned()),
        entry.action.clone(),
        or_empty(&entry.user),
        or_empty(&entry.project_name),
        detail.join(" "),
        or_empty(&entry.address),
        or_empty(&entry.request_id),
    ]
}
