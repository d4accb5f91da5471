//! `/forgot-password`: ask for a letter.

use askama::Template;
use axum::{Router, response::Response, routing::get};

use super::{fields::Fields, frame::Frame};
use crate::{
    AppState,
    extract::{ClientAddress, Origin},
    routes::auth::forgot_password,
};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/forgot-password", get(show).post(ask))
}

#[derive(Template)]
#[template(path = "forgot_password.html")]
struct Forgot {
    frame: Frame,
    email: String,
    done: Option<String>,
}

async fn show(frame: Frame) -> Response {
    frame.page(|frame| Forgot {
        frame,
        email: String::new(),
        done: None,
    })
}

async fn ask(
    state: AppState,
    frame: Frame,
    address: ClientAddress,
    origin: Origin,
    fields: Fields,
) -> Response {
    let asked = async {
        let body = fields.decode()?;
        forgot_password::handler(state, address, origin, body).await
    };
    let (frame, done) = frame.asked(asked.await);
    let email = fields.get("email").to_owned();
    frame.page(|frame| Forgot { frame, email, done })
}
