//! Statements of a bucket's policy, each known by its `Sid`. Others are left as they are: an operator's, or the template's.

use serde_json::{Value, json};

use crate::{Refusal, StorageError, Store, url_sessions};

const VERSION: &str = "2012-10-17";
const TLS_ONLY: &str = "OnlyEncryptedTransport";
const ENDED_URLS: &str = "EndedUrlSessions";

/// Sessions that a bucket refuses by name. A policy has at most 20 KB (S3 User Guide, bucket policies), and a session takes less
/// than 36 bytes of it.
pub const MOST_REFUSED: usize = 400;

/// Sessions of which a bucket is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RefusedSessions<'a> {
    /// All up to this number, if so many ended.
    pub all_up_to: Option<i64>,
    /// Others, at most [`MOST_REFUSED`].
    pub sessions: &'a [i64],
}

impl RefusedSessions<'_> {
    /// What `aws:userid` of one of them is like: the role's id, a colon, and the session's name.
    fn patterns(&self) -> Vec<String> {
        let up_to = self.all_up_to.iter().flat_map(|last| numbers_up_to(*last));
        let single = self.sessions.iter().map(ToString::to_string);
        up_to
            .chain(single)
            .map(|number| format!("*:{}{number}", url_sessions::NAME))
            .collect()
    }
}

/// Patterns (`?` is any one character) that are those of the numbers from 1 to this one, and of no other number.
fn numbers_up_to(last: i64) -> Vec<String> {
    let digits = last.to_string();
    // All that are shorter.
    let mut patterns: Vec<String> = (1..digits.len()).map(|length| "?".repeat(length)).collect();
    // As long: the same up to a digit, a smaller one there, and any after it.
    for (at, digit) in digits.char_indices() {
        let smallest = if at == 0 { '1' } else { '0' };
        let after = "?".repeat(digits.len() - at - 1);
        let smaller = (smallest..digit).map(|smaller| format!("{}{smaller}{after}", &digits[..at]));
        patterns.extend(smaller);
    }
    patterns.push(digits);
    patterns
}

impl Store {
    /// Has a bucket refuse what is not encrypted on the way.
    pub(crate) async fn insist_on_tls(&self, bucket: &str) -> Result<(), StorageError> {
        // An emulator on this machine speaks plain HTTP.
        if self.is_plain_http {
            return Ok(());
        }
        let condition = json!({"Bool": {"aws:SecureTransport": "false"}});
        self.deny(bucket, TLS_ONLY, &condition).await
    }

    /// Has a bucket refuse whatever these sessions signed, and no others than these.
    ///
    /// # Errors
    /// If the store fails or refuses, for example because it has no policies.
    #[tracing::instrument(name = "store", skip_all, fields(operation = "refuse_url_sessions"))]
    pub async fn refuse_url_sessions(
        &self,
        bucket: &str,
        refused: RefusedSessions<'_>,
    ) -> Result<(), StorageError> {
        let condition = json!({"StringLike": {"aws:userid": refused.patterns()}});
        self.deny(bucket, ENDED_URLS, &condition).await
    }

    /// Puts a statement that denies everybody everything under a condition in the place of the one of this name.
    async fn deny(&self, bucket: &str, sid: &str, condition: &Value) -> Result<(), StorageError> {
        let partition = self.partition();
        let statement = json!({
            "Sid": sid,
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [
                format!("arn:{partition}:s3:::{bucket}"),
                format!("arn:{partition}:s3:::{bucket}/*"),
            ],
            "Condition": condition,
        });
        let current = self.client.get_bucket_policy().bucket(bucket).send().await;
        let current = match current.map_err(|error| StorageError::from_sdk(bucket, error)) {
            Ok(found) => found.policy,
            Err(error) if error.is_refused(Refusal::NoSuchPolicy) => None,
            Err(error) => return Err(error),
        };
        self.client
            .put_bucket_policy()
            .bucket(bucket)
            .policy(with(current.as_deref(), sid, statement)?)
            .send()
            .await
            .map_err(|error| StorageError::from_sdk(bucket, error))?;
        Ok(())
    }
}

/// A policy with a statement in the place of the one of its name.
fn with(policy: Option<&str>, sid: &str, statement: Value) -> Result<String, StorageError> {
    let mut policy: Value = match policy {
        Some(text) => serde_json::from_str(text).map_err(|error| StorageError::Refused {
            code: Refusal::Other("MalformedPolicy".to_owned()),
            message: format!("the bucket's policy cannot be read: {error}"),
        })?,
        None => json!({"Version": VERSION, "Statement": []}),
    };
    let others = match policy["Statement"].take() {
        Value::Array(all) => all,
        Value::Null => Vec::new(),
        one => vec![one],
    };
    let mut statements: Vec<Value> = others
        .into_iter()
        .filter(|other| other["Sid"] != sid)
        .collect();
    statements.push(statement);
    policy["Statement"] = Value::Array(statements);
    Ok(policy.to_string())
}

pub(crate) fn partition(region: &str) -> &'static str {
    match region.split('-').next() {
        Some("cn") => "aws-cn",
        _ if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_is_that_of_its_region() {
        assert_eq!(partition("cn-north-1"), "aws-cn");
        assert_eq!(partition("eu-north-1"), "aws");
        assert_eq!(partition("us-gov-west-1"), "aws-us-gov");
    }

    #[test]
    fn a_statement_takes_the_place_of_its_name_alone() {
        let one = with(None, "Ours", json!({"Sid": "Ours", "Effect": "Deny"})).unwrap();
        let own = json!({"Version": VERSION, "Id": "x", "Statement": {"Sid": "Theirs"}});
        let two = with(Some(&own.to_string()), "Ours", json!({"Sid": "Ours"})).unwrap();
        let three = with(Some(&two), "Ours", json!({"Sid": "Ours", "Effect": "Deny"})).unwrap();
        let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(read(&one)["Version"], VERSION);
        assert_eq!(read(&one)["Statement"].as_array().unwrap().len(), 1);
        assert_eq!(read(&three)["Id"], "x");
        assert_eq!(
            read(&three)["Statement"],
            json!([{"Sid": "Theirs"}, {"Sid": "Ours", "Effect": "Deny"}])
        );
        assert!(with(Some("{"), "Ours", json!({})).is_err());
    }

    /// Whether a number of the same length is like a pattern.
    fn like(pattern: &str, number: &str) -> bool {
        pattern.len() == number.len()
            && pattern
                .bytes()
                .zip(number.bytes())
                .all(|(like, is)| like == b'?' || like == is)
    }

    #[test]
    fn patterns_are_those_of_all_numbers_up_to_the_last_and_no_others() {
        for last in [1, 9, 10, 11, 99, 100, 407, 1_000, 1_999, 2_048] {
            let patterns = numbers_up_to(last);
            for number in 1..=20_000 {
                let text = number.to_string();
                let is_like = patterns.iter().any(|pattern| like(pattern, &text));
                assert_eq!(is_like, number <= last, "{number} up to {last}");
            }
        }
    }

    #[test]
    fn as_many_sessions_as_are_refused_at_a_time_fit_into_a_policy() {
        let refused = RefusedSessions {
            all_up_to: Some(1_999_999_999),
            sessions: &[i64::from(i32::MAX); MOST_REFUSED],
        };
        let names = refused.patterns();
        let length = json!(names).to_string().len();
        assert!(length < 19_000, "{length}");
    }
}
