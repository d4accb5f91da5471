//! gVCF files of one sample each, as GATK HaplotypeCaller writes them: blocks of reference bases between variants.

use std::fmt::Write;

use divbase_cohort::Rng;

/// The text of the file of one sample with so many records.
pub(crate) fn text(sample: u64, records: usize) -> String {
    let mut rng = Rng::stream(5, &[sample]);
    let mut text = String::from(HEADER);
    text.push_str(&format!("sample_{sample}\n"));
    let mut position = 1 + rng.below(40);
    for _ in 0..records {
        let base = base(position);
        // Writing to a string does not fail.
        if rng.chance(0.9) {
            let end = position + rng.below(60);
            let (depth, quality) = (5 + rng.below(40), rng.below(99));
            let _ = writeln!(
                text,
                "1\t{position}\t.\t{base}\t<NON_REF>\t.\t.\tEND={end}\tGT:DP:GQ:MIN_DP:PL\t\
                 0/0:{depth}:{quality}:{}:0,{},{}",
                depth - rng.below(5),
                depth * 2,
                depth * 30
            );
            position = end + 1;
        } else {
            let alt = if base == 'A' { 'G' } else { 'A' };
            let depth = 5 + rng.below(40);
            let other = rng.below(depth);
            let _ = writeln!(
                text,
                "1\t{position}\t.\t{base}\t{alt},<NON_REF>\t{}.{}\t.\tDP={depth};MQ=60\tGT:AD:DP:GQ:PL\t\
                 0/1:{},{other},0:{depth}:{}:{},0,{},{},{},{}",
                rng.below(900),
                1 + rng.below(9),
                depth - other,
                rng.below(99),
                depth * 11,
                depth * 17,
                depth * 19,
                depth * 23,
                depth * 29
            );
            position += 1;
        }
    }
    text
}

/// The base of the reference at a position.
fn base(position: u64) -> char {
    let place = position.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 62;
    char::from(b"ACGT"[place as usize])
}

const HEADER: &str = "##fileformat=VCFv4.2\n\
    ##ALT=<ID=NON_REF,Description=\"Any other allele\">\n\
    ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n\
    ##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"Depth of alleles\">\n\
    ##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"Depth\">\n\
    ##FORMAT=<ID=GQ,Number=1,Type=Integer,Description=\"Quality\">\n\
    ##FORMAT=<ID=MIN_DP,Number=1,Type=Integer,Description=\"Least depth of the block\">\n\
    ##FORMAT=<ID=PL,Number=G,Type=Integer,Description=\"Likelihoods\">\n\
    ##INFO=<ID=DP,Number=1,Type=Integer,Description=\"Depth\">\n\
    ##INFO=<ID=MQ,Number=1,Type=Float,Description=\"Mapping quality\">\n\
    ##INFO=<ID=END,Number=1,Type=Integer,Description=\"End of the block\">\n\
    ##contig=<ID=1,length=250000000>\n\
    #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t";
