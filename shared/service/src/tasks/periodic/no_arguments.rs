//! What tasks are given that need to be told nothing.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// No arguments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoArguments {}
