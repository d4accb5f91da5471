//! Data sets that bcftools reads and that have what makes filtering hard.

use crate::random::Random;

/// A VCF file and what expressions can say about it.
pub(crate) struct DataSet {
    pub(crate) name: &'static str,
    pub(crate) seed: u64,
    pub(crate) text: String,
    pub(crate) samples: usize,
}

const HEADER: &str = "##fileformat=VCFv4.2
##contig=<ID=chr1,length=100000000>
##contig=<ID=2,length=100000000>
##FILTER=<ID=q10,Description=\"\">
##FILTER=<ID=s50,Description=\"\">
##INFO=<ID=I1,Number=1,Type=Integer,Description=\"\">
##INFO=<ID=IA,Number=A,Type=Integer,Description=\"\">
##INFO=<ID=IR,Number=R,Type=Integer,Description=\"\">
##INFO=<ID=IV,Number=.,Type=Integer,Description=\"\">
##INFO=<ID=F1,Number=1,Type=Float,Description=\"\">
##INFO=<ID=FA,Number=A,Type=Float,Description=\"\">
##INFO=<ID=I4,Number=4,Type=Integer,Description=\"\">
##INFO=<ID=S1,Number=1,Type=String,Description=\"\">
##INFO=<ID=SV,Number=.,Type=String,Description=\"\">
##INFO=<ID=FL,Number=0,Type=Flag,Description=\"\">
##INFO=<ID=XX,Number=1,Type=Integer,Description=\"\">
";

const COUNTS: &str = "##INFO=<ID=AC,Number=A,Type=Integer,Description=\"\">
##INFO=<ID=AN,Number=1,Type=Integer,Description=\"\">
";

const FORMAT: &str = "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"\">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"\">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"\">
##FORMAT=<ID=VF,Number=A,Type=Float,Description=\"\">
##FORMAT=<ID=GQ,Number=1,Type=Float,Description=\"\">
##FORMAT=<ID=FS,Number=1,Type=String,Description=\"\">
##FORMAT=<ID=FT,Number=.,Type=String,Description=\"\">
##FORMAT=<ID=XX,Number=1,Type=Integer,Description=\"\">
";

/// How much is missing or odd, in percent.
#[derive(Clone, Copy)]
struct Shape {
    samples: usize,
    records: usize,
    missing: usize,
    absent: usize,
    odd: usize,
    counts: bool,
}

/// Everything declared is there, most of it sensible.
pub(crate) fn cohort() -> DataSet {
    let shape = Shape {
        samples: 6,
        records: 150,
        missing: 8,
        absent: 0,
        odd: 0,
        counts: false,
    };
    data("cohort", 1, shape)
}

/// Tags are absent, empty, too long, too short, repeated.
pub(crate) fn gaps() -> DataSet {
    let shape = Shape {
        samples: 3,
        records: 150,
        missing: 25,
        absent: 25,
        odd: 25,
        counts: false,
    };
    data("gaps", 2, shape)
}

/// AC and AN are declared and present, and do not always agree with the genotypes.
pub(crate) fn declared_counts() -> DataSet {
    let shape = Shape {
        samples: 4,
        records: 120,
        missing: 10,
        absent: 10,
        odd: 0,
        counts: true,
    };
    data("counts", 3, shape)
}

/// No samples.
pub(crate) fn sites() -> DataSet {
    let shape = Shape {
        samples: 0,
        records: 120,
        missing: 10,
        absent: 15,
        odd: 10,
        counts: true,
    };
    data("sites", 4, shape)
}

/// Two samples, one record.
pub(crate) fn one_record_with_counts(name: &'static str, declared: bool, info: &str) -> DataSet {
    let counts = if declared { COUNTS } else { "" };
    let columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ts0\ts1";
    let record = format!("chr1\t10\t.\tA\tC\t10\t.\t{info}\tGT\t0/1\t0/0");
    DataSet {
        name,
        seed: 0,
        text: format!("{HEADER}{counts}{FORMAT}{columns}\n{record}\n"),
        samples: 2,
    }
}

fn data(name: &'static str, seed: u64, shape: Shape) -> DataSet {
    let mut random = Random::new(seed);
    let mut text = HEADER.to_owned();
    if shape.counts {
        text += COUNTS;
    }
    text += FORMAT;
    text += "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";
    if shape.samples > 0 {
        text += "\tFORMAT";
        for sample in 0..shape.samples {
            text += &format!("\ts{sample}");
        }
    }
    text.push('\n');
    for record in 0..shape.records {
        text += &line(&mut random, shape, record);
        text.push('\n');
    }
    DataSet {
        name,
        seed,
        text,
        samples: shape.samples,
    }
}

const ALLELES: [(&str, &str); 12] = [
    ("A", "C"),
    ("A", "C"),
    ("A", "G,T"),
    ("AC", "A"),
    ("A", "AT,ATT,C"),
    ("AC", "GT"),
    ("A", "."),
    ("A", "<DEL>"),
    ("A", "*,C"),
    ("A", "A[2:30["),
    ("ACGT", "A,<NON_REF>"),
    ("N", "<*>"),
];

