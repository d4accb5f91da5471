//! What operations answer besides what their routes say: the answers of the layers around them and of what reads the caller,
//! the project and the body.

use divbase_contract::{ErrorBody, htsget::HTSGET_TYPE};
use utoipa::{
    ToSchema,
    openapi::{
        ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder,
        path::{Operation, PathItem},
        security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};

/// The name of the one way to say who calls.
const BEARER: &str = "bearer";
/// How the paths of tickets begin.
const TICKETS: &str = "/htsget/variants/{";
/// Operations for everybody: their paths, or how these begin.
const OPEN: [&str; 16] = [
    "/core/",
    "/auth/accept-invitation",
    "/auth/confirm-email",
    "/auth/device",
    "/auth/forgot-password",
    "/auth/login",
    "/auth/logout",
    "/auth/refresh",
    "/auth/register",
    "/auth/reset-password",
    "/ga4gh/drs/v1/service-info",
    "/htsget/service-info",
    "/htsget/variants/service-info",
    "/indexes/",
    "/public-projects",
    "/openapi.json",
];

/// Completes the answers of every operation, and says which of them need a token.
pub(super) fn complete(document: &mut OpenApi) {
    let scheme = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An access token, or a personal access token."))
        .build();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(BEARER, SecurityScheme::Http(scheme));
    for (path, item) in &mut document.paths.paths {
        let is_open = is_open(path);
        for operation in operations(item) {
            if !is_open {
                let bearer = SecurityRequirement::new(BEARER, Vec::<String>::new());
                operation.security = Some(vec![bearer]);
            }
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

fn is_open(path: &str) -> bool {
    // Of the sessions of somebody only somebody can speak.
    path != "/auth/logout-everywhere" && OPEN.iter().any(|open| path.starts_with(open))
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [
        &mut item.get,
        &mut item.put,
        &mut item.post,
        &mut item.delete,
        &mut item.patch,
    ]
    .into_iter()
    .flatten()
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
        answers.push(("413", "The body is too large."));
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
    let mut response = ResponseBuilder::new().description(means).build();
    match content {
        Some(content) => response.content = content.clone(),
        None => {
            let body = ContentBuilder::new()
                .schema(Some(Ref::from_schema_name(ErrorBody::name())))
                .build();
            response
                .content
                .insert("application/json".to_owned(), RefOr::T(body));
        }
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
        assert!(document["paths"]["/auth/login"]["post"]["security"].is_null());
        assert!(document["paths"]["/auth/logout-everywhere"]["post"]["security"].is_array());
        let ticket = responses("/htsget/variants/{project_name}/{path}", "get");
        let body = ticket["429"]["content"].as_object().unwrap();
        assert!(
            body.values()
                .all(|content| content["schema"]["$ref"] == "#/components/schemas/NoTicketAnswer")
        );
    }
}
