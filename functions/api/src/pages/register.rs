//! `/register`: ask for an account.

use askama::Template;
use axum::{Router, response::Response, routing::get};

use super::{fields::Fields, frame::Frame};
use crate::{
    AppState,
    extract::{ClientAddress, Origin},
    routes::auth::register,
};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/register", get(show).post(register_somebody))
}

#[derive(Template)]
#[template(path = "register.html")]
struct Register {
    frame: Frame,
    fields: Fields,
    /// What to do now, once it is done.
    done: Option<String>,
    /// Who the letter is from.
    sender: Option<String>,
}

async fn show(frame: Frame) -> Response {
    frame.page(|frame| Register {
        frame,
        fields: Fields::default(),
        done: None,
        sender: None,
    })
}

async fn register_somebody(
    state: AppState,
    frame: Frame,
    address: ClientAddress,
    origin: Origin,
    fields: Fields,
) -> Response {
    let sender = state.letters_from.clone();
    let asked = async {
        fields.same_passwords()?;
        let body = fields.decode()?;
        register::handler(state, address, origin, body).await
    };
    let (frame, done) = frame.asked(asked.await);
    frame.page(|frame| Register {
        frame,
        fields,
        done,
        sender,
    })
}
