// A person without a mouse: signs in, opens a project and asks for a plan by keys alone.

import { check, open, origin } from "./browser.mjs";

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
}
