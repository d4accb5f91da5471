//! Metadata queries over the real service: what was written down case by case, tables as people make them, and what must
//! not stop an answer.

mod cases;
mod command_line;
mod handed_over;
mod index;

use divbase_tests::{TestResult, scene::Scene};
use serde_json::Value;

fn texts(value: &Value) -> Vec<&str> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(Value::as_str).collect()
}

/// Uploads VCF files with these samples and indexes them.
async fn index_files(scene: &Scene, files: &[(&str, &[&str])]) -> TestResult {
    for (name, samples) in files {
        scene
            .upload_vcf(name, samples, &[("1", 100), ("2", 50)])
            .await?;
    }
    scene.index().await
}
