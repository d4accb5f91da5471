//! Who somebody is to a provider.

use divbase_contract::field::{EmailAddress, PersonName};
use serde_json::{Map, Value};

use crate::provider::{Provider, Vouches};

/// Somebody, as a provider knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The provider's issuer.
    pub issuer: String,
    /// Who it is there: never given to anybody else.
    pub subject: String,
    /// The e-mail address, in lower case, if there is one that an account can have.
    pub email: Option<EmailAddress>,
    /// Whether the address is theirs: the provider says so, and the operator believes it.
    pub email_verified: bool,
    /// Their name, if there is one that an account can have.
    pub name: Option<PersonName>,
}

impl Identity {
    /// From the claims of an ID token, and those of the user info for what the token does not say. An address and whether
    /// it is verified come from one of them.
    pub(crate) fn of(
        provider: &Provider,
        subject: String,
        token: &Map<String, Value>,
        info: Option<&Map<String, Value>>,
    ) -> Self {
        let has_email = |claims: &&Map<String, Value>| claims.contains_key(&provider.email_claim);
        let claims = [Some(token), info];
        let source = claims.into_iter().flatten().find(has_email);
        let email =
            source.and_then(|claims| claims.get(&provider.email_claim)?.as_str()?.parse().ok());
        let email_verified = match (&email, provider.vouches) {
            (None, _) | (_, Vouches::Never) => false,
            (Some(_), Vouches::IfVerified) => source.is_some_and(says_yes),
            (Some(_), Vouches::Always) => !source.is_some_and(says_no),
        };
        Self {
            issuer: provider.issuer.clone(),
            subject,
            email,
            email_verified,
            name: claims.into_iter().flatten().find_map(name),
        }
    }
}

const VERIFIED: &str = "email_verified";

/// Some providers send text.
fn says_yes(claims: &Map<String, Value>) -> bool {
    matches!(claims.get(VERIFIED), Some(Value::Bool(true)))
        || claims.get(VERIFIED).and_then(Value::as_str) == Some("true")
}

fn says_no(claims: &Map<String, Value>) -> bool {
    claims.contains_key(VERIFIED) && !says_yes(claims)
}

fn name(claims: &Map<String, Value>) -> Option<PersonName> {
    let text = |claim: &str| claims.get(claim).and_then(Value::as_str);
    let parts = || Some(format!("{} {}", text("given_name")?, text("family_name")?));
    text("name").map(str::to_owned).or_else(parts)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::parse_providers;

    fn provider(vouches: &str) -> Provider {
        let text = json!([{"id": "uni", "name": "Uni", "issuer": "https://login.example.org", "client_id": "us",
            "vouches_for_email": vouches}]);
        parse_providers(&text.to_string(), |_| None)
            .unwrap()
            .remove(0)
    }

    fn map(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn an_address_is_verified_if_provider_and_operator_say_so() {
        for (vouches, said, expected) in [
            ("never", json!(true), false),
            ("if_verified", json!(true), true),
            ("if_verified", json!("true"), true),
            ("if_verified", json!(false), false),
            ("if_verified", json!(null), false),
            ("always", json!(false), false),
            ("always", json!("false"), false),
            ("always", json!(true), true),
        ] {
            let claims = map(json!({"email": "Asa@Example.ORG", "email_verified": said}));
            let identity = Identity::of(&provider(vouches), "1".to_owned(), &claims, None);
            assert_eq!(identity.email.as_deref(), Some("asa@example.org"));
            assert_eq!(identity.email_verified, expected, "{vouches} {said}");
        }
        let silent = map(json!({"email": "asa@example.org"}));
        for (vouches, expected) in [("never", false), ("if_verified", false), ("always", true)] {
            let identity = Identity::of(&provider(vouches), "1".to_owned(), &silent, None);
            assert_eq!(identity.email_verified, expected, "{vouches}");
        }
    }

    #[test]
    fn one_source_does_not_vouch_for_the_address_of_another() {
        let (token, info) = (
            map(json!({"email": "asa@example.org"})),
            map(json!({"email": "other@example.org", "email_verified": true, "name": "Asa Ny"})),
        );
        let identity = Identity::of(
            &provider("if_verified"),
            "1".to_owned(),
            &token,
            Some(&info),
        );
        assert_eq!(identity.email.as_deref(), Some("asa@example.org"));
        assert!(!identity.email_verified);
        assert_eq!(identity.name.as_deref(), Some("Asa Ny"));
        let token = map(json!({"email_verified": true}));
        let info = map(json!({"email": "other@example.org"}));
        let identity = Identity::of(
            &provider("if_verified"),
            "1".to_owned(),
            &token,
            Some(&info),
        );
        assert!(!identity.email_verified);
    }

    #[test]
    fn what_no_account_can_have_is_left_out() {
        let long = format!("{}@example.org", "a".repeat(60));
        let claims = map(json!({"email": long, "email_verified": true, "name": "x"}));
        let identity = Identity::of(&provider("always"), "1".to_owned(), &claims, None);
        assert_eq!(
            (identity.email, identity.email_verified, identity.name),
            (None, false, None)
        );
    }
}
