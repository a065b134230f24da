// A certificate from its seller's telephone to the package, and what becomes of it.
import { join } from "node:path";

import { expect, person, test } from "../support";
import { offer } from "../support/shop";
import { signedIn } from "../support/work";

const scan = join(__dirname, "../../data/ocop/sample-certificate.jpg");

/** A day so many days ago, as date fields take it. */
const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

test("a seller enters it, an officer sends it back, it is mended, counts, and is revoked", async ({ page, browser, signIn, isAccessible }, info) => {
  test.setTimeout(120_000);
  const name = `Khóm chứng nhận ${info.project.name} ${Date.now()}`;
  const number = `${Date.now()}/QĐ-UBND`;
  const goods = await offer(browser, name);
  await signIn(person("seller"));
  await page.goto("/ban-hang/san-pham");
  await page.getByRole("link", { name: "Chứng nhận OCOP" }).click();
  await isAccessible();
  await page.getByRole("link", { name: "Nhập chứng nhận" }).click();
  await isAccessible();

  // Nothing typed: all that is missing is told, at its field.
  await page.getByRole("button", { name: "Gửi cán bộ xem" }).click();
  await expect(page.locator("#paper-error")).toContainText("Hãy chụp");
  await expect(page.locator("#product_name-error")).toBeVisible();
  await isAccessible();

  await page.locator("input[type=file]").setInputFiles(scan);
  await page.getByLabel("Tên sản phẩm").fill(name);
  await page.getByLabel("Số quyết định").fill(number);
  await page.getByLabel("Ngày quyết định").fill(ago(30));
  await page.getByLabel("Cơ quan cấp").fill("UBND thành phố Cần Thơ");
  await page.getByLabel("Chấm theo quy định").selectOption("26/2026/QĐ-TTg");
  await page.locator("#stars").selectOption("4");
  await page.getByLabel("Điểm").fill("64");
  await page.locator("#group").selectOption("food");
  await page.getByLabel(name, { exact: true }).check();
  await page.getByRole("button", { name: "Gửi cán bộ xem" }).click();
  await expect(page.locator("#score-error")).toContainText("từ 70 điểm");
  // The picture need not travel again.
  await expect(page.getByText("Đã có hình.")).toBeVisible();
  await page.getByLabel("Điểm").fill("74,5");
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
  await officer.getByRole("link", { name }).click();
  await expect(officer.locator(".scan img")).toBeVisible();
  const theirs = officer.url();
  await officer.locator("summary", { hasText: "Trả lại" }).click();
  await officer.getByRole("button", { name: "Trả lại để sửa" }).click();
  await expect(officer.locator("#reason-error")).toBeVisible();
  await officer.locator("#field").selectOption("stars");
  await officer.locator("#reason").fill("Quyết định ghi 3 sao");
  await officer.getByRole("button", { name: "Trả lại để sửa" }).click();
  await expect(officer.getByText("Cần sửa")).toBeVisible();

  await page.goto("/ban-hang");
  await expect(page.getByText("Chứng nhận cần sửa")).toBeVisible();
  await page.goto(mine);
  await expect(page.locator(".notice")).toContainText("Quyết định ghi 3 sao");
  await isAccessible();
  await page.getByRole("link", { name: "Sửa và gửi lại" }).click();
  await page.locator("#stars").selectOption("3");
  await page.getByLabel("Điểm").fill("64");
  await page.getByRole("button", { name: "Gửi cán bộ xem" }).click();
  await expect(page.getByText("Chờ xem")).toBeVisible();

  await officer.goto(theirs);
  await officer.getByRole("button", { name: "Xác nhận đúng" }).click();
  await expect(officer.locator("main .state").first()).toHaveText("Còn hạn");

  await page.goto(goods.path);
  await expect(page.locator(".product-head .stars")).toHaveAttribute("data-stars", "3");
  await page.getByRole("link", { name: "Xem chứng nhận" }).click();
  await expect(page.locator(".verdict")).toContainText("Còn hiệu lực");
  await expect(page.locator("main")).toContainText(number);
  await expect(page.locator("svg.qr")).toBeVisible();
  await expect(page.locator("main img")).toHaveCount(0);
  await isAccessible();
  const shown = page.url();
  // Goods that are added later wait for the officer again.
  const more = await offer(browser, `Mứt ${name}`);
  await page.goto(mine);
  await page.getByLabel(`Mứt ${name}`).check();
  await page.getByRole("button", { name: "Lưu" }).click();
  await expect(page.locator("main")).toContainText("chờ cán bộ xem");
  await isAccessible();
  await page.goto(more.path);
  await expect(page.locator("h1")).toHaveText(`Mứt ${name}`);
  await expect(page.locator(".product-head .stars")).toHaveCount(0);
  await officer.goto(theirs);
  await officer.getByRole("button", { name: "Chốt các món này" }).click();
  await expect(officer.locator("#goods_reason-error")).toBeVisible();
  await officer.getByLabel(`Mứt ${name}`).check();
  await officer.getByRole("button", { name: "Chốt các món này" }).click();
  await expect(officer.getByRole("button", { name: "Chốt các món này" })).toHaveCount(0);
  await page.goto(more.path);
  await expect(page.locator(".product-head .stars")).toHaveAttribute("data-stars", "3");

  await page.goto(mine);
  await page.getByRole("link", { name: "In tem QR" }).click();
  await expect(page.locator(".label")).toHaveCount(20);
  await isAccessible();

  await officer.goto(theirs);
  await officer.locator("summary", { hasText: "Thu hồi" }).click();
  await officer.locator("#reason").fill("Không giữ chất lượng");
  await officer.getByRole("button", { name: "Thu hồi chứng nhận" }).click();
  await expect(officer.locator("main .state").first()).toHaveText("Đã thu hồi");
  await page.goto(goods.path);
  await expect(page.locator("h1")).toHaveText(name);
  await expect(page.locator(".product-head .stars")).toHaveCount(0);
  await page.goto(shown);
  await expect(page.locator(".verdict")).toContainText("thu hồi");
  await expect(page.locator(".stars")).toHaveCount(0);
  await isAccessible();

  // Nobody else's: not there.
  const other = await browser.newContext();
  const stranger = await other.newPage();
  const answer = await stranger.goto(theirs);
  expect(answer?.url()).toContain("/dang-nhap");
  await other.close();
  await officer.context().close();
});

