//! Files with samples of every kind, as text.

use crate::bgzf::{Deflater, EOF_MARKER};

pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, below: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize % below
    }

    pub(super) fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }
}

pub(super) const HEADER: &str = "##fileformat=VCFv4.2\n##contig=<ID=1>\n##contig=<ID=2>\n##contig=<ID=3>\n\
    ##FILTER=<ID=low,Description=\"d\">\n\
    ##INFO=<ID=DP,Number=1,Type=Integer,Description=\"d\">\n\
    ##INFO=<ID=AF,Number=A,Type=Float,Description=\"d\">\n\
    ##INFO=<ID=AC,Number=A,Type=Integer,Description=\"d\">\n\
    ##INFO=<ID=AN,Number=1,Type=Integer,Description=\"d\">\n\
    ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"d\">\n\
    ##FORMAT=<ID=AB,Number=1,Type=String,Description=\"d\">\n\
    ##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"d\">\n\
    ##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"d\">\n\
    ##FORMAT=<ID=GL,Number=G,Type=Float,Description=\"d\">\n\
    #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT";

/// Spellings of a subfield. An odd one has no text, so that its chunk is left to the file.
fn subfield(random: &mut Random, tag: &str, varies: bool, is_odd: bool) -> String {
    match tag {
        "GT" if !varies => random.of(&["0/0", "0|0", "./.", ".", "0"]),
        "GT" => random.of(&[
            "0/0", "0|0", "0/1", "0|1", "1|1", "./.", ".", "0", "1", "./1", "0/1/1", "0|.", "00/1",
        ]),
        "AB" if is_odd => random.of(&["", "x", "longer"]),
        "AB" => random.of(&[".", "x", "yz", "a,b", "1e5"]),
        "DP" => random.of(&[".", "7", "12", "007", "2147483648", "-3"]),
        "AD" => random.of(&[".", "3,4", "3", "3,4,5", "10,.", ".,."]),
        _ => random.of(&[".", "-0.5,-1,-2", "0.10,1e-3,nan", "-1.50,.,0", "1.0000001"]),
    }
    .to_owned()
}

const FORMATS: [&str; 5] = ["GT", "GT:AB:DP", "GT:AD:DP:GL", "DP:AD", "AB:DP"];

/// A file of so many samples; now and then a record is written as few would.
pub(super) fn text(seed: u64, samples: usize, records: usize) -> String {
    let mut random = Random(seed);
    let mut text = HEADER.to_owned();
    (0..samples).for_each(|sample| text += &format!("\ts{sample}"));
    text.push('\n');
    for record in 0..records {
        let scaffold = 1 + record * 3 / records;
        let (reference, alternates) = random
            .of(&["A C", "A C,G", "AC A", "A .", "A <DEL>", "A *,T"])
            .split_once(' ')
            .unwrap();
        let info = random.of(&[
            ".",
            "DP=5",
            "AC=1;AN=9;AF=0.50",
            "DP=007;AC=2,1;AN=12",
            "AN=4",
            "AC=1;AN=9;AF=0.5",
            "AF=0.12345678;AN=7",
            "AF=0.50000000001",
            "DP=5;;AF=1e-3;AC=0",
            "AF=100.00,nan;DP=.",
            "AF=;DP=5.5",
        ]);
        let format = random.of(&FORMATS);
        // So rare that most chunks are kept.
        let is_odd = random.below(40) == 0;
        text += &format!(
            "{scaffold}\t{}\t{}\t{reference}\t{alternates}\t{}\t{}\t{info}\t{format}",
            10 + record * 7,
            random.of(&[".", "rs1"]),
            random.of(&[".", "10", "39.50", "1e2"]),
            random.of(&["PASS", ".", "low"]),
        );
        for _ in 0..samples {
            let tags: Vec<&str> = format.split(':').collect();
            let dropped = if random.below(6) == 0 {
                random.below(tags.len())
            } else {
                0
            };
            let values = tags[..tags.len() - dropped].iter();
            let values: Vec<String> = values
                .map(|tag| subfield(&mut random, tag, alternates != ".", is_odd))
                .collect();
            text.push('\t');
            text += &values.join(":");
        }
        text.push_str(if random.below(40) == 0 { "\r\n" } else { "\n" });
    }
    text
}

pub(super) fn bgzipped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut deflater = Deflater::new(1);
    for piece in text.as_bytes().chunks(5_003) {
        deflater.deflate(piece, &mut bytes);
    }
    bytes.extend_from_slice(&EOF_MARKER);
    bytes
}
