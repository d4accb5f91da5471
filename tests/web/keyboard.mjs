// A person without a mouse: signs in, opens a project and asks for a plan by keys alone.

import { check, folder, open, origin, script } from "./browser.mjs";

// Presses Tab until the element with this name and role has the focus, which has to be seen.
async function reach(page, role, name) {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press("Tab");
    const found = await page.evaluate(() => {
      const at = document.activeElement;
      const label = at.labels?.[0]?.textContent ?? at.getAttribute("aria-label") ?? at.textContent;
      const style = getComputedStyle(at);
      return {
        name: label.trim().replace(/\s+/g, " "),
        tag: at.tagName.toLowerCase(),
        outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
      };
    });
    check(found.tag === "body" || found.outlined, `the focus on ${found.tag} "${found.name}" is not seen`);
    if (found.tag === role && found.name.startsWith(name)) return;
  }
  throw new Error(`no ${role} "${name}" is reached by the Tab key at ${page.url()}`);
}

// Presses Enter and waits until that has led somewhere.
const enter = (page) => Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);

export async function withoutMouse(page, { email, password, project }) {
  await open(page, "/");
  await page.keyboard.press("Tab");
  const first = await page.evaluate(() => document.activeElement.textContent);
  check(first === "Skip to the content", `the Tab key reaches "${first}" first`);
  await enter(page);
  check(page.url().endsWith("#main"), page.url());
  await open(page, "/");
  await reach(page, "a", "Sign in");
  await enter(page);
  await reach(page, "input", "E-mail address");
  await page.keyboard.type(email);
  await reach(page, "input", "Password");
  await page.keyboard.type(password);
  await enter(page);
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  await open(page, "/projects/");
  await reach(page, "a", project);
  await enter(page);
  check(page.url() === `${origin}/projects/${project}`, page.url());
  await reach(page, "a", "Query");
  await enter(page);
  await reach(page, "textarea", "Regions");
  await page.keyboard.type("chr1:1-1,000");
  await reach(page, "button", "Show the plan");
  await enter(page);
  await page.getByText("How it would be answered").waitFor();
  await reach(page, "button", "Run it");
  await enter(page);
  await page.locator("#status", { hasText: "SUCCESS" }).waitFor();
  await reach(page, "a", "Download the result");
  const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
  check((await download.path()) !== null, "nothing was downloaded");
  await chooseSamples(page, project);
  await makeAndRevokeToken(page);
  await chooseFiles(page, project);
  await open(page, "/");
  await reach(page, "button", "Sign out");
  await enter(page);
  await page.getByText("You are signed out.").first().waitFor();
}

async function chooseSamples(page, project) {
  await open(page, `/projects/${project}/samples`);
  if (script) {
    await page.keyboard.press("/");
  } else {
    await reach(page, "input", "Filter of the metadata");
  }
  await page.keyboard.type("Area:Baltic");
  if (!script) await enter(page);
  await page.locator("#count", { hasText: /^1$/ }).waitFor();
}

async function makeAndRevokeToken(page) {
  await open(page, "/pats/");
  await reach(page, "a", "Make a token");
  await enter(page);
  await reach(page, "input", "Name");
  await page.keyboard.type("by keys");
  await reach(page, "input", "These, with at most this role");
  await page.keyboard.press("ArrowUp");
  await reach(page, "button", "Make it");
  await enter(page);
  await page.locator("#token").waitFor();
  await open(page, "/pats/");
  await reach(page, "button", "Revoke by keys");
  await enter(page);
  await page.getByText("The token is revoked.").waitFor();
}

// Files are chosen with the key that presses a button.
async function chooseFiles(page, project) {
  if (!script) return;
  await open(page, `/projects/${project}/files`);
  await reach(page, "input", "Drop files here");
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.keyboard.press("Space")]);
  await chooser.setFiles(`${folder}/a.vcf.gz`);
  await page.locator('#upload-list li[data-state="done"]', { hasText: "a.vcf.gz" }).waitFor();
}
