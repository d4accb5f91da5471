//! The order of scaffolds in a joined result: that of the joined header. Inputs in another order cannot
//! be joined in one pass.

use crate::error::{Error, ErrorKind};
use crate::header::Header;
use crate::index::Index;
use crate::view::View;

/// Declines if it can be seen that an input does not come in the order of the joined header.
pub(super) fn check(
    name: &str,
    view: &View,
    index: Option<&Index>,
    joined: &Header,
) -> Result<(), Error> {
    let scaffolds: Vec<&[u8]> = match (view.regions(), index) {
        (Some(regions), Some(index)) => regions
            .scaffolds()
            .map(|(name, _)| name)
            .filter(|name| index.names().any(|known| known == *name))
            .collect(),
        (Some(regions), None) => regions.scaffolds().map(|(name, _)| name).collect(),
        (None, Some(index)) => index.names().collect(),
        (None, None) => vec![],
    };
    let ranks = scaffolds.iter().map(|name| joined.contig_index(name));
    if ranks.is_sorted() {
        return Ok(());
    }
    let reason =
        "its scaffolds come in another order than in the joined header, which needs sorting";
    Err(Error::from(ErrorKind::Declined(reason.to_owned())).in_file(name))
}
