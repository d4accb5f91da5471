//! Who may make projects.

use std::str::FromStr;

/// Projects that somebody who is no administrator may manage and still make another.
pub(crate) const MOST_OWN: i64 = 10;

/// `DIVBASE_PROJECT_CREATION`: `administrators` (the default), `on-request`, or `everybody`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProjectCreation {
    /// Administrators alone.
    #[default]
    Administrators,
    /// Administrators; everybody who is signed in may ask for one, and an administrator approves or declines.
    OnRequest,
    /// Everybody who is signed in, with the usual quota and as its manager.
    Everybody,
}

impl FromStr for ProjectCreation {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "administrators" => Ok(Self::Administrators),
            "on-request" => Ok(Self::OnRequest),
            "everybody" => Ok(Self::Everybody),
            _ => Err("use `administrators`, `on-request` or `everybody`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_are_those_of_the_documentation() {
        for (text, value) in [
            ("administrators", ProjectCreation::Administrators),
            ("on-request", ProjectCreation::OnRequest),
            ("everybody", ProjectCreation::Everybody),
        ] {
            assert_eq!(text.parse(), Ok(value));
        }
        assert!("anybody".parse::<ProjectCreation>().is_err());
    }
}
