// Another mark than OCOP, from its seller's telephone to the buyer who looks for it.
import { join } from "node:path";

import { expect, type Page, person, test } from "../support";
import { offer } from "../support/shop";
import { signedIn } from "../support/work";

const scan = join(__dirname, "../../data/ocop/sample-certificate.jpg");

/** A day so many days from now, as date fields take it. */
const ahead = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

const openFilters = async (page: Page) => {
  const summary = page.locator(".filter-panel > summary");
  if (await summary.isVisible()) await summary.press("Enter");
};

test("a household enters a mark, an officer looks at it, a buyer finds the goods by it", async ({ page, browser, signIn, isAccessible }, info) => {
  test.setTimeout(120_000);
  const name = `Ổi sạch ${info.project.name} ${Date.now()}`;
  const number = `VietGAP-${Date.now()}`;
  const goods = await offer(browser, name);
  await signIn(person("seller"));
  await page.goto("/ban-hang/chung-nhan");
  await isAccessible();
  await page.getByRole("link", { name: "Thêm chứng nhận khác" }).click();
  await isAccessible();

  // Nothing chosen: all that is missing is told, at its field.
  await page.getByRole("button", { name: "Gửi cán bộ xem" }).click();
  await expect(page.locator("#kind-error")).toBeVisible();
  await expect(page.locator("#valid_to-error")).toBeVisible();
  await expect(page.locator("#paper-error")).toContainText("Hãy chụp");
  await isAccessible();

  await page.locator("input[type=file]").setInputFiles(scan);
  await page.getByLabel("Loại chứng nhận").selectOption({ label: "VietGAP" });
  await page.getByLabel("Tên sản phẩm").fill(name);
  await page.getByLabel("Số giấy chứng nhận").fill(number);
  await page.getByLabel("Nơi cấp").fill("Trung tâm chứng nhận");
  await page.getByLabel("Ngày cấp").fill(ahead(-30));
  await page.getByLabel("Ngày hết hạn").fill(ahead(-40));
  await page.getByLabel(name, { exact: true }).check();
  await page.getByRole("button", { name: "Gửi cán bộ xem" }).click();
  await expect(page.locator("#valid_to-error")).toContainText("sau ngày cấp");
  // Neither the picture nor the goods need to be chosen again.
  await expect(page.getByText("Đã có hình.")).toBeVisible();
  await expect(page.getByLabel(name, { exact: true })).toBeChecked();
  await page.getByLabel("Ngày hết hạn").fill(ahead(60));
  await page.getByRole("button", { name: "Gửi cán bộ xem" }).click();
  await expect(page.locator("h1")).toHaveText(name);
  await expect(page.getByText("Chờ xem")).toBeVisible();
  await isAccessible();
  const mine = page.url();

  const officer = await signedIn(browser, person("officer"));
  await officer.goto("/tinh/chung-nhan");
  // Those that wait the longest stand first: this one is on the last page.
  const last = officer.locator(".pagination li a").filter({ hasNotText: "Sau" }).last();
  if (await last.count()) await last.click();
  await expect(officer.locator("tr", { hasText: name })).toContainText("VietGAP");
  await officer.getByRole("link", { name }).click();
  const theirs = officer.url();
  await officer.locator("summary", { hasText: "Trả lại" }).click();
  await officer.locator("#field").selectOption({ label: "Ngày hết hạn" });
  await officer.locator("#reason").fill("Giấy ghi ngày khác");
  await officer.getByRole("button", { name: "Trả lại để sửa" }).click();
  await expect(officer.getByText("Cần sửa")).toBeVisible();

  await page.goto(mine);
  await expect(page.locator(".notice")).toContainText("Ngày hết hạn: Giấy ghi ngày khác");
  await page.getByRole("link", { name: "Sửa và gửi lại" }).click();
  await isAccessible();
  await page.getByLabel("Ngày hết hạn").fill(ahead(50));
  await page.getByRole("button", { name: "Gửi cán bộ xem" }).click();
  await expect(page.getByText("Chờ xem")).toBeVisible();
  await page.goto(goods.path);
  await expect(page.locator("h1")).toHaveText(name);
  await expect(page.locator(".marks")).toHaveCount(0);

  await officer.goto(theirs);
  await expect(officer.locator(".scan img")).toBeVisible();
  await officer.getByRole("button", { name: "Xác nhận đúng" }).click();
  await expect(officer.locator("main .state").first()).toHaveText("Sắp hết hạn");
  await officer.context().close();

  // A buyer, who is nobody here.
  await page.context().clearCookies();
  await expect(async () => {
    await page.goto(`/san-pham?q=${encodeURIComponent(name)}`);
    await openFilters(page);
    await page.locator("input[name=mark][value=vietgap]").check({ timeout: 2_000 });
  }).toPass();
  await isAccessible();
  await page.getByRole("button", { name: "Áp dụng" }).click();
  await expect(page.locator(".chip[data-active]", { hasText: "VietGAP" })).toBeVisible();
  await page.getByRole("link", { name }).first().click();
  await expect(page.locator(".marks")).toContainText("VietGAP");
  await expect(page.locator(".certificate", { hasText: "Chứng nhận VietGAP" })).toContainText(number);
  await expect(page.locator(".product-head .stars")).toHaveCount(0);
  await isAccessible();
  await page.getByRole("link", { name: "Xem giấy chứng nhận VietGAP" }).click();
  await expect(page.locator(".verdict")).toContainText("Còn hiệu lực");
  await expect(page.locator("main")).toContainText(number);
  await isAccessible();
});

test("a buyer narrows a group by what matters of its goods", async ({ page, isAccessible }) => {
  await page.goto("/san-pham?group=craft");
  await openFilters(page);
  await page.getByLabel("Lục bình").check();
  await isAccessible();
  await page.getByRole("button", { name: "Áp dụng" }).click();
  await expect(page.locator(".chip[data-active]", { hasText: "Chất liệu: Lục bình" })).toBeVisible();
  await expect(page.locator(".list-head__count")).toContainText("4");
});
