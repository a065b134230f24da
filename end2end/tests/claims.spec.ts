// What was wrong with goods: reported with photographs, answered, disputed, decided, paid back.
import { expect, person, test } from "../support";
import { buy, offer } from "../support/shop";
import { picture, signedIn } from "../support/work";

test("a buyer reports squashed fruit, the seller offers less, an officer decides", async ({ page, browser, isAccessible }, info) => {
  test.setTimeout(120_000);
  const goods = await offer(browser, `Khóm dập ${info.project.name} ${Date.now()}`, "30.000");
  const bought = await buy(browser, goods.path, "4");
  const order = bought.url();
  const code = (await bought.locator(".order-code").textContent()) ?? "";
  await expect(bought.getByRole("link", { name: "Báo hàng có vấn đề" })).toHaveCount(0);

  const desk = await signedIn(browser, person("seller"), page.viewportSize() ?? undefined);
  await desk.goto("/ban-hang/don-hang?state=placed");
  await desk.locator(".order-card", { hasText: code }).getByRole("link", { name: code }).click();
  await desk.getByRole("button", { name: "Xác nhận đơn" }).click();
  await desk.getByRole("button", { name: "Đã gói xong" }).click();
  await desk.getByRole("button", { name: "Gửi đi" }).click();
  await desk.getByRole("button", { name: "Đã giao, đã nhận tiền" }).click();
  await expect(desk.locator(".order-head .state")).toHaveText("Hoàn tất");

  // Everything that is missing is told in one go, and what was typed stays.
  await page.goto(order);
  await page.getByRole("link", { name: "Báo hàng có vấn đề" }).click();
  await isAccessible();
  await page.getByLabel(/bao nhiêu có vấn đề/).fill("9");
  await page.getByRole("button", { name: "Gửi cho người bán" }).click();
  await expect(page.locator("#reason-error")).toBeVisible();
  await expect(page.locator("#text-error")).toBeVisible();
  await expect(page.getByLabel(/bao nhiêu có vấn đề/)).toHaveValue("9");
  await isAccessible();
  await page.getByLabel("Hàng bị gì").selectOption("spoiled");
  await page.getByLabel("Kể cho người bán").fill("Hai ký dập, chảy nước.");
  await page.getByRole("button", { name: "Gửi cho người bán" }).click();
  await expect(page.locator("#photos-error")).toContainText("Chụp ít nhất một ảnh");
  await expect(page.locator("form .field__error").first()).toContainText("nhiều nhất còn 4");
  // The photograph travels once, whatever else is wrong.
  await page.locator("#photos").setInputFiles(picture("khom_04.jpg"));
  await page.getByRole("button", { name: "Gửi cho người bán" }).click();
  await expect(page.getByText("Đã có 1 ảnh")).toBeVisible();
  await page.getByLabel(/bao nhiêu có vấn đề/).fill("2");
  await page.getByRole("button", { name: "Gửi cho người bán" }).click();
  await expect(page.locator(".order-head .state")).toHaveText("Chờ người bán");
  await expect(page.locator(".totals__sum")).toContainText("60.000");
  const photo = page.locator(".claim-photos img");
  await expect(photo).toHaveCount(1);
  expect((await page.request.get((await photo.getAttribute("src")) as string)).status()).toBe(200);
  await isAccessible();

  // Without the order's token nobody sees it.
  const stranger = await browser.newContext();
  const path = new URL((await photo.getAttribute("src")) as string, order);
  expect((await stranger.request.get(`${path.origin}${path.pathname}?token=x`)).status()).toBe(404);
  await stranger.close();

  await desk.goto("/ban-hang");
  await desk.getByRole("link", { name: /việc về hàng có vấn đề/ }).click();
  await desk.locator(".order-card", { hasText: code }).getByRole("link", { name: code }).click();
  const amount = desk.locator("input[name^=amount-]");
  await expect(amount).toHaveValue("60000");
  await amount.fill("70.000");
  await desk.getByRole("button", { name: "Hoàn tiền", exact: true }).click();
  await expect(desk.locator("form .field__error").first()).toContainText("Nhiều nhất 60.000");
  await expect(amount).toHaveValue("70.000");
  await amount.fill("20.000");
  await desk.getByRole("button", { name: "Hoàn tiền", exact: true }).click();
  await expect(desk.locator(".order-head .state")).toHaveText("Chờ người mua");

  await page.reload();
  await expect(page.getByText("Người bán đề nghị hoàn 20.000")).toBeVisible();
  await isAccessible();
  await page.getByText("Không đồng ý, nhờ cán bộ xem").click();
  await page.getByRole("button", { name: "Gửi cán bộ" }).click();
  await expect(page.locator("#text-error")).toBeVisible();
  await page.getByLabel("Vì sao không đồng ý").fill("Hư hai ký thì hoàn hai ký.");
  await page.getByRole("button", { name: "Gửi cán bộ" }).click();
  await expect(page.locator(".order-head .state")).toHaveText("Chờ cán bộ");

  await desk.reload();
  await desk.locator("details", { hasText: "Nói rõ phần mình với cán bộ" }).getByLabel("Nói rõ").fill("Xe giao làm dập, lúc gửi còn đẹp.");
  await desk.getByRole("button", { name: "Nói rõ phần mình với cán bộ" }).click();

  const officer = await signedIn(browser, person("officer"), page.viewportSize() ?? undefined);
  await officer.goto("/tinh/khieu-nai");
  await officer.locator(".order-card", { hasText: code }).getByRole("link", { name: code }).click();
  await expect(officer.getByText("Xe giao làm dập")).toBeVisible();
  await expect(officer.locator(".claim-photos img")).toHaveCount(1);
  await officer.locator("input[name^=amount-]").fill("45.000");
  await officer.getByRole("button", { name: "Quyết định và báo hai bên" }).click();
  await expect(officer.locator("#text-error")).toBeVisible();
  await officer.getByLabel("Lý do").fill("Ảnh cho thấy một ký rưỡi dập.");
  await officer.getByRole("button", { name: "Quyết định và báo hai bên" }).click();
  await expect(officer.locator(".order-head .state")).toHaveText("Đã giải quyết");

  await page.reload();
  await expect(page.getByText("Người bán còn phải trả lại 45.000")).toBeVisible();
  await desk.reload();
  await desk.getByLabel("Trả bằng cách nào").fill("chuyển khoản");
  await desk.getByRole("button", { name: "Đã trả rồi" }).click();
  await expect(desk.getByText("Người bán báo đã trả lại 45.000")).toBeVisible();
  await page.goto(order);
  await expect(page.getByText("Hoàn lại theo khiếu nại: 45.000")).toBeVisible();
  await isAccessible();

  // A word with a photograph alone.
  const messages = page.locator("details", { hasText: "Tin nhắn về đơn này" });
  if (!(await messages.getAttribute("open"))) await messages.locator("summary").click();
  await page.getByLabel("Kèm ảnh").setInputFiles(picture("khom_04.jpg"));
  await page.getByRole("button", { name: "Gửi tin nhắn" }).click();
  await expect(page.locator(".talk .claim-photos img")).toHaveCount(1);
  await isAccessible();
});

test("the deadlines are published as they are enforced", async ({ page, isAccessible }) => {
  await page.goto("/quy-dinh#khieu-nai");
  await expect(page.getByRole("row", { name: /Báo hàng tươi có vấn đề/ })).toContainText("48 giờ");
  await expect(page.getByRole("row", { name: /Cán bộ quyết định/ })).toContainText("10 ngày");
  await isAccessible();
});
