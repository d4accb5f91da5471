//! Single sign-on by OpenID Connect: the authorization code flow with PKCE, at providers that the operator describes.
//!
//! This crate talks to providers and says who somebody is to them ([`Identity`]). Which account that is, and whether it may
//! be used, is not its business.
//!
//! Sources: OpenID Connect Core 1.0 and Discovery 1.0; RFC 7636 (PKCE); RFC 9207 (issuer in the answer); RFC 9700 (best
//! current practice); RFC 8725 (tokens).

mod cached;
mod client;
mod connection;
mod discovery;
mod error;
mod id_token;
mod identity;
mod keys;
mod provider;
mod token;

pub use connection::{Answer, Begun, SingleSignOn};
pub use error::SsoError;
pub use identity::Identity;
pub use provider::{
    ClientSecret, Provider, Vouches, give_secrets, parse_providers, providers_from_env,
};
