//! Making a ticket out of what the index knows of a file.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use axum::{
    Json,
    body::Bytes,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use divbase_contract::htsget::{
    HTSGET_TYPE, Ticket, TicketAnswer, TicketClass, TicketFormat, TicketRegion, TicketUrl,
};
use divbase_db::{ProjectMember, Sidecar, VcfVersion};
use divbase_storage::{ObjectVersion, RangeReader};
use divbase_vcf::{
    bgzf::MAX_BLOCK,
    index::Index,
    layout::{Class, Layout, Part, Region, Slice, Stored},
};
use futures::{StreamExt, TryStreamExt, stream};
use http::header;

use super::{
    asked::{Asked, What},
    error::HtsgetError,
};
use crate::{
    AppState,
    error::ApiError,
    indexed::{csi, header, indexed, sidecar},
    url_sessions::signer,
};

/// Longest part of a ticket, bytes (512 MiB): one that fails is fetched again alone.
const PART_MAX_BYTES: u64 = 512 << 20;

/// Blocks that are read at once.
const AT_ONCE: usize = 16;

/// A ticket as it is answered.
pub(super) struct TicketResponse(Ticket);

impl IntoResponse for TicketResponse {
    fn into_response(self) -> Response {
        let body = Json(TicketAnswer { htsget: self.0 });
        ([(header::CONTENT_TYPE, HTSGET_TYPE)], body).into_response()
    }
}

/// The ticket.
///
/// # Errors
/// If there is no such file, it is not indexed or of another format, or has no such scaffold.
pub(super) async fn ticket(
    state: &AppState,
    project: &ProjectMember,
    key: &str,
    asked: Asked,
) -> Result<TicketResponse, HtsgetError> {
    let file = indexed(state, project, key, None).await?;
    let csi = csi(state, file.id).await?;
    let layout = sidecar(state, file.id, Sidecar::Layout).await?;
    if let What::Regions(regions) = &asked.what {
        all_known(state, &file, regions).await?;
    }
    let format = asked.format;
    let (bucket, object, version) = (
        &project.bucket_name,
        file.object_key.clone(),
        file.version_id.clone(),
    );
    // A large index takes a while to be read.
    let of = ObjectVersion {
        bucket: bucket.clone(),
        key: object.clone(),
        version_id: version.clone(),
        etag: file.etag.clone(),
        size: file.size_bytes,
    };
    let sliced = tokio::task::spawn_blocking(move || slice(&file, &csi, layout.as_deref(), asked));
    let (stored, slice) = sliced.await.map_err(ApiError::internal)??;
    if stored != format {
        let names = |format| match format {
            TicketFormat::Vcf => "VCF",
            TicketFormat::Bcf => "BCF",
        };
        return Err(HtsgetError::UnsupportedFormat(format!(
            "'{key}' is {0}, and nothing is converted: ask with `format` {0} instead of {1}.",
            names(stored),
            names(format)
        )));
    }
    let seconds = state.settings.urls.transfer;
    let signer = signer(state, project).await?;
    let url = signer.get(&object, Some(&version), seconds).await;
    let url = url.map_err(ApiError::from)?;
    let parts = resolved(state, of, slice).await?;
    Ok(TicketResponse(Ticket {
        format,
        urls: urls(parts, &url),
    }))
}

/// Which bytes are wanted, and what they are.
fn slice(
    file: &VcfVersion,
    csi: &[u8],
    layout: Option<&[u8]>,
    asked: Asked,
) -> Result<(TicketFormat, Slice), ApiError> {
    let index = Index::parse(csi).map_err(ApiError::internal)?;
    let size = file.size_bytes;
    let layout = layout.and_then(Layout::parse).unwrap_or_else(|| {
        // Indexed before layouts were kept. An index of VCF has names, unless there are no records.
        let is_bcf =
            file.object_key.ends_with(".bcf") || (index.start().is_some() && !index.is_named());
        let stored = if is_bcf { Stored::Bcf } else { Stored::Vcf };
        Layout::of_index(stored, &index, size)
    });
    let names = file.scaffolds.names().iter();
    let index = index.with_scaffolds(names.map(String::as_bytes));
    let slice = match asked.what {
        What::Header => layout.header_slice(),
        What::All => layout.whole_slice(size),
        What::Regions(regions) => {
            let regions: Vec<Region> = regions.into_iter().map(region).collect();
            layout.slice(&index, size, &regions)
        }
    };
    let format = match layout.stored {
        Stored::Vcf => TicketFormat::Vcf,
        Stored::Bcf => TicketFormat::Bcf,
    };
    Ok((format, slice))
}

