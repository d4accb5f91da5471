//! What operations answer besides what their routes say: the answers of the layers around them and of what reads the caller,
//! the project and the body.

use divbase_contract::htsget::HTSGET_TYPE;
use utoipa::openapi::{OpenApi, RefOr, Response, path::Operation};

use super::{operations::operations, refuses::in_envelope};

/// How the paths of tickets begin.
const TICKETS: &str = "/htsget/variants/{";
/// Completes the answers of every operation, of which it is known whether it needs a token.
pub(super) fn complete(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        for (_, operation) in operations(item) {
            let is_open = operation.security.as_ref().is_some_and(Vec::is_empty);
            if path.starts_with(TICKETS) {
                as_tickets(operation);
            }
            for (status, means) in answers(path, operation, is_open) {
                let error = error(operation, means);
                operation
                    .responses
                    .responses
                    .entry(status.to_owned())
                    .or_insert(error);
            }
        }
    }
}

/// Tickets, and refusals of one, have a media type of their own.
fn as_tickets(operation: &mut Operation) {
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response
            && let Some(body) = response.content.shift_remove("application/json")
        {
            response.content.insert(HTSGET_TYPE.to_owned(), body);
        }
    }
}

/// Statuses, and what they mean.
fn answers(path: &str, operation: &Operation, is_open: bool) -> Vec<(&'static str, &'static str)> {
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    let has_body = operation.request_body.is_some();
    let is_of_project = parameters.iter().any(|parameter| match parameter {
        RefOr::T(parameter) => parameter.name == "project_name",
        RefOr::Ref(_) => false,
    });
    let mut answers = vec![
        ("400", "The client is older than the service takes."),
        (
            "429",
            "There were too many requests; `Retry-After` says when to come back.",
        ),
        (
            "500",
            "A fault of the service. `X-Request-ID` names the request.",
        ),
        (
            "503",
            "The service is too busy to answer; `Retry-After` says when to come back.",
        ),
    ];
    if !is_open {
        answers.push(("401", "The token is missing, not valid or has expired."));
        answers.push(("403", "The caller may not do that."));
    }
    if is_of_project || path.contains('{') {
        answers.push((
            "404",
            "There is no such thing, or none that the caller may know of.",
        ));
    }
    if !parameters.is_empty() {
        answers.push(("414", "The address is too long."));
    }
    if has_body || !parameters.is_empty() {
        answers.push(("422", "A value does not fit; the text names the field."));
    }
    if has_body {
        answers.push(("408", "The body did not arrive in time."));
        answers.push((
            "413",
            "The body is too large, or there is no room for what it asks.",
        ));
    }
    answers
}

/// The answer in the form that the operation's other refusals have.
fn error(operation: &Operation, means: &str) -> RefOr<Response> {
    let known = operation.responses.responses.iter();
    let known = known.filter(|(status, _)| status.starts_with('4'));
    let content = known
        .filter_map(|(_, response)| match response {
            RefOr::T(response) => Some(&response.content),
            RefOr::Ref(_) => None,
        })
        .find(|content| !content.is_empty());
    let mut response = in_envelope(means);
    if let Some(content) = content {
        response.content = content.clone();
    }
    RefOr::T(response)
}

#[cfg(test)]
mod tests {
    use super::super::document;

    #[test]
    fn every_operation_says_how_it_refuses() {
        let document = serde_json::to_value(document()).unwrap();
        let responses = |path: &str, method: &str| &document["paths"][path][method]["responses"];
        let copy = responses("/s3/copy", "post");
        for status in ["400", "401", "403", "404", "408", "413", "422", "429"] {
            let body = &copy[status]["content"]["application/json"]["schema"]["$ref"];
            assert_eq!(body, "#/components/schemas/ErrorBody", "{status}");
        }
        let login = responses("/auth/login", "post");
        assert!(login["403"].is_null() && login["401"].is_object());
        let security = &document["paths"]["/auth/login"]["post"]["security"];
        assert_eq!(*security, serde_json::json!([]));
        let ticket = responses("/htsget/variants/{project_name}/{path}", "get");
        let body = ticket["429"]["content"].as_object().unwrap();
        assert!(
            body.values()
                .all(|content| content["schema"]["$ref"] == "#/components/schemas/NoTicketAnswer")
        );
    }
}
