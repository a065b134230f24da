// Every page in both languages: it answers, axe finds nothing, no link is dead, nothing typed is lost.
import { expect, person, test } from "../support";

const open = ["/", "/san-pham", "/san-pham?q=khoms", "/san-pham?q=qzxqzx", "/san-pham?group=food&stars=4&sort=price", "/gio-hang", "/don-hang", "/dang-nhap", "/quy-dinh", "/xep-hang"];

for (const path of open) {
  test(`anybody: ${path}`, async ({ page, isAccessible }) => {
    const answer = await page.goto(path);
    expect(answer?.status()).toBe(200);
    await isAccessible();
    await page.getByRole("button", { name: "English" }).click();
    await expect(page.locator("html")).toHaveAttribute("lang", "en");
    await isAccessible();
    expect(await page.locator("main").innerText()).not.toMatch(/\b(catalog|orders|cart|shell|reports|sellers|listing)\.[a-z_]+/);
  });
}

test("no link of the open pages is dead", async ({ page }) => {
  test.setTimeout(120_000);
  const seen = new Set<string>();
  const next = ["/", "/san-pham", "/quy-dinh", "/xep-hang", "/don-hang"];
  while (next.length > 0 && seen.size < 60) {
    const path = next.shift() as string;
    if (seen.has(path)) continue;
    seen.add(path);
    const answer = await page.request.get(path);
    expect(answer.status(), path).toBe(200);
    if (seen.size < 20) {
      for (const [, href] of (await answer.text()).matchAll(/href="(\/[^"#]*)"/g)) next.push(href.replaceAll("&amp;", "&"));
    }
  }
  expect(seen.size).toBeGreaterThan(30);
});

test("what is not there says so", async ({ page, isAccessible }) => {
  for (const path of ["/khong-co", "/san-pham/khong-co", "/gian-hang/khong-co", "/don-hang/CB00000000?token=x"]) {
    const answer = await page.goto(path);
    expect(answer?.status(), path).toBe(404);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Không tìm thấy trang này");
  }
  await isAccessible();
});

test("desks are closed to who has no key", async ({ page, signIn }) => {
  for (const path of ["/ban-hang", "/ban-hang/don-hang", "/tinh", "/tinh/doanh-so"]) {
    await page.goto(path);
    await expect(page).toHaveURL(/\/dang-nhap\?ve=/);
  }
  await signIn(person("buyer"));
  for (const path of ["/ban-hang/don-hang", "/tinh"]) {
    expect((await page.goto(path))?.status(), path).toBe(403);
  }
});

test("a wrong password keeps the number and says nothing more", async ({ page, isAccessible }) => {
  await page.goto("/dang-nhap");
  await page.locator("input[name=phone]").fill("0911 222 333");
  await page.locator("input[name=password]").fill("sai-mat-khau");
  await page.locator("form.sign-in button").click();
  await expect(page.getByRole("alert")).toContainText("chưa đúng");
  await expect(page.locator("input[name=phone]")).toHaveValue("0911 222 333");
  await expect(page.locator("input[name=password]")).toHaveValue("");
  await isAccessible();
});

test("a seller cancels with a reason and the stock is back", async ({ page, signIn, isAccessible, javaScriptEnabled }) => {
  await page.goto("/san-pham?q=" + encodeURIComponent("Nước màu khóm"));
  await page.getByRole("link", { name: /Nước màu khóm/ }).first().click();
  const product = page.url();
  const left = async () => {
    await page.goto(product);
    return Number((await page.locator(".buy__left").innerText()).replace(/\D/g, ""));
  };
  const before = await left();
  await page.getByRole("button", { name: "Thêm vào giỏ" }).click();
  await page.goto("/thanh-toan");
  await page.getByLabel("Họ tên người nhận").fill("Lê Văn Hủy");
  await page.getByLabel("Số điện thoại").fill("0987654321");
  await page.getByLabel("Số nhà, đường, ấp").fill("Số 1");
  await page.locator("#commune").fill("Xã Hỏa Lựu");
  await page.getByRole("button", { name: /Tiếp/ }).click();
  await page.getByRole("button", { name: /^Đặt hàng/ }).click();
  const code = await page.locator(".order-code").innerText();
  await signIn(person("seller", "co-so-truong-tho"));
  await page.goto("/ban-hang/don-hang");
  await page.getByRole("link", { name: code }).click();
  await page.locator("summary", { hasText: "Hủy đơn" }).click();
  await page.getByLabel("Lý do").fill("Hết nguyên liệu");
  await isAccessible();
  // As a browser would that asks for nothing by itself.
  if (javaScriptEnabled !== false) {
    await page.locator("textarea[name=reason]").evaluate((field) => field.removeAttribute("required"));
    await page.getByLabel("Lý do").fill("");
    await page.locator("details button", { hasText: "Hủy đơn" }).click();
    await expect(page.locator("#reason-cancel-error")).toContainText("Hãy điền chỗ này");
    await page.getByLabel("Lý do").fill("Hết nguyên liệu");
  }
  await page.locator("details button", { hasText: "Hủy đơn" }).click();
  await expect(page.locator(".order-head .state")).toHaveText("Đã hủy");
  await expect(page.getByText("Hết nguyên liệu")).toBeVisible();
  await expect(page.getByText("không thu tiền")).toBeVisible();
  await expect(async () => expect(await left()).toBeGreaterThanOrEqual(before)).toPass({ timeout: 30_000 });
});

test("each variant has its price and stock, and a slip is told at its field", async ({ page, signIn, isAccessible }) => {
  await signIn(person("seller", "hop-tac-xa-thanh-thang"));
  await page.goto("/ban-hang/san-pham");
  const rows = page.locator(".own-product", { hasText: "Khóm Cầu Đúc tươi" }).locator("form:has(input[name=stock])");
  await expect(rows).toHaveCount(2);
  const second = rows.nth(1);
  const stock = second.locator("input[name=stock]");
  const was = await stock.inputValue();
  await stock.fill("bốn chục");
  await second.getByRole("button", { name: "Lưu" }).click();
  await expect(stock).toHaveValue("bốn chục");
  await expect(stock).toHaveAttribute("aria-invalid", "true");
  await expect(page.locator(`[id="${await stock.getAttribute("aria-describedby")}"]`)).toContainText("Hãy ghi bằng số");
  await expect(rows.nth(0).locator("[aria-invalid]")).toHaveCount(0);
  await isAccessible();
  await stock.fill(was);
  await second.getByRole("button", { name: "Lưu" }).click();
  await expect(page.locator("[aria-invalid]")).toHaveCount(0);
  await expect(stock).toHaveValue(was);
});

test("the language changes on a page that refused a form", async ({ page, signIn }) => {
  await signIn(person("seller", "hop-tac-xa-thanh-thang"));
  await page.goto("/ban-hang/san-pham");
  const row = page.locator("form:has(input[name=stock])").first();
  await row.locator("input[name=stock]").fill("xyz");
  await row.getByRole("button", { name: "Lưu" }).click();
  await expect(page.locator("[aria-invalid]")).toHaveCount(1);
  await page.locator("form[action='/ngon-ngu'] button").click();
  await expect(page).toHaveURL(/\/ban-hang\/san-pham$/);
  await expect(page.getByRole("heading", { level: 1, name: "My goods" })).toBeVisible();
});

test("what is sold by the piece is not sold by halves", async ({ page, isAccessible }) => {
  await page.goto("/san-pham/khom-cau-duc-tuoi");
  await page.locator(".buy .stepper__input").fill("1,5");
  await page.getByRole("button", { name: "Thêm vào giỏ" }).click();
  await expect(page).toHaveURL(/\/san-pham\/khom-cau-duc-tuoi/);
  await expect(page.locator(".buy .stepper__input")).toHaveValue("1,5");
  await expect(page.locator("#quantity-error")).toContainText("mỗi lần thêm 1");
  await isAccessible();
});

test("bad questions to the reports are answered at the field", async ({ page, signIn, isAccessible }) => {
  await signIn(person("officer"));
  const answer = await page.goto("/tinh/doanh-so?from=2026-02-30&by=moon");
  expect(answer?.status()).toBe(422);
  await expect(page.getByRole("alert")).toContainText("Ngày chưa đúng");
  await isAccessible();
});

test("what was typed wrong stays, with the message beside it", async ({ page, isAccessible }) => {
  await page.goto("/san-pham?min_vnd=nhieu");
  await expect(page.locator("#min_vnd")).toHaveValue("nhieu");
  await expect(page.locator("#min_vnd-error")).toContainText("Hãy ghi bằng số");
  await isAccessible();
  await page.goto("/san-pham/khom-cau-duc-tuoi");
  await page.locator(".buy .stepper__input").fill("hai trái");
  await page.getByRole("button", { name: "Thêm vào giỏ" }).click();
  await expect(page.getByRole("alert")).toContainText("Số lượng chưa đúng");
  await expect(page.locator(".buy .stepper__input")).toHaveValue("hai trái");
  await expect(page.locator(".buy .stepper__input")).toHaveAttribute("aria-describedby", "quantity-error");
  await expect(page.locator("#quantity-error")).toContainText("Hãy ghi bằng số");
  await isAccessible();
});
