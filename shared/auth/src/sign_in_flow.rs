//! What a browser keeps while its user is at an identity provider: what the provider's answer has to repeat, and where to go
//! afterwards. It is signed, so that the browser cannot change it, and lasts for ten minutes.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use crate::{TokenError, TokenKeys, keys::Slip};

/// How long somebody may take at the provider, seconds.
pub const FLOW_SECONDS: i64 = 600;

/// A sign-in under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInFlow {
    /// The provider, by the id in the settings.
    pub provider: String,
    /// What the answer has to repeat (RFC 6749 §10.12).
    pub state: String,
    /// What the ID token has to repeat (OpenID Connect Core 1.0 §3.1.2.1).
    pub nonce: String,
    /// The secret behind the request's code challenge (RFC 7636).
    pub verifier: String,
    /// A path of ours to go to afterwards.
    pub next: String,
    /// The account that the identity is to be linked to; none to sign in.
    pub linking: Option<i64>,
}

impl TokenKeys {
    /// Signs a flow that begins now.
    ///
    /// # Errors
    /// If signing fails.
    pub fn sign_flow(&self, flow: SignInFlow, now: DateTime<Utc>) -> Result<String, TokenError> {
        let slip = Slip::SignInFlow {
            exp: (now + Duration::seconds(FLOW_SECONDS)).timestamp(),
            flow,
        };
        self.sign(&slip)
    }

    /// Reads a flow. No leeway: both clocks are ours.
    ///
    /// # Errors
    /// If it is none of ours, or took too long.
    pub fn read_flow(&self, token: &str) -> Result<SignInFlow, TokenError> {
        match self.read(token)? {
            Slip::SignInFlow { flow, .. } => Ok(flow),
            _ => Err(TokenError::Invalid),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TokenKind;

    #[test]
    fn a_flow_is_ours_recent_and_no_other_token() {
        let keys = TokenKeys::new(b"a secret of the test", 900, 604_800);
        let flow = SignInFlow {
            provider: "uni".to_owned(),
            state: "s".to_owned(),
            nonce: "n".to_owned(),
            verifier: "v".to_owned(),
            next: "/projects/".to_owned(),
            linking: None,
        };
        let now = Utc::now();
        let token = keys.sign_flow(flow.clone(), now).unwrap();
        assert_eq!(keys.read_flow(&token), Ok(flow.clone()));
        let old = keys.sign_flow(flow, now - Duration::seconds(FLOW_SECONDS + 1));
        assert_eq!(keys.read_flow(&old.unwrap()), Err(TokenError::Invalid));
        let others = TokenKeys::new(b"another secret", 900, 900);
        assert_eq!(others.read_flow(&token), Err(TokenError::Invalid));
        for kind in [TokenKind::AccessToken, TokenKind::RefreshToken] {
            assert!(keys.verify(&token, kind).is_err());
            let other = keys.issue(kind, 7, 0, now).unwrap().token;
            assert_eq!(keys.read_flow(&other), Err(TokenError::Invalid));
        }
    }
}
