// Many products from one file: all that is wrong at once, then all of them at once.
import { expect, person, test } from "../support";

const head = "Mã sản phẩm;Gian hàng;Tên sản phẩm;Nhóm;Đơn vị;Giá (đồng);Số lượng\n";
const csv = (text: string) => ({ name: "mon-hang.csv", mimeType: "text/csv", buffer: Buffer.from(head + text) });

test("an officer's file is checked, mended and written whole", async ({ page, signIn, isAccessible }, info) => {
  await signIn(person("officer"));
  await page.goto("/tinh/nhap-lieu");
  await page.getByRole("button", { name: "Gửi và kiểm tra" }).click();
  await expect(page.locator("#file-error")).toContainText("Chưa chọn tệp");
  await isAccessible();
  const template = await page.request.get("/tinh/nhap-lieu/mau.xlsx");
  expect((await template.body()).subarray(0, 2).toString()).toBe("PK");

  const code = `T-${info.project.name}-${Date.now()}`;
  const shop = await page.request.get("/api/v1/products?per_page=1");
  const slug = (await shop.json()).items[0].seller.slug;
  await page.locator("#file").setInputFiles(csv(`${code}-1;${slug};Khóm thử;Thực phẩm;trái;rẻ;5\n${code}-2;không có;K;Trái cây;trái;1000;nhiều\n`));
  await page.getByRole("button", { name: "Gửi và kiểm tra" }).click();
  await expect(async () => {
    await page.reload();
    await expect(page.locator("main")).toContainText("Còn chỗ sai", { timeout: 100 });
  }).toPass({ timeout: 30_000 });
  const errors = page.getByRole("region", { name: "Chỗ cần sửa" });
  await expect(errors.locator("tbody tr")).toHaveCount(5);
  await expect(errors).toContainText("F · Giá (đồng)");
  await expect(page.getByRole("button", { name: "Ghi vào chợ" })).toHaveCount(0);
  await isAccessible();

  await page.goto("/tinh/nhap-lieu");
  await page.locator("#file").setInputFiles(csv(`${code}-1;${slug};Khóm thử nhập tệp;Thực phẩm;trái;12.000;5\n`));
  await page.getByRole("button", { name: "Gửi và kiểm tra" }).click();
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole("button", { name: "Ghi vào chợ" })).toBeVisible({ timeout: 100 });
  }).toPass({ timeout: 30_000 });
  await isAccessible();
  await page.getByRole("button", { name: "Ghi vào chợ" }).click();
  await expect(async () => {
    await page.reload();
    await expect(page.locator(".notice")).toContainText("1 món hàng", { timeout: 100 });
  }).toPass({ timeout: 30_000 });
});
