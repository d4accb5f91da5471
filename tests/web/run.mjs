// What people do on the pages, from registering to signing out; with JavaScript, and again without.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

import { check, click, end, fail, folder, forgive, link, look, open, origin, person, script, shows } from "./browser.mjs";
import { uploadInParts, uploadByToken } from "./upload.mjs";
import { withoutMouse } from "./keyboard.mjs";
import { lookForSamples, makeVersion, putTable, readHelp } from "./samples.mjs";
import { vcf } from "./vcf.mjs";

const PROJECT = "cod";
const PASSWORD = "heron lake fog 71";
const NEW_PASSWORD = "otter river mist 17";
const linnea = { name: "Linnea Lind", email: "linnea@example.org" };
const erik = { name: "Erik Ek", email: "erik@example.org" };

async function signIn(page, email, password) {
  await open(page, "/login");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await click(page, "Sign in");
  await page.getByRole("button", { name: "Sign out" }).waitFor();
}

async function describeOneself(page, somebody) {
  await page.getByLabel("Name", { exact: true }).fill(somebody.name);
  await page.getByLabel("Organisation").fill("Institute of Tests");
  await page.getByLabel("Your role there").fill("Student");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("Password, once more").fill(PASSWORD);
}

async function register(page) {
  await open(page, "/");
  await look(page, "front");
  await page.getByRole("link", { name: "Register" }).first().click();
  await look(page, "register");
  await describeOneself(page, linnea);
  await page.getByLabel("E-mail address").fill(linnea.email);
  await click(page, "Register");
  await shows(page, "is on its way");
  await open(page, await link(linnea.email));
  await look(page, "verify");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await click(page, "Confirm");
  await shows(page, "is confirmed. You can sign in now.");
  await look(page, "login");
  await signIn(page, linnea.email, PASSWORD);
}

async function makeProject(admin) {
  await signIn(admin, process.env.DIVBASE_ADMIN, process.env.DIVBASE_ADMIN_PASSWORD);
  await open(admin, "/projects/");
  await admin.getByLabel("Name", { exact: true }).fill(PROJECT);
  await admin.getByLabel("Description").fill("Cod of the Baltic");
  await admin.getByLabel("Address of its first manager").fill(linnea.email);
  await click(admin, "Make it");
  await shows(admin, "The project cod is made.");
}

async function inviteErik(manager, guest) {
  await open(manager, "/projects/");
  await look(manager, "projects");
  await manager.getByRole("link", { name: PROJECT }).click();
  await look(manager, "project-empty");
  await manager.getByRole("link", { name: "Members" }).click();
  await manager.getByLabel("E-mail address").fill(erik.email);
  await manager.getByLabel("Role", { exact: true }).selectOption("read");
  await click(manager, "Add");
  await shows(manager, "an invitation is on its way");
  await open(guest, await link(erik.email));
  await look(guest, "invitation");
  await describeOneself(guest, erik);
  await click(guest, "Make the account");
  await shows(guest, "Your account is made.");
  await signIn(guest, erik.email, PASSWORD);
  await open(guest, `/projects/${PROJECT}`);
  await shows(guest, "Your role is read");
  await open(manager, `/projects/${PROJECT}/members`);
  await look(manager, "members");
  await manager.getByLabel(`Role of ${erik.email}`).selectOption("query");
  await click(manager, "Change");
  await shows(manager, `${erik.email} has the role query now.`);
  await open(guest, `/projects/${PROJECT}`);
  await shows(guest, "Your role is query");
  await open(manager, `/projects/${PROJECT}/audit`);
  await look(manager, "audit");
}

async function makeToken(page) {
  await open(page, "/pats/new");
  await look(page, "token-new");
  await page.getByLabel("Name", { exact: true }).fill("pipeline");
  await page.getByLabel(PROJECT, { exact: true }).selectOption("query");
  await click(page, "Make it");
  await look(page, "token");
  return (await page.locator("#token").textContent()).trim();
}

const call = (token) => fetch(`${origin}/api/v1/projects/${PROJECT}`, { headers: { authorization: `Bearer ${token}` } });

