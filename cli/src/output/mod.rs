//! Everything that users read. Results go to stdout, and everything about how it went to stderr; nothing is wrapped or
//! shortened when stdout is not a terminal.

mod fold;
pub mod size;
pub mod style;
pub mod table;
pub mod time;
mod words;

pub(crate) use words::{done, line, note, warn};

use std::{
    borrow::Cow,
    fmt::Write as _,
    io::{self, IsTerminal, Write},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use indicatif::MultiProgress;

use divbase_contract::field::Password;
use serde::Serialize;

use crate::{
    failure::{Failure, Outcome},
    interrupt::Asking,
};

/// Writes a line to stdout.
///
/// # Errors
/// If nobody reads any more, or the write fails.
pub fn line(text: &str) -> Outcome {
    raw(format!("{text}\n").as_bytes())
}

/// Writes bytes to stdout as they are.
///
/// # Errors
/// As [`line`].
pub fn raw(bytes: &[u8]) -> Outcome {
    above_bars(|| {
        let mut out = io::stdout().lock();
        out.write_all(bytes).and_then(|()| out.flush())
    })
    .map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::ReaderGone,
        _ => Failure::doing("could not write the output")(error),
    })
}

/// Writes a remark to stderr. A closed stderr is no reason to stop.
pub fn note(text: &str) {
    let _ = above_bars(|| writeln!(io::stderr().lock(), "{text}"));
}

/// Writes a remark to stderr; on a terminal, lines are broken between words.
pub fn tell(text: &str) {
    note(&fold::to_terminal(text));
}

/// The bars that are on the screen.
static BARS: Mutex<Option<MultiProgress>> = Mutex::new(None);

/// Tells which bars are on the screen from now on, so that lines are written above them; gives those that were.
pub fn on_screen(bars: Option<MultiProgress>) -> Option<MultiProgress> {
    std::mem::replace(
        &mut *BARS.lock().unwrap_or_else(PoisonError::into_inner),
        bars,
    )
}

fn above_bars<T>(write: impl FnOnce() -> T) -> T {
    let bars = BARS.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match bars {
        Some(bars) => bars.suspend(write),
        None => write(),
    }
}

/// Whether remarks, warnings and progress are left out.
static QUIET: AtomicBool = AtomicBool::new(false);

/// From now on only results and errors are written.
pub fn be_quiet() {
    QUIET.store(true, Ordering::Relaxed);
}

/// Whether [`be_quiet`] was asked for.
#[must_use]
pub fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// Writes a remark to stderr that `--quiet` leaves out.
pub fn remark(text: &str) {
    if !is_quiet() {
        tell(text);
    }
}

/// Writes a warning to stderr.
pub fn warn(text: &str) {
    remark(&format!("{} {text}", style::err_yellow("Warning:")));
}

/// Writes a value as indented JSON.
///
/// # Errors
/// As [`line`].
pub fn json(value: &(impl Serialize + ?Sized)) -> Outcome {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| Failure::Refused(format!("could not write JSON: {error}")))?;
    line(&text)
}

/// Writes the items of a list as JSON, one a line; any other value as one line.
///
/// # Errors
/// As [`line`].
pub fn json_lines(value: &(impl Serialize + ?Sized)) -> Outcome {
    let broken = |error| Failure::Refused(format!("could not write JSON: {error}"));
    let value = serde_json::to_value(value).map_err(broken)?;
    let items = match value {
        serde_json::Value::Array(items) => items,
        other => vec![other],
    };
    let mut text = String::new();
    for item in items {
        let _ = writeln!(text, "{item}");
    }
    raw(text.as_bytes())
}

/// Writes a value as YAML.
///
/// # Errors
/// As [`line`].
pub fn yaml(value: &(impl Serialize + ?Sized)) -> Outcome {
    let text = serde_yaml_ng::to_string(value)
        .map_err(|error| Failure::Refused(format!("could not write YAML: {error}")))?;
    raw(text.as_bytes())
}

/// A name as it can be shown: verbatim, but control characters are escaped so that it cannot drive the terminal.
#[must_use]
pub fn name(text: &str) -> Cow<'_, str> {
    if !text.contains(char::is_control) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        if letter.is_control() {
            let _ = write!(shown, "{}", letter.escape_default());
        } else {
            shown.push(letter);
        }
    }
    Cow::Owned(shown)
}

