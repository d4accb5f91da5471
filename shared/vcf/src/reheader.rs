//! Another header before the records of a bgzipped file, whose blocks stay as they are.

use crate::bcf::Numbering;
use crate::bgzf::{BlockDeflater, Format, MAX_BLOCK, whole_blocks};
use crate::error::{Error, ErrorKind};
use crate::executor::DEFAULT_LEVEL;
use crate::header::Header;
use crate::reader::{Content, Opened, open};
use crate::source::Source;

/// A new beginning of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The blocks of the new header.
    pub blocks: Vec<u8>,
    /// Where the records begin in the file as it is, in bytes.
    pub records: u64,
}

impl Head {
    /// By how many bytes records move, for [`crate::index::Index::moved`].
    #[must_use]
    pub fn moves(&self) -> i64 {
        self.blocks.len() as i64 - self.records as i64
    }
}

/// The header of a file with `lines` (without line feeds) added behind its own, of which those that begin with
/// `instead_of` are left out. `None` if the file is plain text or stored without blocks, if records share a block with the
/// header, or if they are BCF and their names would be numbered otherwise.
///
/// # Errors
/// If the file is no VCF, or cannot be read.
pub fn reheader<S: Source>(
    source: &S,
    instead_of: &str,
    lines: &[String],
) -> Result<Option<Head>, Error> {
    let opened = open(source)?;
    let Some(records) = first_block(source, &opened)? else {
        return Ok(None);
    };
    let mut text = Vec::new();
    opened.header.print(&mut text);
    let columns =
        memchr::memrchr(b'\n', &text[..text.len().saturating_sub(1)]).map_or(0, |at| at + 1);
    let mut new = Vec::with_capacity(text.len());
    for line in text[..columns].split_inclusive(|byte| *byte == b'\n') {
        if !line.starts_with(instead_of.as_bytes()) {
            new.extend_from_slice(line);
        }
    }
    for line in lines {
        new.extend_from_slice(line.as_bytes());
        new.push(b'\n');
    }
    new.extend_from_slice(&text[columns..]);
    let mut blocks = Vec::new();
    match &opened.content {
        Content::Text => {
            BlockDeflater::new(DEFAULT_LEVEL).deflate(&new, &mut blocks);
        }
        Content::Bcf(dictionary) => {
            let header = Header::parse(&new).map_err(ErrorKind::Header)?;
            let numbering = Numbering::new(&header).map_err(ErrorKind::Header)?;
            if !dictionary.agrees_with(&numbering) {
                return Ok(None);
            }
            let bytes = numbering.print_header(&header);
            BlockDeflater::binary(DEFAULT_LEVEL).deflate(&bytes, &mut blocks);
        }
    }
    Ok(Some(Head { blocks, records }))
}

