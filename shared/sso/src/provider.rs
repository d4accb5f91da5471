//! Providers as data: what the operator says about each.

use std::{collections::BTreeMap, fmt};

use divbase_telemetry::{SettingsError, env};
use serde::Deserialize;
use url::{Host, Url};

/// Most providers of a system.
const MOST: usize = 20;
/// Secrets of all providers in one variable.
const SECRETS: &str = "DIVBASE_SSO_SECRETS";
/// Longest text of a setting, characters.
const LONGEST: usize = 300;

/// Whether an address that a provider gives counts as verified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vouches {
    /// Never: addresses at this provider are what its users typed.
    #[default]
    Never,
    /// If the provider says `email_verified`.
    IfVerified,
    /// Always, unless the provider says that it is not: it gives out the addresses itself.
    Always,
}

/// What a provider knows us by. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientSecret(String);

impl ClientSecret {
    /// For a provider that knows us by this.
    #[must_use]
    pub fn new(secret: String) -> Self {
        Self(secret)
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientSecret(…)")
    }
}

/// An identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// In addresses of ours: lower-case letters, digits and hyphens.
    pub id: String,
    /// As people know it.
    pub name: String,
    /// Its issuer, as its tokens name it.
    pub issuer: String,
    /// Who we are to it.
    pub client_id: String,
    /// What it knows us by; none for a public client, which has PKCE alone.
    pub client_secret: Option<ClientSecret>,
    /// What we ask for, with blanks between; `openid` is always there.
    pub scopes: String,
    /// The claim that has the e-mail address.
    pub email_claim: String,
    /// Whether its addresses count as verified.
    pub vouches: Vouches,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Described {
    id: String,
    name: String,
    issuer: String,
    client_id: String,
    #[serde(default)]
    client_secret_variable: Option<String>,
    #[serde(default = "usual_scopes")]
    scopes: Vec<String>,
    #[serde(default = "usual_email_claim")]
    email_claim: String,
    #[serde(default)]
    vouches_for_email: Vouches,
}

fn usual_scopes() -> Vec<String> {
    ["openid", "email", "profile"].map(str::to_owned).to_vec()
}

fn usual_email_claim() -> String {
    "email".to_owned()
}

/// The providers of `DIVBASE_SSO_PROVIDERS`, a JSON list; none if it is not set.
///
/// # Errors
/// If it is not valid, or names a secret that is not set.
pub fn providers_from_env() -> Result<Vec<Provider>, SettingsError> {
    const NAME: &str = "DIVBASE_SSO_PROVIDERS";
    let Some(text) = env::optional(NAME) else {
        return Ok(Vec::new());
    };
    let providers = parse_providers(&text, env::optional);
    let mut providers =
        providers.map_err(|reason| SettingsError::Invalid { name: NAME, reason })?;
    if let Some(secrets) = env::optional(SECRETS) {
        give_secrets(&mut providers, &secrets).map_err(|reason| SettingsError::Invalid {
            name: SECRETS,
            reason,
        })?;
    }
    Ok(providers)
}

/// Gives providers the secrets of a JSON object from ids to secrets, in the place of variables of their own.
///
/// # Errors
/// A text that says what is wrong, and never a secret.
pub fn give_secrets(providers: &mut [Provider], text: &str) -> Result<(), String> {
    // What serde says of a wrong text may hold a part of it.
    let secrets: BTreeMap<String, String> = serde_json::from_str(text)
        .map_err(|_| "it is no JSON object from ids to texts".to_owned())?;
    for (id, secret) in secrets {
        let provider = providers.iter_mut().find(|provider| provider.id == id);
        let provider = provider.ok_or_else(|| format!("no provider has the id '{id}'"))?;
        if secret.is_empty() || provider.client_secret.is_some() {
            return Err(format!("the provider '{id}' has no secret there, or two"));
        }
        provider.client_secret = Some(ClientSecret(secret));
    }
    Ok(())
}

