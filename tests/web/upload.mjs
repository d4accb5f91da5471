// Uploads: in parts, broken off and gone on with; dropped onto the page; refused at once; and without a script by a token.

import { randomBytes } from "node:crypto";
import { readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";

import { check, fail, folder, forgive, open, origin, shows } from "./browser.mjs";
import { vcf } from "./vcf.mjs";

const PART = 32 * 1024 * 1024;

export async function uploadInParts(page, project) {
  const large = `${folder}/large.vcf.gz`;
  writeFileSync(large, vcf(425000, { note: "x".repeat(100), level: 0 }));
  const size = readFileSync(large).length;
  check(size > 60_000_000 && size < 2 * PART, `${size} bytes are no 60 MB in two parts`);

  // The second part never arrives, and the page is left.
  const sent = [];
  let second = (route) => undefined;
  await page.route(/partNumber=/, (route) => {
    const number = new URL(route.request().url()).searchParams.get("partNumber");
    if (route.request().method() === "PUT") {
      sent.push(number);
      if (!route.request().headers()["x-amz-checksum-sha256"]) fail("a part went without its checksum");
    }
    return number === "2" ? second(route) : route.continue();
  });
  await forgive(async () => {
    await open(page, `/projects/${project}/files`);
    await page.getByLabel("Drop files here").setInputFiles(large);
    await page.waitForFunction(() =>
      Object.entries(localStorage).some(([key, state]) => key.startsWith("upload|") && JSON.parse(state).etags[1]),
    );
    check(sent.includes("1") && sent.includes("2"), `sent ${sent}`);
    await open(page, `/projects/${project}/files`);

    // The same file goes on where it was; its connection breaks once.
    sent.length = 0;
    second = (route) => {
      second = (other) => other.continue();
      return route.abort("connectionreset");
    };
    await page.getByLabel("Drop files here").setInputFiles(large);
    await page.locator('#upload-list li[data-state="done"]').waitFor();
  });
  check(sent.join() === "2,2", `after the break ${sent} were sent`);
  check(await page.evaluate(() => !Object.keys(localStorage).some((key) => key.startsWith("upload|"))), "a trace is left");

  // A file that became another meanwhile, of the same size and time, is never put together from parts of both.
  const survey = `${folder}/survey.txt`;
  const content = randomBytes(PART + 5);
  writeFileSync(survey, content);
  const { atime, mtime } = statSync(survey);
  sent.length = 0;
  second = (route) => undefined;
  await forgive(async () => {
    await open(page, `/projects/${project}/files`);
    await page.getByLabel("Drop files here").setInputFiles(survey);
    await page.waitForFunction(() =>
      Object.entries(localStorage).some(([key, state]) => key.startsWith("upload|") && JSON.parse(state).etags[1]),
    );
    await open(page, `/projects/${project}/files`);
  });
  content[0] ^= 1;
  writeFileSync(survey, content);
  utimesSync(survey, atime, mtime);
  sent.length = 0;
  second = (route) => route.continue();
  await page.getByLabel("Drop files here").setInputFiles(survey);
  await page.locator('#upload-list li[data-state="done"]').waitFor();
  check(sent.sort().join() === "1,2", `of the changed file ${sent} were sent`);
  await page.unroute(/partNumber=/);

  // Dropped.
  const small = readFileSync(`${folder}/a.vcf.gz`).toString("base64");
  const data = await page.evaluateHandle((text) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const dropped = new DataTransfer();
    dropped.items.add(new File([bytes], "a.vcf.gz"));
    return dropped;
  }, small);
  await page.dispatchEvent("#upload", "drop", { dataTransfer: data });
  await page.locator('#upload-list li[data-state="done"]', { hasText: "a.vcf.gz" }).waitFor();

  // Refused before anything is sent.
  await page.getByLabel("Drop files here").setInputFiles({
    name: "plain.vcf.gz",
    mimeType: "application/gzip",
    buffer: Buffer.from("##fileformat=VCFv4.2\n"),
  });
  await shows(page, "It is not bgzipped.");
  await page.getByLabel("Drop files here").setInputFiles({
    name: "cut.vcf.gz",
    mimeType: "application/gzip",
    buffer: readFileSync(`${folder}/a.vcf.gz`).subarray(0, -40),
  });
  await shows(page, "Its end is missing");
}

export async function uploadByToken(token, project) {
  const bytes = readFileSync(`${folder}/a.vcf.gz`);
  const answer = await fetch(`${origin}/api/v1/s3/upload/single-part?project_name=${project}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify([{ name: "a.vcf.gz", content_length: bytes.length }]),
  });
  check(answer.ok, await answer.clone().text());
  const [url] = await answer.json();
  const put = await fetch(url.pre_signed_url, { method: "PUT", headers: url.put_headers, body: bytes });
  check(put.ok, await put.text());
}
