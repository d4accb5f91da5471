//! Arguments that several commands share, and the spellings that clap does not know.

use std::ffi::OsString;

use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};
use divbase_contract::field::{Organisation, OrganisationRole, PersonName};

use serde::de::{DeserializeOwned, IntoDeserializer, value::Error};

use crate::{
    app::App, failure::Outcome, http::api::Api, project::without_slash, transfer::Narration,
};

/// Takes one of these names for the value that it is on the wire.
pub fn named<T>(names: &'static [&'static str]) -> impl TypedValueParser<Value = T>
where
    T: DeserializeOwned + Clone + Send + Sync + 'static,
{
    let of = |name: String| T::deserialize(IntoDeserializer::<Error>::into_deserializer(name));
    PossibleValuesParser::new(names.iter().copied()).try_map(of)
}

/// The project that a command is about.
#[derive(Args, Clone, Debug)]
pub struct ProjectArg {
    /// Project to work on [default: the one chosen with `config set-default`]
    #[arg(long, short = 'p', value_name = "NAME")]
    pub project: Option<String>,
}

/// Which server, where no session or project says it.
#[derive(Args, Debug)]
pub struct ServerArg {
    /// Base URL of the server's API, ending in /api [default: DIVBASE_API_URL, or the public service]
    #[arg(long, value_name = "URL")]
    divbase_url: Option<String>,
}

impl ServerArg {
    /// The URL, without a slash at its end.
    #[must_use]
    pub fn url(&self, app: &App) -> String {
        without_slash(self.divbase_url.as_deref().unwrap_or(&app.settings.api_url))
    }

    /// The server that nobody is logged in to yet.
    ///
    /// # Errors
    /// If the settings do not make a client.
    pub fn api(&self, app: &App) -> Outcome<Api> {
        Api::anonymous(&self.url(app), &app.settings)
    }
}

/// Whose a new account is.
#[derive(Args, Debug)]
pub struct PersonArgs {
    /// Full name
    #[arg(long)]
    pub name: PersonName,
    /// Employer
    #[arg(long)]
    pub organisation: Organisation,
    /// Role there
    #[arg(long, value_name = "ROLE")]
    pub organisation_role: OrganisationRole,
}

/// Output for programs.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct TableFormat {
    /// Print tab-separated text with a header line
    #[arg(long, short = 't')]
    pub tsv: bool,
    /// Print JSON
    #[arg(long, conflicts_with = "tsv")]
    pub json: bool,
    /// Print JSON, one item a line
    #[arg(long, conflicts_with_all = ["tsv", "json"])]
    pub jsonl: bool,
}

impl TableFormat {
    /// Where nothing else is offered than tab-separated text.
    pub const TSV: Self = Self {
        tsv: true,
        json: false,
        jsonl: false,
    };

    /// Whether people read it.
    #[must_use]
    pub const fn is_for_people(self) -> bool {
        !self.tsv && !self.json && !self.jsonl
    }
}

/// Output for programs where there is no table.
#[derive(Args, Clone, Copy, Debug)]
pub struct JsonFormat {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

impl JsonFormat {
    /// How files that arrive are told about.
    #[must_use]
    pub const fn narration(self) -> Narration {
        if self.json {
            Narration::Silent
        } else {
            Narration::Lines
        }
    }
}

/// Replaces the two-letter short options of `files download` and `files download-all` by their long names.
#[must_use]
pub fn with_long_names(args: Vec<OsString>) -> Vec<OsString> {
    let words: Vec<_> = args.iter().skip(1).filter_map(|arg| arg.to_str()).collect();
    if !matches!(words.as_slice(), ["files", "download" | "download-all", ..]) {
        return args;
    }
    let mut options = true;
    args.into_iter()
        .map(|arg| {
            options = options && arg != "--";
            match arg.to_str() {
                Some("-nc") if options => "--disable-verify-checksums".into(),
                Some("-pv") if options => "--project-version".into(),
                _ => arg,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(args: &str) -> String {
        let args = with_long_names(args.split(' ').map(OsString::from).collect());
        args.iter()
            .map(|arg| arg.to_str().unwrap())
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn two_letter_options_of_downloads() {
        assert_eq!(
            after("d files download a -nc -pv v1"),
            "d files download a --disable-verify-checksums --project-version v1"
        );
        assert_eq!(after("d files download -- -nc"), "d files download -- -nc");
        assert_eq!(after("d files ls -pv"), "d files ls -pv");
    }
}
