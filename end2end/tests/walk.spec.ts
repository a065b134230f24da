// One order of three households, all the way: ordered ahead, weighed, sent in two goes, carried by the hamlet's collector,
// complained about and decided.
import type { Page } from "@playwright/test";

import { expect, person, test } from "../support";
import { offer } from "../support/shop";
import { picture, signedIn } from "../support/work";

/** So many days from now, as a date field has it. */
const day = (ahead: number) =>
  new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Ho_Chi_Minh" }).format(new Date(Date.now() + ahead * 86_400_000));

test("three households, a pre-order, a weight, two goes, a claim and a dispute", async ({ page, browser, isAccessible }, info) => {
  test.setTimeout(240_000);
  const mark = `${info.project.name} ${Date.now()}`;
  const [ut, bay, sau] = ["hop-tac-xa-thanh-thang", "hop-tac-xa-ky-nhu", "co-so-thanh-tu"].map((shop) => person("seller", shop));
  const fruit = await offer(browser, `Khóm ${mark}`, "30.000", "50", ut);
  const cakes = await offer(browser, `Chả cá ${mark}`, "20.000", "50", bay);
  const mango = await offer(browser, `Xoài vụ tới ${mark}`, "25.000", "50", sau);
  const viewport = page.viewportSize() ?? undefined;
  const desks = { ut: await signedIn(browser, ut, viewport), bay: await signedIn(browser, bay, viewport), sau: await signedIn(browser, sau, viewport) };

  await desks.sau.goto("/ban-hang/san-pham");
  await desks.sau.locator("li", { hasText: mango.name }).getByRole("link", { name: "Vụ tới, đặt trước" }).click();
  await desks.sau.getByLabel("Thu hoạch từ ngày").fill(day(10));
  await desks.sau.getByLabel("Đến ngày", { exact: true }).fill(day(20));
  await desks.sau.getByLabel("Giao từ ngày").fill(day(12));
  await desks.sau.getByLabel("Giao đến ngày").fill(day(22));
  await desks.sau.getByLabel("Dự kiến được").fill("500");
  await desks.sau.locator("input[name^='quota-']").fill("30");
  await desks.sau.getByRole("button", { name: "Mở đặt trước" }).click();
  await expect(desks.sau.locator(".facts").first()).toContainText("đã đặt 0 / 30");

  // The buyer puts all of it into one cart and orders once.
  for (const [goods, count] of [[fruit, "2"], [cakes, "5"], [mango, "4"]] as const) {
    await page.goto(goods.path);
    await page.locator(".buy .stepper__input").fill(count);
    await page.getByRole("button", { name: "Thêm vào giỏ" }).click();
    await expect(page).toHaveURL(/\/gio-hang/);
  }
  await page.goto("/thanh-toan");
  await page.getByLabel("Họ tên người nhận").fill("Trần Thị Thử");
  await page.getByLabel("Số điện thoại").fill("0912 345 678");
  await page.locator("#commune").fill("Xã Hỏa Lựu");
  await page.getByLabel("Số nhà, đường, ấp").fill("12 ấp Thạnh Xuân");
  await page.getByRole("button", { name: /Tiếp/ }).click();
  await isAccessible();
  await page.getByRole("button", { name: /^Đặt hàng/ }).click();
  const code = (await page.locator(".order-code").first().textContent()) ?? "";
  const order = page.url().replace("&moi=1", "");
  await expect(page.locator(".order-part")).toHaveCount(3);
  await isAccessible();
  const copy = await page.request.get((await page.getByRole("link", { name: "Bản sao để giữ" }).getAttribute("href")) as string);
  expect(copy.headers()["content-type"]).toBe("application/pdf");

  const openAt = async (desk: Page) => {
    await desk.goto("/ban-hang/don-hang");
    await desk.locator(".order-card", { hasText: code }).first().getByRole("link", { name: code }).click();
  };
  for (const desk of Object.values(desks)) {
    await openAt(desk);
    await desk.getByRole("button", { name: "Xác nhận đơn" }).click();
    await expect(desk.locator(".order-head .state")).toHaveText("Đã xác nhận");
  }
  // The second household has three of five; the rest follows without a second fee.
  await desks.bay.getByLabel(/khách đặt 5 kg, đóng được/).fill("3");
  await desks.bay.getByText("Thiếu hàng?").click();
  await desks.bay.getByRole("radio", { name: /Giao phần thiếu sau/ }).check();
  await desks.bay.getByLabel("Vì sao thiếu").fill("Mai mới có thêm");
  await desks.bay.getByRole("button", { name: "Đã gói xong" }).click();
  await expect(desks.bay.locator(".order-head .state")).toHaveText("Đã gói");
  // The first weighs a little less.
  await desks.ut.getByLabel(/khách đặt 2 kg, đóng được/).fill("1,9");
  await desks.ut.getByRole("button", { name: "Đã gói xong" }).click();
  await expect(desks.ut.locator(".order-head .state")).toHaveText("Đã gói");

  // The hamlet's collector takes what is packed along and hands it to the carrier.
  const collector = await signedIn(browser, person("helper"), viewport);
  await collector.goto("/to-so/gom-hang");
  await collector.getByRole("button", { name: new RegExp(`Đã nhận của hộ ${code}`) }).first().click();
  await collector.getByRole("button", { name: new RegExp(`Đã đưa cho hãng chở ${code}`) }).first().click();

  const finish = async (desk: Page) => {
    await openAt(desk);
    const send = desk.getByRole("button", { name: "Gửi đi" });
    if (await send.count()) await send.click();
    await desk.getByRole("button", { name: "Đã giao, đã nhận tiền", exact: true }).click();
    await expect(desk.locator(".order-head .state")).toHaveText("Hoàn tất");
  };
  await finish(desks.ut);
  await page.goto(order);
  await expect(page.locator(".order-part")).toHaveCount(4);
  await expect(page.getByText("đã đặt 2 kg")).toBeVisible();
  await expect(page.getByText("57.000").first()).toBeVisible();

  // Squashed: declined, taken to an officer, decided.
  await page.getByRole("link", { name: "Báo hàng có vấn đề" }).first().click();
  await page.getByLabel("Hàng bị gì").selectOption("damaged");
  await page.getByLabel(/bao nhiêu có vấn đề/).first().fill("0,95");
  await page.locator("#photos").setInputFiles(picture("khom_04.jpg"));
  await page.getByLabel("Kể cho người bán").fill("Một nửa bị dập.");
  await page.getByRole("button", { name: "Gửi cho người bán" }).click();
  await expect(page.locator(".totals__sum")).toContainText("28.500");
  const claim = page.url();
  await desks.ut.goto("/ban-hang/van-de");
  await desks.ut.locator(".order-card", { hasText: code }).getByRole("link", { name: code }).click();
  const refusal = desks.ut.locator("details", { hasText: "Nói lý do cho người mua" });
  await refusal.locator("summary").click();
  await refusal.getByLabel("Nói rõ").fill("Lúc gửi còn đẹp.");
  await refusal.getByRole("button", { name: "Từ chối" }).click();
  await expect(desks.ut.locator(".order-head .state")).toHaveText("Người bán từ chối");
  await page.goto(claim);
  await page.getByText("Không đồng ý, nhờ cán bộ xem").click();
  await page.getByLabel("Vì sao không đồng ý").fill("Xem ảnh.");
  await page.getByRole("button", { name: "Gửi cán bộ" }).click();
  await desks.ut.reload();
  const side = desks.ut.locator("details", { hasText: "Nói rõ phần mình với cán bộ" });
  await side.getByLabel("Nói rõ").fill("Chắc do xe giao.");
  await side.getByRole("button", { name: "Nói rõ phần mình với cán bộ" }).click();
  const officer = await signedIn(browser, person("officer"), viewport);
  await officer.goto("/tinh/khieu-nai");
  await officer.locator(".order-card", { hasText: code }).getByRole("link", { name: code }).click();
  await officer.locator("input[name^=amount-]").fill("28.500");
  await officer.getByLabel("Lý do").fill("Ảnh thấy rõ.");
  await officer.getByRole("button", { name: "Quyết định và báo hai bên" }).click();
  await expect(officer.locator(".order-head .state")).toHaveText("Đã giải quyết");

  // What is ahead waits for its days, and the buyer sees each household's part as it stands.
  await page.goto(order);
  await expect(page.getByText("Hoàn lại theo khiếu nại: 28.500")).toBeVisible();
  await expect(page.locator(".order-part", { hasText: mango.name }).locator(".state").first()).toHaveText("Đã xác nhận");
  await isAccessible();
});
