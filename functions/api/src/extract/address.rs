//! Where a request comes from, as the gateway or the socket says. Headers say what their sender likes.

use std::{
    convert::Infallible,
    fmt,
    net::{IpAddr, SocketAddr},
};

use axum::extract::{ConnectInfo, FromRequestParts};
use http::request::Parts;
use lambda_http::request::RequestContext;

use crate::AppState;

/// The network that a request comes from: an IPv4 address, or the first 64 bits of an IPv6 address, which one household
/// has to itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientAddress(String);

impl ClientAddress {
    /// As it is logged and counted.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn of(address: Option<IpAddr>) -> Self {
        Self(match address.map(|address| address.to_canonical()) {
            Some(IpAddr::V4(address)) => address.to_string(),
            Some(IpAddr::V6(address)) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
            None => "unknown".to_owned(),
        })
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromRequestParts<AppState> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Infallible> {
        Ok(client_address(parts))
    }
}

pub(crate) fn client_address(parts: &Parts) -> ClientAddress {
    let gateway = match parts.extensions.get::<RequestContext>() {
        Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.as_deref(),
        _ => None,
    };
    let socket = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    ClientAddress::of(match gateway {
        Some(text) => text.parse().ok(),
        None => socket.map(|ConnectInfo(address)| address.ip()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_household_is_one_address() {
        let shown = |text: &str| ClientAddress::of(text.parse().ok()).0;
        assert_eq!(shown("192.0.2.7"), "192.0.2.7");
        assert_eq!(shown("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(shown("2001:db8:1:2:3:4:5:6"), shown("2001:db8:1:2::9"));
        assert_eq!(shown("nonsense"), "unknown");
    }
}
