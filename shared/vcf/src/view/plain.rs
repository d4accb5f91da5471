//! Sites that a stage which only takes out samples hands on as they are, but for INFO/AC and AN.

use crate::canonical::Canonicalizer;
use crate::header::{Header, Type};
use crate::record::{Record, RecordError};

use super::counts::{Counts, Known};
use super::undefined;

/// Tells which sites are plain: everything in them is declared, INFO/AC and AN agree, and however they are printed they are
/// printed alike. What a stage adds to the header of the file changes none of this.
pub(crate) struct PlainSites<'h> {
    header: &'h Header,
    /// Whether INFO/AC and AN are numbers, or will be.
    has_counts: bool,
    /// Prints floats with six digits.
    short: Canonicalizer<'h>,
    /// Prints floats with all digits that they need.
    exact: Canonicalizer<'h>,
    counts: Counts,
    printed: Vec<u8>,
    other: Vec<u8>,
}

impl<'h> PlainSites<'h> {
    /// For records of a file with this header.
    pub(crate) fn new(header: &'h Header) -> Self {
        let is_integer = |tag: &str| {
            let declared = header.info(tag);
            declared.is_none_or(|declared| declared.kind == Type::Integer)
        };
        Self {
            header,
            has_counts: is_integer("AC") && is_integer("AN"),
            short: Canonicalizer::new(header),
            exact: Canonicalizer::new(header).exact(true),
            counts: Counts::default(),
            printed: Vec::new(),
            other: Vec::new(),
        }
    }

    /// CHROM to FORMAT of a record as they are printed, if they are plain. They say the same: no more than floats are spelled
    /// otherwise.
    pub(crate) fn plain(&mut self, shared: &[u8]) -> Option<&[u8]> {
        let record = Record::parse(shared).ok()?;
        let format = record.format?;
        let is_sound = self.has_counts
            && undefined::check(self.header, &record).is_ok()
            && self.counts.check_info(&record, Known::Yes).is_ok();
        if !is_sound {
            return None;
        }
        print(&mut self.short, &record, format, &mut self.printed).ok()?;
        if !self.exact_is(&record, format) {
            return None;
        }
        if self.printed != shared {
            let printed = std::mem::take(&mut self.printed);
            let is_alike = self.says_the_same(&record, &printed);
            self.printed = printed;
            if !is_alike {
                return None;
            }
        }
        Some(&self.printed)
    }

    /// Whether the record is printed with all digits as it was with six.
    fn exact_is(&mut self, record: &Record<'_>, format: &[u8]) -> bool {
        let printed = print(&mut self.exact, record, format, &mut self.other);
        printed.is_ok() && self.other == self.printed
    }

    /// Whether what a record was printed as differs from it in the spelling of floats alone, and is printed as itself.
    fn says_the_same(&mut self, record: &Record<'_>, printed: &[u8]) -> bool {
        let Ok(again) = Record::parse(printed) else {
            return false;
        };
        let columns = |record: &Record<'_>| {
            let texts = [record.chrom, record.pos_text, record.id, record.reference];
            let more = [record.alternates, record.filter];
            (texts.map(<[u8]>::to_vec), more.map(<[u8]>::to_vec))
        };
        let is_float = |key: &[u8]| {
            let declared = self.header.info(key);
            declared.is_some_and(|declared| declared.kind == Type::Float)
        };
        let mut fields = again.info_fields();
        let alike = record.info_fields().all(|(key, value)| {
            fields.next().is_some_and(|(other, text)| {
                other == key
                    && (text == value || (is_float(key) && value.is_some() == text.is_some()))
            })
        });
        // Entries without a key are passed over, so that they have to be counted.
        let entries = |info: &[u8]| memchr::memchr_iter(b';', info).count();
        if !alike
            || fields.next().is_some()
            || entries(record.info) != entries(again.info)
            || columns(record) != columns(&again)
        {
            return false;
        }
        let Some(format) = again.format.filter(|format| record.format == Some(format)) else {
            return false;
        };
        let mut is_itself = |canonicalizer: &mut Canonicalizer<'h>| {
            print(canonicalizer, &again, format, &mut self.other).is_ok() && self.other == printed
        };
        is_itself(&mut self.short) && is_itself(&mut self.exact)
    }
}

fn print(
    canonicalizer: &mut Canonicalizer<'_>,
    record: &Record<'_>,
    format: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), RecordError> {
    out.clear();
    canonicalizer.print_with(record, out, |out| {
        out.push(b'\t');
        out.extend_from_slice(format);
        Ok(())
    })?;
    out.pop();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "##fileformat=VCFv4.2\n##contig=<ID=1>\n\
        ##INFO=<ID=AC,Number=A,Type=Integer,Description=\"d\">\n\
        ##INFO=<ID=AN,Number=1,Type=Integer,Description=\"d\">\n\
        ##INFO=<ID=DP,Number=1,Type=Integer,Description=\"d\">\n\
        ##INFO=<ID=MQ,Number=1,Type=Float,Description=\"d\">\n\
        ##INFO=<ID=NT,Number=1,Type=String,Description=\"d\">\n\
        ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"d\">\n\
        #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ta\n";

    fn plain(quality: &str, info: &str) -> Option<String> {
        let header = Header::parse(HEADER.as_bytes()).unwrap();
        let shared = format!("1\t5\t.\tA\tC\t{quality}\tPASS\t{info}\tGT");
        let mut sites = PlainSites::new(&header);
        let printed = sites.plain(shared.as_bytes())?;
        Some(String::from_utf8(printed.to_vec()).unwrap())
    }

    #[test]
    fn floats_may_be_spelled_otherwise_if_they_stay_what_they_are() {
        let kept =
            |quality: &str, info: &str| Some(format!("1\t5\t.\tA\tC\t{quality}\tPASS\t{info}\tGT"));
        assert_eq!(plain("30", "."), kept("30", "."));
        assert_eq!(
            plain("30.00", "MQ=60.00;NT=60.00;AC=1;AN=2"),
            kept("30", "MQ=60;NT=60.00;AC=1;AN=2")
        );
        assert_eq!(plain("1e2", "MQ=1e-3"), kept("100", "MQ=0.001"));
    }

    #[test]
    fn what_is_printed_otherwise_is_not_plain() {
        for (quality, info) in [
            ("30", "MQ=0.12345678"),
            ("0.12345678", "."),
            ("30", "DP=007"),
            ("30", "DP=3;;NT=x"),
            ("30", "NT="),
            ("30", "UNKNOWN=3"),
            ("30", "AC=3;AN=2"),
        ] {
            assert_eq!(plain(quality, info), None, "{quality} {info}");
        }
    }
}
