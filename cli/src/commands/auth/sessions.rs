//! `auth sessions` and `auth end-session`.

use divbase_contract::auth::Session;
use reqwest::Method;

use crate::{
    app::App,
    arguments::TableFormat,
    failure::Outcome,
    http::api::Call,
    output::{self, table, time},
};

pub(super) async fn list(format: TableFormat, app: &App) -> Outcome {
    let call = Call::new(Method::GET, &["auth", "sessions"]);
    let sessions: Vec<Session> = app.server()?.call(call).await?;
    let rows: Vec<Vec<String>> = sessions
        .iter()
        .map(|session| {
            vec![
                session.id.to_string(),
                session.address.clone(),
                time::of_file(session.created_at),
                time::of_file(session.last_used_at),
                time::of_file(session.expires_at),
            ]
        })
        .collect();
    let header = ["Number", "From", "Began", "Last used", "Ends"];
    table::show(format, &header, &rows, &sessions)
}

pub(super) async fn end(number: i64, app: &App) -> Outcome {
    let number = number.to_string();
    let call = Call::new(Method::DELETE, &["auth", "sessions", &number]);
    app.server()?.tell(call).await?;
    output::line(&format!("Session {number} ended."))
}