/// Where the block of the first record begins, if the header ends with the block before.
fn first_block<S: Source>(source: &S, opened: &Opened) -> Result<Option<u64>, Error> {
    let end = opened.records;
    if opened.format != Format::Bgzf {
        return Ok(None);
    }
    if end.within() == 0 {
        return Ok(Some(end.block()));
    }
    let bytes = source.read_range(end.block(), MAX_BLOCK)?;
    let blocks = whole_blocks(&bytes, end.block())?;
    let Some((_, block)) = blocks.first() else {
        return Ok(None);
    };
    // The last four bytes of a block say how much it inflates to.
    let size = bytes[..block.total].last_chunk::<4>();
    let size = size.map_or(0, |size| u32::from_le_bytes(*size));
    Ok((size == u32::from(end.within())).then(|| end.block() + block.total as u64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bgzf::{Deflater, EOF_MARKER};
    use crate::dimensions::scan;
    use crate::index::Index;
    use crate::source::MemorySource;

    const HEADER: &str = "##fileformat=VCFv4.2\n##FILTER=<ID=PASS,Description=\"All filters passed\">\n\
        ##contig=<ID=1,length=9999>\n##x_old=1\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";

    fn file(blocks: &[&str]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for block in blocks {
            Deflater::new(6).deflate(block.as_bytes(), &mut bytes);
        }
        bytes.extend_from_slice(&EOF_MARKER);
        bytes
    }

    #[test]
    fn a_new_header_moves_the_records_and_their_index() {
        let records = "1\t5\t.\tA\tG\t.\t.\t.\n1\t9\t.\tA\tG\t.\t.\t.\n";
        let old = file(&[HEADER, records]);
        let source = MemorySource::new(old.clone());
        let lines = [format!("##x_new={}", "y".repeat(500))];
        let head = reheader(&source, "##x_", &lines).unwrap().unwrap();
        let mut new = head.blocks.clone();
        new.extend_from_slice(&old[usize::try_from(head.records).unwrap()..]);
        let new = MemorySource::new(new);
        let header = open(&new).unwrap().header;
        let mut text = Vec::new();
        header.print(&mut text);
        let text = String::from_utf8(text).unwrap();
        assert!(
            text.contains(&lines[0]) && !text.contains("x_old"),
            "{text}"
        );
        let moved = Index::parse(&scan(&source).unwrap().csi).unwrap();
        let moved = moved.moved(head.moves());
        assert_eq!(moved, Index::parse(&scan(&new).unwrap().csi).unwrap());
        assert_eq!(scan(&new).unwrap().dimensions.records, 2);
    }

    #[test]
    fn records_of_bcf_go_on_behind_a_new_header() {
        // Numbered by its lines, and with a number that is not given out by order.
        for (idx, is_moved) in [("IDX=1", true), ("IDX=7", false)] {
            let line =
                format!("##INFO=<ID=DP,Number=1,Type=Integer,Description=\"d\",{idx}>\n##x_old");
            let text = HEADER.replace("##x_old", &line);
            let mut head = b"BCF\x02\x02".to_vec();
            head.extend_from_slice(&(text.len() as u32).to_le_bytes());
            head.extend_from_slice(text.as_bytes());
            let record = [
                &[31, 0, 0, 0, 0, 0, 0, 0][..],
                &[0, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0x80, 0x7f],
                &[
                    0, 0, 2, 0, 0, 0, 0, 0, 0x07, 0x17, b'A', 0x17, b'C', 0x11, 0,
                ],
            ]
            .concat();
            let mut old = Vec::new();
            for block in [&head, &record] {
                Deflater::new(6).deflate(block, &mut old);
            }
            old.extend_from_slice(&EOF_MARKER);
            let source = MemorySource::new(old.clone());
            let lines = ["##x_new=1".to_owned()];
            let head = reheader(&source, "##x_", &lines).unwrap();
            assert_eq!(head.is_some(), is_moved, "{idx}");
            let Some(head) = head else {
                continue;
            };
            let mut new = head.blocks.clone();
            new.extend_from_slice(&old[usize::try_from(head.records).unwrap()..]);
            let new = MemorySource::new(new);
            let scanned = scan(&new).unwrap();
            assert_eq!(scanned.dimensions.records, 1);
            let moved = Index::parse(&scan(&source).unwrap().csi).unwrap();
            let moved = moved.moved(head.moves()).to_unnamed_csi().unwrap();
            assert_eq!(moved, scanned.csi);
            let mut text = Vec::new();
            open(&new).unwrap().header.print(&mut text);
            let text = String::from_utf8(text).unwrap();
            assert!(
                text.contains("##x_new=1\n") && !text.contains("x_old"),
                "{text}"
            );
        }
    }

    #[test]
    fn a_block_of_header_and_records_stays_as_it_is() {
        let whole = format!("{HEADER}1\t5\t.\tA\tG\t.\t.\t.\n");
        for bytes in [file(&[&whole]), whole.clone().into_bytes()] {
            let source = MemorySource::new(bytes);
            assert_eq!(reheader(&source, "##x_", &[]).unwrap(), None);
        }
    }
}
