// The one path the project exists for: a household lists a product, a buyer finds and buys it, the household
// ships it, the province sees the sale. With and without JavaScript, on a phone and on a desk.
import { join } from "node:path";

import { expect, person, test } from "../support";
import { approveGoods } from "../support/work";

const photo = join(__dirname, "../../data/catalogue/photos/khom_04.jpg");

test("from the field to the report", async ({ page, browser, isAccessible, signIn, javaScriptEnabled }, info) => {
  test.setTimeout(120_000);
  const withScripts = javaScriptEnabled !== false;
  const name = `Khóm thử ${info.project.name} ${Date.now()}`;

  await test.step("the household lists it in three steps", async () => {
    await signIn(person("seller"));
    await expect(page).toHaveURL(/\/ban-hang$/);
    await isAccessible();
    await page.goto("/ban-hang/dang-ban");
    await isAccessible();
    await page.getByRole("button", { name: "Bắt đầu" }).click();
    await expect(page).toHaveURL(/\/anh$/);
    // With JavaScript what is picked is sent at once.
    if (withScripts) await expect(page.locator("html[data-awake]")).toBeAttached();
    await page.locator("#photos").setInputFiles(photo);
    if (!withScripts) await page.getByRole("button", { name: "Gửi hình lên" }).click();
    await expect(page.getByAltText("Hình 1")).toBeVisible();
    await isAccessible();
    await page.getByRole("link", { name: "Tiếp", exact: true }).click();

    await page.getByLabel("Tên món hàng").fill("x");
    await page.getByLabel("Có bao nhiêu để bán").fill("nhiều");
    await page.getByRole("button", { name: "Tiếp" }).click();
    await expect(page.getByRole("alert")).toContainText("Hãy ghi bằng số");
    await expect(page.getByLabel("Có bao nhiêu để bán")).toHaveValue("nhiều");
    await isAccessible();
    await page.getByLabel("Tên món hàng").fill(name);
    await page.getByLabel("Loại hàng").selectOption("1");
    await page.getByLabel("Có bao nhiêu để bán").fill("20");
    await page.getByRole("button", { name: "Tiếp" }).click();

    await expect(page).toHaveURL(/\/gia$/);
    await page.getByLabel("Giá", { exact: true }).fill("35.000");
    await page.getByLabel("Bán theo").fill("kg");
    await isAccessible();
    await page.getByRole("button", { name: "Tiếp" }).click();
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
    await isAccessible();
    await page.getByRole("button", { name: "Gửi để đăng bán" }).click();
    await expect(page.getByText("Đã gửi.")).toBeVisible();
    await isAccessible();
  });

  await test.step("an officer looks at it before buyers see it", async () => {
    await approveGoods(browser, name);
  });

  let order = "";
  await test.step("a buyer finds it, buys it as a guest and follows it", async () => {
    await page.getByRole("button", { name: "Đăng xuất" }).click();
    // The index follows within moments.
    await expect(async () => {
      await page.goto(`/san-pham?q=${encodeURIComponent(name)}`);
      await expect(page.getByRole("link", { name }).first()).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 15_000 });
    await isAccessible();
    await page.getByRole("link", { name }).first().click();
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
    await isAccessible();
    if (withScripts) {
      await expect(page.locator("html")).toHaveAttribute("data-awake", "");
      await page.locator(".buy .stepper__button").last().click();
      await expect(page.locator(".buy .stepper__input")).toHaveValue("1");
    } else {
      await page.locator(".buy .stepper__input").fill("1");
    }
    await page.getByRole("button", { name: "Thêm vào giỏ" }).click();
    await expect(page).toHaveURL(/\/gio-hang/);
    await expect(page.getByText(name)).toBeVisible();
    await isAccessible();
    await page.locator(".cart-seller .stepper__input").fill("2,5");
    await page.getByRole("button", { name: "Cập nhật" }).click();
    await expect(page.locator(".order-line__total")).toHaveText(/87\.500/);
    await page.getByRole("link", { name: "Đặt hàng" }).click();

    await isAccessible();
    await page.getByLabel("Họ tên người nhận").fill("Trần Thị Thử");
    await page.getByLabel("Số điện thoại").fill("12345");
    await page.getByRole("button", { name: /Tiếp/ }).click();
    await expect(page.getByRole("alert")).toContainText("Số điện thoại chưa đúng");
    await expect(page.getByLabel("Họ tên người nhận")).toHaveValue("Trần Thị Thử");
    await isAccessible();
    await page.getByLabel("Số điện thoại").fill("0912 345 678");
    await page.getByLabel("Số nhà, đường, ấp").fill("12 ấp Thạnh Xuân, gần chợ");
    // The old commune's name is understood.
    if (withScripts) {
      await page.locator("#commune").pressSequentially("hoa tien vi thanh", { delay: 20 });
      await page.getByRole("option").first().click();
      await expect(page.locator("#commune")).toHaveValue(/Hỏa Lựu/);
    } else {
      await page.locator("#commune").fill("xã hoả tiến, vị thanh");
    }
    await page.getByRole("button", { name: /Tiếp/ }).click();

    await expect(page.getByRole("heading", { level: 1, name: "Xem lại trước khi đặt" })).toBeVisible();
    await expect(page.getByText("Xã Hỏa Lựu, Cần Thơ")).toBeVisible();
    await isAccessible();
    await page.getByRole("button", { name: "Sửa thông tin" }).click();
    await expect(page.getByLabel("Số nhà, đường, ấp")).toHaveValue("12 ấp Thạnh Xuân, gần chợ");
    await page.getByRole("button", { name: /Tiếp/ }).click();
    await page.getByRole("button", { name: /^Đặt hàng/ }).click();
    await expect(page.getByText("Đơn hàng đã được ghi nhận")).toBeVisible();
    await isAccessible();
    order = (await page.locator(".order-code").textContent()) ?? "";
    expect(order).toMatch(/^CB[0-9A-Z]{8}$/);
    await page.goto("/don-hang");
    await isAccessible();
    await page.getByLabel("Mã đơn hàng").fill(order);
    await page.getByLabel("Số điện thoại").fill("0999 999 999");
    await page.getByRole("button", { name: "Xem đơn" }).click();
    await expect(page.getByRole("alert")).toContainText("Không có đơn nào khớp");
    await page.getByLabel("Số điện thoại").fill("0912345678");
    await page.getByRole("button", { name: "Xem đơn" }).click();
    await expect(page.getByText("Mới đặt").first()).toBeVisible();
  });

  await test.step("the household confirms, packs, ships, delivers and is paid", async () => {
    await signIn(person("seller"));
    await page.goto("/ban-hang/don-hang?state=placed");
    await isAccessible();
    await page.getByRole("link", { name: order }).click();
    await isAccessible();
    for (const [button, state] of [
      ["Xác nhận đơn", "Đã xác nhận"],
      ["Đã gói xong", "Đã gói"],
      ["Gửi đi", "Đang giao"],
      ["Đã giao, đã nhận tiền", "Hoàn tất"],
    ]) {
      await page.getByRole("button", { name: button, exact: true }).click();
      await expect(page.locator(".order-head .state")).toHaveText(state);
    }
    await page.goto("/ban-hang/san-pham");
    await expect(page.getByText(name)).toBeVisible();
    await expect(page.locator(".own-product", { hasText: name })).toContainText("còn 17,5 kg");
    await isAccessible();
    await page.getByRole("button", { name: "Đăng xuất" }).click();
  });

  await test.step("the province sees the sale", async () => {
    await signIn(person("officer"));
    await expect(page).toHaveURL(/\/tinh$/);
    await isAccessible();
    await expect(async () => {
      await page.goto("/tinh/doanh-so?by=product");
      await expect(page.getByRole("row", { name: new RegExp(name) })).toContainText("87.500", { timeout: 1_000 });
    }).toPass({ timeout: 15_000 });
    await isAccessible();
    const table = await page.request.get("/tinh/doanh-so.csv?by=product");
    expect(await table.text()).toContain(name);
  });
});
