//! Links to indexes: a URL that opens one index for the account that asked for it, without another token. Whoever has the URL may use
//! it until it ends, as long as that account may see the thing. A link is no other kind of token, nor the other way round.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use crate::{TokenError, TokenKeys, keys::Slip};

/// What a link opens, and for whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexLink {
    /// The account.
    pub user_id: i64,
    /// The generation of the account's tokens that it belongs to.
    pub generation: i32,
    /// The project.
    pub project_id: i64,
    /// The row of the file version whose index it is.
    pub file_version_id: i64,
}

impl TokenKeys {
    /// Signs a link that lasts so many seconds.
    ///
    /// # Errors
    /// If signing fails.
    pub fn sign_index_link(
        &self,
        link: IndexLink,
        seconds: i64,
        now: DateTime<Utc>,
    ) -> Result<String, TokenError> {
        let slip = Slip::IndexLink {
            exp: (now + Duration::seconds(seconds)).timestamp(),
            link,
        };
        self.sign(&slip)
    }

    /// Reads a link. No leeway: both clocks are ours.
    ///
    /// # Errors
    /// If it is not a link of ours, or has ended.
    pub fn read_index_link(&self, token: &str) -> Result<IndexLink, TokenError> {
        match self.read(token)? {
            Slip::IndexLink { link, .. } => Ok(link),
            _ => Err(TokenError::Invalid),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TokenKind;

    #[test]
    fn a_link_is_a_link_and_nothing_else() {
        let keys = TokenKeys::new(b"a secret of the test", 900, 604_800);
        let (now, link) = (
            Utc::now(),
            IndexLink {
                user_id: 7,
                generation: 3,
                project_id: 1,
                file_version_id: 12,
            },
        );
        let token = keys.sign_index_link(link, 60, now).unwrap();
        assert_eq!(keys.read_index_link(&token), Ok(link));
        for kind in [TokenKind::AccessToken, TokenKind::RefreshToken] {
            assert!(keys.verify(&token, kind).is_err());
            let other = keys.issue(kind, 7, 3, now).unwrap().token;
            assert_eq!(keys.read_index_link(&other), Err(TokenError::Invalid));
        }
        let old = keys
            .sign_index_link(link, 60, now - Duration::seconds(61))
            .unwrap();
        assert_eq!(keys.read_index_link(&old), Err(TokenError::Invalid));
        let others = TokenKeys::new(b"another secret", 900, 900);
        assert_eq!(others.read_index_link(&token), Err(TokenError::Invalid));
    }
}
