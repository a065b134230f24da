// How goods come: a household says it, a buyer chooses it, and the order keeps it.
import { type Browser, type Page, expect, person, test } from "../support";

/** The desk of a household, in a browser of its own. */
const desk = async (browser: Browser, slug: string): Promise<Page> => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  const who = person("seller", slug);
  await page.goto("/dang-nhap");
  await page.locator("input[name=phone]").fill(who.phone);
  await page.locator("input[name=password]").fill(who.password);
  await page.locator("form.sign-in button").click();
  await page.goto("/ban-hang/giao-hang");
  return page;
};

/** Only one project sets delivery of the sample households, so that projects do not wait for each other. */
test("a household sets delivery; a buyer fetches from one and has another come", async ({ page, browser, isAccessible }, info) => {
  test.skip(info.project.name !== "phone-no-js", "one journey, without JavaScript");
  // Three browsers, and twenty pages that are looked at whole.
  test.setTimeout(180_000);
  const [weaver, distiller] = [await desk(browser, "co-so-thanh-tu"), await desk(browser, "co-so-truong-tho")];
  try {
    // What can't be is said at its field, and what was typed stays.
    await weaver.getByRole("checkbox", { name: /Nhà mình tự giao/ }).check();
    await weaver.getByLabel("Phí tự giao một đơn").fill("5.000");
    await weaver.getByRole("button", { name: "Lưu" }).click();
    await expect(weaver.locator("#weekday-1-error")).toBeVisible();
    await expect(weaver.locator("#own_area-error")).toBeVisible();
    await expect(weaver.getByLabel("Phí tự giao một đơn")).toHaveValue("5.000");
    await weaver.getByRole("radio", { name: "Cả tỉnh, thành" }).check();
    for (const day of ["thứ Hai", "thứ Tư", "thứ Sáu"]) await weaver.getByRole("checkbox", { name: day }).check();
    await weaver.getByRole("button", { name: "Lưu" }).click();
    await expect(weaver.getByText("Đã lưu.")).toBeVisible();
    await expect(weaver.getByRole("checkbox", { name: "thứ Tư" })).toBeChecked();

    const point = `Nhà văn hóa ${Date.now()}`;
    await distiller.getByRole("link", { name: "Lập điểm nhận hàng" }).click();
    await distiller.getByLabel("Tên điểm").fill(point);
    await distiller.getByRole("button", { name: "Lưu" }).click();
    await expect(distiller.locator("#keeper_phone-error")).toBeVisible();
    await expect(distiller.getByLabel("Tên điểm")).toHaveValue(point);
    await distiller.getByLabel("Địa chỉ, chỗ dễ nhận ra").fill("Ấp Thạnh Thắng, cạnh cầu");
    await distiller.getByLabel("Giờ có người").fill("7 giờ đến 17 giờ");
    await distiller.getByLabel("Người giữ hàng").fill("Cô Năm");
    await distiller.getByLabel("Số điện thoại người giữ").fill("0913 222 333");
    await distiller.getByRole("button", { name: "Lưu" }).click();
    await expect(distiller.getByText(point).first()).toBeVisible();

    const goods = async (slug: string): Promise<string> => {
      await page.goto(`/gian-hang/${slug}`);
      return (await page.locator("main a[href^='/san-pham/']").first().getAttribute("href")) as string;
    };
    for (const slug of ["co-so-thanh-tu", "co-so-truong-tho"]) {
      await page.goto(await goods(slug));
      await page.getByRole("button", { name: "Thêm vào giỏ" }).click();
    }
    await page.goto("/gio-hang");
    await page.getByText("Giao tới đâu? Xem phí giao").click();
    await page.locator("#commune").fill("Xã Hỏa Lựu");
    await page.getByRole("button", { name: "Tính phí giao" }).click();
    await expect(page.getByText(`Lấy ở ${point}`)).toBeVisible();
    await isAccessible();
    await page.getByRole("link", { name: "Đặt hàng", exact: true }).click();
    await page.getByLabel("Họ tên người nhận").fill("Trần Thị Thử");
    await page.getByLabel("Số điện thoại").fill("0912 345 678");
    await page.locator("#commune").fill("Xã Hỏa Lựu");
    await page.getByLabel("Số nhà, đường, ấp").fill("12 ấp Thạnh Xuân");
    await page.getByRole("button", { name: /Tiếp/ }).click();

    await expect(page.getByRole("heading", { level: 1, name: "Nhận hàng bằng cách nào?" })).toBeVisible();
    await isAccessible();
    await page.getByRole("radio", { name: new RegExp(`Lấy ở ${point}`) }).check();
    const own = page.getByRole("radio", { name: /Nhà vườn tự giao/ }).nth(1);
    await own.check();
    await page.getByRole("button", { name: /Tiếp/ }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Xem lại trước khi đặt" })).toBeVisible();
    await expect(page.getByText(`Lấy ở ${point}`)).toBeVisible();
    await expect(page.getByText(/Nhà vườn tự giao, thứ/)).toBeVisible();
    await isAccessible();

    // The point is closed meanwhile: it is said before the order counts, and nothing is placed.
    await distiller.getByRole("link", { name: `Sửa ${point}` }).click();
    await distiller.getByRole("checkbox", { name: /Đang nhận hàng ở đây/ }).uncheck();
    await distiller.getByRole("button", { name: "Lưu" }).click();
    await page.getByRole("button", { name: /^Đặt hàng –/ }).click();
    await expect(page.getByText(/cách nhận đã chọn không còn/)).toBeVisible();
    await distiller.getByRole("link", { name: `Sửa ${point}` }).click();
    await distiller.getByRole("checkbox", { name: /Đang nhận hàng ở đây/ }).check();
    await distiller.getByRole("button", { name: "Lưu" }).click();
    await page.getByRole("button", { name: "Chọn cách nhận hàng" }).click();
    await page.getByRole("radio", { name: new RegExp(`Lấy ở ${point}`) }).check();
    await page.getByRole("button", { name: /Tiếp/ }).click();
    await page.getByRole("button", { name: /^Đặt hàng –/ }).click();
    await expect(page.getByText(`Lấy ở ${point}`)).toBeVisible();
    await expect(page.getByText("Người giữ: Cô Năm")).toBeVisible();
    await expect(page.getByText(/Nhà vườn tự giao, thứ/)).toBeVisible();
    await isAccessible();

    // The board and the slip say it.
    await weaver.goto("/ban-hang/don-hang?state=placed");
    await expect(weaver.getByText(/Nhà vườn tự giao, thứ/).first()).toBeVisible();
    await distiller.goto("/ban-hang/don-hang?state=placed");
    const code = (await page.locator(".order-code").first().textContent()) ?? "";
    await distiller.locator(".order-card", { hasText: code }).getByRole("link", { name: code }).click();
    await distiller.getByRole("link", { name: "In phiếu giao" }).click();
    await expect(distiller.getByText(`Lấy ở ${point}`)).toBeVisible();
  } finally {
    await weaver.goto("/ban-hang/giao-hang");
    await weaver.getByRole("checkbox", { name: /Nhà mình tự giao/ }).uncheck();
    await weaver.getByRole("button", { name: "Lưu" }).click();
    await distiller.goto("/ban-hang/giao-hang");
    const change = distiller.getByRole("link", { name: /Sửa Nhà văn hóa/ }).first();
    if (await change.count()) {
      await change.click();
      await distiller.getByRole("checkbox", { name: /Đang nhận hàng ở đây/ }).uncheck();
      await distiller.getByRole("button", { name: "Lưu" }).click();
    }
  }
});
