//! S3 to SQS to Lambda: a file that is put into a bucket is indexed, and nobody asked for it.

use divbase_tests::{
    Outcome,
    accounts::Project,
    client::{Answer, Request},
    eventually::eventually,
    vcf,
};

use crate::place::Place;

#[tokio::test]
async fn an_uploaded_file_is_indexed_by_itself() -> Outcome {
    let place = Place::find().await?;
    let name = Place::own_name("events");
    let bucket = format!("divbase-{name}");
    let project = Project::make(&place.client, &place.admin, &name, &bucket).await?;
    project
        .add(&place.client, &place.admin, &place.admin, "manage")
        .await?;
    let file = vcf::bgzipped(&vcf::text(&["S1", "S2"], &[("1", 100), ("1", 200)]))?;
    place
        .s3
        .put_object()
        .bucket(&bucket)
        .key("by_itself.vcf.gz")
        .body(file.into())
        .send()
        .await?;
    let path = format!("/v1/vcf-dimensions/projects/{name}/samples");
    eventually("the samples of the file", || async {
        let request = Request::get(&path).bearer(&place.admin.token);
        let samples = place
            .client
            .send(request)
            .await
            .and_then(Answer::accepted)
            .map_err(|error| error.to_string())?;
        let text = samples.to_string();
        if text.contains("S1") && text.contains("S2") {
            Ok(())
        } else {
            Err(text)
        }
    })
    .await?;
    Ok(())
}
