// People who come in, and the desks at which they work.
import { join } from "node:path";

import { type Browser, type Page, expect } from "@playwright/test";

import { type Person, person } from "./people";

/** One of the sample photographs. */
export const picture = (name: string) => join(__dirname, "../../data/catalogue/photos", name);

/** A telephone that no other test uses. */
export const number = (project: string, digit: Record<string, string>) =>
  `09${digit[project] ?? "8"}${String(Date.now()).slice(-7)}`;

/** Comes in by the code that the demonstration shows, to `path`; an account that is new, or that others made, gets its name. */
export const comeIn = async (page: Page, phone: string, name: string, path: string) => {
  await page.goto(path);
  await page.getByLabel("Số điện thoại").fill(phone);
  await page.getByRole("button", { name: "Tiếp" }).click();
  await page.getByLabel("Mã 6 số").fill(await page.locator(".notice strong").innerText());
  await page.getByRole("button", { name: "Tiếp" }).click();
  await page.getByLabel("Họ tên").fill(name);
  await page.locator("#agreed").check();
  await page.getByRole("button", { name: "Tạo tài khoản" }).click();
};

/** Somebody else at another machine, without JavaScript. */
export const signedIn = async (browser: Browser, who: Person, viewport = { width: 1280, height: 800 }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport });
  const page = await context.newPage();
  await page.goto("/dang-nhap");
  await page.locator("input[name=phone]").fill(who.phone);
  await page.locator("input[name=password]").fill(who.password);
  await page.locator("form.sign-in button").click();
  return page;
};

/** Sends a sample photograph; with JavaScript what is picked is sent at once. */
export const upload = async (page: Page, hasScripts: boolean, file: string, seen: string) => {
  if (hasScripts) await expect(page.locator("html[data-awake]")).toBeAttached();
  await page.locator("#photos").setInputFiles(picture(file));
  if (!hasScripts) await page.getByRole("button", { name: "Gửi hình lên" }).click();
  await expect(page.locator(seen).first()).toBeVisible();
};

/** The queue at the officers' desk, on the page where those stand that came last. */
export const newestGoods = async (officer: Page) => {
  await officer.goto("/tinh/hang-hoa");
  const last = officer.locator(".pagination li a").filter({ hasNotText: "Sau" }).last();
  if (await last.count()) await last.click();
};

/** An officer at another desk looks at goods that wait, and approves them. */
export const approveGoods = async (browser: Browser, name: string) => {
  const officer = await signedIn(browser, person("officer"));
  await newestGoods(officer);
  await officer.getByRole("link", { name }).click();
  await officer.getByRole("button", { name: "Duyệt", exact: true }).click();
  await expect(officer.getByText("Đã duyệt")).toBeVisible();
  await officer.context().close();
};
