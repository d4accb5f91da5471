//! What makes two plans the same question: the digest over all that the answer depends on, what its header says of
//! where it comes from included. So a result that is given again has the right provenance: that of the task that made it,
//! which was asked the very same.

use std::collections::HashMap;

use divbase_contract::plan::EngineChoice;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{plan::Plan, provenance::Provenance, request::Request};

/// To be raised when an engine's answers change.
const GENERATION: u32 = 3;

#[derive(Serialize)]
struct Question<'p> {
    generation: u32,
    version: &'static str,
    engine: &'static str,
    command: String,
    scope: &'static str,
    on_conflict: &'static str,
    output: &'static str,
    merge: Vec<String>,
    /// Key, version, and which of the lists of samples is kept.
    inputs: Vec<(&'p str, &'p str, Option<usize>)>,
    lists: Vec<&'p [String]>,
    groups: &'p [Vec<usize>],
    samples: &'p [String],
    provenance: Vec<String>,
}

/// SHA-256 of the question.
pub(crate) fn digest(plan: &Plan, request: &Request<'_>, table_version: Option<&str>) -> [u8; 32] {
    question(plan, Provenance::of(plan, request, table_version).lines())
}

/// SHA-256 of what is answered, whatever the header says of it: windows that are planned apart have to agree in it.
pub(crate) fn work_digest(plan: &Plan) -> [u8; 32] {
    question(plan, Vec::new())
}

fn question(plan: &Plan, provenance: Vec<String>) -> [u8; 32] {
    // A list is written once, however many files share it.
    let (mut lists, mut places) = (Vec::new(), HashMap::new());
    let inputs = plan
        .inputs
        .iter()
        .map(|input| {
            let file = &input.chosen.file;
            let list = input.chosen.samples.as_deref().map(|samples| {
                *places.entry(samples.as_ptr()).or_insert_with(|| {
                    lists.push(samples);
                    lists.len() - 1
                })
            });
            (file.object_key.as_str(), file.version_id.as_str(), list)
        })
        .collect();
    let question = Question {
        generation: GENERATION,
        version: env!("CARGO_PKG_VERSION"),
        engine: match plan.engine {
            EngineChoice::Auto | EngineChoice::Native => "native",
            EngineChoice::Bcftools => "bcftools",
        },
        command: plan.pipeline.to_string(),
        scope: plan.scope.as_str(),
        on_conflict: plan.rules.conflicts.as_str(),
        output: plan.output.as_str(),
        merge: plan.rules.arguments(),
        inputs,
        lists,
        groups: &plan.decision.groups,
        samples: &plan.samples,
        provenance,
    };
    // Text and numbers: writing them cannot fail.
    let text = serde_json::to_vec(&question).unwrap_or_default();
    Sha256::digest(text).into()
}
