//! Files are indexed by themselves: uploads, deletions and restores are followed, and nothing that happens to a worker
//! or to a message loses one.

mod followed;
mod interrupted;

use divbase_tests::{TestResult, scene::Scene};

/// Uploads a small file with these samples.
async fn upload(scene: &Scene, name: &str, samples: &[&str]) -> TestResult {
    scene
        .upload_vcf(name, samples, &[("1", 100), ("1", 200)])
        .await
}
