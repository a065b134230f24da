// A household opens a shop by telephone; an officer looks at it; it sells, is suspended, and sells again.
import { expect, person, test } from "../support";
import { approveGoods, comeIn, number, signedIn, upload as send } from "../support/work";

test("from a telephone to the first goods on the shelf", async ({ page, browser, isAccessible, javaScriptEnabled }, info) => {
  test.setTimeout(240_000);
  const hasScripts = javaScriptEnabled !== false;
  const phone = number(info.project.name, { phone: "5", "phone-no-js": "6", desktop: "7" });
  const name = `Vườn khóm ${phone.slice(-4)} ${info.project.name}`;
  const upload = (file: string, seen: string) => send(page, hasScripts, file, seen);

  // The footer leads there, by way of the account.
  await page.goto("/");
  await expect(page.getByRole("link", { name: "Bán hàng cùng Cây Bẹo" })).toHaveAttribute("href", "/ban-hang/mo-gian-hang");
  await comeIn(page, phone, "Nguyễn Văn Hậu", "/ban-hang/mo-gian-hang");
  await expect(page).toHaveURL(/mo-gian-hang$/);
  // Five fields, all of them on a small screen.
  expect(await page.locator("main form input:not([type=hidden]):not([type=radio])").count()).toBe(4);
  await isAccessible();

  await page.getByLabel("Tên gian hàng").fill(name);
  await page.getByLabel("Ấp, khu vực").fill("Ấp Thạnh Xuân");
  await page.locator("#commune").fill("khong co dau ca");
  await page.getByRole("button", { name: "Mở gian hàng" }).click();
  await expect(page.locator("#commune-error")).toBeVisible();
  await expect(page.getByLabel("Tên gian hàng")).toHaveValue(name);
  await isAccessible();
  // By its name of before July 2025.
  await page.locator("#commune").fill("xã Hỏa Tiến, thành phố Vị Thanh, Hậu Giang");
  await page.getByRole("button", { name: "Mở gian hàng" }).click();

  await expect(page).toHaveURL(/\/ban-hang\/gian-hang$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
  await expect(page.locator(".notice")).toContainText("chỗ chưa điền");
  await isAccessible();
  await page.getByRole("button", { name: "Gửi duyệt" }).click();
  await expect(page.getByRole("alert")).toContainText("Số định danh");
  await isAccessible();

  // Who: a mistyped number, then the right one; the papers.
  await page.getByRole("link", { name: /Ai bán/ }).click();
  await page.getByLabel("Số định danh hoặc mã số thuế").fill("09308400");
  await page.getByRole("button", { name: "Lưu" }).click();
  await expect(page.locator("#number-error")).toContainText("12 số");
  await isAccessible();
  await page.getByLabel("Số định danh hoặc mã số thuế").fill(`093084${phone.slice(-6)}`);
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByRole("link", { name: /Ai bán/ }).click();
  await upload("khom_01.jpg", "text=Giấy tờ 1");

  // Another telephone goes on where this one stopped.
  await page.goto("/ban-hang/gian-hang/tai-khoan-ngan-hang");
  await page.getByLabel("Ngân hàng").selectOption("970405");
  await page.getByLabel("Số tài khoản").fill("12");
  await page.getByLabel("Tên chủ tài khoản").fill("Nguyễn Văn Hậu");
  await page.getByRole("button", { name: "Lưu" }).click();
  await expect(page.locator("#account-error")).toBeVisible();
  await isAccessible();
  await page.getByLabel("Số tài khoản").fill("7300 205 123 456");
  await page.getByRole("button", { name: "Lưu" }).click();
  await expect(page.locator("main")).toContainText("•••••••• 3456 · NGUYEN VAN HAU");
  await expect(page.locator("main")).not.toContainText("7300205123456");

  await page.goto("/ban-hang/gian-hang/dia-chi");
  await isAccessible();
  await page.getByLabel("Số nhà, đường, tuyến kênh").fill("Kênh Năm");
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.goto("/ban-hang/gian-hang/giao-hang");
  await page.getByLabel("Gửi bưu điện hoặc đơn vị giao hàng").check();
  await isAccessible();
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.goto("/ban-hang/gian-hang/thue");
  await page.getByRole("button", { name: "Lưu" }).click();
  await expect(page.locator("#residence-error")).toBeVisible();
  await isAccessible();
  await page.locator("input[value=resident]").check();
  await page.locator("input[value=grower]").check();
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.goto("/ban-hang/gian-hang/gioi-thieu");
  await isAccessible();
  await page.getByLabel("Lời giới thiệu").fill("Nhà tôi trồng khóm bên kênh Năm đã ba đời.");
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.goto("/ban-hang/gian-hang/gioi-thieu");
  await upload("khom_02.jpg", "main section .photo img");

  await page.goto("/ban-hang/gian-hang");
  await expect(page.locator(".notice")).toContainText("Đủ hết rồi");
  await page.getByRole("button", { name: "Gửi duyệt" }).click();
  await expect(page.locator(".notice")).toContainText("Trả lời trước hết ngày");
  await isAccessible();

  // Goods can be written down, but not published yet.
  await page.goto("/ban-hang/dang-ban");
  await page.getByRole("button", { name: "Bắt đầu" }).click();
  await upload("khom_03.jpg", ".kept-photo");
  await page.getByRole("link", { name: "Tiếp", exact: true }).click();
  const goods = `Khóm ${phone.slice(-5)}`;
  await page.getByLabel("Tên món hàng").fill(goods);
  await page.getByLabel("Loại hàng").selectOption("1");
  await page.getByLabel("Có bao nhiêu để bán").fill("20");
  await page.getByRole("button", { name: "Tiếp" }).click();
  await page.getByLabel("Giá", { exact: true }).fill("15.000");
  await page.getByLabel("Bán theo").fill("trái");
  await page.getByRole("button", { name: "Tiếp" }).click();
  const preview = page.url();
  await page.getByRole("button", { name: "Gửi để đăng bán" }).click();
  await expect(page.getByRole("alert")).toContainText("chưa được duyệt");
  await isAccessible();

  // The officer, without JavaScript, returns one field.
  const officer = await signedIn(browser, person("officer"));
  await officer.goto("/tinh/gian-hang?tinh_trang=submitted");
  await officer.getByRole("link", { name }).click();
  await expect(officer.locator("main")).toContainText("Nguyễn Văn Hậu");
  await expect(officer.locator("main")).toContainText("Thành phố Vị Thanh");
  const shop = officer.url();
  const paper = await officer.getByRole("link", { name: "Giấy tờ 1" }).getAttribute("href");
  expect((await officer.request.get(paper as string)).headers()["content-type"]).toBe("image/jpeg");
  await officer.getByRole("button", { name: "Hiện đủ số" }).click();
  await expect(officer.locator("main")).toContainText(`093084${phone.slice(-6)}`);
  await officer.goto(shop);
  await officer.getByText("Trả lại để sửa").first().click();
  await officer.getByRole("button", { name: "Trả lại cho người bán" }).click();
  await expect(officer.getByRole("alert")).toContainText("lý do");
  await officer.getByLabel("Số định danh hoặc mã số thuế").fill("Số không khớp căn cước");
  await officer.getByRole("button", { name: "Trả lại cho người bán" }).click();
  await expect(officer.locator("main .state").first()).toHaveText("Cần sửa");

  await page.goto("/ban-hang/gian-hang");
  await expect(page.locator(".notice").first()).toContainText("Số không khớp căn cước");
  await isAccessible();
  await page.getByRole("link", { name: /Ai bán/ }).click();
  await expect(page.locator("#number-error")).toContainText("Số không khớp căn cước");
  await page.getByLabel("Số định danh hoặc mã số thuế").fill(`093085${phone.slice(-6)}`);
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByRole("button", { name: "Gửi duyệt" }).click();

  await officer.goto(shop);
  await officer.getByRole("button", { name: "Duyệt", exact: true }).click();
  await expect(officer.locator("main .state").first()).toHaveText("Được bán");

  await page.goto(preview);
  await page.getByRole("button", { name: "Gửi để đăng bán" }).click();
  await expect(page.getByText("Đã gửi.")).toBeVisible();
  await approveGoods(browser, goods);
  await page.goto("/ban-hang/san-pham");
  await page.getByRole("link", { name: goods }).click();
  const productPage = page.url();

  // The shop's page is one that a person would trust.
  await page.goto("/ban-hang/gian-hang");
  await page.getByRole("link", { name: "Xem trang người mua thấy" }).click();
  const shopPage = page.url();
  await expect(page.locator("main")).toContainText("Đã xác minh danh tính");
  await expect(page.locator("main")).toContainText("Trước tháng 7/2025");
  await expect(page.locator("main")).toContainText("ba đời");
  // The worker takes a moment.
  await expect(async () => {
    await page.reload();
    await expect(page.locator(".product-card", { hasText: goods })).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 20_000 });
  await isAccessible();

  // Bought by somebody else.
  const buyer = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await buyer.goto(productPage);
  await buyer.getByRole("button", { name: "Thêm vào giỏ" }).click();
  await buyer.goto("/gio-hang");
  await expect(buyer.locator("main")).toContainText(goods);

  // A holiday: it says until when, and can't be bought.
  await page.goto("/ban-hang/gian-hang");
  await page.getByRole("button", { name: "3 ngày" }).click();
  await expect(page.locator(".notice")).toContainText("tự bán lại ngày");
  await isAccessible();
  await buyer.reload();
  await expect(buyer.locator("main")).toContainText("Gian hàng đang nghỉ, bán lại ngày");
  await buyer.goto(productPage);
  await expect(buyer.locator("main")).toContainText("Gian hàng đang nghỉ");
  await expect(buyer.getByRole("button", { name: "Thêm vào giỏ" })).toHaveCount(0);
  await page.getByRole("button", { name: "Bán lại ngay" }).click();

  // Suspended by an order: the product is gone and says why; lifting brings it back.
  await officer.goto(shop);
  await officer.getByText("Tạm ngưng ngay theo văn bản").click();
  await officer.getByRole("button", { name: "Tạm ngưng ngay" }).click();
  await expect(officer.locator("#order_no-error")).toBeVisible();
  await officer.getByLabel("Số văn bản").fill("12/QĐ-QLTT");
  await officer.locator("#order_reason").fill("Thử theo yêu cầu của cơ quan quản lý");
  await officer.getByRole("button", { name: "Tạm ngưng ngay" }).click();
  await expect(officer.locator("main .state").first()).toHaveText("Bị tạm ngưng");
  const gone = await buyer.goto(productPage);
  expect(gone?.status()).toBe(404);
  await expect(buyer.locator("main")).toContainText("tạm ngưng");
  await buyer.goto("/gio-hang");
  await expect(buyer.locator("main")).toContainText("Gian hàng đang tạm ngưng bán");
  await page.goto("/ban-hang/gian-hang");
  await expect(page.locator(".notice").first()).toContainText("12/QĐ-QLTT");
  await isAccessible();
  // What is its own can still be taken along.
  await page.getByRole("link", { name: "Tải dữ liệu của tôi" }).click();
  await isAccessible();
  const goodsFile = await page.request.get("/ban-hang/du-lieu/san-pham.csv");
  expect(await goodsFile.text()).toContain(goods);

  await officer.getByRole("button", { name: "Cho bán lại" }).click();
  expect((await buyer.goto(productPage))?.status()).toBe(200);
  await expect(buyer.getByRole("button", { name: "Thêm vào giỏ" })).toBeVisible();
  expect((await buyer.goto(shopPage))?.status()).toBe(200);
  await officer.context().close();
  await buyer.context().close();
});

test("somebody sells with the owner, may be handed the shop, and a shop is closed for good", async ({ page, browser, isAccessible }, info) => {
  test.slow();
  const phone = number(info.project.name, { phone: "02", "phone-no-js": "12", desktop: "22" }).slice(0, 10);
  await comeIn(page, phone, "Võ Thị Hai", "/ban-hang/mo-gian-hang");
  const begin = async (name: string) => {
    await page.getByLabel("Tên gian hàng").fill(name);
    await page.getByLabel("Ấp, khu vực").fill("Ấp 2");
    await page.locator("#commune").fill("xã Hỏa Tiến, thành phố Vị Thanh, Hậu Giang");
    await page.getByRole("button", { name: "Mở gian hàng" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
  };
  const name = `Nhà Hai ${phone.slice(-6)}`;
  await begin(name);

  await page.getByRole("link", { name: "Người cùng bán" }).click();
  await expect(page.locator("main")).toContainText("Chủ gian hàng");
  await isAccessible();
  await page.getByLabel("Tên người đó").fill("Võ Văn Tư");
  await page.getByLabel("Số điện thoại người đó").fill(phone);
  await page.getByRole("button", { name: "Mời cùng bán" }).click();
  await expect(page.locator("#member_phone-error")).toContainText("số của chính bạn");
  await expect(page.getByLabel("Tên người đó")).toHaveValue("Võ Văn Tư");
  await isAccessible();
  const other = `07${phone.slice(2)}`;
  await page.getByLabel("Số điện thoại người đó").fill(other);
  await page.getByRole("button", { name: "Mời cùng bán" }).click();
  await expect(page.locator("main")).toContainText("đang chờ trả lời");
  await isAccessible();

  // Who is asked says yes, at their own telephone.
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
  const theirs = await context.newPage();
  await comeIn(theirs, other, "Võ Văn Bốn", "/ban-hang/mo-gian-hang");
  await expect(theirs.locator("main")).toContainText("Có người mời bạn bán cùng");
  await theirs.getByRole("button", { name: "Nhận lời" }).click();
  await expect(theirs.getByRole("heading", { level: 1 })).toHaveText(name);
  await expect(theirs.getByRole("link", { name: "Người cùng bán" })).toHaveCount(0);

  await page.reload();
  await expect(page.locator("main")).toContainText("Võ Văn Bốn");
  await page.getByRole("link", { name: "Giao gian hàng" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Giao gian hàng cho Võ Văn Bốn");
  await isAccessible();
  await page.getByRole("link", { name: "Thôi, để vậy" }).click();
  await theirs.getByRole("button", { name: "Thôi bán cùng gian hàng này" }).click();
  await expect(theirs).toHaveURL(/mo-gian-hang$/);
  await context.close();
  await page.reload();
  await expect(page.locator("main")).not.toContainText("Võ Văn Bốn");

  await page.goto("/ban-hang/gian-hang");
  await page.getByRole("link", { name: "Đóng gian hàng" }).click();
  await isAccessible();
  await page.getByRole("button", { name: "Đóng hẳn gian hàng" }).click();
  await expect(page.locator(".notice")).toContainText("Gian hàng đã đóng");
  await isAccessible();

  // Another one can be begun; the data of the old one stay at hand.
  await page.getByRole("link", { name: "Mở gian hàng" }).click();
  await begin(`${name} mới`);
  await page.getByRole("button", { name, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
  await page.getByRole("link", { name: "Tải dữ liệu của tôi" }).click();
  await expect(page.getByRole("link", { name: "Gian hàng và nhật ký" })).toBeVisible();
});

test("the officers' desk for shops is accessible, filtered, and closed to others", async ({ page, signIn, isAccessible }) => {
  await page.goto("/tinh/gian-hang");
  await expect(page).toHaveURL(/\/dang-nhap\?ve=/);
  await signIn(person("officer"));
  await page.goto("/tinh/gian-hang");
  await isAccessible();
  await page.getByLabel("Xã, phường").selectOption({ index: 1 });
  await page.getByRole("button", { name: "Lọc" }).click();
  await expect(page).toHaveURL(/xa=\d{5}/);
  await page.locator("main tbody a").first().click();
  await isAccessible();
  await page.getByText("Báo trước sẽ tạm ngưng").click();
  await page.locator("#day").fill("2026-01-01");
  await page.getByRole("button", { name: "Báo cho người bán" }).click();
  await expect(page.locator("#day-error")).toContainText("Phải báo trước");
  await expect(page.locator("#reason-error")).toBeVisible();
  await isAccessible();
});

test("who has no shop is led to open one", async ({ page, signIn }) => {
  await signIn(person("buyer"));
  await page.goto("/ban-hang");
  await expect(page).toHaveURL(/mo-gian-hang$/);
  expect((await page.goto("/tinh/gian-hang"))?.status()).toBe(403);
});
