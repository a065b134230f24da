// Where goods come from: a lot, its labels, its page, and calling it back from its buyers.
import { type Page, expect, person, test } from "../support";
import { buy, offer, phone } from "../support/shop";
import { signedIn, upload } from "../support/work";

const day = (ago = 0) =>
  new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Ho_Chi_Minh" }).format(new Date(Date.now() - ago * 86_400_000));

const unique = (what: string, project: string) => `${what} ${project} ${Date.now()}`;

/** Writes a lot of `name` down and answers its code. */
const write = async (page: Page, name: string): Promise<string> => {
  await page.goto("/ban-hang/lo-hang/moi");
  await page.getByLabel("Món hàng").selectOption({ label: name });
  await page.getByLabel("Nơi trồng, nuôi, làm").fill("Ấp Thạnh Xuân, vườn sau nhà");
  await page.getByLabel("Số lượng cả lô").fill("1.200");
  await page.getByLabel("Tính bằng").fill("kg");
  await page.getByRole("button", { name: "Lưu lô hàng" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
  return page.locator(".order-code").innerText();
};

test("a lot is written down, labelled, and followed from its label", async ({ page, browser, signIn, isAccessible, javaScriptEnabled }, info) => {
  test.slow();
  const name = unique("Khóm lô", info.project.name);
  const goods = await offer(browser, name);
  await signIn(person("seller"));
  await page.goto("/ban-hang/san-pham");
  await page.getByRole("link", { name: "Lô hàng" }).click();
  await isAccessible();
  await page.getByRole("link", { name: "Ghi lô mới" }).click();
  await isAccessible();
  // What was typed stays, and each field says what is wrong with it.
  await page.getByLabel("Ngày thu hoạch").fill("2019-01-01");
  await page.getByLabel("Số lượng cả lô").fill("nhiều lắm");
  await page.getByRole("button", { name: "Lưu lô hàng" }).click();
  await expect(page.locator("#product-error")).toBeVisible();
  await expect(page.locator("#made_on-error")).toContainText("Lâu quá");
  await expect(page.locator("#place-error")).toBeVisible();
  await expect(page.getByLabel("Số lượng cả lô")).toHaveValue("nhiều lắm");
  await isAccessible();

  await page.getByLabel("Món hàng").selectOption({ label: name });
  await page.getByLabel("Ngày thu hoạch").fill(day());
  await page.getByLabel("Nơi trồng, nuôi, làm").fill("Ấp Thạnh Xuân, vườn sau nhà");
  await page.getByLabel("Số lượng cả lô").fill("1.200");
  await page.getByLabel("Tính bằng").fill("kg");
  await page.getByText("Ghi thêm cho nhãn").click();
  await page.getByLabel("Số mã vạch").fill("9506000134353");
  await page.getByRole("button", { name: "Lưu lô hàng" }).click();
  await expect(page.locator("#gtin-error")).toBeVisible();
  await page.getByLabel("Số mã vạch").fill("9506000134352");
  await page.getByRole("button", { name: "Lưu lô hàng" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
  const code = await page.locator(".order-code").innerText();
  expect(code).toMatch(/^LH[0-9A-Z]{8}$/);
  await isAccessible();

  // What was used: days that were waited are counted for poison.
  const lot = page.url();
  await page.getByText("Ghi thêm một thứ đã dùng").click();
  await page.getByRole("button", { name: "Lưu", exact: true }).click();
  await expect(page.locator("#input_kind-error")).toBeVisible();
  await isAccessible();
  await page.getByLabel("Loại").selectOption({ label: "Thuốc bảo vệ thực vật" });
  await page.getByLabel("Tên", { exact: true }).fill("Chế phẩm Trichoderma");
  await page.getByLabel("Ngày dùng").fill(day(20));
  await page.getByRole("button", { name: "Lưu", exact: true }).click();
  await expect(page.locator("#vat-tu")).toContainText("cách ly 20 ngày trước thu hoạch");
  await upload(page, javaScriptEnabled !== false, "khom_01.jpg", "#hinh .photo img[alt]");
  await expect(page.locator("#hinh .photo")).toHaveCount(1);
  await page.getByRole("button", { name: "Bán từ lô này" }).click();
  await expect(page.locator(".next-step")).toContainText("Đang bán từ lô này");
  await isAccessible();

  // Labels open as PDF, on both papers.
  const print = page.locator("form[action$='nhan.pdf']");
  await expect(print.getByRole("button", { name: "Mở tệp nhãn" })).toBeVisible();
  for (const paper of ["a4", "cuon"]) {
    const file = await page.request.get(`${await print.getAttribute("action")}?kho=${paper}&so=25`);
    expect(file.headers()["content-type"]).toBe("application/pdf");
    expect((await file.body()).subarray(0, 5).toString()).toBe("%PDF-");
  }

  // Somebody with the package in hand types the code, or scans it.
  const context = await browser.newContext({ javaScriptEnabled: false, userAgent: phone, viewport: { width: 360, height: 740 } });
  const buyer = await context.newPage();
  await buyer.goto("/truy-xuat");
  await buyer.getByLabel("Mã lô").fill("LH123");
  await buyer.getByRole("button", { name: "Xem nguồn gốc" }).click();
  await expect(buyer.locator("#ma-error")).toBeVisible();
  await buyer.getByLabel("Mã lô").fill(` ${code.toLowerCase().replace(/^lh/, "lh ")}`);
  await buyer.getByRole("button", { name: "Xem nguồn gốc" }).click();
  await expect(buyer).toHaveURL(new RegExp(`/truy-xuat/${code}$`));
  await expect(buyer.locator("main")).toContainText("Ấp Thạnh Xuân, vườn sau nhà");
  await expect(buyer.locator("main")).toContainText("cách ly 20 ngày trước thu hoạch");
  await expect(buyer.locator(".field-photos img")).toHaveCount(1);
  await buyer.goto(`/01/09506000134352/10/${code}`);
  await expect(buyer).toHaveURL(new RegExp(`/truy-xuat/${code}$`));
  expect((await buyer.goto(`/01/06291041500213/10/${code}`))?.status()).toBe(404);
  await buyer.goto(goods.path);
  await expect(buyer.getByRole("link", { name: new RegExp(`Đang bán từ lô ${code}`) })).toBeVisible();

  // Those two looks are counted, the shop's own is not.
  await page.goto(`/truy-xuat/${code}`);
  await isAccessible();
  await expect(async () => {
    await page.goto(lot);
    await expect(page.getByText("2 lượt xem")).toBeVisible({ timeout: 500 });
  }).toPass();
});

test("a code that nobody printed is told from one that somebody did", async ({ page, isAccessible }) => {
  await page.goto("/truy-xuat");
  await isAccessible();
  const answer = await page.goto("/truy-xuat/LH00000000");
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Không tìm thấy lô hàng");
  await expect(page.getByLabel("Mã lô")).toHaveValue("LH00000000");
  await isAccessible();
});

test("a recall names its buyers, tells them, and stops what is still here", async ({ page, browser, signIn, isAccessible }, info) => {
  test.slow();
  const name = unique("Khóm thu hồi", info.project.name);
  const goods = await offer(browser, name);
  await signIn(person("seller"));
  const good = await write(page, name);
  const code = await write(page, name);
  const lot = page.url();
  await page.getByRole("button", { name: "Bán từ lô này" }).click();
  await expect(page.locator(".next-step")).toContainText("Đang bán từ lô này");

  // Bought by one, who gets a part of it from another lot; packed for a second, and still here.
  const [first, second] = [await buy(browser, goods.path, "3"), await buy(browser, goods.path, "1")];
  const codes: string[] = [];
  for (const [order, isSent] of [[first, true], [second, false]] as const) {
    const number = await order.locator(".order-code").first().innerText();
    codes.push(number);
    await page.goto("/ban-hang/don-hang?state=placed");
    await page.getByRole("link", { name: number }).click();
    await page.getByRole("button", { name: "Xác nhận đơn" }).click();
    if (isSent) {
      await expect(page.getByLabel(new RegExp(`^${code}`))).toHaveValue("3");
      await page.getByLabel(new RegExp(`^${good}`)).fill("2");
      await page.getByRole("button", { name: "Lưu lô hàng của đơn" }).click();
      await expect(page.locator(".field__error").first()).toContainText("Cộng lại nhiều hơn");
      await isAccessible();
      await page.getByLabel(new RegExp(`^${code}`)).fill("1");
      await page.getByRole("button", { name: "Lưu lô hàng của đơn" }).click();
      await expect(page.locator(".field__error")).toHaveCount(0);
    }
    await page.getByRole("button", { name: "Đã gói xong" }).click();
    if (isSent) await page.locator(".next-step button").first().click();
  }
  await expect(page.locator("main")).toContainText(`Lô ${code}`);

  await page.goto(lot);
  await page.getByRole("link", { name: "Xem người mua và thu hồi" }).click();
  for (const number of codes) {
    const row = page.getByRole("row").filter({ hasText: number });
    await expect(row).toContainText("Trần Thị Thử");
    await expect(row).toContainText("•••• ••• 678");
    await expect(row).toContainText("1 kg");
  }
  await expect(page.getByRole("row")).toHaveCount(3);
  await expect(page.getByLabel("Tin nhắn")).toHaveValue(new RegExp(`lo hang ${code}`));
  await isAccessible();
  await page.getByRole("button", { name: "Thu hồi và nhắn cho 2 đơn" }).click();
  await expect(page.locator("#reason-error")).toBeVisible();
  await isAccessible();
  await page.getByLabel("Lý do thu hồi").fill("Nghi còn dư lượng thuốc");
  await page.getByRole("button", { name: "Thu hồi và nhắn cho 2 đơn" }).click();
  await expect(page.getByRole("row").filter({ hasText: codes[0] })).toContainText("Đã nhắn ngày");
  await expect(page.getByRole("button", { name: /Thu hồi và nhắn/ })).toHaveCount(0);
  await isAccessible();

  // Everybody with a package sees it in big letters; the buyer on the order too.
  await page.goto(`/truy-xuat/${code}`);
  await expect(page.locator(".recalled")).toContainText("LÔ NÀY BỊ THU HỒI");
  await expect(page.locator(".recalled")).toContainText("Nghi còn dư lượng thuốc");
  await isAccessible();
  await first.reload();
  await expect(first.locator(".notice[data-kind=error]")).toContainText("lô bị thu hồi");

  // What is packed stays here until it comes from another lot.
  await page.goto("/ban-hang/don-hang?state=packed");
  await page.getByRole("link", { name: codes[1] }).click();
  await page.locator(".next-step button").first().click();
  await expect(page.locator(".notice[data-kind=error]").first()).toContainText(code);
  await isAccessible();
  await page.locator("#lo-hang > summary").click();
  await page.getByLabel(new RegExp(`^${code}`)).fill("0");
  await page.getByLabel(new RegExp(`^${good}`)).fill("1");
  await page.getByRole("button", { name: "Lưu lô hàng của đơn" }).click();
  await page.locator(".next-step button").first().click();
  await expect(page.locator(".order-head .state")).toHaveAttribute("data-state", "shipped");

  // The officer of the province reads of it; another shop's people find nothing.
  const officer = await signedIn(browser, person("officer"));
  await officer.goto("/tinh/lo-hang");
  await officer.getByRole("link", { name: code }).click();
  await expect(officer.locator("main")).toContainText("Nghi còn dư lượng thuốc");
  const stranger = await signedIn(browser, person("seller", "co-so-truong-tho"));
  expect((await stranger.goto(lot))?.status()).toBe(404);
  expect((await stranger.goto(`${lot}/thu-hoi`))?.status()).toBe(404);
  expect((await stranger.goto("/tinh/lo-hang"))?.status()).toBe(403);
});

test("an officer finds a lot by its code and reads the list", async ({ page, signIn, isAccessible }) => {
  await signIn(person("officer"));
  await page.goto("/tinh/lo-hang");
  await isAccessible();
  await page.getByLabel("Mã lô").fill("LH00000000");
  await page.getByRole("button", { name: "Mở lô" }).click();
  await expect(page.locator("#ma-error")).toBeVisible();
  await isAccessible();
});