async function revokeToken(page, token) {
  check((await call(token)).status === 200, "the token does not open the project");
  await open(page, "/pats/");
  await look(page, "tokens");
  await click(page, "Revoke pipeline");
  await shows(page, "The token is revoked.");
  check((await call(token)).status === 401, "the token was revoked and opens the project");
}

async function seeIndexed(page, count) {
  for (;;) {
    await open(page, `/projects/${PROJECT}/files`);
    if ((await page.getByText("✓ indexed").count()) === count) break;
    await page.waitForTimeout(500);
  }
  await look(page, "files");
  await page.getByRole("link", { name: "a.vcf.gz", exact: true }).click();
  await shows(page, "s1 s2");
  await look(page, "file");
  await open(page, `/projects/${PROJECT}`);
  await shows(page, "Records along scaffolds");
  await look(page, "project");
}

// What stands where nothing is, and where one may not be.
async function lookAtErrors(page) {
  for (const [name, path, status] of [
    ["error-nothing", "/nothing/is/here", 404],
    ["error-project", "/projects/nothing", 404],
    ["error-admin", "/admin/", 403],
    ["error-members", `/projects/${PROJECT}/sharing`, 403],
  ]) {
    let answer;
    await forgive(async () => (answer = await page.goto(`${origin}${path}`)));
    check(answer.status() === status, `${path} answered ${answer.status()}`);
    await look(page, name);
  }
}

// Pages that the other steps pass by.
async function lookAtTheRest(manager) {
  for (const [name, path] of [
    ["second-factor", "/profile/second-factor"],
    ["device", "/device"],
    ["sharing", `/projects/${PROJECT}/sharing`],
    ["settings", `/projects/${PROJECT}/settings`],
    ["about", "/about"],
    ["files-deleted", `/projects/${PROJECT}/files/deleted`],
    ["uploads", `/projects/${PROJECT}/uploads`],
    ["project-tasks", `/projects/${PROJECT}/tasks`],
    ["variants", `/projects/${PROJECT}/variants?region=chr1%3A1-2,000`],
    ["query-empty", `/projects/${PROJECT}/query`],
    ["project-requests", "/project-requests/"],
    ["tasks-none", "/tasks/?status=FAILURE"],
  ]) {
    await open(manager, path);
    await look(manager, name);
  }
}

// Several files at once: by a box each, or by one for all where a script runs.
async function chooseFiles(manager) {
  await open(manager, `/projects/${PROJECT}/files`);
  const boxes = manager.locator('#choice tbody input[type="checkbox"]');
  const all = await boxes.count();
  check(all > 1, `${all} files to choose from`);
  if (script) await manager.getByLabel("Choose all").check();
  else for (let at = 0; at < all; at++) await boxes.nth(at).check();
  await look(manager, "files-chosen");
  await click(manager, "Download the chosen");
  await shows(manager, `${all} files to download`);
  check((await manager.locator("#chosen a").count()) === all, "not every chosen file has its link");
  await look(manager, "files-download");
}

// What people without an account see: a public project, and what a link opens.
async function shareWithEverybody(manager, stranger) {
  await open(manager, `/projects/${PROJECT}/sharing`);
  await manager.getByLabel("File, or folder with its last slash").fill("a.vcf.gz");
  await click(manager, "Make a link");
  await shows(manager, "It is shown this once.");
  await look(manager, "sharing-made");
  const made = (await manager.locator("pre.command code").first().textContent()).trim();
  await open(stranger, new URL(made, origin).pathname);
  await stranger.getByRole("link", { name: "a.vcf.gz" }).waitFor();
  await look(stranger, "shared");
  await click(manager, "Make public");
  await open(stranger, "/");
  await stranger.getByRole("link", { name: PROJECT, exact: true }).click();
  await shows(stranger, "A public project");
  await look(stranger, "public");
  await open(stranger, "/");
  await look(stranger, "front-public");
  await open(manager, `/projects/${PROJECT}/sharing`);
  await click(manager, "Make private");
  await shows(manager, "Only members may read the project.");
}