/// Reads a JSON list of providers; `variable` gives the secret that is kept in an environment variable.
///
/// # Errors
/// A text that says what is wrong, and never a secret.
pub fn parse_providers(
    text: &str,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Vec<Provider>, String> {
    let described: Vec<Described> = serde_json::from_str(text)
        .map_err(|error| format!("it is no list of providers: {error}"))?;
    if described.len() > MOST {
        return Err(format!("there are more than {MOST} providers"));
    }
    let mut providers: Vec<Provider> = Vec::with_capacity(described.len());
    for one in described {
        let provider = one.provider(&variable)?;
        let taken = |other: &Provider| other.id == provider.id || other.issuer == provider.issuer;
        if providers.iter().any(taken) {
            return Err(format!(
                "two providers have the id or issuer of '{}'",
                provider.id
            ));
        }
        providers.push(provider);
    }
    Ok(providers)
}

impl Described {
    fn provider(self, variable: impl Fn(&str) -> Option<String>) -> Result<Provider, String> {
        let id = self.id;
        let is_id = (1..=40).contains(&id.len())
            && id
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !is_id {
            return Err("an id has 1 to 40 lower-case letters, digits and hyphens".to_owned());
        }
        let bad = |what: &str| Err(format!("the provider '{id}' has no good {what}"));
        let name = self.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > 60 || name.chars().any(char::is_control) {
            return bad("name: use 1 to 60 characters");
        }
        if !is_issuer(&self.issuer) {
            return bad("issuer: use an https address without query");
        }
        let is_word = |text: &str| {
            (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
        };
        if !is_word(&self.client_id) {
            return bad("client_id");
        }
        if !is_word(&self.email_claim) {
            return bad("email_claim");
        }
        if self.scopes.len() > 20 || !self.scopes.iter().all(|scope| is_word(scope)) {
            return bad("scopes");
        }
        let mut scopes = self.scopes;
        if !scopes.iter().any(|scope| scope == "openid") {
            scopes.insert(0, "openid".to_owned());
        }
        let client_secret = match self.client_secret_variable {
            None => None,
            Some(name) => match variable(&name) {
                Some(secret) => Some(ClientSecret(secret)),
                None => return bad(&format!("secret: the variable '{name}' is not set")),
            },
        };
        Ok(Provider {
            name,
            issuer: self.issuer,
            client_id: self.client_id,
            client_secret,
            scopes: scopes.join(" "),
            email_claim: self.email_claim,
            vouches: self.vouches_for_email,
            id,
        })
    }
}

/// Whether an address of a provider is one that we talk to: by TLS, or on this machine.
pub(crate) fn is_safe(url: &Url) -> bool {
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return false,
    };
    let is_plain = url.username().is_empty() && url.password().is_none();
    is_plain && (url.scheme() == "https" || (url.scheme() == "http" && is_here))
}

/// OpenID Connect Core 1.0 §2: https, host, optional port and path, neither query nor fragment.
fn is_issuer(text: &str) -> bool {
    let url = Url::parse(text).ok().filter(is_safe);
    text.len() <= LONGEST
        && url.is_some_and(|url| url.query().is_none() && url.fragment().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"id":"uni","name":"University","issuer":"https://login.example.org",
        "client_id":"divbase","client_secret_variable":"UNI_SECRET","vouches_for_email":"always"}"#;

    fn parse(text: &str) -> Result<Vec<Provider>, String> {
        parse_providers(text, |name| {
            (name == "UNI_SECRET").then(|| "hush".to_owned())
        })
    }

    #[test]
    fn a_provider_is_what_the_setting_says() {
        let [uni] = parse(&format!("[{GOOD}]")).unwrap().try_into().unwrap();
        assert_eq!(uni.scopes, "openid email profile");
        assert_eq!(uni.email_claim, "email");
        assert_eq!(uni.vouches, Vouches::Always);
        assert_eq!(uni.client_secret, Some(ClientSecret("hush".to_owned())));
        assert!(!format!("{uni:?}").contains("hush"));
        assert_eq!(parse("[]"), Ok(Vec::new()));
    }

    #[test]
    fn secrets_may_come_together() {
        let public = GOOD.replace(r#","client_secret_variable":"UNI_SECRET""#, "");
        let give = |from: &str, text: &str| {
            let mut providers = parse(&format!("[{from}]")).unwrap();
            give_secrets(&mut providers, text).map(|()| providers.remove(0).client_secret)
        };
        let hush = Some(ClientSecret("hush".to_owned()));
        assert_eq!(give(&public, r#"{"uni":"hush"}"#), Ok(hush));
        assert_eq!(give(&public, "{}"), Ok(None));
        for (from, text) in [
            (public.as_str(), r#"{"other":"hush"}"#),
            (&public, r#"{"uni":""}"#),
            (&public, r#"["hush"]"#),
            (GOOD, r#"{"uni":"hush"}"#),
        ] {
            let refused = give(from, text).unwrap_err();
            assert!(!refused.contains("hush"), "{refused}");
        }
    }

    #[test]
    fn what_is_not_clear_is_refused() {
        let changed = |from: &str, to: &str| parse(&format!("[{}]", GOOD.replace(from, to)));
        for (from, to) in [
            ("\"uni\"", "\"Uni/..\""),
            ("University", " "),
            ("https://login", "http://login"),
            ("https://login.example.org", "https://a:b@login.example.org"),
            ("https://login.example.org", "https://login.example.org?x=1"),
            ("UNI_SECRET", "OTHER_SECRET"),
            ("always", "perhaps"),
            ("client_id", "client"),
        ] {
            let refused = changed(from, to).unwrap_err();
            assert!(!refused.contains("hush"), "{refused}");
        }
        assert!(changed("https://login.example.org", "http://127.0.0.1:9000").is_ok());
        assert!(parse(&format!("[{GOOD},{GOOD}]")).is_err());
        assert!(parse("{}").is_err());
    }
}
