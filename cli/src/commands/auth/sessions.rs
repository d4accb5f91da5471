//! `auth sessions` and `auth end-session`.

use divbase_contract::auth::Session;

use crate::{
    app::App,
    arguments::TableFormat,
    failure::Outcome,
    output::{self, table, time},
};

pub(super) async fn list(format: TableFormat, app: &App) -> Outcome {
    let sessions: Vec<Session> = app.server()?.get(&["auth", "sessions"]).await?;
    table::of(format, &sessions)
        .column("Number", |session| session.id)
        .column("From", |session| &session.address)
        .column("Began", |session| time::of_file(session.created_at))
        .column("Last used", |session| time::of_file(session.last_used_at))
        .column("Ends", |session| time::of_file(session.expires_at))
        .show()
}

pub(super) async fn end(number: i64, app: &App) -> Outcome {
    let number = number.to_string();
    app.server()?.delete(&["auth", "sessions", &number]).await?;
    output::line!("Session {number} ended.")
}
