// Photographs of a listing: several at once, in order, in words.
import { join } from "node:path";

import { type Page, expect, person, test } from "../support";

const photo = (name: string) => join(__dirname, "../../data/catalogue/photos", name);

/** A fresh draft of the seller's, at its photographs, its island awake. */
const draft = async (page: Page, hasScripts = true) => {
  await page.goto("/ban-hang/dang-ban");
  await page.getByRole("button", { name: "Bắt đầu" }).click();
  await expect(page).toHaveURL(/\/anh$/);
  const form = { name: "Khóm để chụp", group: "food", stock: "1" };
  await page.request.post(page.url().replace(/anh$/, "hang"), { form });
  if (hasScripts) await expect(page.locator("html[data-awake]")).toBeAttached();
};

test("photographs change their places and say what they show, without a script too", async ({ page, signIn, isAccessible, javaScriptEnabled }) => {
  await signIn(person("seller", "co-so-truong-tho"));
  await draft(page, javaScriptEnabled !== false);
  await page.locator("#photos").setInputFiles([photo("khom_03.jpg"), photo("khom_04.jpg")]);
  if (javaScriptEnabled === false) await page.getByRole("button", { name: "Gửi hình lên" }).click();
  const kept = page.locator(".kept-photo");
  await expect(kept).toHaveCount(2);
  await isAccessible();
  const first = await kept.nth(0).getAttribute("id");
  await page.getByRole("button", { name: "Xuống: đưa hình 1 ra sau" }).press("Enter");
  await expect(kept.nth(1)).toHaveAttribute("id", first!);
  await page.getByRole("button", { name: "Lên: đưa hình 2 ra trước" }).click();
  await expect(kept.nth(0)).toHaveAttribute("id", first!);
  await page.getByLabel("Hình 2 cho thấy gì").fill("Rẫy khóm buổi sớm");
  await page.getByRole("button", { name: "Lưu lời cho hình 2" }).click();
  await expect(page.getByLabel("Hình 2 cho thấy gì")).toHaveValue("Rẫy khóm buổi sớm");
  await expect(kept.nth(1).locator("img")).toHaveAttribute("alt", "Rẫy khóm buổi sớm");
  await page.getByLabel("Hình 2 cho thấy gì").fill("");
  await page.getByRole("button", { name: "Lưu lời cho hình 2" }).click();
  await expect(page.getByLabel("Hình 2 cho thấy gì")).toHaveValue(/^Khóm để chụp – hình 2, /);
  const wide = await page.evaluate(() =>
    [...document.querySelectorAll(".kept-photo button")].filter((it) => {
      const box = it.getBoundingClientRect();
      return box.width < 44 || box.height < 44;
    }).length,
  ).catch(() => 0);
  expect(wide, "buttons that are too small for a thumb").toBe(0);
});

test("a paper's address that was not made for the visitor leads back", async ({ page, signIn, isAccessible }) => {
  await signIn(person("seller", "co-so-truong-tho"));
  const answer = await page.goto("/giay-to/0190b1a2-0000-7000-8000-000000000001?den=9999999999&ky=x", { referer: new URL("/ban-hang/gian-hang", page.url()).href });
  expect(answer!.status()).toBe(403);
  await expect(page.getByRole("link", { name: "Quay lại" })).toHaveAttribute("href", "/ban-hang/gian-hang");
  await isAccessible();
});