// The document of the API, in a viewer of our own files.
async function readApi(page) {
  await open(page, "/api/v1/docs");
  if (!script) return shows(page, "The viewer needs JavaScript.");
  check((await page.getByText("was built without the viewer").count()) === 0, "built without the viewer: run local/scripts/igv.sh");
  // The viewer puts places to break a line into the text of a path, and draws operations when they are scrolled to.
  await page.locator('[data-path="/admin/projects"]').waitFor({ timeout: 60000 });
  const operation = page.locator('[data-path$="/auth/second-factor/confirm"]');
  for (let turns = 0; (await operation.count()) === 0; turns++) {
    check(turns < 200, "the operation is not in the viewer");
    await page.mouse.wheel(0, 400);
    await page.waitForTimeout(100);
  }
  await page.getByRole("button", { name: "Authorize" }).waitFor();
}

// The genome browser reads ranges of a large file and draws what is there.
async function browse(page) {
  if (!script) {
    await open(page, `/projects/${PROJECT}/browse?name=a.vcf.gz`);
    return shows(page, "The genome browser needs JavaScript.");
  }
  const fetched = [];
  const note = (response) => {
    const store = new URL(response.url());
    if (store.origin === origin || response.request().method() !== "GET") return;
    const headers = response.headers();
    fetched.push({ status: response.status(), length: Number(headers["content-length"]), range: headers["content-range"] });
  };
  page.on("response", note);
  await open(page, `/projects/${PROJECT}/file?name=large.vcf.gz`);
  await page.getByRole("link", { name: "Browse its variants" }).click();
  await page.locator('#browser[data-ready="yes"]').waitFor({ timeout: 60000 });
  await page.getByLabel("Region").fill("chr1:1500000-1500200");
  await click(page, "Show");
  await page.waitForFunction(() => location.search.includes("1500000"));
  // What is drawn is on a canvas: marks of variants and genotypes, and nothing in a place without records.
  const marks = () =>
    page.locator("#igv").evaluate((igv) => {
      const canvases = [...igv.shadowRoot.querySelectorAll("canvas")];
      return canvases.reduce((sum, canvas) => {
        if (!canvas.width || !canvas.height || canvas.height < 60) return sum;
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        let coloured = 0;
        for (let at = 0; at < data.length; at += 4) {
          const [r, g, b, a] = data.slice(at, at + 4);
          if (a > 0 && Math.max(r, g, b) - Math.min(r, g, b) > 60) coloured++;
        }
        return sum + coloured;
      }, 0);
    });
  while ((await marks()) < 500) await page.waitForTimeout(200);
  await look(page, "browse");
  check(fetched.length > 0, "nothing was fetched from the store");
  check(fetched.every(({ status }) => status === 206), `not ranges alone: ${JSON.stringify(fetched)}`);
  const bytes = fetched.reduce((sum, { length }) => sum + length, 0);
  check(bytes < 12_000_000, `${bytes} bytes of the file were fetched: ${JSON.stringify(fetched)}`);
  page.off("response", note);
  await page.getByLabel("Region").fill("chr1:50000000-50000200");
  await click(page, "Show");
  await page.waitForFunction(() => location.search.includes("50000000"));
  while ((await marks()) >= 500) await page.waitForTimeout(200);
}

async function query(page) {
  await open(page, `/projects/${PROJECT}/query`);
  await page.getByLabel("By name").check();
  await page.getByLabel("Names, one a line").fill("s2");
  await page.getByLabel("Regions, one a line").fill("chr1:1-1,000");
  await page.getByLabel("Only records for which this holds").fill('TYPE="snp"');
  await page.getByLabel("These files alone").fill("a.vcf.gz");
  // With a script the plan is made while the form is filled in.
  if (!script) await click(page, "Show the plan");
  const command = page.locator("#as-command", { hasText: "chr1:1-1000 -i" });
  await command.waitFor();
  check((await command.textContent()).includes("--samples s2"), await command.textContent());
  await look(page, "query");
  await click(page, "Run it");
  check(/\/tasks\/\d+$/.test(page.url()), page.url());
  // With a script the page changes by itself, and without one it reloads itself.
  await page.locator("#status", { hasText: "SUCCESS" }).waitFor();
  await page.locator("#records tbody tr").first().waitFor();
  check((await page.locator("#records tbody tr").count()) === 10, "not the first ten records");
  await look(page, "task");
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#download").click()]);
  const bytes = readFileSync(await download.path());
  await shows(page, `SHA-256: ${createHash("sha256").update(bytes).digest("hex")}`);
  await page.locator("#density").waitFor();
  const lines = gunzipSync(bytes).toString().trimEnd().split("\n");
  const records = lines.filter((line) => !line.startsWith("#"));
  check(records.length === 100, `${records.length} records`);
  check(lines.find((line) => line.startsWith("#CHROM")).endsWith("FORMAT\ts2"), "not the sample that was asked for");
  await open(page, "/tasks/");
  await page.getByRole("table").getByText("VCF query").first().waitFor();
  await look(page, "tasks");
}

