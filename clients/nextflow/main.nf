// Uploads a file, asks DivBase for the samples of two areas, and counts the records of each answer.
// nextflow run main.nf --project herring --table herring.tsv --upload mine.vcf.gz
// Sign in before (divbase-cli auth login), or set DIVBASE_API_PAT.

params.project = 'herring'
params.table = 'sample_metadata.tsv'
params.upload = 'mine.vcf.gz'

process UPLOAD {
    input:
    val file

    output:
    stdout

    script:
    """
    divbase-cli --quiet files upload '${file}' --to pipeline/ --project '${params.project}' >&2
    printf uploaded
    """
}

process QUERY {
    input:
    tuple val(area), val(uploaded)

    output:
    tuple val(area), path("${area}.vcf.gz"), path("${area}.vcf.gz.csi")

    script:
    """
    divbase-cli --quiet query vcf --project '${params.project}' --metadata-tsv-name '${params.table}' \\
        --tsv-filter 'Area:${area}' --command 'view -r scaffold_2' -o '${area}.vcf.gz'
    """
}

process COUNT {
    input:
    tuple val(area), path(vcf), path(index)

    output:
    stdout

    script:
    """
    printf '%s\\t%s\\n' '${area}' "\$(divbase-cli local view -H '${vcf}' | wc -l)"
    """
}

workflow {
    uploaded = UPLOAD(Channel.of(params.upload))
    Channel.of('North', 'East').combine(uploaded) | QUERY | COUNT | view
}
