//! Who may make projects.

use std::str::FromStr;

/// Projects that somebody who is no administrator may manage and still make another.
pub(crate) const MOST_OWN: i64 = 10;

/// `DIVBASE_PROJECT_CREATION`: `administrators` (the default), or `everybody`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProjectCreation {
    /// Administrators alone.
    #[default]
    Administrators,
    /// Everybody who is signed in, with the usual quota and as its manager.
    Everybody,
}

impl FromStr for ProjectCreation {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "administrators" => Ok(Self::Administrators),
            "everybody" => Ok(Self::Everybody),
            _ => Err("use `administrators` or `everybody`"),
        }
    }
}
