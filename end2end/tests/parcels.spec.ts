// What happens between the household's hands and the buyer's: labels, a delivery that fails, and the collector's round.
import type { Browser } from "@playwright/test";

import { type Page, expect, person, test } from "../support";
import { buy, offer } from "../support/shop";
import { signedIn } from "../support/work";

const unique = (what: string, project: string) => `${what} ${project} ${Date.now()}`;

/** A guest's order of something new, packed; the buyer's page, the seller's, and the order's code. */
const packed = async (browser: Browser, name: string): Promise<{ buyer: Page; desk: Page; code: string }> => {
  const goods = await offer(browser, name);
  const buyer = await buy(browser, goods.path, "2");
  const code = (await buyer.locator(".order-code").first().textContent()) ?? "";
  const desk = await signedIn(browser, person("seller"), { width: 360, height: 740 });
  await desk.goto("/ban-hang/don-hang?state=placed");
  await desk.getByRole("link", { name: code }).click();
  await desk.getByRole("button", { name: "Xác nhận đơn" }).click();
  await desk.getByRole("button", { name: "Đã gói xong" }).click();
  await expect(desk.locator(".order-head .state")).toHaveText("Đã gói");
  return { buyer, desk, code };
};

test("a parcel has its label, fails at the door, is tried again and arrives", async ({ page, browser, signIn, isAccessible }, info) => {
  test.slow();
  const { buyer, code, desk } = await packed(browser, unique("Khóm gửi", info.project.name));
  await signIn(person("seller"));
  await page.goto(desk.url());
  const parcel = page.locator("#kien-hang");
  await expect(parcel).toContainText("Đã gói, còn ở nhà");
  await expect(parcel).toContainText("Thu hộ:");
  await isAccessible();

  await parcel.getByText("Cân nặng, số thùng, người chở").click();
  await page.getByLabel("Cân nặng cả kiện").fill("nặng");
  await parcel.getByRole("button", { name: "Lưu kiện hàng" }).click();
  await expect(page.locator("#weight-error")).toBeVisible();
  await expect(page.getByLabel("Cân nặng cả kiện")).toHaveValue("nặng");
  await isAccessible();
  await page.getByLabel("Cân nặng cả kiện").fill("2,4");
  await page.getByLabel("Số thùng").fill("2");
  await page.getByLabel("Người hoặc hãng chở").fill("Xe đò Bảy");
  await page.getByLabel("Mã vận đơn").fill("B7-15");
  await parcel.getByRole("button", { name: "Lưu kiện hàng" }).click();
  await expect(parcel).toContainText("2,4 kg · 2 thùng");

  const label = await parcel.getByRole("link", { name: "In nhãn kiện hàng" }).getAttribute("href");
  const file = await page.request.get(label as string);
  expect(file.headers()["content-type"]).toBe("application/pdf");
  expect((await file.body()).subarray(0, 5).toString()).toBe("%PDF-");

  await page.goto("/ban-hang/kien-hang");
  await expect(page.getByRole("checkbox", { name: new RegExp(code) })).toBeChecked();
  await isAccessible();
  await page.getByRole("link", { name: "Phiếu giao nhận" }).click();
  await expect(page.locator(".hand-over")).toContainText(code);
  await isAccessible();

  await page.goto(desk.url());
  await page.getByRole("button", { name: "Gửi đi" }).click();
  await expect(parcel.locator(".state").first()).toHaveText("Đã giao người chở");
  await parcel.locator("summary", { hasText: "Giao không được" }).click();
  await parcel.locator("#parcel-fail").fill("   ");
  await parcel.getByRole("button", { name: "Giao không được" }).click();
  await expect(page.locator("#parcel-fail-error")).toBeVisible();
  await isAccessible();
  await parcel.locator("#parcel-fail").fill("Không ai ở nhà");
  await parcel.getByRole("button", { name: "Giao không được" }).click();
  await expect(parcel.locator(".state").first()).toHaveText("Giao không được");

  await buyer.reload();
  const way = buyer.locator(".parcel-way");
  await expect(way).toContainText("Không ai ở nhà");
  await expect(way).toContainText("Mã vận đơn: B7-15");

  await parcel.getByRole("button", { name: "Giao lại lần nữa" }).click();
  await expect(parcel.locator(".state").first()).toHaveText("Đang giao lại");
  await isAccessible();
  await page.getByRole("button", { name: "Đã giao, đã nhận tiền", exact: true }).click();
  await expect(page.locator(".order-head .state")).toHaveText("Hoàn tất");
  await buyer.reload();
  await expect(way).toContainText("Đã tới tay người mua");
});

test("a collector takes parcels along by plain forms", async ({ page, browser, signIn, isAccessible, javaScriptEnabled }, info) => {
  test.skip(javaScriptEnabled !== false, "with scripts marks are kept first");
  test.slow();
  const { code, desk } = await packed(browser, unique("Khóm gom", info.project.name));
  await signIn(person("helper"));
  await page.goto("/to-so/gom-hang");
  await isAccessible();
  await page.getByRole("button", { name: `Đã nhận của hộ ${code}` }).click();
  await expect(page.getByRole("button", { name: `Đã đưa cho hãng chở ${code}` })).toBeVisible();
  await desk.reload();
  await expect(desk.locator(".parcel-way")).toContainText(`người gom hàng ${person("helper").name}`);
});

test("without a network a mark is kept, and arrives once", async ({ page, context, browser, signIn, isAccessible, javaScriptEnabled }, info) => {
  test.skip(javaScriptEnabled === false, "phones keep marks with scripts");
  test.slow();
  const { code, desk } = await packed(browser, unique("Khóm gom", info.project.name));
  await signIn(person("helper"));
  await page.goto("/to-so/gom-hang");
  await expect(page.locator("html[data-keeps]")).toBeAttached();
  await expect.poll(() => page.evaluate(async () => !!(await caches.match("/to-so/gom-hang?luu")))).toBe(true);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  const row = page.locator("[data-parcel]", { hasText: code });
  await expect(row).toBeVisible();
  await isAccessible();

  await context.setOffline(true);
  await page.reload();
  await expect(page.getByText("Không có mạng. Cứ bấm, máy giữ lại và gửi sau.")).toBeVisible();
  await row.getByRole("button", { name: "Đã nhận của hộ" }).click();
  await expect(row).toContainText("Đã ghi trên máy, chưa gửi.");
  await page.reload();
  await expect(row).toContainText("Đã ghi trên máy, chưa gửi.");
  await isAccessible();

  // The first answer is lost on its way.
  let sent = 0;
  await context.route("**/to-so/gom-hang", async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    sent += 1;
    if (sent > 1) return route.continue();
    await route.fetch();
    return route.abort();
  });
  await context.setOffline(false);
  await expect(row.getByRole("button", { name: "Đã đưa cho hãng chở" })).toBeVisible();
  expect(sent).toBe(2);
  await desk.reload();
  const taken = desk.locator(".parcel-way li", { hasText: "Đã giao người chở" });
  await expect(taken).toHaveCount(1);
  await expect(taken).toContainText(`người gom hàng ${person("helper").name}`);
});
