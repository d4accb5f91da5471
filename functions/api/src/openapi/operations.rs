//! What all operations have in common in the document: a name of their own, and what a caller has to show.

use utoipa::openapi::{
    OpenApi, PathItem,
    path::Operation,
    security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
};

/// The name of the one scheme.
const BEARER: &str = "bearer";

/// Operations that anybody may call. `tests/e2e/permissions.tsv` says the same, and a test compares.
const ANYBODY: &[(&str, &str)] = &[
    ("POST", "/auth/accept-invitation"),
    ("POST", "/auth/confirm-email"),
    ("POST", "/auth/device"),
    ("POST", "/auth/device/token"),
    ("POST", "/auth/forgot-password"),
    ("POST", "/auth/login"),
    ("POST", "/auth/logout"),
    ("POST", "/auth/refresh"),
    ("POST", "/auth/register"),
    ("POST", "/auth/reset-password"),
    ("GET", "/core/announcements"),
    ("GET", "/core/health"),
    ("GET", "/core/ready"),
    ("GET", "/ga4gh/drs/v1/service-info"),
    ("GET", "/htsget/service-info"),
    ("GET", "/htsget/variants/service-info"),
    ("GET", "/indexes/{project_name}/{name}"),
    ("GET", "/public-projects"),
];

/// Operations that anybody may call about a public project, and members about others.
const PUBLIC: &[(&str, &str)] = &[
    ("GET", "/htsget/variants/{project_name}/{path}"),
    ("POST", "/htsget/variants/{project_name}/{path}"),
    ("GET", "/project-versions/list"),
    ("GET", "/project-versions/version_details"),
    ("GET", "/projects/{project_name}/reference"),
    ("GET", "/projects/{project_name}/visibility"),
    ("POST", "/s3/checksums"),
    ("POST", "/s3/download"),
    ("GET", "/s3/info"),
    ("POST", "/s3/list"),
    ("GET", "/vcf-dimensions/projects/{project_name}"),
    ("GET", "/vcf-dimensions/projects/{project_name}/samples"),
    ("GET", "/vcf-dimensions/projects/{project_name}/scaffolds"),
    ("GET", "/vcf-dimensions/projects/{project_name}/statistics"),
    ("GET", "/vcf-dimensions/projects/{project_name}/vcf-files"),
];

/// Names that functions have because of the files that they are in.
const GENERIC: [&str; 4] = ["handler", "one", "show", "set"];

/// Describes them.
pub(super) fn describe(document: &mut OpenApi) {
    let components = document.components.get_or_insert_default();
    let scheme = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(
            "An access token of a session (`POST /auth/login`), a personal access token (`divbase_pat_…`), or, to read, the token of a \
             link (`divbase_shr_…`).",
        ))
        .build();
    components.add_security_scheme(BEARER, SecurityScheme::Http(scheme));
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            operation.operation_id = Some(named(operation, method, path));
            operation.security = Some(security(method, path));
        }
    }
}

pub(super) fn operations(
    item: &mut PathItem,
) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    [
        ("GET", &mut item.get),
        ("POST", &mut item.post),
        ("PUT", &mut item.put),
        ("PATCH", &mut item.patch),
        ("DELETE", &mut item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// The name that its author gave it, or one of method and path: `get_s3_info`, `patch_schedules_by_key`.
fn named(operation: &Operation, method: &str, path: &str) -> String {
    let given = operation.operation_id.as_deref();
    if let Some(given) = given.filter(|name| !GENERIC.contains(name)) {
        return given.to_owned();
    }
    let pieces = path
        .split('/')
        .filter(|piece| !piece.is_empty())
        .map(|piece| {
            let plain = piece.replace(['-', '.'], "_");
            match plain
                .strip_prefix('{')
                .and_then(|name| name.strip_suffix('}'))
            {
                Some(parameter) => format!("by_{parameter}"),
                None => plain,
            }
        });
    let words: Vec<String> = std::iter::once(method.to_lowercase())
        .chain(pieces)
        .collect();
    words.join("_")
}

fn security(method: &str, path: &str) -> Vec<SecurityRequirement> {
    let bearer = SecurityRequirement::new::<_, [&str; 0], &str>(BEARER, []);
    if ANYBODY.contains(&(method, path)) {
        Vec::new()
    } else if PUBLIC.contains(&(method, path)) {
        vec![bearer, SecurityRequirement::default()]
    } else {
        vec![bearer]
    }
}
