//! Who may register.

use std::str::FromStr;

/// `DIVBASE_REGISTRATION`: `invitation` (the default), `open`, or mail domains such as `@example.org,@uni.example.org`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Registration {
    /// Nobody: who has no account is invited.
    #[default]
    Invitation,
    /// Everybody.
    Open,
    /// Who has an address in one of these domains; lower case.
    Domains(Vec<String>),
}

impl Registration {
    /// Why this address may not register; nothing if it may.
    pub(crate) fn refusal(&self, email: &str) -> Option<String> {
        match self {
            Self::Open => None,
            Self::Invitation => Some("Accounts of this DivBase are made by invitation.".to_owned()),
            Self::Domains(domains) => {
                let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
                let known = domains.iter().any(|one| one == domain);
                (!known).then(|| {
                    format!(
                        "Only addresses that end in @{} may register. Others are invited.",
                        domains.join(", @")
                    )
                })
            }
        }
    }
}

impl FromStr for Registration {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "invitation" => Ok(Self::Invitation),
            "open" => Ok(Self::Open),
            domains => domains
                .split(',')
                .map(|one| one.trim().strip_prefix('@').map(str::to_ascii_lowercase))
                .map(|one| one.filter(|one| one.contains('.')))
                .collect::<Option<_>>()
                .map(Self::Domains)
                .ok_or("use `invitation`, `open`, or domains such as `@example.org,@example.com`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_the_whole_of_what_follows_the_at() {
        let some: Registration = "@example.org, @Uni.Example.Org".parse().unwrap();
        assert_eq!(some.refusal("a@example.org"), None);
        assert_eq!(some.refusal("a@uni.example.org"), None);
        for other in [
            "a@evil-example.org",
            "a@x.example.org",
            "a@example.org.evil.net",
        ] {
            assert!(some.refusal(other).is_some(), "{other}");
        }
        assert_eq!(Registration::Open.refusal("a@b.c"), None);
        assert!(Registration::Invitation.refusal("a@b.c").is_some());
        for wrong in ["", "example.org", "@", "everybody"] {
            assert!(wrong.parse::<Registration>().is_err(), "{wrong}");
        }
    }
}
