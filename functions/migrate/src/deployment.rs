//! What CloudFormation sends to a custom resource, and the answer that it waits for. A call without these fields is
//! a person's and gets no answer but the function's result.

use std::fmt::Display;

use lambda_runtime::Error;
use serde::Deserialize;
use serde_json::{Value, json};

/// The payload of a call.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Event {
    /// `Create`, `Update` or `Delete`.
    request_type: Option<String>,
    /// Where the answer goes.
    #[serde(rename = "ResponseURL")]
    response_url: Option<String>,
    #[serde(default)]
    stack_id: String,
    #[serde(default)]
    request_id: String,
    #[serde(default)]
    logical_resource_id: String,
}

impl Event {
    /// A stack that is deleted leaves the schema as it is.
    pub(crate) fn wants_migration(&self) -> bool {
        self.request_type.as_deref() != Some("Delete")
    }

    /// Tells CloudFormation how it went. Without an answer a deployment would wait for its whole time limit.
    pub(crate) async fn answer<T, E: Display>(&self, outcome: &Result<T, E>) -> Result<(), Error> {
        let Some(url) = &self.response_url else {
            return Ok(());
        };
        // A provider may be installed already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS
            .iter()
            .filter_map(|der| reqwest::Certificate::from_der(der).ok());
        let http = reqwest::Client::builder().tls_certs_only(roots).build()?;
        // The signature of the address covers an empty content type.
        http.put(url)
            .body(self.body(outcome).to_string())
            .send()
            .await?
            .error_for_status()?;
        Ok(())
    }

    fn body<T, E: Display>(&self, outcome: &Result<T, E>) -> Value {
        let (status, reason) = match outcome {
            Ok(_) => ("SUCCESS", String::new()),
            Err(error) => ("FAILED", error.to_string()),
        };
        json!({
            "Status": status,
            "Reason": reason,
            // The same for ever: a new one would make CloudFormation delete an old resource.
            "PhysicalResourceId": "schema",
            "StackId": self.stack_id,
            "RequestId": self.request_id,
            "LogicalResourceId": self.logical_resource_id,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_gets_no_answer_by_mail() {
        let event: Event = serde_json::from_str("{}").unwrap();
        assert!(event.wants_migration());
        assert_eq!(event.response_url, None);
    }

    #[test]
    fn a_failure_stops_the_deployment_and_says_why() {
        let event: Event = serde_json::from_value(json!({
            "RequestType": "Update", "ResponseURL": "https://example.org/x", "StackId": "s", "RequestId": "r",
            "LogicalResourceId": "Migration", "ResourceType": "Custom::Migration",
            "ResourceProperties": {"Release": "2"}
        }))
        .unwrap();
        assert_eq!(
            event.body(&Err::<(), _>("relation exists")),
            json!({"Status": "FAILED", "Reason": "relation exists", "PhysicalResourceId": "schema",
                   "StackId": "s", "RequestId": "r", "LogicalResourceId": "Migration"})
        );
    }

    #[test]
    fn a_deleted_stack_leaves_the_schema() {
        let event: Event =
            serde_json::from_value(json!({"RequestType": "Delete", "ResponseURL": "x"})).unwrap();
        assert!(!event.wants_migration());
    }
}
