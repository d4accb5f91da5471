//! The document as the code describes itself, which `make openapi` commits.

use divbase_contract::{
    API_PREFIX, Detail, ErrorBody, history::TaskHistoryItem, tasks::TaskFailure,
};
use divbase_service::described_tasks;
use divbase_telemetry::Environment;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        InfoBuilder, ObjectBuilder, OpenApi, Ref, RefOr, Schema, ServerBuilder,
        schema::{AnyOfBuilder, Type},
    },
};

use super::{answers, bounds, operations};
use crate::{described::Descriptions, routes, routes::htsget::TICKET_PATHS};

fn describe(mut document: OpenApi) -> OpenApi {
    document.info = InfoBuilder::new()
        .title("DivBase")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "VCF files and sample metadata of biodiversity projects, queried together.",
        ))
        .build();
    describe_tasks(&mut document);
    bounds::unite(&mut document);
    // The rest of a path is one parameter.
    let [routed, described] = TICKET_PATHS;
    if let Some(tickets) = document.paths.paths.remove(routed) {
        document.paths.paths.insert(described.to_owned(), tickets);
    }
    operations::describe(&mut document);
    answers::complete(&mut document);
    document.servers = Some(vec![ServerBuilder::new().url(API_PREFIX).build()]);
    document
}

/// Arguments and results in task history are those of the registered tasks, or the failure. Refusals name their schema alone.
fn describe_tasks(document: &mut OpenApi) {
    let components = document.components.get_or_insert_default();
    let (mut kwargs, mut result) = (AnyOfBuilder::new(), AnyOfBuilder::new());
    for task in described_tasks().into_schemas() {
        kwargs = kwargs.item(Ref::from_schema_name(task.kwargs));
        result = result.item(Ref::from_schema_name(task.result));
        components.schemas.extend(task.all);
    }
    components.schemas.extend([
        (TaskFailure::name().into_owned(), TaskFailure::schema()),
        (ErrorBody::name().into_owned(), ErrorBody::schema()),
        (Detail::name().into_owned(), Detail::schema()),
    ]);
    let null = || ObjectBuilder::new().schema_type(Type::Null);
    kwargs = kwargs.item(null());
    result = result
        .item(Ref::from_schema_name(TaskFailure::name()))
        .item(null());
    let item = components.schemas.get_mut(&*TaskHistoryItem::name());
    if let Some(RefOr::T(Schema::Object(item))) = item {
        let fields = [("kwargs", kwargs.build()), ("result", result.build())];
        for (field, schema) in fields {
            item.properties
                .insert(field.to_owned(), RefOr::T(Schema::AnyOf(schema)));
        }
    }
}

/// The document of all routes, development ones included.
#[must_use]
pub fn document() -> OpenApi {
    document_of(Environment::Test)
}

/// The document of the routes of an environment.
pub(crate) fn document_of(environment: Environment) -> OpenApi {
    let (_, descriptions) = routes::all::<Descriptions>(environment).into_parts();
    describe(descriptions.document())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of a task that users do not submit the arguments are null, and a task that has not ended has no result.
    #[test]
    fn arguments_and_results_in_history_may_be_null() {
        let document = serde_json::to_value(document()).unwrap();
        let item = &document["components"]["schemas"]["TaskHistoryItem"]["properties"];
        for field in ["kwargs", "result"] {
            let any_of = item[field]["anyOf"].as_array().unwrap();
            let null = any_of.iter().filter(|schema| schema["type"] == "null");
            assert_eq!(null.count(), 1, "{field}");
        }
    }

    /// A deployed system can learn of people, and has none of the development routes.
    #[test]
    fn people_can_join_a_deployed_system() {
        let paths = document_of(Environment::Deployed).paths.paths;
        for path in [
            "/users",
            "/users/{user_id}",
            "/invitations",
            "/projects",
            "/projects/{project_name}/members",
            "/projects/{project_name}/invitations",
            "/auth/accept-invitation",
            "/auth/change-password",
            "/auth/pats",
        ] {
            assert!(paths.contains_key(path), "{path} is missing");
        }
        let administration: Vec<&String> = paths
            .keys()
            .filter(|path| path.starts_with("/admin"))
            .collect();
        assert_eq!(administration, ["/admin/test-email/{email_to}"]);
    }
}