test("an officer looks through the queue and takes the province's list in", async ({ page, signIn, isAccessible }, info) => {
  await signIn(person("officer"));
  await page.goto("/tinh/chung-nhan");
  await isAccessible();
  await page.getByRole("link", { name: /^Sắp hết hạn/ }).click();
  await expect(page.locator("tbody tr").first()).toContainText("Còn");
  await isAccessible();
  await page.goto("/tinh/chung-nhan?state=entered");
  await page.locator("tbody th a").first().click();
  await isAccessible();

  await page.goto("/tinh/chung-nhan/danh-sach");
  await isAccessible();
  const template = await page.request.get("/tinh/chung-nhan/mau.csv");
  const [heading] = (await template.text()).split("\r\n");
  const number = `${Date.now()}-${info.project.name}/QĐ-UBND`;
  const row = (stars: string) =>
    `${heading}\r\n${number};${ago(10)};UBND thành phố Cần Thơ;26/2026;hop-tac-xa-ky-nhu;;Cá thát lát ${info.project.name};Thực phẩm;2;${stars};72\r\n`;
  const send = async (text: string) => {
    await page.locator("#list").setInputFiles({ name: "danh-sach.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
    await page.getByRole("button", { name: "Xem trước" }).click();
  };
  await send(row("6"));
  await expect(page.locator("tbody")).toContainText("Số sao: Phải là một trong: 3, 4, 5");
  await expect(page.getByRole("button", { name: "Nhận danh sách" })).toHaveCount(0);
  await isAccessible();
  await send(row("4"));
  await expect(page.locator("tbody")).toContainText("Thêm mới");
  await isAccessible();
  await page.getByRole("button", { name: "Nhận danh sách" }).click();
  await expect(page.locator(".notice")).toContainText("1 chứng nhận mới");
  await send(row("4"));
  await expect(page.locator("tbody")).toContainText("Đã có, không đổi");
  await page.getByRole("button", { name: "Nhận danh sách" }).click();
  await expect(page.locator(".notice")).toContainText("0 chứng nhận mới");
});
