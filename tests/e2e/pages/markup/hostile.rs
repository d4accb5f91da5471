//! Texts that would do something if a page took them for a part of itself.

/// Texts that somebody chooses and a page shows, by what they are. (`program` stands in the answer of a form alone.)
pub(super) const NAMES: [&str; 26] = [
    "about",
    "address",
    "announcement",
    "answer",
    "argument",
    "column",
    "content",
    "failure",
    "file",
    "folder",
    "header",
    "letter",
    "message",
    "organisation",
    "pause",
    "person",
    "position",
    "purpose",
    "reason",
    "record",
    "sample",
    "scaffold",
    "token",
    "value",
    "version",
    "wish",
];

/// Such a text. It ends a text, an attribute in either quotes and an element, opens others, and has a template's braces. It has no
/// slash, because folders are told apart by those, and no blank where VCF has none; an address is short.
pub(super) fn hostile(name: &str) -> String {
    match name {
        "address" | "header" | "record" | "sample" | "scaffold" => {
            format!("{name}'><script>{name}(){{{{7*7}}}}")
        }
        // Of a file that is none of ours, 24 bytes are told.
        "content" => format!("'><script>{name}()"),
        // It stands within the quotes of an expression.
        "argument" => format!("{name}><script>{name}()<img src=x onerror={name}()>{{{{7*7}}}}"),
        _ => format!("{name}'\"><script>{name}()<img src=x onerror={name}()>{{{{7*7}}}}"),
    }
}
