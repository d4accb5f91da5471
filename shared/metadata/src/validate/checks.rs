//! What a table is held against besides its own rules.

use super::Preview;

/// How a table is to be checked. The default knows no project and cuts previews.
#[derive(Debug, Clone, Copy, Default)]
pub struct Checks<'a> {
    /// The samples of the project's dimensions index, each once, in any order. `None` skips all comparison with it.
    pub project_samples: Option<&'a [String]>,
    /// What to make of a sample of the table that the project does not have.
    pub unknown_samples: UnknownSamples,
    /// How many values a message lists.
    pub preview: Preview,
}

/// What a sample of the table that the project does not have is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnknownSamples {
    /// An error, as the published rules say.
    #[default]
    Refuse,
    /// A warning: the sample can be selected and has no files.
    Warn,
}