fn region(asked: TicketRegion) -> Region {
    let start = asked.start.map_or(0, |start| start.get().unsigned_abs());
    Region {
        scaffold: asked.reference_name.into(),
        start,
        end: asked.end.map_or(u64::MAX, |end| end.get().unsigned_abs()),
    }
}

/// Whether the file has records on each scaffold, or its header declares it.
async fn all_known(
    state: &AppState,
    file: &VcfVersion,
    regions: &[TicketRegion],
) -> Result<(), HtsgetError> {
    let has_records = |region: &TicketRegion| file.scaffolds.names().has(&region.reference_name);
    let others = regions.iter().filter(|region| !has_records(region));
    let others: Vec<&TicketRegion> = others.collect();
    if others.is_empty() {
        return Ok(());
    }
    let header = header(state, file).await?;
    let declared = |name: &str| {
        let mut contigs = header.contigs().iter();
        contigs.any(|contig| contig.name == name.as_bytes())
    };
    match others
        .into_iter()
        .find(|region| !declared(&region.reference_name))
    {
        Some(unknown) => Err(HtsgetError::NotFound(format!(
            "'{}' has no scaffold '{}' (`referenceName`).",
            file.object_key, unknown.reference_name
        ))),
        None => Ok(()),
    }
}

type Parts = Vec<(Part, Option<Class>)>;

/// Reads the blocks at the edges of what is wanted, of a file whose blocks cut records. Of others nothing is read.
async fn resolved(
    state: &AppState,
    object: ObjectVersion,
    slice: Slice,
) -> Result<Parts, ApiError> {
    let edges: BTreeSet<u64> = slice
        .parts
        .iter()
        .filter_map(|(part, _)| match part {
            Part::Span(span) => Some(span.edges().collect::<Vec<_>>()),
            Part::Bytes(_) | Part::Block(_) => None,
        })
        .flatten()
        .collect();
    let reader = RangeReader::new(state.store.clone(), object);
    let reader = &reader;
    let blocks: HashMap<u64, Bytes> = stream::iter(edges)
        .map(|at| async move {
            let bytes = reader.read(at, MAX_BLOCK as u64).await?;
            Ok::<_, ApiError>((at, bytes))
        })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    let read = |at: u64| blocks.get(&at).map_or(&[][..], |bytes| &bytes[..]);
    let mut parts = vec![];
    for (part, class) in slice.parts {
        match part {
            Part::Span(span) => {
                let found = span.parts(read).map_err(ApiError::internal)?;
                parts.extend(found.into_iter().map(|part| (part, class)));
            }
            part => parts.push((part, class)),
        }
    }
    Ok(parts)
}

fn urls(parts: Parts, url: &str) -> Vec<TicketUrl> {
    let mut urls = vec![];
    for (part, class) in parts {
        let class = class.map(|class| match class {
            Class::Header => TicketClass::Header,
            Class::Body => TicketClass::Body,
        });
        match part {
            Part::Block(block) => urls.push(TicketUrl {
                url: format!(
                    "data:application/octet-stream;base64,{}",
                    BASE64.encode(block)
                ),
                headers: BTreeMap::new(),
                class,
            }),
            // Made of the others.
            Part::Span(_) => {}
            Part::Bytes(range) => {
                for start in range.clone().step_by(PART_MAX_BYTES as usize) {
                    let end = range.end.min(start + PART_MAX_BYTES);
                    let asked = format!("bytes={start}-{}", end - 1);
                    urls.push(TicketUrl {
                        url: url.to_owned(),
                        headers: BTreeMap::from([("Range".to_owned(), asked)]),
                        class,
                    });
                }
            }
        }
    }
    urls
}
