//! What can go wrong at a provider.

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SsoError {
    /// No provider of the settings has this id.
    #[error("there is no provider of this id")]
    UnknownProvider,
    /// The provider does not answer, or not with success.
    #[error("the provider does not answer: {0}")]
    Unreachable(#[source] reqwest::Error),
    /// It did not answer a moment ago, and was not asked again.
    #[error("the provider did not answer a moment ago")]
    UnreachableLately,
    /// The answer is larger than any that we take.
    #[error("the answer of {0} is too large")]
    TooLarge(&'static str),
    /// The answer is not what the specification says.
    #[error("the answer of {place} cannot be read: {source}")]
    Unreadable {
        /// Which answer.
        place: &'static str,
        /// Why.
        source: serde_json::Error,
    },
    /// The provider describes itself in a way that we do not take.
    #[error("the provider's description is refused: {0}")]
    Description(&'static str),
    /// The provider refuses the code, or us.
    #[error("the provider refuses the code: {0}")]
    Refused(String),
    /// The ID token is not valid.
    #[error("the ID token is refused: {0}")]
    Token(&'static str),
    /// The ID token is not valid, by the library that verifies it.
    #[error("the ID token is refused: {0}")]
    Jwt(#[from] jsonwebtoken::errors::Error),
    /// What the provider says about somebody contradicts its token.
    #[error("the provider's user info is about somebody else")]
    OtherSubject,
}
