//! The pages, as a browser without a script sees them.

mod administering;
mod choosing;
mod commands;
mod entering;
mod every_page;
mod guarded;
mod in_a_browser;
mod looking;
mod markup;
mod messages;
mod permissions;
mod together;
mod uploads;
mod working;

use divbase_tests::{TestResult, browser::Browser, installation::Installation};

fn browser(installation: &Installation) -> TestResult<Browser> {
    Browser::new(&installation.client, &installation.api_url)
}
