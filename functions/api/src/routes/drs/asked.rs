//! A call for an object: who may read the project that the identifier names.

use axum::extract::{FromRequest, FromRequestParts, Request};
use divbase_contract::{ErrorType, drs::DrsId};
use divbase_storage::KeyVersion;
use http::{HeaderMap, Uri};
use serde::Deserialize;

use crate::{
    AppState,
    error::ApiError,
    extract::{Files, Path, Reading, host},
};

#[derive(Deserialize)]
struct ObjectPath {
    object_id: String,
}

/// Somebody who may read a version of a file asks for it.
pub(super) struct Asked {
    pub(super) id: DrsId,
    pub(super) call: Reading<Files>,
    pub(super) headers: HeaderMap,
}

pub(super) fn no_such_object() -> ApiError {
    ApiError::new(
        ErrorType::ObjectDoesNotExist,
        "There is no such object (`object_id`).",
    )
}

impl FromRequest<AppState> for Asked {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        let (mut parts, body) = request.into_parts();
        let Path(ObjectPath { object_id }) = Path::from_request_parts(&mut parts, state).await?;
        let id: DrsId = object_id.parse().map_err(|_| no_such_object())?;
        let headers = parts.headers.clone();
        // Where every other route has the project's name.
        let target = {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.append_pair("project_name", &id.project);
            format!("{}?{}", parts.uri.path(), query.finish())
        };
        parts.uri = target.parse::<Uri>().map_err(ApiError::internal)?;
        let request = Request::from_parts(parts, body);
        let call = Reading::<Files>::from_request(request, state).await?;
        call.may_see([&*id.key])?;
        Ok(Self { id, call, headers })
    }
}

impl Asked {
    /// The version that is meant.
    ///
    /// # Errors
    /// 404 if there is none any more; or the store fails.
    pub(super) async fn version(&self, state: &AppState) -> Result<KeyVersion, ApiError> {
        let bucket = &self.call.project.bucket_name;
        let versions = state.store.versions(bucket, &self.id.key).await?;
        let mut versions = versions.into_iter();
        let wanted = self.id.version_id.as_str();
        let found = versions.find(|version| version.version_id == wanted);
        found.ok_or_else(no_such_object)
    }

    /// `drs://host/id`, of the host that was asked.
    pub(super) fn self_uri(&self) -> String {
        let host = host(&self.headers).unwrap_or("localhost");
        format!("drs://{host}/{}", self.id)
    }
}
