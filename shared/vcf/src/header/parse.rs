//! From the text of a header to the model, following bcftools 1.24: lines it cannot read are dropped,
//! FILTER=PASS comes right after the first line, repeated lines are dropped.

use std::sync::Arc;

use super::error::{HeaderError, excerpt};
use super::{Header, Line, Samples};
use crate::limits::{SAMPLE_NAME_MAX_BYTES, SAMPLES_MAX};

/// The columns every `#CHROM` line begins with.
pub(super) const FIXED_COLUMNS: &[u8] = b"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";

const PASS: &[u8] = b"##FILTER=<ID=PASS,Description=\"All filters passed\">";

impl Header {
    /// Parses header text that ends with the `#CHROM` line; both kinds of line end will do.
    ///
    /// # Errors
    /// If there is no usable `#CHROM` line, a sample is named twice, or a line has a NUL byte.
    pub fn parse(text: &[u8]) -> Result<Self, HeaderError> {
        let mut header = Self::default();
        let pass = Line::parse(PASS);
        let mut number = 0;
        let mut last: &[u8] = b"";
        for line in text.split(|b| *b == b'\n') {
            number += 1;
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() {
                continue;
            }
            if memchr::memchr(0, line).is_some() {
                return Err(HeaderError::NulByte { line: number });
            }
            if line.starts_with(b"##") {
                let parsed = Line::parse(line);
                if let Some(parsed) = parsed {
                    header.add(parsed);
                }
                if let Some(pass) = &pass {
                    header.add(pass.clone());
                }
                continue;
            }
            if line.starts_with(b"#CHROM\t") || line.starts_with(b"#CHROM ") {
                header.read_columns(line, number)?;
                return Ok(header);
            }
            last = line;
            break;
        }
        Err(HeaderError::NoColumnLine {
            line: number,
            text: excerpt(last),
        })
    }

    fn read_columns(&mut self, line: &[u8], number: u64) -> Result<(), HeaderError> {
        let bad_names = || HeaderError::ColumnNames {
            line: number,
            text: excerpt(line),
        };
        if let Some(pass) = Line::parse(PASS) {
            self.add(pass);
        }
        let rest = line.strip_prefix(FIXED_COLUMNS).ok_or_else(bad_names)?;
        if rest.is_empty() {
            return Ok(());
        }
        let names = rest.strip_prefix(b"\tFORMAT\t").ok_or_else(bad_names)?;
        let mut samples = Samples::default();
        for (place, name) in names.split(|b| *b == b'\t').enumerate() {
            if name.iter().all(u8::is_ascii_whitespace) {
                return Err(HeaderError::EmptySample {
                    line: number,
                    column: place + 10,
                });
            }
            if name.len() > SAMPLE_NAME_MAX_BYTES {
                return Err(HeaderError::SampleNameTooLong {
                    line: number,
                    column: place + 10,
                    limit: SAMPLE_NAME_MAX_BYTES,
                });
            }
            if samples.places.insert(name.to_vec(), place).is_some() {
                return Err(HeaderError::DuplicateSample {
                    line: number,
                    name: String::from_utf8_lossy(name).into_owned(),
                });
            }
            if place == SAMPLES_MAX {
                return Err(HeaderError::TooManySamples { limit: SAMPLES_MAX });
            }
            samples.names.push(name.to_vec());
        }
        self.samples = Arc::new(samples);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Definition, Number, Type, Version};
    use super::*;

    const COLUMNS: &str = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tb\ta\n";

    #[test]
    fn adds_pass_after_the_first_line_and_drops_repetitions() {
        let text = format!(
            "##fileformat=VCFv4.3\n##source=x\n##INFO=<ID=DP,Number=1,Type=Integer>\n##source=x\n\
             ##INFO=<ID=DP,Number=2,Type=Float>\nnot a header line\n{COLUMNS}"
        )
        .replace("not a header line\n", "");
        let header = Header::parse(text.as_bytes()).unwrap();
        let mut out = Vec::new();
        header.print(&mut out);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            format!(
                "##fileformat=VCFv4.3\n##FILTER=<ID=PASS,Description=\"All filters passed\">\n\
                 ##source=x\n##INFO=<ID=DP,Number=1,Type=Integer>\n{COLUMNS}"
            )
        );
        assert_eq!(
            header.info("DP"),
            Some(Definition {
                number: Number::Fixed(1),
                kind: Type::Integer
            })
        );
        assert_eq!(header.version(), Version { major: 4, minor: 3 });
        assert_eq!(header.sample_index("a"), Some(1));
    }

    #[test]
    fn says_where_a_header_is_broken() {
        let broken = b"##fileformat=VCFv4.2\nTHIS IS NOT A HEADER\n";
        assert!(matches!(
            Header::parse(broken),
            Err(HeaderError::NoColumnLine { line: 2, .. })
        ));
        let twice = format!("##fileformat=VCFv4.2\n{}", COLUMNS.replace("\ta", "\tb"));
        assert!(matches!(
            Header::parse(twice.as_bytes()),
            Err(HeaderError::DuplicateSample { line: 2, .. })
        ));
        let name = "s".repeat(SAMPLE_NAME_MAX_BYTES);
        let named = |name: &str| {
            let text = format!("##fileformat=VCFv4.2\n{}", COLUMNS.replace("\ta", name));
            Header::parse(text.as_bytes())
        };
        assert!(named(&format!("\t{name}")).is_ok());
        assert_eq!(
            named(&format!("\t{name}s")).unwrap_err().to_string(),
            "line 2: the name of the sample in column 11 is longer than 1024 bytes"
        );
        for nul in ["##source=a\0b\n", &COLUMNS.replace('a', "a\0b")] {
            let text = format!("##fileformat=VCFv4.2\n{nul}{COLUMNS}");
            assert_eq!(
                Header::parse(text.as_bytes()).unwrap_err().to_string(),
                "line 2 has a NUL byte, which would end the header in BCF: take it out"
            );
        }
        let spaces = COLUMNS.replace('\t', " ");
        assert!(matches!(
            Header::parse(spaces.as_bytes()),
            Err(HeaderError::ColumnNames { line: 1, .. })
        ));
    }
}
