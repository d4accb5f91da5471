//! Where a request comes from, for the audit log.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use divbase_db::User;
use http::request::Parts;

use super::{RequestId, address::client_address};
use crate::AppState;

/// A request's network address and id.
#[derive(Clone, Debug)]
pub struct Origin(divbase_db::Origin);

impl Origin {
    pub(super) fn of(parts: &Parts) -> Self {
        let request_id = parts.extensions.get::<RequestId>();
        Self(divbase_db::Origin {
            user_id: None,
            address: Some(client_address(parts).as_str().to_owned()),
            request_id: request_id.map(|RequestId(id)| id.clone()),
        })
    }

    /// What this account does by the request.
    #[must_use]
    pub fn by(self, user: &User) -> divbase_db::Origin {
        divbase_db::Origin {
            user_id: Some(user.id),
            ..self.0
        }
    }

    /// What somebody does who proves by it who they are.
    #[must_use]
    pub fn of_somebody(self) -> divbase_db::Origin {
        self.0
    }
}

impl FromRequestParts<AppState> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}
