//! What is asked for, whichever method asks: judged by the rules of the protocol before anything is looked up.

use divbase_contract::{
    field::{HtsgetWord, HtsgetWords},
    htsget::{TicketFormat, TicketQuery, TicketRegion, TicketRequest},
};

use super::error::HtsgetError;

/// A request that follows the protocol.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) format: TicketFormat,
    pub(super) what: What,
}

/// How much of the file is wanted.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum What {
    Header,
    All,
    Regions(Vec<TicketRegion>),
}

fn invalid(text: impl Into<String>) -> HtsgetError {
    HtsgetError::InvalidInput(text.into())
}

impl Asked {
    /// Of a GET.
    pub(super) fn of_query(query: TicketQuery) -> Result<Self, HtsgetError> {
        let words = |list: &Option<HtsgetWords>| {
            list.as_ref().map(|list| {
                let words = list.split(',').filter(|word| !word.is_empty());
                words.map(str::to_owned).collect::<Vec<_>>()
            })
        };
        let (fields, tags, notags) = (
            words(&query.fields),
            words(&query.tags),
            words(&query.notags),
        );
        disjoint(tags.as_deref(), notags.as_deref())?;
        let format = format(query.format.as_ref())?;
        let has_others = fields.is_some() || tags.is_some() || notags.is_some();
        let is_placed = query.start.is_some() || query.end.is_some();
        let has_others = has_others || is_placed || query.reference_name.is_some();
        if is_header(query.class.as_ref(), has_others)? {
            let what = What::Header;
            return Ok(Self { format, what });
        }
        let Some(reference_name) = query.reference_name else {
            if is_placed {
                return Err(invalid(
                    "`start` and `end` are places on a scaffold: give `referenceName` too.",
                ));
            }
            let what = What::All;
            return Ok(Self { format, what });
        };
        if is_placed && &*reference_name == "*" {
            return Err(invalid(
                "`start` and `end` need a scaffold, which the `referenceName` '*' is not.",
            ));
        }
        // An empty range is allowed here, and not in the body of a POST.
        if let (Some(start), Some(end)) = (query.start, query.end)
            && start > end
        {
            return Err(HtsgetError::InvalidRange(format!(
                "`start` ({}) is greater than `end` ({}).",
                start.get(),
                end.get()
            )));
        }
        let region = TicketRegion {
            reference_name,
            start: query.start,
            end: query.end,
        };
        let what = What::Regions(vec![region]);
        Ok(Self { format, what })
    }

    /// Of a POST.
    pub(super) fn of_body(body: TicketRequest) -> Result<Self, HtsgetError> {
        let words = |list: &Option<divbase_contract::htsget::WordList>| {
            list.as_ref().map(|list| {
                list.items()
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
            })
        };
        let (fields, tags, notags) = (words(&body.fields), words(&body.tags), words(&body.notags));
        disjoint(tags.as_deref(), notags.as_deref())?;
        let format = format(body.format.as_ref())?;
        let has_others = fields.is_some() || tags.is_some() || notags.is_some();
        let what = if is_header(body.class.as_ref(), has_others || body.regions.is_some())? {
            What::Header
        } else if let Some(regions) = body.regions {
            What::Regions(regions.into_items())
        } else {
            What::All
        };
        if let What::Regions(regions) = &what {
            for (at, region) in regions.iter().enumerate() {
                if let (Some(start), Some(end)) = (region.start, region.end)
                    && start >= end
                {
                    return Err(HtsgetError::InvalidRange(format!(
                        "`start` ({}) is not smaller than `end` ({}) in regions[{at}].",
                        start.get(),
                        end.get()
                    )));
                }
            }
        }
        Ok(Self { format, what })
    }
}

fn disjoint(tags: Option<&[String]>, notags: Option<&[String]>) -> Result<(), HtsgetError> {
    let (tags, notags) = (tags.unwrap_or_default(), notags.unwrap_or_default());
    match tags.iter().find(|tag| notags.contains(tag)) {
        Some(both) => Err(invalid(format!(
            "the tag '{both}' is in `tags` and in `notags`."
        ))),
        None => Ok(()),
    }
}

fn format(asked: Option<&HtsgetWord>) -> Result<TicketFormat, HtsgetError> {
    let Some(asked) = asked else {
        return Ok(TicketFormat::Vcf);
    };
    if asked.eq_ignore_ascii_case("VCF") {
        Ok(TicketFormat::Vcf)
    } else if asked.eq_ignore_ascii_case("BCF") {
        Ok(TicketFormat::Bcf)
    } else {
        Err(HtsgetError::UnsupportedFormat(format!(
            "the `format` '{asked}' is not supported; supported are VCF and BCF."
        )))
    }
}

fn is_header(class: Option<&HtsgetWord>, has_others: bool) -> Result<bool, HtsgetError> {
    match class.map(HtsgetWord::as_str) {
        None => Ok(false),
        Some("header") if has_others => Err(invalid(
            "with the `class` 'header' nothing but `format` can be given.",
        )),
        Some("header") => Ok(true),
        Some(other) => Err(invalid(format!(
            "the `class` '{other}' is unknown; leave it out, or use 'header'."
        ))),
    }
}
