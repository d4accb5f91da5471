//! Errors of columns, and types that a header does not declare.

use super::bytes::{Fault, Kind};
use crate::header::Type;
use crate::record::RecordError;

/// Names the column or tag of a fault.
pub(super) fn in_column<N: AsRef<[u8]> + ?Sized>(name: &N) -> impl Fn(Fault) -> RecordError + '_ {
    move |reason| RecordError::Field {
        column: String::from_utf8_lossy(name.as_ref()).into_owned(),
        reason: reason.to_owned(),
    }
}

/// Declines values that are stored in another type than the header declares where their text would be read differently.
pub(super) fn check_kind(
    column: &str,
    name: &[u8],
    declared: Option<Type>,
    kind: Kind,
) -> Result<(), RecordError> {
    let fits = match declared {
        _ if kind == Kind::Null => true,
        _ if name == b"GT" && column == "FORMAT" => kind.is_integer(),
        Some(Type::Integer) => kind.is_integer(),
        Some(Type::Float) => kind == Kind::Float,
        Some(Type::String | Type::Flag) | None => kind != Kind::Float,
    };
    if fits {
        return Ok(());
    }
    let name = String::from_utf8_lossy(name);
    Err(RecordError::Declined(format!(
        "{column} {name} is stored in another type than the header declares"
    )))
}
