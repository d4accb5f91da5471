//! `auth whoami`.

use divbase_contract::auth::User;

use crate::{app::App, arguments::JsonFormat, failure::Outcome, output};

pub(super) async fn run(format: JsonFormat, app: &App) -> Outcome {
    let user: User = app.server()?.get(&["auth", "whoami"]).await?;
    if format.json {
        return output::json(&user);
    }
    output::line!("Email: {}", output::name(&user.email))?;
    output::line!("Name: {}", output::name(&user.name))
}
