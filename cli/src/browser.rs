//! Opening a page for whoever sits at this machine. On a cluster nobody does.

use std::{
    env,
    io::{IsTerminal, stderr},
    process::{Command, Stdio},
};

use reqwest::Url;

/// Opens an http(s) address if there is a display; tells whether it tried. No shell reads the address.
pub fn open(url: &Url) -> bool {
    if !stderr().is_terminal() || !has_display() {
        return false;
    }
    Command::new(OPENER)
        .arg(url.as_str())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .is_ok()
}

#[cfg(target_os = "macos")]
const OPENER: &str = "open";
#[cfg(not(target_os = "macos"))]
const OPENER: &str = "xdg-open";

fn has_display() -> bool {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    // Whoever came by ssh sits elsewhere, even if programs of theirs are shown there.
    let came_by_net = is_set("SSH_CONNECTION") || is_set("SSH_TTY");
    let shows = cfg!(target_os = "macos") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
    shows && !came_by_net
}
