//! The fields of a form, as they were typed.

use std::{fmt, str::FromStr};

use axum::extract::{FromRequest, Request};
use divbase_contract::field::TextError;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::form_urlencoded;

use crate::{
    AppState,
    error::ApiError,
    extract::{FromBody, JsonBody, decode, read},
};

/// Names and values in the order of the form. There is no `Debug`: some are passwords.
#[derive(Clone, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The value of a field, empty if there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value)
    }

    /// The values of all fields of a name.
    pub(super) fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        let found = self.0.iter().filter(move |(key, _)| key == name);
        found.map(|(_, value)| &**value)
    }

    /// The value of a field without blanks around it; none if nothing was typed.
    pub(super) fn typed(&self, name: &str) -> Option<&str> {
        Some(self.get(name).trim()).filter(|value| !value.is_empty())
    }

    /// Whether a box is ticked.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// Names and values.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (&**key, &**value))
    }

    /// Leaves out the fields in which nothing was typed.
    pub(super) fn without_empty(&mut self) {
        self.0.retain(|(_, value)| !value.trim().is_empty());
    }

    /// One field in its type.
    ///
    /// # Errors
    /// 422 that names it.
    pub(super) fn parse<T: FromStr<Err = TextError>>(&self, name: &str) -> Result<T, ApiError> {
        let value = self.get(name).parse();
        value.map_err(|error| ApiError::field(&format!("body.{name}"), error))
    }

    /// All of them in the type of a JSON body that has flat fields.
    ///
    /// # Errors
    /// 422 that names the field.
    pub(super) fn decode<T: DeserializeOwned>(&self) -> Result<JsonBody<T>, ApiError> {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        pairs.extend_pairs(&self.0);
        decode("body", pairs.finish().as_bytes()).map(JsonBody)
    }

    /// Refuses a form in which a password was typed in two ways.
    ///
    /// # Errors
    /// 422.
    pub(super) fn same_passwords(&self) -> Result<(), ApiError> {
        self.same("password", "confirm_password")
    }

    /// As [`Self::same_passwords`], in fields of these names.
    ///
    /// # Errors
    /// 422.
    pub(super) fn same(&self, name: &str, again: &str) -> Result<(), ApiError> {
        if self.get(name) == self.get(again) {
            return Ok(());
        }
        let place = format!("body.{again}");
        Err(ApiError::field(
            &place,
            "it is not the same as the password",
        ))
    }
}

impl From<Vec<(String, String)>> for Fields {
    fn from(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(key, _)| key))
            .finish()
    }
}

/// A value in the type of a JSON body.
///
/// # Errors
/// 422 that names the field.
pub(super) fn typed<T: DeserializeOwned + Send>(value: Value) -> Result<JsonBody<T>, ApiError> {
    JsonBody::decode(value)
}

impl FromBody for Fields {
    type Parsed = Self;

    fn parse(bytes: &[u8]) -> Result<Self, ApiError> {
        let pairs = form_urlencoded::parse(bytes).into_owned();
        Ok(Self(pairs.filter(|(key, _)| key != "csrf").collect()))
    }

    fn decode(parsed: Self) -> Result<Self, ApiError> {
        Ok(parsed)
    }
}

impl FromRequest<AppState> for Fields {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        <Self as FromBody>::parse(&read(request, state).await?)
    }
}
