//! Cutting a request into windows that follow each other in the order of its result, by what the indexes say lies where,
//! and putting the indexes of what the windows gave together. Reads no record.

use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::bcf::Numbering;
use crate::bgzf::Format;
use crate::error::{Error, ErrorKind};
use crate::executor::{Encoding, Window};
use crate::index::Index;

use super::Request;
use super::prepare::Prepared;

/// Where a window begins, and the one before it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edge {
    /// The scaffold.
    pub scaffold: String,
    /// The first POS of the window that begins here, 1-based; 0 for the telomere.
    pub pos: u64,
}

/// How large windows are to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// So many compressed bytes are read for each, about, but no more windows than this.
    Bytes {
        /// Of one window.
        each: u64,
        /// Windows.
        most: usize,
    },
    /// So many, of about as many intervals of the index each; fewer if it does not have as many.
    Windows(usize),
}

/// A smallest interval of the indexes in which records begin.
struct Interval {
    /// Its scaffold, by place in the order of the result.
    scaffold: usize,
    /// Its first base, 0-based.
    first: u64,
    /// What lies there, all inputs together.
    weight: u64,
}

/// The edges between windows of about this size, in the order of the result; none if one window is all. A request is not
/// cut if an input has no index, or if it cannot be answered in windows.
///
/// # Errors
/// If the request does not fit its files, or is for bcftools to decide.
pub fn edges<S>(request: &Request<'_, S>, aim: Aim) -> Result<Vec<Edge>, Error> {
    let prepared = Prepared::new(request)?;
    if !prepared.is_divisible() || !is_indexed(request) {
        return Ok(Vec::new());
    }
    let order = order(request, &prepared);
    let Some(names) = readable(&order) else {
        return Ok(Vec::new());
    };
    let intervals = intervals(request, &prepared, &order, aim);
    let total: u64 = intervals.iter().map(|interval| interval.weight).sum();
    let count = match aim {
        // Half as much more than aimed at is still one.
        Aim::Bytes { each, most } => {
            let each = each.max(1);
            let count = total.saturating_add(each / 2) / each;
            usize::try_from(count).unwrap_or(most).min(most)
        }
        Aim::Windows(count) => count,
    };
    if count < 2 {
        return Ok(Vec::new());
    }
    let (mut edges, mut sum) = (Vec::new(), 0);
    for interval in intervals {
        // The next edge is due when so much of the whole lies before it.
        let due = (total as u128 * (edges.len() as u128 + 1)).div_ceil(count as u128);
        if sum > 0 && u128::from(sum) >= due && edges.len() + 1 < count {
            edges.push(Edge {
                scaffold: names[interval.scaffold].to_owned(),
                pos: match interval.first {
                    // What begins at POS 0 goes with it.
                    0 => 0,
                    first => first + 1,
                },
            });
        }
        sum += interval.weight;
    }
    Ok(edges)
}

/// The window from an edge up to another; from the begin or to the end of the result if there is none.
///
/// # Errors
/// If the request does not fit its files, or an edge lies on a scaffold that they do not have.
pub fn window<S>(
    request: &Request<'_, S>,
    from: Option<&Edge>,
    to: Option<&Edge>,
) -> Result<Window, Error> {
    let prepared = Prepared::new(request)?;
    let order = order(request, &prepared);
    let places: HashMap<&[u8], usize> = order.iter().copied().zip(0..).collect();
    let place = |edge: &Edge| {
        let place = places.get(edge.scaffold.as_bytes()).copied();
        place.ok_or_else(|| {
            let reason = format!("a window begins on {:?}, which no file has", edge.scaffold);
            Error::from(ErrorKind::Option(reason))
        })
    };
    let begin = from.map(|edge| Ok::<_, Error>((place(edge)?, edge.pos)));
    let (first, first_pos) = begin.transpose()?.unwrap_or((0, 0));
    let end = to.map(|edge| Ok::<_, Error>((place(edge)?, edge.pos)));
    let (last, end_pos) = end.transpose()?.unwrap_or((order.len(), 0));
    let ranges = (first..order.len().min(last + 1)).filter_map(|place| {
        let begin = if place == first { first_pos } else { 0 };
        let end = if place == last { end_pos } else { u64::MAX };
        let range: RangeInclusive<u64> = begin..=end.checked_sub(1)?;
        (!range.is_empty()).then(|| (order[place], range))
    });
    Ok(Window::new(ranges))
}

