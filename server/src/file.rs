//! The file of settings: TOML, `NAME = value` a line, with the names of the environment.

use std::{collections::BTreeMap, path::Path};

use crate::{ServerError, settings};

/// Longest file that is read, bytes.
const LONGEST: u64 = 1 << 20;

/// Reads a file; a name that no setting has is refused.
///
/// # Errors
/// If it cannot be read or is not what it should be. The message never holds a value.
pub fn read(path: &Path) -> Result<BTreeMap<String, String>, ServerError> {
    let failed = |reason: String| ServerError::File {
        path: path.to_owned(),
        reason,
    };
    let size = std::fs::metadata(path).map_err(|error| failed(error.to_string()))?;
    if size.len() > LONGEST {
        return Err(failed(format!("it has more than {LONGEST} bytes")));
    }
    let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    parse(&text).map_err(failed)
}

fn parse(text: &str) -> Result<BTreeMap<String, String>, String> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        // Its own text would quote the line, and with it a secret.
        let line = error.span().map(|span| {
            let before = text.get(..span.start).unwrap_or(text);
            before.matches('\n').count() + 1
        });
        match line {
            Some(line) => format!("line {line}: {}", error.message()),
            None => error.message().to_owned(),
        }
    })?;
    table
        .into_iter()
        .map(|(name, value)| {
            if settings::find(&name).is_none() {
                return Err(format!(
                    "there is no setting {name}; `divbase-server settings` lists all"
                ));
            }
            let value = match value {
                toml::Value::String(text) => text,
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Float(number) => number.to_string(),
                toml::Value::Boolean(yes) => yes.to_string(),
                toml::Value::Datetime(_) | toml::Value::Array(_) | toml::Value::Table(_) => {
                    return Err(format!("{name}: use a text, a number, or true or false"));
                }
            };
            Ok((name, value))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_what_the_environment_would_hold() {
        let text = "DATABASE_URL = 'postgres://db/divbase'\nTASK_LEASE_SECONDS = 30\nDIVBASE_HEAVY_WORKERS = true\n";
        let read = parse(text).unwrap();
        let wanted = [
            ("DATABASE_URL", "postgres://db/divbase"),
            ("DIVBASE_HEAVY_WORKERS", "true"),
            ("TASK_LEASE_SECONDS", "30"),
        ];
        let read: Vec<(&str, &str)> = read
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(read, wanted);
    }

    #[test]
    fn what_is_wrong_is_named_without_its_value() {
        for (text, wanted) in [
            ("DATABASE_URI = 'secret'", "DATABASE_URI"),
            ("DATABASE_URL = ['secret']", "DATABASE_URL"),
            ("[api]\nDATABASE_URL = 'secret'", "api"),
            ("LOG_LEVEL = 'info'\nJWT_SECRET_KEY = 'secret", "line 2"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(wanted), "{error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