async function resetPassword(page) {
  await open(page, "/profile/");
  await look(page, "profile");
  await click(page, "Sign out");
  await shows(page, "You are signed out.");
  await page.getByRole("link", { name: "Sign in" }).first().click();
  await page.getByRole("link", { name: "I have forgotten my password" }).click();
  await look(page, "forgotten");
  await page.getByLabel("E-mail address").fill(linnea.email);
  await click(page, "Send the letter");
  await shows(page, "is on its way");
  await open(page, await link(linnea.email));
  await look(page, "reset");
  await page.getByLabel("New password", { exact: true }).fill(NEW_PASSWORD);
  await page.getByLabel("New password, once more").fill(NEW_PASSWORD);
  await click(page, "Set it");
  await shows(page, "Your new password is set");
  await signIn(page, linnea.email, NEW_PASSWORD);
  await click(page, "Sign out");
}

// What the test has put there: a task that failed by a fault of the service, with its dead letter.
async function redrive(admin) {
  await open(admin, "/admin/");
  await look(admin, "admin");
  await admin.getByRole("link", { name: "Dead letters" }).first().click();
  await shows(admin, "InternalError: it broke");
  await look(admin, "admin-letters");
  await click(admin, "Run all of quick again");
  await shows(admin, "1 run again");
  await shows(admin, "There are none.");
  for (;;) {
    await open(admin, "/admin/tasks?name=cron_tasks.cleanup_old_jwts_and_pats&status=SUCCESS");
    if ((await admin.locator("#tasks tbody tr").count()) > 0) break;
    await admin.waitForTimeout(500);
  }
}

async function pause(admin) {
  await open(admin, "/admin/");
  await click(admin, "Pause long");
  await shows(admin, "The tasks of the queue long no longer begin.");
}

async function resume(admin) {
  await open(admin, "/admin/");
  await click(admin, "Resume long");
  await shows(admin, "The tasks of the queue long begin again.");
}

// A query that waits is cancelled by who asked it, and run again.
async function cancelAndRetry(page, admin) {
  await pause(admin);
  await open(page, `/projects/${PROJECT}/query`);
  await page.getByLabel("Regions, one a line").fill("chr1:2000-3000");
  await page.getByLabel("These files alone").fill("a.vcf.gz");
  await click(page, "Run it");
  await shows(page, "An administrator has paused its queue.");
  await click(page, "Cancel");
  await page.locator("#status", { hasText: "REVOKED" }).waitFor();
  await look(page, "task-cancelled");
  const cancelled = page.url();
  await resume(admin);
  await click(page, "Run it again");
  check(page.url() !== cancelled, "it is the task that was cancelled");
  await shows(page, `again what task ${cancelled.split("/").at(-1)} was`);
  await page.locator("#status", { hasText: "SUCCESS" }).waitFor();
}

async function cancelMany(admin, token) {
  await pause(admin);
  const headers = { authorization: `Bearer ${token}` };
  const update = await fetch(`${origin}/api/v1/vcf-dimensions/projects/${PROJECT}`, { method: "PUT", headers });
  check(update.status === 202, `the update answered ${update.status}`);
  const task = await update.json();
  await open(admin, `/tasks/${task}`);
  await shows(admin, "An administrator has paused its queue.");
  await look(admin, "task-waiting");
  await open(admin, `/admin/tasks?status=PENDING&project=${PROJECT}`);
  await look(admin, "admin-tasks");
  await click(admin, "Cancel all …");
  await shows(admin, "tasks fit that have not ended");
  await look(admin, "admin-bulk");
  await click(admin, "Cancel them");
  await shows(admin, "tasks were cancelled or asked to stop.");
  await open(admin, `/tasks/${task}`);
  await shows(admin, "REVOKED");
  await resume(admin);
}

