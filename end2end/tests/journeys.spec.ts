// From no account to an approved shop with a certified product: alone, and through a helper. The officer has no JavaScript.
import { join } from "node:path";

import { type Browser, type Page } from "@playwright/test";

import { expect, person, test } from "../support";
import { approveGoods, comeIn, number, picture, signedIn, upload } from "../support/work";

const scan = join(__dirname, "../../data/ocop/sample-certificate.jpg");

/** A day so many days ago, as date fields take it. */
const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

/** All of the checklist but the account for the money. */
const fillIn = async (page: Page, hasScripts: boolean, identity: string) => {
  await page.goto("/ban-hang/gian-hang/chu-the");
  await page.getByLabel("Số định danh hoặc mã số thuế").fill(identity);
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.goto("/ban-hang/gian-hang/chu-the");
  await upload(page, hasScripts, "khom_01.jpg", "text=Giấy tờ 1");
  await page.goto("/ban-hang/gian-hang/giao-hang");
  await page.getByLabel("Gửi bưu điện hoặc đơn vị giao hàng").check();
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.goto("/ban-hang/gian-hang/thue");
  await page.locator("input[value=resident]").check();
  await page.locator("input[value=grower]").check();
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.goto("/ban-hang/gian-hang/gioi-thieu");
  await upload(page, hasScripts, "khom_02.jpg", "main section .photo img");
  await page.goto("/ban-hang/gian-hang");
};

/** Goods written down and put on sale; answers the address of their page. */
const sell = async (page: Page, browser: Browser, hasScripts: boolean, name: string) => {
  await page.goto("/ban-hang/dang-ban");
  await page.getByRole("button", { name: "Bắt đầu" }).click();
  await upload(page, hasScripts, "khom_03.jpg", ".kept-photo");
  await page.getByRole("link", { name: "Tiếp", exact: true }).click();
  await page.getByLabel("Tên món hàng").fill(name);
  await page.getByLabel("Loại hàng").selectOption("1");
  await page.getByLabel("Có bao nhiêu để bán").fill("20");
  await page.getByRole("button", { name: "Tiếp" }).click();
  await page.getByLabel("Giá", { exact: true }).fill("15.000");
  await page.getByLabel("Bán theo").fill("trái");
  await page.getByRole("button", { name: "Tiếp" }).click();
  await page.getByRole("button", { name: "Gửi để đăng bán" }).click();
  await expect(page.getByText("Đã gửi.")).toBeVisible();
  await approveGoods(browser, name);
  await page.goto("/ban-hang/san-pham");
  return (await page.getByRole("link", { name }).getAttribute("href")) as string;
};

/** A certificate handed in for goods of that name. */
const certify = async (page: Page, name: string) => {
  await page.goto("/ban-hang/chung-nhan/moi");
  await page.locator("input[type=file]").setInputFiles(scan);
  await page.getByLabel("Tên sản phẩm").fill(name);
  await page.getByLabel("Số quyết định").fill(`${Date.now()}/QĐ-UBND`);
  await page.getByLabel("Ngày quyết định").fill(ago(30));
  await page.getByLabel("Cơ quan cấp").fill("UBND thành phố Cần Thơ");
  await page.getByLabel("Chấm theo quy định").selectOption("26/2026/QĐ-TTg");
  await page.locator("#stars").selectOption("4");
  await page.getByLabel("Điểm").fill("74,5");
  await page.locator("#group").selectOption("food");
  await page.getByLabel(name, { exact: true }).check();
  await page.getByRole("button", { name: "Gửi cán bộ xem" }).click();
  await expect(page.getByText("Chờ xem")).toBeVisible();
};

/** The officer looks at the shop and approves it. */
const approveShop = async (officer: Page, name: string) => {
  await officer.goto("/tinh/gian-hang?tinh_trang=submitted");
  await officer.getByRole("link", { name }).click();
  await officer.getByRole("button", { name: "Duyệt", exact: true }).click();
  await expect(officer.locator("main .state").first()).toHaveText("Được bán");
};

/** The officer holds the certificate against the decision. */
const verify = async (officer: Page, name: string) => {
  await officer.goto("/tinh/chung-nhan");
  // Those that wait the longest stand first: this one is on the last page.
  const last = officer.locator(".pagination li a").filter({ hasNotText: "Sau" }).last();
  if (await last.count()) await last.click();
  await officer.getByRole("link", { name }).click();
  await officer.getByRole("button", { name: "Xác nhận đúng" }).click();
  await expect(officer.locator("main .state").first()).toHaveText("Còn hạn");
};

/** What a buyer sees: the goods with their stars. */
const isCertified = async (browser: Browser, path: string, shop: string) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const buyer = await context.newPage();
  await buyer.goto(path);
  await expect(buyer.locator(".product-head .stars")).toHaveAttribute("data-stars", "4");
  await expect(buyer.locator("main")).toContainText(shop);
  await expect(buyer.getByRole("button", { name: "Thêm vào giỏ" })).toBeVisible();
  await context.close();
};

