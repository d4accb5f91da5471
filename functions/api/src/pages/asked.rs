//! What an address asks for by its query string. A form that is sent by GET names all its fields, empty ones too.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::de::DeserializeOwned;
use url::form_urlencoded;

use crate::{AppState, error::ApiError, extract::decode};

/// Names and values of the query string, those in which something was typed.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked(Vec<(String, String)>);

impl Asked {
    /// In their type.
    ///
    /// # Errors
    /// 422 that names the parameter.
    pub(super) fn decode<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        decode("query", self.text().as_bytes())
    }

    /// A value; empty if there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value)
    }

    /// The query string with one parameter set anew.
    pub(super) fn with(&self, name: &str, value: &str) -> String {
        let mut other = Self(self.0.clone());
        other.0.retain(|(key, _)| key != name);
        other.0.push((name.to_owned(), value.to_owned()));
        other.text()
    }

    /// The same with some values written otherwise.
    pub(super) fn mapped(&self, names: &[&str], write: impl Fn(&str) -> String) -> Self {
        let pairs = self.0.iter().map(|(key, value)| {
            let value = if names.contains(&key.as_str()) {
                write(value)
            } else {
                value.clone()
            };
            (key.clone(), value)
        });
        Self(pairs.collect())
    }

    /// Names and values.
    pub(super) fn into_pairs(self) -> Vec<(String, String)> {
        self.0
    }

    fn text(&self) -> String {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        pairs.extend_pairs(&self.0);
        pairs.finish()
    }
}

impl FromRequestParts<AppState> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
        let typed = pairs.map(|(key, value)| (key, value.trim().to_owned()));
        Ok(Self(typed.filter(|(_, value)| !value.is_empty()).collect()))
    }
}
