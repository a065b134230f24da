// An authority asks: the register, its clock, the bundle, and who has seen what.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, person, test } from "../support";

const scan = join(__dirname, "../../data/ocop/sample-certificate.jpg");

test("an officer enters a request, sees its clock, takes the data out and answers", async ({ page, signIn, isAccessible }, info) => {
  test.slow();
  await signIn(person("officer"));
  await page.goto("/tinh");
  await expect(page.locator(".notice")).toContainText("Yêu cầu của cơ quan đang chờ");
  await page.getByRole("link", { name: /Yêu cầu của cơ quan đang chờ/ }).click();
  await expect(page.getByRole("row").filter({ hasText: "01/MAU-QLTT" })).toContainText(/Còn 1\d giờ/);
  await isAccessible();

  await page.getByRole("link", { name: "Ghi yêu cầu mới" }).click();
  await isAccessible();
  // What was typed stays, and each field says what is wrong with it.
  const document = `${info.project.name}/${Date.now()}`;
  await page.getByLabel("Số văn bản").fill(document);
  await page.getByLabel("Địa chỉ gian hàng").fill("khong-co-gian-hang-nay");
  await page.getByLabel("Ngày nhận").fill("2020-01-01");
  await page.locator("#scan").setInputFiles(scan);
  await page.getByRole("button", { name: "Ghi vào sổ" }).click();
  await expect(page.locator("#authority-error")).toBeVisible();
  await expect(page.locator("#received_on-error")).toContainText("30 ngày");
  await expect(page.locator("#kind-error")).toBeVisible();
  await expect(page.locator("#scan-hint")).toContainText("Đã có hình");
  await expect(page.getByLabel("Số văn bản")).toHaveValue(document);
  await isAccessible();

  const today = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Ho_Chi_Minh" }).format(new Date());
  await page.getByLabel("Cơ quan yêu cầu").fill("Đội Quản lý thị trường số 3");
  await page.getByLabel("Ngày văn bản").fill(today);
  await page.getByLabel("Ngày nhận").fill(today);
  await page.getByLabel("Yêu cầu gì").selectOption({ label: "Ngưng bán cả gian hàng" });
  await page.getByLabel("Nội dung yêu cầu").fill("Ngưng bán và cung cấp thông tin gian hàng");
  await page.getByRole("button", { name: "Ghi vào sổ" }).click();
  await expect(page.locator("#shop-error")).toContainText("Không tìm thấy");
  await page.getByLabel("Địa chỉ gian hàng").fill(new URL("/gian-hang/co-so-thanh-tu", page.url()).href);
  await page.getByRole("button", { name: "Ghi vào sổ" }).click();

  await expect(page.getByRole("heading", { level: 1 })).toContainText(/YC-\d{4}-\d{4}/);
  const number = await page.getByRole("heading", { level: 1 }).innerText();
  await expect(page.locator("main")).toContainText(/Còn (24 giờ|1 ngày|23 giờ \d+ phút)/);
  await expect(page.locator("main")).toContainText("Xem yêu cầu");
  await isAccessible();

  // The scan opens for the officer, and the look is on the page.
  const request = page.url();
  const href = await page.getByRole("link", { name: "Xem văn bản" }).getAttribute("href");
  const picture = await page.request.get(href ?? "");
  expect(picture.headers()["content-type"]).toBe("image/jpeg");

  // The shop is suspended where shops are, with the order's number filled in.
  await page.getByRole("link", { name: "Tạm ngưng theo văn bản này" }).click();
  await expect(page.locator("#order_no")).toHaveValue(document);
  await expect(page.locator("#order_no")).toBeVisible();
  await page.goto(request);

  await page.getByLabel("Từ ngày").fill(today);
  const waits = page.waitForEvent("download");
  await page.getByRole("button", { name: "Xuất tệp ZIP" }).click();
  const download = await waits;
  expect(download.suggestedFilename()).toBe(`${number}.zip`);
  expect(readFileSync(await download.path()).subarray(0, 2).toString()).toBe("PK");

  await page.goto(request);
  const looks = page.getByRole("region", { name: "Ai đã xem" });
  await expect(looks).toContainText("Xuất dữ liệu");
  await expect(looks).toContainText(/SHA-256 [0-9a-f]{64}/);
  await expect(looks).toContainText("Xem hình chụp văn bản");
  await expect(looks).toContainText(person("officer").name);

  await page.getByRole("button", { name: "Ghi lại" }).click();
  await expect(page.locator("#step-error")).toBeVisible();
  await isAccessible();
  await page.getByRole("radio", { name: /Đã trả lời/ }).check();
  await page.getByLabel("Nội dung", { exact: true }).fill("Đã gửi dữ liệu qua đường văn thư");
  await page.getByLabel("Số văn bản trả lời").fill("15/CB");
  await page.getByRole("button", { name: "Ghi lại" }).click();
  await expect(page.locator("main")).toContainText("Xong trong hạn");
  await expect(page.locator("main")).toContainText("Văn bản trả lời số 15/CB");
  await expect(page.getByRole("button", { name: "Xuất tệp ZIP" })).toHaveCount(0);
  await isAccessible();

  await page.goto("/tinh/yeu-cau?tinh_trang=answered");
  await expect(page.getByRole("row").filter({ hasText: number })).toContainText("Xong trong hạn");
});

test("nobody else comes near, and the shop's own people read nothing", async ({ page, signIn }) => {
  await signIn(person("seller", "co-so-truong-tho"));
  expect((await page.goto("/tinh/yeu-cau"))?.status()).toBe(403);
  expect((await page.goto("/tinh/yeu-cau/moi"))?.status()).toBe(403);
  await page.goto("/ban-hang/nhat-ky");
  await expect(page.locator("main")).not.toContainText("cơ quan");
});
