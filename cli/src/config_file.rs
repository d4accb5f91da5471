//! The configuration file: known projects, the default one, and who is logged in where. It holds no secrets.

use std::{collections::BTreeMap, fs, io, path::Path};

use serde::{Deserialize, Serialize};
use serde_yaml_ng::Value;

use crate::{
    failure::{Failure, Outcome},
    files_on_disk::{Privacy, write_atomically},
};

/// Content of the file. Keys that we do not know are kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ConfigFile {
    /// Base URL of the active session.
    #[serde(default)]
    pub logged_in_url: Option<String>,
    /// E-mail address of the active session.
    #[serde(default)]
    pub logged_in_email: Option<String>,
    /// Known projects.
    #[serde(default, deserialize_with = "null_is_default")]
    pub projects: Vec<Project>,
    /// Used when `--project` is absent.
    #[serde(default)]
    pub default_project: Option<String>,
    /// Used when `--download-dir` is absent; `.` is the current folder at run time.
    #[serde(default)]
    pub default_download_dir: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub unknown: BTreeMap<String, Value>,
}

/// A known project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Project {
    /// Its name on the server.
    pub name: String,
    /// Base URL of its server's API.
    pub divbase_url: String,
    /// Everything else.
    #[serde(flatten)]
    pub unknown: BTreeMap<String, Value>,
}

fn null_is_default<'de, D, T>(value: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(value)?.unwrap_or_default())
}

impl ConfigFile {
    /// Reads the file; a missing or empty one is an empty configuration.
    ///
    /// # Errors
    /// If it cannot be read, or is not a YAML mapping of this form.
    pub fn load(path: &Path) -> Outcome<Self> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Failure::io("read the configuration", path, error)),
        };
        Self::parse(&text).map_err(|reason| {
            Failure::Config(format!(
                "the configuration file {} is not understood: {reason}. Mend it, or move it away and start with `divbase-cli config add`.",
                path.display()
            ))
        })
    }

    fn parse(text: &str) -> Result<Self, serde_yaml_ng::Error> {
        Ok(serde_yaml_ng::from_str::<Option<Self>>(text)?.unwrap_or_default())
    }

    /// Writes the file, whole or not at all, with its parent folders.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn save(&self, path: &Path) -> Outcome {
        let text = serde_yaml_ng::to_string(self)
            .map_err(|error| Failure::Config(format!("could not write YAML: {error}")))?;
        write_atomically(path, text.as_bytes(), Privacy::Ordinary)
            .map_err(|error| Failure::io("write the configuration", path, error))
    }

    /// The project of that name.
    #[must_use]
    pub fn project(&self, name: &str) -> Option<&Project> {
        self.projects.iter().find(|project| project.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_and_partial_files_are_tolerated() {
        for text in ["", "# nothing\n", "---\n", "projects:\n"] {
            assert_eq!(ConfigFile::parse(text).unwrap(), ConfigFile::default());
        }
        assert!(ConfigFile::parse("- a list\n").is_err());
    }

    #[test]
    fn unknown_keys_survive_a_write() {
        let text =
            "projects:\n- name: p\n  divbase_url: http://h/api\n  note: mine\nother: {a: 1}\n";
        let config = ConfigFile::parse(text).unwrap();
        let again = ConfigFile::parse(&serde_yaml_ng::to_string(&config).unwrap()).unwrap();
        assert_eq!(config, again);
        assert!(again.unknown.contains_key("other"));
        assert!(again.projects[0].unknown.contains_key("note"));
    }
}
