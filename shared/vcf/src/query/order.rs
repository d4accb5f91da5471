//! The order of scaffolds in a joined result: that of the joined header. An input in another order is read
//! scaffold by scaffold through its index.

use std::collections::HashSet;

use crate::bgzf::Format;
use crate::command::Region;
use crate::error::{Error, ErrorKind};
use crate::executor::segment::{Segment, by_scaffold, plan};
use crate::header::Header;
use crate::index::Index;
use crate::reader::{Opened, Span};
use crate::view::{Regions, View};

use super::cursor::Site;
use super::{Input, Scaffolds};

/// Whether the scaffolds that an input is read by, as far as they are known, come in the order of the
/// joined header.
fn is_ordered(view: &View, index: Option<&Index>, joined: &Header) -> bool {
    let scaffolds: Vec<&[u8]> = match (view.regions(), index) {
        (Some(regions), Some(index)) => {
            let known: HashSet<&[u8]> = index.names().collect();
            let names = regions.scaffolds().map(|(name, _)| name);
            names.filter(|name| known.contains(name)).collect()
        }
        (Some(regions), None) => regions.scaffolds().map(|(name, _)| name).collect(),
        (None, Some(index)) => index.names().collect(),
        (None, None) => vec![],
    };
    let ranks = scaffolds.iter().map(|name| joined.contig_index(name));
    ranks.is_sorted()
}

/// Whole scaffolds in the order of the joined header, for an input that must be read by them; `None` if it
/// comes in that order.
///
/// # Errors
/// Declines if the input comes in another order and may not, or cannot, be read scaffold by scaffold.
pub(super) fn whole_scaffolds(
    view: &View,
    opened: &Opened,
    index: Option<&Index>,
    joined: &Header,
    wanted: Scaffolds,
) -> Result<Option<Regions>, Error> {
    if is_ordered(view, index, joined)
        || (wanted == Scaffolds::InHeaderOrder && view.regions().is_some())
    {
        return Ok(None);
    }
    let names =
        index.filter(|_| wanted == Scaffolds::InHeaderOrder && opened.format == Format::Bgzf);
    let names: Option<Vec<String>> = names.and_then(|index| {
        let names = index
            .names()
            .map(|name| String::from_utf8(name.to_vec()).ok());
        names.collect()
    });
    let Some(mut names) = names else {
        let reason =
            "its scaffolds come in another order than in the joined header, which needs sorting";
        return Err(ErrorKind::Declined(reason.to_owned()).into());
    };
    names.sort_by_key(|name| joined.contig_index(name));
    let whole = |contig| Region { contig, span: None };
    let regions: Vec<Region> = names.into_iter().map(whole).collect();
    Ok(Some(Regions::new(&regions)))
}

/// A site before which what is read of an input has no record, if one is known.
pub(super) fn begins(
    segments: &[Segment<'_>],
    input: &Input<'_, impl Sized>,
    joined: &Header,
) -> Option<Site> {
    let first = |name: &[u8]| Some((joined.contig_index(name)?, input.index?.first_base(name)?));
    let regions: Option<Vec<&[u8]>> = segments
        .iter()
        .map(|segment| Some(segment.region?.0))
        .collect();
    match (regions, input.index, &input.context.first) {
        // One that has none is not in the index.
        (Some(names), Some(_), _) => names.into_iter().filter_map(first).min(),
        (None, Some(index), _) => {
            let names: Option<Vec<Site>> = index.names().map(first).collect();
            names?.into_iter().min()
        }
        (None, None, Some((name, position))) => Some((joined.contig_index(name)?, *position)),
        (_, None, _) => None,
    }
}

/// What is read of an input, in the order of the joined header.
pub(super) fn segments<'v>(
    view: &'v View,
    opened: &Opened,
    index: Option<&Index>,
    whole: Option<&'v Regions>,
    joined: &Header,
) -> Vec<Segment<'v>> {
    let mut segments = match whole {
        None => plan(view, opened.format, opened.records, index),
        Some(regions) => {
            let all = Span {
                start: opened.records,
                end: None,
            };
            by_scaffold(regions, opened.format, all, index)
        }
    };
    segments.sort_by_key(|segment| segment.region.map(|(name, _)| joined.contig_index(name)));
    segments
}
