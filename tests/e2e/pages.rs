//! The pages, as a browser without a script sees them.

mod entering;
mod guarded;

use divbase_tests::{TestResult, browser::Browser, installation::Installation};

fn browser(installation: &Installation) -> TestResult<Browser> {
    Browser::new(&installation.client, &installation.api_url)
}
