// What households list is looked at before buyers see it: goods that wait, a change beside what is shown, its return
// at the field, its approval; two households and an officer, on a phone and on a desk, with and without JavaScript.
import { type Page } from "@playwright/test";

import { expect, person, test } from "../support";
import { newestGoods, signedIn, upload } from "../support/work";

/** Writes goods down up to the price. */
const writeDown = async (page: Page, hasScripts: boolean, name: string, set: string) => {
  await page.goto("/ban-hang/dang-ban");
  await page.getByRole("button", { name: "Bắt đầu" }).click();
  await upload(page, hasScripts, "khom_02.jpg", ".kept-photo");
  await page.getByRole("link", { name: "Tiếp", exact: true }).click();
  await page.getByLabel("Tên món hàng").fill(name);
  await page.getByLabel("Loại hàng").selectOption(set);
  await page.getByLabel("Có bao nhiêu để bán").fill("20");
  await page.getByRole("button", { name: "Tiếp" }).click();
};

test("a change is proposed, compared, returned at its field and approved", async ({ page, browser, signIn, isAccessible, javaScriptEnabled }, info) => {
  test.setTimeout(240_000);
  const hasScripts = javaScriptEnabled !== false;
  const name = `Mứt khóm ${info.project.name} ${Date.now()}`;
  await signIn(person("seller"));

  // Sweets: the set asks for what must be said of them.
  await writeDown(page, hasScripts, name, "7");
  await page.getByLabel("Giá", { exact: true }).fill("60.000");
  await page.getByLabel("Bán theo").fill("chục");
  await page.getByRole("button", { name: "Tiếp" }).click();
  await expect(page.locator("#unit_note-error")).toContainText("mấy trái");
  await expect(page.getByLabel("Bán theo")).toHaveValue("chục");
  await page.getByLabel("Mỗi đơn vị gồm").fill("12 trái");
  await page.getByRole("button", { name: "Tiếp" }).click();
  await expect(page).toHaveURL(/\/chi-tiet$/);
  await isAccessible();
  await page.getByLabel("Bảo quản").fill("Nơi khô mát");
  await page.getByLabel("Ngăn mát").check();
  await page.getByLabel("Đậu phộng").check();
  await page.getByLabel("Mè", { exact: true }).check();
  await page.getByRole("button", { name: "Xem thử" }).click();
  // Two things are still missing, each a link to where it is said.
  const missing = page.locator(".notice");
  await expect(missing).toContainText("Hạn dùng");
  await missing.getByRole("link", { name: "Thành phần" }).click();
  await expect(page.getByLabel("Mè", { exact: true })).toBeChecked();
  await page.getByLabel("Hạn dùng").fill("6 tháng");
  await page.getByLabel("Thành phần").fill("Khóm, đường");
  await page.getByRole("button", { name: "Xem thử" }).click();
  await expect(page.locator(".facts")).toContainText("Đậu phộng, Mè");
  await isAccessible();
  const preview = page.url();
  await page.getByRole("button", { name: "Gửi để đăng bán" }).click();
  await expect(page.getByText("Đã gửi.")).toBeVisible();
  await isAccessible();

  // Nobody else sees it, and another household can't look at its desk.
  const other = await signedIn(browser, person("seller", "hop-tac-xa-ky-nhu"), { width: 360, height: 740 });
  expect((await other.goto(preview))?.status()).toBe(404);
  await other.context().close();

  // The officer, without JavaScript, gives it back with a reason at a field.
  const officer = await signedIn(browser, person("officer"), { width: 360, height: 740 });
  await newestGoods(officer);
  await officer.getByRole("link", { name }).click();
  const desk = officer.url();
  await officer.getByText("Trả lại để sửa").first().click();
  await officer.getByRole("button", { name: "Trả lại", exact: true }).click();
  await expect(officer.getByRole("alert")).toContainText("lý do");
  await officer.getByLabel("Thành phần").fill("Ghi cả chất bảo quản");
  await officer.getByRole("button", { name: "Trả lại", exact: true }).click();
  await expect(officer.getByText("Đã trả lại")).toBeVisible();

  await page.goto("/ban-hang");
  await page.locator(".task", { hasText: name }).click();
  await expect(page.locator(".notice").first()).toContainText("Ghi cả chất bảo quản");
  await isAccessible();
  await page.getByRole("link", { name: "Thành phần" }).click();
  await expect(page.locator("#fact_ingredients-error")).toContainText("Ghi cả chất bảo quản");
  await isAccessible();
  await page.getByLabel("Thành phần").fill("Khóm, đường, chất bảo quản 202");
  await page.getByRole("button", { name: "Xem thử" }).click();
  await page.getByRole("button", { name: "Gửi để đăng bán" }).click();

  await officer.goto(desk);
  await expect(officer.getByRole("row", { name: /Thành phần/ })).toContainText("chất bảo quản 202");
  await officer.getByRole("button", { name: "Duyệt", exact: true }).click();
  await expect(officer.getByText("Đã duyệt")).toBeVisible();

  // A change of words waits beside what is shown; the price shows at once.
  await page.goto("/ban-hang/san-pham");
  const row = page.locator(".own-product", { hasText: name });
  const shown = (await row.getByRole("link", { name }).getAttribute("href")) as string;
  await row.getByRole("link", { name: "Sửa" }).click();
  const photos = page.url();
  await page.goto(photos.replace(/anh$/, "hang"));
  await page.getByLabel("Tên món hàng").fill(`${name} mới`);
  await page.getByRole("button", { name: "Tiếp" }).click();
  await page.goto(preview);
  await expect(page.getByRole("row", { name: /Tên món hàng/ })).toContainText(`${name} mới`);
  await isAccessible();
  await page.goto("/ban-hang/san-pham");
  await expect(row).toContainText("Thay đổi đang chờ cán bộ xem");
  await row.locator("input[name=price_vnd]").fill("65.000");
  await row.getByRole("button", { name: "Lưu" }).click();
  await isAccessible();
  await page.goto(shown);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
  await expect(page.locator(".price__amount").first()).toContainText("65.000");

  await officer.goto(desk);
  await expect(officer.getByRole("row", { name: /Tên món hàng/ })).toContainText(`${name} mới`);
  await officer.getByRole("button", { name: "Duyệt", exact: true }).click();
  await page.goto(shown);
  // The old address leads to the new one.
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${name} mới`);
  await officer.context().close();
});

test("one product is sold in several ways, and another like it is a draft of its own", async ({ page, signIn, isAccessible, javaScriptEnabled }, info) => {
  test.setTimeout(120_000);
  const name = `Khóm nhiều cỡ ${info.project.name} ${Date.now()}`;
  await signIn(person("seller"));
  await writeDown(page, javaScriptEnabled !== false, name, "1");
  await page.getByLabel("Giá", { exact: true }).fill("12.000");
  await page.getByLabel("Bán theo").fill("trái");
  await page.getByRole("button", { name: "Tiếp" }).click();
  const preview = page.url();
  await page.goto(preview.replace(/xem$/, "gia"));
  await page.getByRole("link", { name: "Bán thêm cỡ khác" }).click();
  await page.getByLabel("Giá", { exact: true }).fill("110.000");
  await page.getByLabel("Bán theo").fill("thùng");
  await page.getByLabel("Mỗi đơn vị gồm").fill("10 kg");
  await page.getByLabel("Có bao nhiêu để bán").fill("6");
  await page.getByRole("button", { name: "Tiếp" }).click();
  await expect(page.locator("#name-error")).toBeVisible();
  await expect(page.getByLabel("Mỗi đơn vị gồm")).toHaveValue("10 kg");
  await isAccessible();
  await page.getByLabel("Tên cách bán này").fill("Thùng 10 ký");
  await page.getByRole("button", { name: "Tiếp" }).click();
  await expect(page.locator(".offers > li")).toHaveCount(2);
  await isAccessible();
  await page.goto(preview);
  await expect(page.locator(".choice", { hasText: "Thùng 10 ký" })).toContainText("11.000");
  await page.goto(preview.replace(/xem$/, "gia"));
  await page.locator(".offers > li", { hasText: "Thùng 10 ký" }).getByRole("button").click();
  await expect(page.getByLabel("Giá", { exact: true })).toHaveValue("12000");

  // From what is shown, one like it.
  await page.goto("/ban-hang/san-pham");
  // What was changed last stands first, and other tests change goods of this shop: the last is nobody's.
  const model = page.locator(".own-product[data-state=published]").last();
  await model.getByRole("button", { name: "Đăng món giống vậy" }).click();
  await expect(page).toHaveURL(/\/hang$/);
  await expect(page.getByLabel("Có bao nhiêu để bán")).toHaveValue("0");
  await isAccessible();
});