// An announcement is looked at, made, read by others, and removed.
async function announce(admin, page) {
  await open(admin, "/admin/announcements");
  await look(admin, "admin-announcements-empty");
  await admin.getByLabel("First line").fill("Maintenance on Friday");
  await admin.getByLabel("The rest").fill("From noon on, queries wait.");
  await admin.getByLabel("What it is").selectOption("warning");
  await admin.getByLabel("Until (UTC)").fill("2099-12-24T12:00");
  await click(admin, "Show how it looks");
  await admin.locator("#preview .notice.warning", { hasText: "From noon on" }).waitFor();
  await look(admin, "admin-announcements-preview");
  const said = (shown) => shown.getByRole("heading", { name: "Maintenance on Friday" });
  await open(page, "/");
  check((await said(page).count()) === 0, "it is read before it is announced");
  await click(admin, "Announce it");
  await shows(admin, "Announced: Maintenance on Friday");
  await look(admin, "admin-announcements");
  await open(page, "/");
  await said(page).waitFor();
  await look(page, "front-announcement");
  await admin.getByRole("button", { name: /^Remove announcement/ }).click();
  await shows(admin, "is removed.");
  await open(page, "/");
  check((await said(page).count()) === 0, "it is read after it was removed");
}

async function lookAround(admin) {
  for (const name of ["schedules", "users", "projects", "project-requests", "audit"]) {
    await open(admin, `/admin/${name}`);
    await look(admin, `admin-${name}`);
  }
  await open(admin, "/admin/schedules");
  await click(admin, "Run now: cleanup-stuck-tasks-daily");
  await shows(admin, "It runs now.");
  await open(admin, "/admin/schedules/cleanup-stuck-tasks-daily");
  check((await admin.locator("#runs tbody tr").count()) === 1, "the run is not listed");
  await look(admin, "admin-schedule");
}

async function chooseTheme(page) {
  await click(page, "Dark");
  check((await page.locator("html").getAttribute("data-theme")) === "dark", "the theme was not kept");
  await click(page, "System");
}

try {
  mkdirSync(folder, { recursive: true });
  mkdirSync(`${process.env.DIVBASE_WEB}/pictures`, { recursive: true });
  writeFileSync(`${folder}/a.vcf.gz`, vcf(1000));
  const [manager, admin, guest] = [await person("manager"), await person("admin"), await person("guest")];
  const step = async (name, does) => {
    const begun = Date.now();
    await does();
    console.log(`${name}: ${Date.now() - begun} ms`);
  };
  let token;
  await step("register", () => register(manager));
  await step("make a project", () => makeProject(admin));
  await step("invite", () => inviteErik(manager, guest));
  await step("make a token", async () => (token = await makeToken(manager)));
  if (script) await step("upload", () => uploadInParts(manager, PROJECT));
  else await step("upload", () => uploadByToken(token, PROJECT));
  await step("see it indexed", () => seeIndexed(guest, script ? 2 : 1));
  await step("put a table", () => putTable(token, PROJECT));
  await step("look for samples", () => lookForSamples(guest, PROJECT));
  await step("make a version", () => makeVersion(manager, PROJECT));
  await step("read help", () => readHelp(guest));
  await step("browse", () => browse(guest));
  await step("read about the API", () => readApi(guest));
  await step("query", () => query(guest));
  await step("cancel and retry", () => cancelAndRetry(guest, admin));
  await step("errors", () => lookAtErrors(guest));
  await step("the rest", () => lookAtTheRest(manager));
  await step("choose files", () => chooseFiles(manager));
  await step("share", async () => shareWithEverybody(manager, await person("stranger")));
  const keys = await person("keys");
  await step("keys alone", () => withoutMouse(keys, { email: erik.email, password: PASSWORD, project: PROJECT }));
  await step("announce", () => announce(admin, guest));
  await step("redrive", () => redrive(admin));
  await step("cancel many", () => cancelMany(admin, token));
  await step("administration", () => lookAround(admin));
  await step("revoke the token", () => revokeToken(manager, token));
  await step("choose a theme", () => chooseTheme(manager));
  await step("reset the password", () => resetPassword(manager));
} catch (error) {
  fail(error.stack);
}
await end();
