//! What a browser keeps between the first factor and the second: whose account was opened halfway, and where to go
//! afterwards. It is signed, lasts for five minutes, and opens nothing by itself.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use crate::{TokenError, TokenKeys, keys::Slip};

/// How long somebody may look for a code, seconds.
pub const STEP_SECONDS: i64 = 300;

/// A sign-in that waits for a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondStep {
    /// The account.
    pub user_id: i64,
    /// The generation of its tokens: a password that is changed meanwhile ends the sign-in.
    pub generation: i32,
    /// A path of ours to go to afterwards.
    pub next: String,
}

impl TokenKeys {
    /// Signs a step that begins now.
    ///
    /// # Errors
    /// If signing fails.
    pub fn sign_second_step(
        &self,
        step: SecondStep,
        now: DateTime<Utc>,
    ) -> Result<String, TokenError> {
        self.sign(&Slip::SecondStep {
            exp: (now + Duration::seconds(STEP_SECONDS)).timestamp(),
            step,
        })
    }

    /// Reads a step.
    ///
    /// # Errors
    /// If it is none of ours, or took too long.
    pub fn read_second_step(&self, token: &str) -> Result<SecondStep, TokenError> {
        match self.read(token)? {
            Slip::SecondStep { step, .. } => Ok(step),
            _ => Err(TokenError::Invalid),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TokenKind;

    #[test]
    fn a_step_is_ours_recent_and_no_other_token() {
        let keys = TokenKeys::new(b"a secret of the test", 900, 604_800);
        let step = SecondStep {
            user_id: 7,
            generation: 1,
            next: "/projects/".to_owned(),
        };
        let now = Utc::now();
        let token = keys.sign_second_step(step.clone(), now).unwrap();
        assert_eq!(keys.read_second_step(&token), Ok(step.clone()));
        let old = keys.sign_second_step(step, now - Duration::seconds(STEP_SECONDS + 1));
        assert_eq!(
            keys.read_second_step(&old.unwrap()),
            Err(TokenError::Invalid)
        );
        for kind in [TokenKind::AccessToken, TokenKind::RefreshToken] {
            assert!(keys.verify(&token, kind).is_err());
            let other = keys.issue(kind, 7, 1, now).unwrap().token;
            assert_eq!(keys.read_second_step(&other), Err(TokenError::Invalid));
        }
    }
}
