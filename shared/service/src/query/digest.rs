//! What makes two plans the same question: the digest over all that the answer depends on.

use divbase_contract::plan::EngineChoice;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::plan::Plan;

/// To be raised when an engine's answers change.
const GENERATION: u32 = 1;

#[derive(Serialize)]
struct Question<'p> {
    generation: u32,
    version: &'static str,
    engine: &'static str,
    command: String,
    scope: &'static str,
    on_conflict: &'static str,
    inputs: Vec<(&'p str, &'p str, Option<&'p [String]>)>,
    groups: &'p [Vec<usize>],
    samples: &'p [String],
}

/// SHA-256 of the question.
pub(crate) fn digest(plan: &Plan) -> [u8; 32] {
    let question = Question {
        generation: GENERATION,
        version: env!("CARGO_PKG_VERSION"),
        engine: match plan.engine {
            EngineChoice::Auto | EngineChoice::Native => "native",
            EngineChoice::Bcftools => "bcftools",
        },
        command: plan.pipeline.to_string(),
        scope: plan.scope.as_str(),
        on_conflict: plan.on_conflict.as_str(),
        inputs: plan
            .inputs
            .iter()
            .map(|input| {
                let file = &input.chosen.file;
                let samples = input.chosen.samples.as_deref();
                (file.object_key.as_str(), file.version_id.as_str(), samples)
            })
            .collect(),
        groups: &plan.decision.groups,
        samples: &plan.samples,
    };
    // Text and numbers: writing them cannot fail.
    let text = serde_json::to_vec(&question).unwrap_or_default();
    Sha256::digest(text).into()
}
