// The seller's main screens can be listened to.
import { type Page, expect, person, test } from "../support";

const SCREENS = ["/ban-hang", "/ban-hang/don-hang", "/ban-hang/dang-ban", "/ban-hang/san-pham", "/ban-hang/gian-hang"];

/** A browser with voices of these languages, which notes what it is asked to say. */
const voices = (page: Page, ...langs: string[]) =>
  page.addInitScript((langs) => {
    const said: string[] = [];
    Object.assign(window, { said });
    const waiting: SpeechSynthesisUtterance[] = [];
    const speech = {
      getVoices: () => langs.map((lang) => ({ lang, name: lang })),
      speak: (one: SpeechSynthesisUtterance) => {
        said.push(`${one.lang}: ${one.text}`);
        waiting.push(one);
      },
      cancel: () => {
        said.push("–");
        waiting.splice(0);
      },
      addEventListener: () => {},
      end: () => waiting.splice(0).forEach((one) => one.onend?.({} as SpeechSynthesisEvent)),
    };
    Object.defineProperty(window, "speechSynthesis", { value: speech });
    Object.assign(window, {
      SpeechSynthesisUtterance: class {
        voice = null;
        lang = "";
        constructor(public text: string) {}
      },
    });
  }, langs);

const said = (page: Page) => page.evaluate(() => (window as unknown as { said: string[] }).said);

test.describe("with scripts", () => {
  test.skip(({ javaScriptEnabled, isMobile }) => javaScriptEnabled === false || !isMobile, "phones read");

  test("each main screen is read in Vietnamese, and stops at the second press", async ({ page, signIn, isAccessible }) => {
    await voices(page, "en-US", "vi_VN");
    await signIn(person("seller", "co-so-thanh-tu"));
    for (const path of SCREENS) {
      await page.goto(path);
      const title = await page.locator("h1").innerText();
      await page.getByRole("button", { name: "Đọc to" }).click();
      const stop = page.getByRole("button", { name: "Thôi đọc" });
      await expect(stop).toHaveAttribute("aria-pressed", "true");
      const heard = await said(page);
      expect(heard).toContain(`vi_VN: ${title}`);
      expect(heard.join("\n"), "the button does not read itself").not.toContain("đọc\n");
      await isAccessible();
      await stop.click();
      expect((await said(page)).at(-1)).toBe("–");
      await expect(page.getByRole("button", { name: "Đọc to" })).toHaveAttribute("aria-pressed", "false");
    }
    // At its end it is ready again by itself.
    await page.getByRole("button", { name: "Đọc to" }).click();
    await page.evaluate(() => (window.speechSynthesis as unknown as { end: () => void }).end());
    await expect(page.getByRole("button", { name: "Đọc to" })).toBeVisible();
  });

  test("without a Vietnamese voice there is no button", async ({ page, signIn }) => {
    await voices(page, "en-US");
    await signIn(person("seller", "co-so-thanh-tu"));
    await page.goto("/ban-hang");
    await expect(page.locator("html[data-keeps]")).toBeAttached();
    await expect(page.getByText("Đọc to")).toBeHidden();
  });
});

test("icons of the main screens stand beside words", async ({ page, signIn }) => {
  await signIn(person("seller", "co-so-thanh-tu"));
  for (const path of SCREENS) {
    await page.goto(path);
    const bare = await page.locator("main a:has(svg.icon), main button:has(svg.icon), .work-nav a").evaluateAll((all) =>
      all.filter((it) => !(it as HTMLElement).hidden && !it.textContent!.trim()).map((it) => it.outerHTML),
    );
    expect(bare, path).toEqual([]);
  }
});
