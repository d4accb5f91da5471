//! `auth whoami`.

use divbase_contract::auth::User;
use reqwest::Method;

use crate::{app::App, arguments::JsonFormat, failure::Outcome, http::api::Call, output};

pub(super) async fn run(format: JsonFormat, app: &App) -> Outcome {
    let user: User = app
        .server()?
        .call(Call::new(Method::GET, &["auth", "whoami"]))
        .await?;
    if format.json {
        return output::json(&user);
    }
    output::line(&format!("Email: {}", output::name(&user.email)))?;
    output::line(&format!("Name: {}", output::name(&user.name)))
}