test("alone", async ({ page, browser, javaScriptEnabled }, info) => {
  test.setTimeout(180_000);
  const hasScripts = javaScriptEnabled !== false;
  const phone = number(info.project.name, { phone: "0", "phone-no-js": "1", desktop: "2" });
  const shop = `Vườn Năm Sang ${phone.slice(-5)}`;
  const goods = `Khóm Năm Sang ${phone.slice(-5)}`;
  await comeIn(page, phone, "Lê Thị Sang", "/ban-hang/mo-gian-hang");
  await page.getByLabel("Tên gian hàng").fill(shop);
  await page.getByLabel("Ấp, khu vực").fill("Ấp Thạnh Xuân");
  await page.locator("#commune").fill("xã Hỏa Tiến, thành phố Vị Thanh, Hậu Giang");
  await page.getByRole("button", { name: "Mở gian hàng" }).click();
  await fillIn(page, hasScripts, `093084${phone.slice(-6)}`);
  await page.goto("/ban-hang/gian-hang/tai-khoan-ngan-hang");
  await page.getByLabel("Ngân hàng").selectOption("970405");
  await page.getByLabel("Số tài khoản").fill("7300 205 123 456");
  await page.getByLabel("Tên chủ tài khoản").fill("Lê Thị Sang");
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByRole("button", { name: "Gửi duyệt" }).click();
  await expect(page.locator(".notice")).toContainText("Trả lời trước hết ngày");

  const officer = await signedIn(browser, person("officer"));
  await approveShop(officer, shop);
  const path = await sell(page, browser, hasScripts, goods);
  await certify(page, goods);
  await verify(officer, goods);
  await isCertified(browser, path, shop);
  await officer.context().close();
});

test("through a helper, for a household without a telephone, which gets one later", async ({ page, browser, signIn, isAccessible, javaScriptEnabled }, info) => {
  test.setTimeout(240_000);
  const hasScripts = javaScriptEnabled !== false;
  const phone = number(info.project.name, { phone: "3", "phone-no-js": "4", desktop: "9" });
  const shop = `Hộ Bảy Lúa ${phone.slice(-5)}`;
  const goods = `Khóm Bảy Lúa ${phone.slice(-5)}`;
  await signIn(person("helper"));
  await page.goto("/to-so/ho-moi");
  await page.getByLabel("Tên gian hàng").fill(shop);
  await page.getByLabel("Họ tên chủ hộ").fill("Trần Văn Bảy");
  await page.getByLabel("Xã, phường").selectOption("0");
  await page.getByLabel("Ấp, khu vực").fill("Ấp 3");
  await page.getByRole("button", { name: "Mở gian hàng" }).click();
  await page.getByRole("link", { name: "chụp giấy đồng ý" }).click();
  await page.getByLabel("Đăng hàng").check();
  await page.getByLabel("Trả lời đơn").check();
  await page.getByLabel("6 tháng").check();
  await page.getByLabel("Hình chụp").setInputFiles(picture("khom_04.jpg"));
  await page.getByRole("button", { name: "Gửi giấy cho cán bộ" }).click();
  await expect(page.getByRole("status")).toContainText("Đã gửi giấy");

  const officer = await signedIn(browser, person("officer"));
  await officer.goto("/tinh/dong-y");
  await officer.locator(".household", { hasText: shop }).getByRole("button", { name: "Duyệt" }).click();

  await page.goto(`/to-so?q=${encodeURIComponent(shop)}`);
  await page.getByRole("button", { name: "Làm giúp" }).click();
  await expect(page.locator(".acting-bar")).toContainText(shop);
  await fillIn(page, hasScripts, `093085${phone.slice(-6)}`);
  // The account is the household's own: until it has a telephone, buyers pay on delivery.
  await expect(page.locator("main")).toContainText("thu tiền mặt khi giao");
  expect((await page.goto("/ban-hang/gian-hang/tai-khoan-ngan-hang"))?.status()).toBe(403);
  await page.goto("/ban-hang/gian-hang");
  await isAccessible();
  await page.getByRole("button", { name: "Gửi duyệt" }).click();
  await expect(page.locator(".notice")).toContainText("Trả lời trước hết ngày");

  await approveShop(officer, shop);
  const shopAtOffice = officer.url();
  const path = await sell(page, browser, hasScripts, goods);
  await certify(page, goods);
  await verify(officer, goods);
  await isCertified(browser, path, shop);

  // The household gets a telephone: the officer meets it, and it owns its shop from then on.
  await officer.goto(shopAtOffice);
  await officer.getByLabel("Số điện thoại của chủ hộ").fill("12");
  await officer.getByRole("button", { name: "Gửi mã cho chủ hộ" }).click();
  await expect(officer.locator("#owner_phone-error")).toBeVisible();
  await officer.getByLabel("Số điện thoại của chủ hộ").fill(phone);
  await officer.getByRole("button", { name: "Gửi mã cho chủ hộ" }).click();
  await officer.getByLabel("Mã 6 số").fill(await officer.locator(".notice strong").innerText());
  await officer.getByRole("button", { name: "Tiếp" }).click();
  await expect(officer.getByLabel("Số điện thoại của chủ hộ")).toHaveCount(0);

  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
  const household = await context.newPage();
  await household.goto("/dang-nhap?ve=/ban-hang/gian-hang");
  await household.getByLabel("Số điện thoại").fill(phone);
  await household.getByRole("button", { name: "Tiếp" }).click();
  await household.getByLabel("Mã 6 số").fill(await household.locator(".notice strong").innerText());
  await household.getByRole("button", { name: "Tiếp" }).click();
  // Others wrote the name down; the consent is the household's own.
  await expect(household.getByLabel("Họ tên")).toHaveValue("Trần Văn Bảy");
  await household.locator("#agreed").check();
  await household.getByRole("button", { name: "Tạo tài khoản" }).click();
  await expect(household.getByRole("heading", { level: 1 })).toHaveText(shop);
  await household.goto("/ban-hang/nhat-ky");
  await expect(household.locator(".deed").first()).toContainText(/chủ gian hàng/);
  await expect(household.locator(".deed", { hasText: "Gửi gian hàng cho cán bộ duyệt" })).toContainText(person("helper").name);
  await context.close();
  await officer.context().close();
});
