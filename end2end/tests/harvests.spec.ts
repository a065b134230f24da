// Goods that are not there yet: made to order, and ordered ahead of a harvest whose days are moved.
import { expect, person, test } from "../support";
import { buy, offer } from "../support/shop";

/** So many days from now, as a date field has it. */
const day = (ahead: number) =>
  new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Ho_Chi_Minh" }).format(new Date(Date.now() + ahead * 86_400_000));

/** The same, as people write it. */
const shown = (ahead: number) => day(ahead).split("-").reverse().join("/");

test("a harvest is ordered ahead, its days are moved, and each buyer answers", async ({ page, browser, signIn, isAccessible }, info) => {
  test.slow();
  const name = `Xoài vụ tới ${info.project.name} ${Date.now()}`;
  const goods = await offer(browser, name);
  await signIn(person("seller"));
  await page.goto("/ban-hang/san-pham");
  await page.locator("li", { hasText: name }).getByRole("link", { name: "Vụ tới, đặt trước" }).click();
  await isAccessible();
  // What was typed stays, and each field says what is wrong with it.
  await page.getByLabel("Thu hoạch từ ngày").fill(day(10));
  await page.getByLabel("Đến ngày", { exact: true }).fill(day(20));
  await page.getByLabel("Giao từ ngày").fill(day(5));
  await page.getByLabel("Giao đến ngày").fill(day(22));
  await page.getByLabel("Dự kiến được").fill("rất nhiều");
  await page.getByRole("button", { name: "Mở đặt trước" }).click();
  await expect(page.locator("#delivers_from-error")).toContainText("Chưa thu hoạch");
  await expect(page.locator("#forecast-error")).toBeVisible();
  await expect(page.getByLabel("Dự kiến được")).toHaveValue("rất nhiều");
  await isAccessible();
  await page.getByLabel("Giao từ ngày").fill(day(12));
  await page.getByLabel("Dự kiến được").fill("500");
  await page.locator("input[name^='quota-']").fill("30");
  await page.getByRole("button", { name: "Mở đặt trước" }).click();
  await expect(page.locator(".facts").first()).toContainText(`${shown(10)} – ${shown(20)}`);
  await expect(page.locator(".facts").first()).toContainText("đã đặt 0 / 30");
  await isAccessible();

  // Buyers see the days before they order, and on the order.
  const ordered = [];
  for (const _ of [1, 2, 3]) ordered.push(await buy(browser, goods.path, "2"));
  const [keeps, shifts, cancels] = ordered;
  await expect(keeps.locator(".order-part")).toContainText(`Giao ${shown(12)} – ${shown(22)}`);

  await page.reload();
  await expect(page.locator(".facts").first()).toContainText("đã đặt 6 / 30");
  await page.getByText("Dời ngày giao", { exact: true }).click();
  await page.locator("form[action$='doi-ngay'] [name=delivers_from]").fill(day(20));
  await page.locator("form[action$='doi-ngay'] [name=delivers_to]").fill(day(30));
  await page.getByRole("button", { name: "Dời và báo người mua" }).click();
  await expect(page.locator("#reason-error")).toBeVisible();
  await isAccessible();
  await page.getByLabel("Vì sao").fill("Mưa nhiều, trái chín chậm");
  await page.getByRole("button", { name: "Dời và báo người mua" }).click();
  await expect(page.getByText("Chưa trả lời ngày mới")).toHaveCount(3);
  await isAccessible();

  for (const buyer of ordered) await buyer.reload();
  await expect(keeps.locator(".order-part")).toContainText("Mưa nhiều, trái chín chậm");
  await keeps.getByRole("button", { name: "Giữ đơn, nhận theo ngày mới" }).click();
  await expect(keeps.locator(".order-part")).toContainText(`Giao ${shown(20)} – ${shown(30)}`);
  await expect(keeps.getByRole("button", { name: "Giữ đơn, nhận theo ngày mới" })).toHaveCount(0);

  await shifts.getByLabel("Muốn nhận từ ngày").fill(day(40));
  await shifts.getByRole("button", { name: "Giữ đơn, chọn ngày này" }).click();
  await expect(shifts.locator(".field__error")).toContainText("Chọn ngày trong khoảng");
  await shifts.getByLabel("Muốn nhận từ ngày").fill(day(25));
  await shifts.getByRole("button", { name: "Giữ đơn, chọn ngày này" }).click();
  await expect(shifts.locator(".order-part")).toContainText(`Giao ${shown(25)} – ${shown(30)}`);

  await cancels.getByRole("button", { name: "Không lấy nữa" }).click();
  await expect(cancels.locator(".order-part .state").first()).toHaveText("Đã hủy");

  await page.reload();
  await expect(page.getByText("Đồng ý ngày mới")).toHaveCount(1);
  await expect(page.getByText("Đã chọn ngày khác")).toHaveCount(1);
  await expect(page.locator(".facts").first()).toContainText("đã đặt 4 / 30");

  // The harvest is in: less than is ordered can't be there, the rest is sold as it stands.
  await page.getByText("Đã thu hoạch xong").click();
  await page.locator("input[name^='left-']").fill("3");
  await page.getByRole("button", { name: "Xong vụ" }).click();
  await expect(page.locator(".field__error")).toContainText("Đơn đã đặt giữ 4");
  await page.locator("input[name^='left-']").fill("10");
  await page.getByRole("button", { name: "Xong vụ" }).click();
  await expect(page.getByRole("button", { name: "Mở đặt trước" })).toBeVisible();
  await expect(async () => {
    await keeps.goto(goods.path);
    await expect(keeps.locator(".buy__left")).toContainText("Còn 6", { timeout: 500 });
  }).toPass();
  for (const buyer of ordered) await buyer.context().close();
});

test("what is made to order says in how many days", async ({ page, browser, signIn, isAccessible }, info) => {
  test.slow();
  const name = `Giỏ lục bình ${info.project.name} ${Date.now()}`;
  const goods = await offer(browser, name);
  await signIn(person("seller"));
  await page.goto("/ban-hang/san-pham");
  await page.locator("li", { hasText: name }).getByRole("link", { name: "Sửa" }).click();
  await page.getByRole("link", { name: "Giá và đơn vị" }).click();
  await page.getByText("Cân nặng, mua ít nhất").click();
  await page.getByLabel("Hàng này").selectOption({ label: "Có người đặt mới làm" });
  await page.getByLabel("Làm xong trong").fill("lâu");
  await page.getByRole("button", { name: "Tiếp" }).click();
  await expect(page.locator("#ready_days-error")).toContainText("từ 1 đến 90");
  await isAccessible();
  await page.getByLabel("Làm xong trong").fill("7");
  await page.getByRole("button", { name: "Tiếp" }).click();
  await expect(page.locator("#ready_days-error")).toHaveCount(0);
  const buyer = await buy(browser, goods.path, "1");
  await expect(buyer.locator(".order-part")).toContainText(`Làm xong trước ${shown(7)}`);
  await buyer.goto(goods.path);
  await expect(buyer.locator(".buy")).toContainText("Đặt mới làm, xong trong 7 ngày");
  await buyer.context().close();
});
