//! Buckets of projects that the service makes: their names, and what is left of those that were not finished.

use std::{fmt, str::FromStr};

use chrono::{Duration, Utc};
use divbase_contract::field::ProjectName;
use uuid::Uuid;

use crate::AppState;

/// Longest name of a bucket, characters (S3 User Guide, bucket naming rules).
const LONGEST: usize = 63;
/// Random hexadecimal digits at a bucket's end: names are shared by all accounts of AWS.
const RANDOM: usize = 12;
/// A request ends long before; what is older belongs to nobody any more.
const ABANDONED: Duration = Duration::minutes(15);

/// How the names of projects' buckets begin: 3 to 30 lower-case letters, digits and hyphens, a hyphen last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketPrefix(String);

impl Default for BucketPrefix {
    fn default() -> Self {
        Self("divbase-".to_owned())
    }
}

impl FromStr for BucketPrefix {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let fits = (3..=30).contains(&text.len())
            && text.chars().all(plain)
            && !text.starts_with('-')
            && text.ends_with('-');
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err("use 3 to 30 lower-case letters, digits and hyphens, a hyphen last")
        }
    }
}

impl fmt::Display for BucketPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl BucketPrefix {
    /// A new bucket's name, which says what project it belongs to as far as buckets' names can.
    pub(crate) fn bucket_for(&self, project: &ProjectName) -> String {
        let room = LONGEST - self.0.len() - RANDOM - 1;
        let mut readable = String::new();
        for c in project.as_str().chars() {
            match c.to_ascii_lowercase() {
                c if c.is_ascii_lowercase() || c.is_ascii_digit() => readable.push(c),
                _ if readable.ends_with('-') || readable.is_empty() => {}
                _ => readable.push('-'),
            }
        }
        readable.truncate(room);
        let random = &Uuid::new_v4().simple().to_string()[..RANDOM];
        match readable.trim_end_matches('-') {
            "" => format!("{self}project-{random}"),
            readable => format!("{self}{readable}-{random}"),
        }
    }
}

/// Removes the buckets of creations that were interrupted. What cannot be removed now is tried again next time.
pub(crate) async fn remove_abandoned(state: &AppState) {
    let abandoned = match state.db.unfinished_buckets(Utc::now() - ABANDONED).await {
        Ok(abandoned) => abandoned,
        Err(error) => {
            tracing::warn!(%error, "abandoned buckets could not be looked for");
            return;
        }
    };
    for bucket in abandoned {
        remove(state, &bucket).await;
    }
}

/// Removes a bucket whose project was not made. The note that it exists is kept until it is gone.
pub(crate) async fn remove(state: &AppState, bucket: &str) {
    if let Err(error) = state.store.remove_bucket(bucket).await {
        tracing::warn!(%error, bucket, "a project's bucket is left behind; it will be removed later");
        return;
    }
    if let Err(error) = state.db.forget_unfinished_bucket(bucket).await {
        tracing::warn!(%error, bucket, "a bucket is gone and still noted");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_have_names_that_the_store_takes() {
        let longest: BucketPrefix = "a23456789012345678901234567-".parse().unwrap();
        for prefix in [BucketPrefix::default(), longest] {
            for project in [
                "herring",
                "Åland..2026",
                "åäö",
                "a-very-long-name-of-a-project-that-goes-on-and-on-and-on-and-on",
            ] {
                let name = prefix.bucket_for(&project.parse().unwrap());
                assert!(name.len() <= LONGEST, "{name}");
                assert!(name.starts_with(&prefix.0), "{name}");
                assert!(!name.contains("--"), "{name}");
                let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
                assert!(name.chars().all(plain), "{name}");
            }
        }
        assert!("Divbase-".parse::<BucketPrefix>().is_err());
        assert!("divbase".parse::<BucketPrefix>().is_err());
    }
}
