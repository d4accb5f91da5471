//! The page on joining, typed into the deployed functions: from an empty system to two people who share a project and query it.
//! It sets the administrator's password, so that it has a deployment of its own.

use std::fs;

use divbase_services::workspace_root;
use divbase_tests::{
    Outcome,
    bcftools::Bcftools,
    walk::{Walk, steps},
};

use crate::place::read;

#[tokio::test]
async fn the_page_on_joining_works_over_the_deployed_functions() -> Outcome {
    let (api_url, email, password) = (
        read("DIVBASE_API_URL")?,
        read("FIRST_ADMIN_EMAIL")?,
        read("FIRST_ADMIN_PASSWORD")?,
    );
    let page = fs::read_to_string(workspace_root().join("docs/joining.md"))?;
    // The one thing that every installation chooses for itself.
    let steps = steps(&page.replace("admin@example.org", &email));
    assert!(steps.len() > 20, "the page has lost its commands");
    let folder = tempfile::tempdir()?;
    let mut walk = Walk::new(&api_url, folder.path(), "The administrator", &password);
    for step in &steps {
        walk.take(step).await?;
    }
    let bcftools = Bcftools(read("DIVBASE_BCFTOOLS")?.into());
    let records = bcftools.records(&walk.result("Erik")).await?;
    assert_eq!(records.len(), 1, "{records:?}");
    Ok(())
}
