//! Statements of a bucket's policy, each known by its `Sid`. Others are left as they are: an operator's, or the template's.

use serde_json::{Value, json};

use crate::{Refusal, StorageError, Store, url_sessions};

const VERSION: &str = "2012-10-17";
const TLS_ONLY: &str = "OnlyEncryptedTransport";
const ENDED_URLS: &str = "EndedUrlSessions";

/// Sessions that a bucket refuses at a time. A policy has at most 20 KB (S3 User Guide, bucket policies), and a session takes less
/// than 36 bytes of it.
pub const MOST_REFUSED: usize = 400;

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
        sessions: &[i64],
    ) -> Result<(), StorageError> {
        // `aws:userid` of a session is the role's id, a colon, and the session's name.
        let names: Vec<String> = sessions
            .iter()
            .map(|session| format!("*:{}", url_sessions::name(*session)))
            .collect();
        let condition = json!({"StringLike": {"aws:userid": names}});
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
            Err(StorageError::Refused {
                code: Refusal::NoSuchPolicy,
                ..
            }) => None,
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

    #[test]
    fn as_many_sessions_as_are_refused_at_a_time_fit_into_a_policy() {
        let names: Vec<String> = (0..MOST_REFUSED)
            .map(|_| format!("*:{}", url_sessions::name(i64::from(i32::MAX))))
            .collect();
        assert!(json!(names).to_string().len() < 18_000);
    }
}
