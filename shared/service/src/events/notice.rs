//! What a bucket says: reading the body of a message about object events.

use divbase_contract::limits::KEY_MAX_BYTES;
use percent_encoding::percent_decode_str;
use serde::Deserialize;

/// What a message is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    /// These files changed: bucket and key.
    Changed(Vec<(String, String)>),
    /// The store tries whether it can send.
    Test,
    /// Nothing that a bucket says.
    Foreign(String),
}

#[derive(Deserialize)]
struct Body {
    #[serde(rename = "Records")]
    records: Option<Vec<Record>>,
    #[serde(rename = "Event")]
    event: Option<String>,
}

#[derive(Deserialize)]
struct Record {
    s3: Place,
}

#[derive(Deserialize)]
struct Place {
    bucket: Bucket,
    object: Object,
}

#[derive(Deserialize)]
struct Bucket {
    name: String,
}

#[derive(Deserialize)]
struct Object {
    key: String,
}

impl Notice {
    /// Reads a body. Of changed objects those count whose name the database can hold.
    pub(crate) fn parse(body: &str) -> Self {
        let body: Body = match serde_json::from_str(body) {
            Ok(body) => body,
            Err(error) => return Self::Foreign(error.to_string()),
        };
        match (body.records, body.event) {
            (Some(records), _) => {
                let files = records.into_iter().map(|record| {
                    let key = plain(&record.s3.object.key);
                    (record.s3.bucket.name, key)
                });
                let mut files: Vec<(String, String)> = files
                    .filter(|(_, key)| {
                        !key.contains('\0') && (1..=KEY_MAX_BYTES).contains(&key.len())
                    })
                    .collect();
                files.sort();
                files.dedup();
                Self::Changed(files)
            }
            (None, Some(event)) if event == "s3:TestEvent" => Self::Test,
            (None, _) => Self::Foreign("it has no records".to_owned()),
        }
    }
}

/// A key as it is: events encode it as forms are, a space as `+`. What is no code stays.
fn plain(encoded: &str) -> String {
    let spaced = encoded.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(keys: &[(&str, &str)]) -> String {
        let records: Vec<_> = keys
            .iter()
            .map(|(bucket, key)| {
                serde_json::json!({"eventSource": "aws:s3", "eventName": "ObjectCreated:Put",
                    "s3": {"bucket": {"name": bucket}, "object": {"key": key, "size": 1}}})
            })
            .collect();
        serde_json::json!({ "Records": records }).to_string()
    }

    #[test]
    fn changed_files_are_named_once() {
        let body = event(&[
            ("herring", "a.vcf.gz"),
            ("herring", "b.vcf.gz"),
            ("herring", "a.vcf.gz"),
            ("cod", "result_of_job_1.vcf.gz"),
            ("cod", "result_of_job_1.log"),
            ("eel", "sub/c+d%2Be%C3%A5.vcf.gz"),
            ("eel", "%00.vcf.gz"),
        ]);
        let files = [
            ("cod", "result_of_job_1.log"),
            ("cod", "result_of_job_1.vcf.gz"),
            ("eel", "sub/c d+eå.vcf.gz"),
            ("herring", "a.vcf.gz"),
            ("herring", "b.vcf.gz"),
        ];
        let files = files.map(|(bucket, key)| (bucket.to_owned(), key.to_owned()));
        assert_eq!(Notice::parse(&body), Notice::Changed(files.to_vec()));
        assert_eq!(plain("sub/c+d%2Be%C3%A5.vcf%2"), "sub/c d+eå.vcf%2");
    }

    #[test]
    fn what_is_no_event_is_told_apart() {
        let test = r#"{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"herring"}"#;
        assert_eq!(Notice::parse(test), Notice::Test);
        for body in [
            "",
            "7",
            "{}",
            r#"{"Records":[{}]}"#,
            r#"{"version":1,"task_id":7}"#,
        ] {
            assert!(matches!(Notice::parse(body), Notice::Foreign(_)), "{body}");
        }
    }
}
