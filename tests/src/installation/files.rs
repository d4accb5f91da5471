//! Files of a project, as the stock client sends and fetches them.

use serde_json::json;

use super::Installation;
use crate::{
    TestResult,
    accounts::{Person, Project},
    client::Request,
    section_five::{self, Told},
    vcf::content_md5,
};

impl Installation {
    /// Uploads a file as the stock client does: asks for a URL, and sends exactly the headers it is told.
    ///
    /// # Errors
    /// If service or store refuse.
    pub async fn upload(
        &self,
        who: &Person,
        project: &Project,
        name: &str,
        bytes: &[u8],
    ) -> TestResult {
        let wanted =
            json!([{"name": name, "content_length": bytes.len(), "md5_hash": content_md5(bytes)}]);
        let path = format!("/v1/s3/upload/single-part?project_name={}", project.name);
        let urls = self
            .client
            .send(Request::post(&path).bearer(&who.token).json(&wanted))
            .await?
            .accepted()?;
        let url = urls[0]["pre_signed_url"]
            .as_str()
            .ok_or("no URL to upload to")?;
        let mut put = Request::put(url).bytes(bytes);
        for (header, value) in urls[0]["put_headers"].as_object().into_iter().flatten() {
            // The HTTP library sets the length itself.
            if header != "Content-Length" {
                put = put.header(header, value.as_str().unwrap_or_default());
            }
        }
        self.client.send(put).await?.accepted()?;
        Ok(())
    }

    /// Downloads a file by a signed URL.
    ///
    /// # Errors
    /// If service or store refuse.
    pub async fn download(
        &self,
        who: &Person,
        project: &Project,
        name: &str,
    ) -> TestResult<Vec<u8>> {
        let path = format!("/v1/s3/download?project_name={}", project.name);
        let wanted = json!([{"name": name, "version_id": null}]);
        let urls = self
            .client
            .send(Request::post(&path).bearer(&who.token).json(&wanted))
            .await?
            .accepted()?;
        let url = urls[0]["pre_signed_url"]
            .as_str()
            .ok_or("no URL to download from")?;
        let answer = self.client.send(Request::get(url)).await?;
        if answer.status == 200 {
            return Ok(answer.body);
        }
        Err(format!("'{name}' cannot be downloaded: {}", answer.text()).into())
    }

    /// What the store tells of a file to who probes it as the stock client does.
    ///
    /// # Errors
    /// If service or store refuse.
    pub async fn told(&self, who: &Person, project: &Project, name: &str) -> TestResult<Told> {
        let path = format!("/v1/s3/download?project_name={}", project.name);
        let wanted = json!([{"name": name, "version_id": null}]);
        let request = Request::post(&path).bearer(&who.token).json(&wanted);
        let urls = self.client.send(request).await?.accepted()?;
        let url = urls[0]["pre_signed_url"]
            .as_str()
            .ok_or("no URL to download from")?;
        section_five::probe(&self.client, url).await
    }
}
