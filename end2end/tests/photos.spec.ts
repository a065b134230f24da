// Photographs of a listing from a phone: several at once, over networks that break off, in order, in words.
import { readFileSync } from "node:fs";
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

/** As a phone takes it: more pixels, and more bytes, than anybody should send. */
const large = async (page: Page, seed: number): Promise<Buffer> => {
  const text = await page.evaluate(async (seed) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [2000, 1500];
    const context = canvas.getContext("2d")!;
    const image = context.createImageData(canvas.width, canvas.height);
    let next = seed;
    for (let at = 0; at < image.data.length; at += 4) {
      next = (Math.imul(next, 1664525) + 1013904223) | 0;
      const noise = (next >>> 24) / 5;
      image.data[at] = 120 + noise;
      image.data[at + 1] = ((at >> 8) & 127) + noise;
      image.data[at + 2] = 40 + noise;
      image.data[at + 3] = 255;
    }
    context.putImageData(image, 0, 0);
    return canvas.toDataURL("image/jpeg", 0.95);
  }, seed);
  return Buffer.from(text.slice(text.indexOf(",") + 1), "base64");
};

test.describe("with scripts", () => {
  test.skip(({ javaScriptEnabled, isMobile }) => javaScriptEnabled === false || !isMobile, "phones send");

  test("several at once, each shrunk and with its progress", async ({ page, signIn, isAccessible }) => {
    await signIn(person("seller", "co-so-thanh-tu"));
    await draft(page);
    const file = await large(page, 1);
    expect(file.length).toBeGreaterThan(1_000_000);
    let bytes = 0;
    page.on("request", (request) => {
      if (request.url().includes("/gui-hinh/")) bytes += request.postDataBuffer()?.length ?? 0;
    });
    await page.locator("#photos").setInputFiles([
      { name: "may-anh.jpg", mimeType: "image/jpeg", buffer: file },
      { name: "khom.jpg", mimeType: "image/jpeg", buffer: readFileSync(photo("khom_01.jpg")) },
      { name: "ghi-chu.jpg", mimeType: "image/jpeg", buffer: Buffer.from("không phải hình, chỉ là chữ") },
    ]);
    const rows = page.locator(".sent-photo");
    await expect(rows).toHaveCount(3);
    await expect(rows.nth(1)).toHaveAttribute("data-state", "sent");
    await expect(rows.nth(0)).toHaveAttribute("data-state", "sent");
    await expect(rows.nth(0).locator("progress")).toHaveAttribute("value", "100");
    await expect(rows.nth(2)).toHaveAttribute("data-state", "failed");
    await expect(rows.nth(2)).toContainText("không phải hình");
    await isAccessible();
    expect(bytes).toBeLessThan(300 * 1024 + 40_000);
    await page.getByRole("link", { name: "Xem các hình đã gửi" }).click();
    await expect(page.locator(".kept-photo")).toHaveCount(2);
    await isAccessible();
  });

  test("a cut in the middle is gone on with, and nothing is there twice", async ({ page, context, signIn }) => {
    await signIn(person("seller", "hop-tac-xa-ky-nhu"));
    await draft(page);
    const file = await large(page, 2);
    let pieces = 0;
    await page.route("**/gui-hinh/**", async (route) => {
      pieces += 1;
      // The second piece arrives, and its answer does not.
      if (pieces === 2) {
        await route.fetch();
        await context.setOffline(true);
        await route.abort();
      } else {
        await route.continue();
      }
    });
    await page.locator("#photos").setInputFiles([
      { name: "mot.jpg", mimeType: "image/jpeg", buffer: file },
      { name: "hai.jpg", mimeType: "image/jpeg", buffer: readFileSync(photo("khom_02.jpg")) },
    ]);
    await expect(page.locator(".sent-photo").first()).toHaveAttribute("data-state", "waiting");
    await expect(page.getByRole("button", { name: "Gửi tiếp" })).toBeVisible();
    await context.setOffline(false);
    // By itself: the page shows what has arrived.
    await expect(page.locator(".kept-photo")).toHaveCount(2);
    // The same ones again, from the gallery: they are there.
    await expect(page.locator("html[data-awake]")).toBeAttached();
    await page.locator("#photos").setInputFiles({ name: "mot.jpg", mimeType: "image/jpeg", buffer: file });
    await expect(page.locator(".sent-photo")).toHaveCount(1);
    await expect(page.locator(".sent-photo")).toHaveCount(0);
    await expect(page.locator(".kept-photo")).toHaveCount(2);
  });

  test("over a slow network the person sees how far it is", async ({ page, context, signIn }) => {
    await signIn(person("seller", "co-so-truong-tho"));
    await draft(page);
    const file = await large(page, 3);
    const network = await context.newCDPSession(page);
    const slow = { offline: false, latency: 400, downloadThroughput: 100_000, uploadThroughput: 40_000 };
    await network.send("Network.emulateNetworkConditions", slow);
    await page.locator("#photos").setInputFiles({ name: "cham.jpg", mimeType: "image/jpeg", buffer: file });
    const bar = page.locator(".sent-photo progress");
    const seen = new Set<string>();
    await expect
      .poll(async () => {
        const value = await bar.getAttribute("value", { timeout: 500 }).catch(() => "gone");
        seen.add(value ?? "");
        return seen.size;
      }, { intervals: [100] })
      .toBeGreaterThanOrEqual(4);
    await expect(page.locator(".kept-photo")).toHaveCount(1);
  });
});

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
