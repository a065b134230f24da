// What every test starts from: import { test, expect, person } from "../support".
import AxeBuilder from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";

import { type Person, person } from "./people";

export { expect, person };
export type { Person, Page };

interface Fixtures {
  /** Axe finds nothing on the page as it stands, and it has one first heading and no sideways scrolling. */
  isAccessible: () => Promise<void>;
  /** Signs in by the form, as people do. */
  signIn: (who: Person) => Promise<void>;
}

export const test = base.extend<Fixtures>({
  page: async ({ page }, use) => {
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(`script: ${error.message}`));
    page.on("console", (message) => {
      // A refused form answers 422, which the browser reports too, as it does a network that a test takes away;
      // tests look at those themselves.
      if (message.type() === "error" && !/Failed to load resource.*(40[0-9]|42[0-9]|ERR_INTERNET_DISCONNECTED|ERR_FAILED)/.test(message.text())) {
        faults.push(`console: ${message.text()}`);
      }
    });
    page.on("response", (response) => {
      if (response.status() >= 500) faults.push(`${response.status()} ${response.url()}`);
    });
    await use(page);
    expect(faults, "what the browser complained about").toEqual([]);
  },

  isAccessible: async ({ page, browser, javaScriptEnabled }, use) => {
    await use(async () => {
      await expect(page.locator("h1")).toHaveCount(1);
      if (javaScriptEnabled !== false) {
        await scan(page);
        const overhang = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(overhang, `${page.url()} scrolls sideways by so many pixels`).toBeLessThanOrEqual(0);
        return;
      }
      // Axe is a script itself: the same document is looked at in a page that runs scripts but not its own.
      const context = await browser.newContext({
        javaScriptEnabled: true,
        viewport: page.viewportSize(),
        storageState: await page.context().storageState(),
      });
      try {
        const twin = await context.newPage();
        const html = await page.content();
        await twin.route(page.url(), (route) =>
          route.fulfill({ contentType: "text/html; charset=utf-8", body: html.replace(/<script[^>]*>.*?<\/script>/gs, "") }),
        );
        await twin.goto(page.url());
        await scan(twin);
      } finally {
        await context.close();
      }
    });
  },

  signIn: async ({ page }, use) => {
    await use(async (who) => {
      await page.goto("/dang-nhap");
      await page.locator("input[name=phone]").fill(who.phone);
      await page.locator("input[name=password]").fill(who.password);
      await page.locator("main form").filter({ has: page.locator("input[name=password]") }).locator("button[type=submit]").click();
      await expect(page).not.toHaveURL(/\/dang-nhap/);
    });
  },
});

const scan = async (page: Page) => {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .analyze();
  const found = violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${violation.help} – ${node.html} (${node.failureSummary})`),
  );
  expect(found, `what axe finds on ${page.url()}`).toEqual([]);
};
