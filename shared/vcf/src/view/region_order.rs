//! In which order regions of one stage after another may name scaffolds.

use std::collections::HashSet;

use super::region::Regions;
use crate::error::{Error, ErrorKind};

/// A later stage cannot put scaffolds into another order, since it sees records only once.
pub(super) fn keep_order(
    regions: &Regions,
    number: usize,
    order: &mut Option<Vec<Vec<u8>>>,
) -> Result<(), Error> {
    let wanted: Vec<Vec<u8>> = regions.scaffolds().map(|(name, _)| name.to_vec()).collect();
    if number > 0 && wanted.len() > 1 {
        let mut rest = order.iter().flatten();
        let before: HashSet<&Vec<u8>> = order.iter().flatten().collect();
        let known: Vec<_> = wanted
            .iter()
            .filter(|name| order.is_none() || before.contains(name))
            .collect();
        let kept = order.is_some() && known.iter().all(|name| rest.any(|next| next == *name));
        if !kept {
            return Err(ErrorKind::Declined(
                "-r of a later stage names scaffolds in another order than the records come in"
                    .to_owned(),
            )
            .into());
        }
    }
    *order = Some(wanted);
    Ok(())
}
