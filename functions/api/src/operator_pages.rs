//! Pages that an operator has elsewhere: terms, privacy and the like. Ours name them and lead there.

use std::{collections::BTreeMap, str::FromStr};

use serde::Deserialize;

/// One of them, by the path that leads there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum OperatorPage {
    Contact,
    Terms,
    Privacy,
    Citation,
    Faqs,
}

impl OperatorPage {
    /// What the link says.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Contact => "Contact",
            Self::Terms => "Terms of use",
            Self::Privacy => "Privacy",
            Self::Citation => "How to cite",
            Self::Faqs => "Questions and answers",
        }
    }

    /// Our path.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Contact => "/contact",
            Self::Terms => "/terms",
            Self::Privacy => "/privacy",
            Self::Citation => "/citation",
            Self::Faqs => "/faqs",
        }
    }
}

/// Those that an installation has, with their addresses; written as JSON:
/// `{"terms": "https://example.org/terms", "contact": "mailto:divbase@example.org"}`. An empty address is none: what sets them for
/// all installations in one way has no other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OperatorPages(BTreeMap<OperatorPage, String>);

impl OperatorPages {
    /// All of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = OperatorPage> {
        self.0.keys().copied()
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Where one is.
    pub(crate) fn address(&self, page: OperatorPage) -> Option<&str> {
        self.0.get(&page).map(String::as_str)
    }
}

impl FromStr for OperatorPages {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut pages: BTreeMap<OperatorPage, String> =
            serde_json::from_str(text).map_err(|error| error.to_string())?;
        pages.retain(|_, address| !address.is_empty());
        for (page, address) in &pages {
            let schemes = ["https://", "mailto:"];
            let leads = schemes
                .iter()
                .any(|scheme| address.len() > scheme.len() && address.starts_with(scheme));
            if !leads || !address.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(format!(
                    "{address:?} of {page:?} is no address that begins with `https://` or `mailto:`"
                ));
            }
        }
        Ok(Self(pages))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lead_to_pages_or_mail() {
        let text =
            r#"{"terms": "https://example.org/terms", "contact": "mailto:divbase@example.org"}"#;
        let pages: OperatorPages = text.parse().expect("good ones");
        let all: Vec<OperatorPage> = pages.all().collect();
        assert_eq!(all, [OperatorPage::Contact, OperatorPage::Terms]);
        assert_eq!(
            pages.address(OperatorPage::Terms),
            Some("https://example.org/terms")
        );
        assert_eq!(pages.address(OperatorPage::Privacy), None);
        let none: OperatorPages = r#"{"terms": "", "contact": ""}"#.parse().expect("none");
        assert!(none.is_empty());
        for text in [
            "",
            "[]",
            r#"{"imprint": "https://example.org"}"#,
            r#"{"terms": "javascript:alert(1)"}"#,
            r#"{"terms": "http://example.org"}"#,
            r#"{"terms": "https://"}"#,
            r#"{"terms": "https://example.org/a b"}"#,
        ] {
            assert!(text.parse::<OperatorPages>().is_err(), "{text}");
        }
    }
}
