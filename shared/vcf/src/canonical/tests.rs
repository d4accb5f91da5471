use super::*;

const HEADER: &str = "##fileformat=VCFv4.2\n\
    ##INFO=<ID=DP,Number=1,Type=Integer,Description=\"d\">\n\
    ##INFO=<ID=AF,Number=A,Type=Float,Description=\"d\">\n\
    ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"g\">\n\
    ##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"g\">\n\
    ##FORMAT=<ID=FF,Number=1,Type=Float,Description=\"g\">\n\
    #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ta\tb\n";

fn printed(header: &str, line: &str) -> Result<String, RecordError> {
    let header = Header::parse(header.as_bytes()).unwrap();
    let mut out = Vec::new();
    let record = Record::parse(line.as_bytes()).unwrap();
    Canonicalizer::new(&header).print(&record, &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

#[test]
fn prints_as_bcftools_does() {
    for (line, expected) in [
        (
            "1\t007\t.\tA\tC\t60.00\tq;\tDP=007;AF=0.000060,1234567.8;X=;\tGT:AD:FF\t./.\t0/1:1,02:1e2",
            "1\t7\t.\tA\tC\t60\tq\tDP=7;AF=6e-05,1.23457e+06;X\tGT:AD:FF\t./.:.:.\t0/1:1,2:100\n",
        ),
        (
            "1\t1\t\tA\t.\tx\t.\tX;;DP=3000000000\tGT:GT:AD\t01|1:0/0:+5,.\t.",
            "1\t1\t.\tA\t.\t0\t.\tX;DP=.\tGT:AD\t1|1:5,.\t.:.\n",
        ),
        (
            "1\t1\ta;b\tA\t<*>\t.\tPASS\t.\t.\t.\t.",
            "1\t1\ta;b\tA\t<*>\t.\tPASS\t.\t.\t.\t.\n",
        ),
    ] {
        assert_eq!(printed(HEADER, line).unwrap(), expected);
    }
}

#[test]
fn phases_of_first_alleles_are_written_where_they_say_something() {
    let header = HEADER.replace("VCFv4.2", "VCFv4.4");
    for (genotype, expected) in [
        ("|0|1", "0|1"),
        ("/0|1", "/0|1"),
        ("|0/1", "|0/1"),
        ("/0/1", "0/1"),
        ("/1", "/1"),
        ("|1", "1"),
        ("|.", "|."),
        ("/.", "."),
    ] {
        let line = format!("1\t1\t.\tA\tC\t.\t.\t.\tGT\t{genotype}\t0/0");
        let text = printed(&header, &line).unwrap();
        let column = text.split('\t').nth(9);
        // bcftools drops the prefix of a missing haploid genotype.
        assert!(column == Some(expected), "{genotype}: {text}");
        assert!(printed(HEADER, &line).is_err(), "{genotype} before 4.4");
    }
}

#[test]
fn columns_must_match_the_header() {
    let line = |columns: &str| format!("1\t1\t.\tA\tC\t.\t.\t.\tGT\t{columns}");
    for columns in [
        "0/0",
        "0/0\t0/0\t0/0",
        "0/0:1\t0/0",
        "0/0\tx",
        "0/0\t0/",
        "0/0\t",
    ] {
        assert!(printed(HEADER, &line(columns)).is_err(), "{columns}");
    }
}

#[test]
fn columns_among_others_are_printed_as_alone() {
    const COLUMNS: [&str; 16] = [
        "0/0:44,0:99",
        "1|1:0,31:93",
        "./.:0,0:.",
        "0/1:12,17:7",
        "0/1:123456789,4:0",
        "2/13:1,2,3:4",
        "./.",
        ".",
        "0/0:1",
        "0/1:01,2:3",
        "0/1:-1,2:3",
        "0/1:3000000000,2:3",
        "1:.:5",
        "0/0/1:1,2:",
        "0/1:.,.:03",
        "0|.:7:8",
    ];
    let header = |samples: usize| {
        let names: String = (0..samples).map(|n| format!("\ts{n}")).collect();
        format!(
            "##fileformat=VCFv4.2\n\
             ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"g\">\n\
             ##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"g\">\n\
             ##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"g\">\n\
             #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT{names}\n"
        )
    };
    let site = "1\t1\t.\tA\tC\t.\t.\t.\tGT:AD:DP\t";
    let print = |columns: &[&str]| {
        let line = format!("{site}{}", columns.join("\t"));
        let text = printed(&header(columns.len()), &line).unwrap();
        text.trim_end()
            .split('\t')
            .skip(9)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let alone: Vec<String> = COLUMNS
        .iter()
        .map(|column| print(&[column]).concat())
        .collect();
    let mut state = 7_u64;
    let mut random = move |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) as usize % below
    };
    for round in 0..400 {
        // Few odd columns among many, many among few, and all in between.
        let odd = random(30) + 1;
        let chosen: Vec<usize> = (0..1 + random(120))
            .map(|_| match random(30) < odd {
                true => random(COLUMNS.len()),
                false => random(6),
            })
            .collect();
        let columns: Vec<&str> = chosen.iter().map(|nth| COLUMNS[*nth]).collect();
        let expected: Vec<&str> = chosen.iter().map(|nth| alone[*nth].as_str()).collect();
        assert_eq!(print(&columns), expected, "round {round}");
    }
}
