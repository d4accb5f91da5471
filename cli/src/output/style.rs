//! Colours, on terminals that want them.

use std::{
    env,
    io::{self, IsTerminal},
};

fn wanted(terminal: bool) -> bool {
    if env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        return false;
    }
    terminal || env::var_os("FORCE_TERMINAL").is_some_and(|value| value == "1")
}

fn out(code: &str, text: &str) -> String {
    paint(wanted(io::stdout().is_terminal()), code, text)
}

fn err(code: &str, text: &str) -> String {
    paint(wanted(io::stderr().is_terminal()), code, text)
}

fn paint(on: bool, code: &str, text: &str) -> String {
    if on {
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}

macro_rules! styles {
    ($($(#[$doc:meta])* $name:ident = $stream:ident $code:literal;)*) => {
        $($(#[$doc])*
        #[must_use]
        pub fn $name(text: &str) -> String {
            $stream($code, text)
        })*
    };
}

styles! {
    /// Bold on stdout.
    bold = out "1";
    /// Folders on stdout.
    bold_blue = out "1;34";
    /// Good news on stdout.
    green = out "32";
    /// Attention on stdout.
    yellow = out "33";
    /// Bad news on stdout.
    red = out "31";
    /// In progress on stdout.
    blue = out "34";
    /// Cancelled on stdout.
    magenta = out "35";
    /// Bad news on stderr.
    err_red = err "1;31";
    /// Attention on stderr.
    err_yellow = err "33";
    /// Side remarks on stderr.
    err_dim = err "2";
}