fn line(random: &mut Random, shape: Shape, record: usize) -> String {
    let (reference, alternates) = random.pick(&ALLELES);
    let alleles = if alternates == "." {
        1
    } else {
        2 + alternates.matches(',').count()
    };
    let last = shape.records / 5;
    let chrom = if record < shape.records - last {
        "chr1"
    } else {
        "2"
    };
    let pos = if random.chance(5) {
        16_777_217 + record
    } else {
        record * 7 + 1
    };
    let mut columns = vec![
        chrom.to_owned(),
        pos.to_string(),
        random
            .pick(&[".", "rs1", "rs2;x", "x;rs1", "RS7"])
            .to_owned(),
        reference.to_owned(),
        alternates.to_owned(),
        random
            .pick(&[
                ".",
                "10",
                "29.5",
                "30",
                "30.1",
                "99",
                "0.000060",
                "1234567.8",
                "59.2",
            ])
            .to_owned(),
        random
            .pick(&["PASS", "PASS", ".", "q10", "s50", "q10;s50", "s50;q10"])
            .to_owned(),
        info(random, shape, alleles),
    ];
    if shape.samples > 0 {
        genotypes(random, shape, alleles, &mut columns);
    }
    columns.join("\t")
}

fn number(random: &mut Random, shape: Shape) -> String {
    if random.chance(shape.missing) {
        return ".".to_owned();
    }
    if random.chance(shape.odd / 3) {
        return random
            .pick(&["007", "40000", "-3", "99999999999", "+4"])
            .to_owned();
    }
    random.below(60).to_string()
}

fn float(random: &mut Random, shape: Shape) -> String {
    if random.chance(shape.missing) {
        return ".".to_owned();
    }
    if random.chance(shape.odd / 3) {
        return random
            .pick(&["nan", "inf", "1e-3", ".5", "5.", "-0.25", "1E+2"])
            .to_owned();
    }
    random
        .pick(&[
            "0", "0.05", "0.1", "0.25", "0.5", "0.333333", "1", "2.5", "30", "0.3",
        ])
        .to_owned()
}

fn list(count: usize, mut value: impl FnMut() -> String) -> String {
    (0..count).map(|_| value()).collect::<Vec<_>>().join(",")
}

/// As many values as there should be, or not.
fn length(random: &mut Random, shape: Shape, count: usize) -> usize {
    let odd = random.chance(shape.odd);
    if odd {
        1 + random.below(4)
    } else {
        count.max(1)
    }
}

fn info(random: &mut Random, shape: Shape, alleles: usize) -> String {
    let mut entries = Vec::new();
    for tag in [
        "I1", "IA", "IR", "IV", "F1", "FA", "I4", "S1", "SV", "FL", "XX",
    ] {
        if random.chance(shape.absent.max(5)) || (tag == "FL" && random.chance(50)) {
            continue;
        }
        if tag == "FL" || random.chance(shape.odd / 5) {
            entries.push(tag.to_owned());
            continue;
        }
        let declared = match tag {
            "I1" | "F1" | "XX" | "S1" => 1,
            "IR" => alleles,
            "IV" | "SV" => 1 + random.below(4),
            "I4" => 4,
            _ => alleles - 1,
        };
        let count = length(random, shape, declared);
        let value = match tag {
            "F1" | "FA" => list(count, || float(random, shape)),
            "S1" | "SV" => list(count, || {
                random.pick(&["a", "bb", "c", ".", "abc", "A"]).to_owned()
            }),
            _ => list(count, || number(random, shape)),
        };
        entries.push(format!("{tag}={value}"));
    }
    if shape.counts && !random.chance(shape.absent) {
        let counts: Vec<_> = (1..alleles).map(|_| random.below(3)).collect();
        let total = counts.iter().sum::<usize>() + random.below(4);
        if alleles > 1 {
            entries.push(format!(
                "AC={}",
                counts
                    .iter()
                    .map(usize::to_string)
                    .collect::<Vec<_>>()
                    .join(",")
            ));
        }
        entries.push(format!("AN={total}"));
    }
    if entries.is_empty() {
        ".".to_owned()
    } else {
        entries.join(";")
    }
}

fn genotype(random: &mut Random, shape: Shape, alleles: usize) -> String {
    let ploidy = if random.chance(10) {
        random.pick(&[1, 3])
    } else {
        2
    };
    let separator = random.pick(&["/", "|"]);
    let mut allele = || {
        if random.chance(shape.missing) {
            ".".to_owned()
        } else if random.chance(50) {
            "0".to_owned()
        } else {
            random.below(alleles).to_string()
        }
    };
    (0..ploidy)
        .map(|_| allele())
        .collect::<Vec<_>>()
        .join(separator)
}

fn genotypes(random: &mut Random, shape: Shape, alleles: usize, columns: &mut Vec<String>) {
    let mut keys = Vec::new();
    for key in ["GT", "DP", "AD", "VF", "GQ", "FS", "FT", "XX"] {
        if !random.chance(shape.absent) {
            keys.push(key);
        }
    }
    if keys.is_empty() {
        keys.push("GT");
    }
    columns.push(keys.join(":"));
    for _ in 0..shape.samples {
        let mut fields = Vec::new();
        for key in &keys {
            let declared = match *key {
                "AD" => alleles,
                "VF" => alleles - 1,
                "FT" => 1 + random.below(3),
                _ => 1,
            };
            let count = length(random, shape, declared);
            fields.push(match *key {
                "GT" => genotype(random, shape, alleles),
                _ if random.chance(shape.missing) => ".".to_owned(),
                "VF" | "GQ" => list(count, || float(random, shape)),
                "FS" | "FT" => list(count, || random.pick(&["x", "yy", ".", "z"]).to_owned()),
                _ => list(count, || number(random, shape)),
            });
        }
        if random.chance(shape.missing) {
            let kept = 1 + random.below(fields.len());
            fields.truncate(kept);
        }
        columns.push(fields.join(":"));
    }
}
