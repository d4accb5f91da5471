//! Puts a small VCF text together: header lines as given, records with spaces for tabs.

/// A VCF text under construction.
#[derive(Debug)]
pub(super) struct Document {
    text: String,
}

impl Document {
    /// Starts with the file format, two contigs, the `q10` filter and GT.
    pub(super) fn new() -> Self {
        Self::bare()
            .line("##FILTER=<ID=PASS,Description=\"All filters passed\">")
            .line("##FILTER=<ID=q10,Description=\"Quality below 10\">")
            .line("##FILTER=<ID=s50,Description=\"Less than half of the samples\">")
            .line("##contig=<ID=chr1,length=1000000>")
            .line("##contig=<ID=chr2,length=500000>")
            .format("GT", "1", "String")
    }

    /// Starts with the file format alone.
    pub(super) fn bare() -> Self {
        Self {
            text: String::from("##fileformat=VCFv4.3\n"),
        }
    }

    pub(super) fn line(mut self, line: &str) -> Self {
        self.text += line;
        self.text.push('\n');
        self
    }

    pub(super) fn info(self, id: &str, number: &str, kind: &str) -> Self {
        self.line(&format!(
            "##INFO=<ID={id},Number={number},Type={kind},Description=\"{id}\">"
        ))
    }

    pub(super) fn format(self, id: &str, number: &str, kind: &str) -> Self {
        self.line(&format!(
            "##FORMAT=<ID={id},Number={number},Type={kind},Description=\"{id}\">"
        ))
    }

    /// Ends the header. No FORMAT column without samples.
    pub(super) fn samples(self, names: &[&str]) -> Self {
        let mut line = String::from("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO");
        if !names.is_empty() {
            line += "\tFORMAT\t";
            line += &names.join("\t");
        }
        self.line(&line)
    }

    /// Records as a block of lines whose columns are separated by any white space.
    pub(super) fn records(mut self, block: &str) -> Self {
        for line in block.lines().filter(|line| !line.trim().is_empty()) {
            let columns: Vec<&str> = line.split_whitespace().collect();
            self = self.line(&columns.join("\t"));
        }
        self
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}