/// Text of several lines as it can be shown: like [`name`], line breaks and tabs kept.
#[must_use]
pub fn text(text: &str) -> String {
    text.split('\n')
        .map(|line| line.split('\t').map(name).collect::<Vec<_>>().join("\t"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// A word as a shell takes it.
#[must_use]
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,@%=:".contains(c);
    if word.chars().all(plain) && !word.is_empty() {
        return word.to_owned();
    }
    format!("'{}'", name(word).replace('\'', r"'\''"))
}

/// Writes names to stdout, each quoted on a line of its own.
///
/// # Errors
/// As [`line`].
pub fn list(names: impl IntoIterator<Item = impl AsRef<str>>) -> Outcome {
    let mut names = names.into_iter();
    names.try_for_each(|one| line!("- '{}'", name(one.as_ref())))
}

/// Writes names to stderr, each quoted on a line of its own.
pub fn note_list(names: impl IntoIterator<Item = impl AsRef<str>>) {
    for one in names {
        note!("- '{}'", name(one.as_ref()));
    }
}

/// Writes a heading with a colon, and below it one name a line.
///
/// # Errors
/// As [`line`].
pub fn headed(heading: &str, names: &[String]) -> Outcome {
    let mut text = format!("{heading}:\n");
    for one in names {
        text.push_str(&name(one));
        text.push('\n');
    }
    raw(text.as_bytes())
}

/// A list as Python prints it, which scripts around the stock client read.
#[must_use]
pub fn python_list<S: AsRef<str>>(items: &[S]) -> String {
    let quoted: Vec<String> = items
        .iter()
        .map(|item| {
            let shown = name(item.as_ref()).replace('\\', "\\\\");
            if shown.contains('\'') && !shown.contains('"') {
                format!("\"{shown}\"")
            } else {
                format!("'{}'", shown.replace('\'', "\\'"))
            }
        })
        .collect();
    format!("[{}]", quoted.join(", "))
}

/// Asks for yes or no on the terminal or a pipe; no answer means no.
///
/// # Errors
/// If the input ends before an answer.
pub fn confirm(question: &str) -> Outcome<bool> {
    let _asking = Asking::begin();
    raw(format!("{question} [y/N]: ").as_bytes())?;
    Ok(is_yes(&typed()?))
}

/// Asks for yes or no on the terminal that errors go to; no answer means no.
#[must_use]
pub fn confirm_apart(question: &str) -> bool {
    let _asking = Asking::begin();
    let _ = write!(io::stderr().lock(), "{question} [y/N]: ");
    typed().is_ok_and(|answer| is_yes(&answer))
}

/// A line of stdin, with its end.
fn typed() -> Outcome<String> {
    let mut answer = String::new();
    match io::stdin().read_line(&mut answer) {
        Ok(0) | Err(_) => Err(Failure::Aborted),
        Ok(_) => Ok(answer),
    }
}

fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}

/// Asks for a secret: hidden on a terminal, one line from a pipe.
///
/// # Errors
/// If the input ends before an answer.
pub fn secret(question: &str) -> Outcome<String> {
    let _asking = Asking::begin();
    if io::stdin().is_terminal() {
        return rpassword::prompt_password(format!("{question}: ")).map_err(|_| Failure::Aborted);
    }
    Ok(typed()?.trim_end_matches(['\n', '\r']).to_owned())
}

/// Asks for a new password: twice on a terminal, one line from a pipe.
///
/// # Errors
/// If the input ends before an answer, the two differ, or it is out of bounds.
pub fn new_password(question: &str) -> Outcome<Password> {
    let password = secret(question)?;
    if io::stdin().is_terminal() && secret("Enter it again")? != password {
        return Err(Failure::Auth("the two passwords differ.".to_owned()));
    }
    Password::try_from(password)
        .map_err(|error| Failure::Auth(format!("this password is not accepted: {error}.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_drive_the_terminal() {
        assert_eq!(name("[bold]x.tsv"), "[bold]x.tsv");
        assert_eq!(name("a\u{1b}[31mb\n"), "a\\u{1b}[31mb\\n");
        assert_eq!(text("a\tb\nc\u{7}"), "a\tb\nc\\u{7}");
    }

    #[test]
    fn lists_look_like_python() {
        assert_eq!(python_list::<&str>(&[]), "[]");
        assert_eq!(
            python_list(&["S1", "it's", "a\"b'c"]),
            r#"['S1', "it's", 'a"b\'c']"#
        );
    }
}
