//! Texts that people type about themselves, their projects and their tokens. A value of these types is within its
//! bounds by construction: spaces around it are removed, and it holds no control character.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Why a text is refused. The message says how to mend it and never repeats the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextError {
    /// Too short or too long, counted in characters.
    Length {
        /// Fewest characters.
        least: usize,
        /// Most characters.
        most: usize,
    },
    /// A control character, a line break for instance.
    Control,
    /// Not an e-mail address.
    Email,
    /// A project's name with another character than those that one may have.
    ProjectName,
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { least, most } => write!(f, "use {least} to {most} characters"),
            Self::Control => f.write_str("remove the control character"),
            Self::Email => {
                f.write_str("it is not an e-mail address; one looks like name@example.org")
            }
            Self::ProjectName => f.write_str(
                "use letters, digits, `.`, `_` and `-`, and begin with a letter or digit",
            ),
        }
    }
}

impl std::error::Error for TextError {}

fn bounded(text: &str, least: usize, most: usize) -> Result<&str, TextError> {
    let text = text.trim();
    if text.chars().any(char::is_control) {
        return Err(TextError::Control);
    }
    if (least..=most).contains(&text.chars().count()) {
        Ok(text)
    } else {
        Err(TextError::Length { least, most })
    }
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $least:literal..=$most:literal, $rule:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = TextError;

            fn from_str(text: &str) -> Result<Self, TextError> {
                let rule: fn(&str) -> Result<String, TextError> = $rule;
                rule(bounded(text, $least, $most)?).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = TextError;

            fn try_from(text: String) -> Result<Self, TextError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

texts! {
    /// A person's full name, 3 to 100 characters.
    PersonName = 3..=100, |text| Ok(text.to_owned());
    /// An employer, 3 to 200 characters.
    Organisation = 3..=200, |text| Ok(text.to_owned());
    /// What somebody does there, 3 to 100 characters.
    OrganisationRole = 3..=100, |text| Ok(text.to_owned());
    /// What a project is about, at most 1000 characters.
    Description = 0..=1000, |text| Ok(text.to_owned());
    /// What a personal access token is called by its owner, 1 to 100 characters.
    TokenName = 1..=100, |text| Ok(text.to_owned());
    /// What a personal access token is for, at most 500 characters.
    TokenDescription = 0..=500, |text| Ok(text.to_owned());
    /// A project's name, 3 to 100 letters, digits, `.`, `_` and `-`.
    ProjectName = 3..=100, project_name;
    /// An e-mail address of ASCII characters in lower case, at most 50 characters.
    EmailAddress = 3..=50, email_address;
    /// A one-time token as it was handed out, at most 200 characters.
    OneTimeToken = 1..=200, |text| Ok(text.to_owned());
}

fn project_name(text: &str) -> Result<String, TextError> {
    let inner = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
    if text.starts_with(char::is_alphanumeric) && text.chars().all(inner) {
        Ok(text.to_owned())
    } else {
        Err(TextError::ProjectName)
    }
}

fn email_address(text: &str) -> Result<String, TextError> {
    let (local, domain) = text.split_once('@').ok_or(TextError::Email)?;
    let labels =
        |label: &str| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-');
    let well_formed = !local.is_empty()
        && local
            .chars()
            .all(|c| c.is_ascii_graphic() && !"\"(),:;<>[\\]/?#%".contains(c))
        && domain.contains('.')
        && domain.split('.').all(labels)
        && domain
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
    if well_formed {
        Ok(text.to_ascii_lowercase())
    } else {
        Err(TextError::Email)
    }
}

/// A password. Its length and quality are judged by whoever sets one; this only keeps it out of logs and bounds its
/// size.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Password(String);

impl Password {
    /// Most characters that are read at all.
    pub const MAX_CHARS: usize = 100;

    /// The password; never logged.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl TryFrom<String> for Password {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, TextError> {
        if (1..=Self::MAX_CHARS).contains(&text.chars().count()) {
            Ok(Self(text))
        } else {
            Err(TextError::Length {
                least: 1,
                most: Self::MAX_CHARS,
            })
        }
    }
}

impl From<Password> for String {
    fn from(password: Password) -> Self {
        password.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_one_spelling() {
        let address: EmailAddress = " Asa.Ny@Example.ORG ".parse().unwrap();
        assert_eq!(address.as_str(), "asa.ny@example.org");
        for bad in [
            "asa",
            "asa@example",
            "@example.org",
            "a b@example.org",
            "a@b@example.org",
            "å@example.org",
            "a@-b.org",
            "a@b..org",
            "a/b@example.org",
        ] {
            assert_eq!(bad.parse::<EmailAddress>(), Err(TextError::Email), "{bad}");
        }
        let long = format!("{}@example.org", "a".repeat(50));
        assert!(matches!(
            long.parse::<EmailAddress>(),
            Err(TextError::Length { least: 3, most: 50 })
        ));
    }

    #[test]
    fn names_of_projects_fit_into_a_path() {
        for good in ["herring", "Sill_2026", "å.ä-ö", "1kg"] {
            assert_eq!(good.parse::<ProjectName>().unwrap().as_str(), good);
        }
        for bad in ["a b c", "a/b", "../x", "-x1", "x?y", "x%20"] {
            assert_eq!(
                bad.parse::<ProjectName>(),
                Err(TextError::ProjectName),
                "{bad}"
            );
        }
        assert_eq!("a\0bc".parse::<ProjectName>(), Err(TextError::Control));
    }

    #[test]
    fn passwords_are_not_shown() {
        let password = Password::try_from("correct horse".to_owned()).unwrap();
        assert!(!format!("{password:?}").contains("horse"));
        assert!(Password::try_from("x".repeat(101)).is_err());
    }
}