/// The CSI of a result out of those of its windows, each with the byte of the result at which its records begin.
///
/// # Errors
/// If the request does not fit its files, or the indexes cannot be read or joined.
pub fn joined_csi<S>(
    request: &Request<'_, S>,
    encoding: Encoding,
    windows: Vec<(Vec<u8>, u64)>,
) -> Result<Vec<u8>, Error> {
    let prepared = Prepared::new(request)?;
    let numbering = encoding
        .is_bcf()
        .then(|| Numbering::new(&prepared.shown))
        .transpose()
        .map_err(ErrorKind::Header)?;
    let indexes = windows.into_iter().map(|(csi, offset)| {
        let index = Index::parse(&csi)?;
        Ok(match &numbering {
            None => (index, offset),
            Some(numbering) => (index.with_names(numbering.contigs()), offset),
        })
    });
    let joined = indexes
        .collect::<Result<Vec<_>, _>>()
        .and_then(Index::joined)
        .and_then(|index| match &numbering {
            None => index.to_csi(),
            Some(numbering) => index.to_bcf_csi(numbering.contigs()),
        });
    Ok(joined.map_err(ErrorKind::Index)?)
}

/// Whether every input can be read in windows: through an index, whose scaffolds its header declares. Others would be
/// added to the header of the result for the index's sake.
fn is_indexed<S>(request: &Request<'_, S>) -> bool {
    request.inputs.iter().all(|input| {
        let header = &input.opened.header;
        let declares = |name: &[u8]| header.contig_index(name).is_some();
        input.opened.format == Format::Bgzf
            && input.index.is_some_and(|index| index.names().all(declares))
    })
}

/// All scaffolds that can have records, in the order of the result.
fn order<'r, S>(request: &'r Request<'_, S>, prepared: &'r Prepared<'_, S>) -> Vec<&'r [u8]> {
    match request.inputs {
        [only] => match (prepared.views[0].regions(), only.index) {
            (Some(regions), _) => regions.scaffolds().map(|(name, _)| name).collect(),
            (None, Some(index)) => index.names().collect(),
            (None, None) => Vec::new(),
        },
        _ => {
            let contigs = prepared.header.contigs().iter();
            contigs.map(|contig| contig.name).collect()
        }
    }
}

fn readable<'n>(names: &[&'n [u8]]) -> Option<Vec<&'n str>> {
    let names = names.iter().map(|name| std::str::from_utf8(name).ok());
    names.collect()
}

/// What of the inputs is read where.
fn intervals<S>(
    request: &Request<'_, S>,
    prepared: &Prepared<'_, S>,
    order: &[&[u8]],
    aim: Aim,
) -> Vec<Interval> {
    let mut intervals = Vec::new();
    let mut weights: BTreeMap<u64, u64> = BTreeMap::new();
    for (scaffold, name) in order.iter().enumerate() {
        for (input, view) in request.inputs.iter().zip(&prepared.views) {
            let Some(index) = input.index else { continue };
            let wanted = view.regions().map(|regions| regions.get(name));
            let of_scaffold = index.weights(name);
            let ends = of_scaffold.iter().skip(1).map(|(first, _)| *first);
            let ends: Vec<u64> = ends.chain([u64::MAX]).collect();
            for ((first, bytes), end) in of_scaffold.into_iter().zip(ends) {
                let is_wanted =
                    wanted.is_none_or(|set| set.is_some_and(|set| set.touches(first, end)));
                if is_wanted {
                    *weights.entry(first).or_default() += bytes;
                }
            }
        }
        intervals.extend(
            std::mem::take(&mut weights)
                .into_iter()
                .map(|(first, bytes)| Interval {
                    scaffold,
                    first,
                    weight: match aim {
                        Aim::Bytes { .. } => bytes,
                        Aim::Windows(_) => 1,
                    },
                }),
        );
    }
    intervals
}
