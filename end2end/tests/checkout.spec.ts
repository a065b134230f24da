// Buying: nothing typed is lost, nothing is guessed, and what has changed is shown before it counts.
import { type Page, expect, test } from "../support";
import { offer } from "../support/shop";

const unique = (what: string, project: string) => `${what} ${project} ${Date.now()}`;

/** Keeps the islands asleep until the answer is called. */
const sleep = async (page: Page): Promise<() => Promise<void>> => {
  let wake = () => {};
  const awake = new Promise<void>((resolve) => (wake = resolve));
  await page.route(/\/pkg\/.*\.wasm/, async (route) => {
    await awake;
    await route.continue();
  });
  return async () => {
    wake();
    await expect(page.locator("html")).toHaveAttribute("data-awake", "");
  };
};

const addToCart = async (page: Page, path: string, quantity = "1") => {
  await page.goto(path);
  await page.locator(".buy .stepper__input").fill(quantity);
  await page.getByRole("button", { name: "Thêm vào giỏ" }).click();
  await expect(page).toHaveURL(/\/gio-hang/);
};

const fillContact = async (page: Page, commune = "Xã Hỏa Lựu") => {
  await page.getByLabel("Họ tên người nhận").fill("Trần Thị Thử");
  await page.getByLabel("Số điện thoại").fill("0912 345 678");
  await page.locator("#commune").fill(commune);
  await page.getByLabel("Số nhà, đường, ấp").fill("12 ấp Thạnh Xuân 🏡");
};

const toReview = async (page: Page) => {
  await page.goto("/thanh-toan");
  await fillContact(page);
  await page.getByRole("button", { name: /Tiếp/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Xem lại trước khi đặt" })).toBeVisible();
};

test("what is typed before the islands wake stays", async ({ page, javaScriptEnabled }) => {
  test.skip(javaScriptEnabled === false, "without JavaScript nothing wakes");
  let wake = await sleep(page);
  await page.goto("/san-pham/khom-cau-duc-tuoi");
  const product = page.locator(".buy .stepper__input");
  await product.fill("7");
  await wake();
  await expect(product).toHaveValue("7");
  await page.locator(".buy .stepper__button").last().click();
  await expect(product).toHaveValue("8");
  await page.getByRole("button", { name: "Thêm vào giỏ" }).click();

  await page.unrouteAll();
  wake = await sleep(page);
  await page.goto("/gio-hang");
  const line = page.locator(".cart-seller .stepper__input");
  await expect(line).toHaveValue("8");
  await line.fill("3");
  await wake();
  await expect(line).toHaveValue("3");

  await page.unrouteAll();
  wake = await sleep(page);
  await page.goto("/thanh-toan");
  await fillContact(page, "Hoả Tiến, Vị Thanh");
  await page.locator("#commune").focus();
  await wake();
  await expect(page.locator("#commune")).toHaveValue("Hoả Tiến, Vị Thanh");
  // Its suggestions come without another key being pressed.
  await page.getByRole("option", { name: /Hỏa Lựu/ }).click();
  await expect(page.locator("#commune")).toHaveValue("Xã Hỏa Lựu, Cần Thơ");
  await expect(page.locator("input[name=commune_code]")).toHaveValue("31338");
  // Something else is typed after the choice: what was chosen is no longer meant.
  await page.locator("#commune").fill("Phường Ninh Kiều");
  await expect(page.locator("input[name=commune_code]")).toHaveValue("");
  await page.getByRole("button", { name: /Tiếp/ }).click();
  await expect(page.getByText("Phường Ninh Kiều, Cần Thơ")).toBeVisible();

  // The choice of before comes back with its code; another text typed before waking goes before it.
  await page.unrouteAll();
  wake = await sleep(page);
  await page.getByRole("button", { name: "Sửa thông tin" }).click();
  await page.locator("#commune").fill("Xã Vị Thủy");
  await wake();
  await expect(page.locator("#commune")).toHaveValue("Xã Vị Thủy");
  await page.getByRole("button", { name: /Tiếp/ }).click();
  await expect(page.locator("#commune-error")).toContainText("Chưa rõ là nơi nào");
});

test("a commune that is not beyond doubt is asked, and nothing typed is lost", async ({ page, isAccessible }) => {
  await addToCart(page, "/san-pham/khom-cau-duc-tuoi");
  await page.goto("/thanh-toan");
  for (const [typed, choice] of [
    // The only place like it, but only like it.
    ["phung hiepp", "Xã Phụng Hiệp, Cần Thơ"],
    // The former Vị Thuỷ became another place than today's Vị Thủy.
    ["Xã Vị Thuỷ, huyện Vị Thuỷ", "Xã Vĩnh Thuận Đông, Cần Thơ"],
    ["phường Bùi Hữu Nghĩa", "Phường Bình Thủy, Cần Thơ"],
  ]) {
    await fillContact(page, typed);
    const answer = page.waitForResponse((response) => response.request().method() === "POST");
    await page.getByRole("button", { name: /Tiếp/ }).click();
    expect((await answer).status()).toBe(422);
    await expect(page.locator("#commune")).toHaveValue(typed);
    await expect(page.locator("#commune")).toHaveAttribute("aria-describedby", /commune-error/);
    await expect(page.getByRole("alert").getByRole("link", { name: /Xã, phường/ })).toHaveAttribute("href", "#commune");
    await expect(page.getByLabel("Họ tên người nhận")).toHaveValue("Trần Thị Thử");
    await expect(page.getByLabel("Số nhà, đường, ấp")).toHaveValue("12 ấp Thạnh Xuân 🏡");
    await expect(page.getByRole("radio", { name: choice })).toBeVisible();
  }
  await isAccessible();
  // Another text goes before a choice that was made for the text of before.
  await page.getByRole("radio", { name: "Phường Bình Thủy, Cần Thơ" }).check();
  await page.locator("#commune").fill("Đông Phước, Hậu Giang");
  await page.getByRole("button", { name: /Tiếp/ }).click();
  await expect(page.locator("#commune")).toHaveValue("Đông Phước, Hậu Giang");
  await page.getByRole("radio", { name: /Xã Phú Hữu, Cần Thơ/ }).check();
  await page.getByRole("button", { name: /Tiếp/ }).click();
  await expect(page.locator("main")).toContainText("12 ấp Thạnh Xuân 🏡, Xã Phú Hữu, Cần Thơ");
  // Back to the cart and to the checkout again, and in another language: it is all still there.
  await page.getByRole("link", { name: "Về giỏ hàng" }).click();
  await page.getByRole("link", { name: "Đặt hàng", exact: true }).click();
  await expect(page.getByLabel("Họ tên người nhận")).toHaveValue("Trần Thị Thử");
  await expect(page.locator("#commune")).toHaveValue("Xã Phú Hữu, Cần Thơ");
  await page.locator("form[action='/ngon-ngu'] button").click();
  await expect(page.getByLabel("House, street, hamlet")).toHaveValue("12 ấp Thạnh Xuân 🏡");
});

test("another language loses nothing that is not sent yet", async ({ page }) => {
  await addToCart(page, "/san-pham/khom-cau-duc-tuoi", "1");
  await page.goto("/thanh-toan");
  await page.getByLabel("Họ tên người nhận").fill("Trần Thị Thử");
  await page.getByLabel("Số điện thoại").fill("0987 65");
  await page.locator("form[action='/ngon-ngu'] button").click();
  await expect(page.getByRole("heading", { level: 1, name: "Check out" })).toBeVisible();
  await expect(page.getByLabel("Recipient's name")).toHaveValue("Trần Thị Thử");
  await expect(page.getByLabel("Phone number")).toHaveValue("0987 65");
});

test("bad quantities are told at the field of their line", async ({ page, isAccessible }) => {
  await addToCart(page, "/san-pham/khom-cau-duc-tuoi", "2");
  await addToCart(page, "/san-pham/khom-cau-duc-tuoi", "1");
  const field = page.locator(".cart-seller .stepper__input");
  await expect(field).toHaveValue("3");
  for (const [typed, message] of [
    ["hai trái", "Hãy ghi bằng số"],
    ["0", "lớn hơn 0"],
    ["-2", "lớn hơn 0"],
    ["1,23456", "ba chữ số"],
    ["", "Hãy ghi bằng số"],
  ]) {
    await field.fill(typed);
    await page.getByRole("button", { name: "Cập nhật" }).click();
    await expect(field).toHaveValue(typed);
    await expect(field).toHaveAttribute("aria-invalid", "true");
    const described = (await field.getAttribute("aria-describedby")) as string;
    await expect(page.locator(`[id="${described}"]`)).toContainText(message);
    const link = page.getByRole("alert").getByRole("link", { name: /Khóm Cầu Đúc/ });
    await expect(link).toHaveAttribute("href", `#${await field.getAttribute("id")}`);
  }
  await isAccessible();
  // A form's address opened by itself leads to its page.
  await page.goto("/gio-hang/sua");
  await expect(field).toHaveValue("3");
  await field.fill("1,5");
  await page.getByRole("button", { name: "Cập nhật" }).click();
  await expect(page.locator(".cart-seller .field__error")).toContainText("Bán từ 1");
  await page.getByRole("button", { name: /^Bỏ/ }).click();
  await expect(page.getByText("Giỏ hàng đang trống")).toBeVisible();
  await page.goto("/thanh-toan");
  await expect(page.getByText("Chưa có món nào để đặt")).toBeVisible();
});

test("what changes between looking and ordering is shown line by line", async ({ page, browser, isAccessible }, info) => {
  test.setTimeout(120_000);
  const dearer = await offer(browser, unique("Ổi đổi giá", info.project.name));
  const gone = await offer(browser, unique("Mận hết hàng", info.project.name));
  await addToCart(page, dearer.path, "2");
  await addToCart(page, gone.path, "3");
  await toReview(page);
  await dearer.change({ price: "12.500" });
  await gone.change({ stock: "1" });
  const answer = page.waitForResponse((response) => response.request().method() === "POST");
  await page.getByRole("button", { name: /^Đặt hàng/ }).click();
  expect((await answer).status()).toBe(409);
  const alert = page.getByRole("alert");
  await expect(alert.getByRole("listitem").filter({ hasText: dearer.name })).toContainText(/giá 10\.000\s₫ nay là 12\.500/);
  await expect(alert.getByRole("listitem").filter({ hasText: gone.name })).toContainText("Chỉ còn 1 kg");
  await isAccessible();
  // Looked at: without the line that is gone it goes on.
  await page.getByRole("button", { name: /^Đặt hàng/ }).click();
  await expect(page.getByText("Đơn hàng đã được ghi nhận")).toBeVisible();
  await expect(page.locator(".order-part")).toContainText(dearer.name);
  await expect(page.locator(".order-part")).not.toContainText(gone.name);
  await page.goto("/gio-hang");
  await expect(page.locator(".order-line")).toContainText(gone.name);
  // Nothing at all is left: the cart says why, and what was typed comes back.
  await gone.change({ stock: "5" });
  await toReview(page);
  await gone.pause();
  await page.getByRole("button", { name: /^Đặt hàng/ }).click();
  await expect(page).toHaveURL(/\/gio-hang/);
  await expect(page.locator(".order-line .field__error")).toContainText("Hiện không bán");
});

test("one form is one order: two taps, going back, a second window", async ({ page, context }) => {
  await addToCart(page, "/san-pham/khom-cau-duc-tuoi");
  await toReview(page);
  const other = await context.newPage();
  await toReview(other);
  const form = page.locator("form[action='/thanh-toan/dat-hang']");
  const fields = await form.locator("input").evaluateAll((inputs) => inputs.map((input) => [(input as HTMLInputElement).name, (input as HTMLInputElement).value]));
  const twice = await Promise.all([1, 2, 3].map(() => page.request.post("/thanh-toan/dat-hang", { form: Object.fromEntries(fields) })));
  const codes = new Set(twice.map((answer) => new URL(answer.url()).pathname));
  expect([...codes]).toHaveLength(1);
  await form.getByRole("button").click();
  await expect(page.getByText("Đơn hàng đã được ghi nhận")).toBeVisible();
  expect(codes).toContain(new URL(page.url()).pathname);
  // Going back from the order leads to the order, and the step before to the order as well.
  const made = new URL(page.url()).pathname;
  await page.goBack();
  await expect(page).toHaveURL(new RegExp(made));
  await page.goto("/thanh-toan");
  await expect(page).toHaveURL(new RegExp(made));
  // So does the other window, which holds a form for what is ordered.
  await other.getByRole("button", { name: /^Đặt hàng/ }).click();
  await expect(other).toHaveURL(new RegExp(made));
  // Something new is a new order.
  await addToCart(page, "/san-pham/khom-cau-duc-tuoi");
  await toReview(page);
  await page.getByRole("button", { name: /^Đặt hàng/ }).click();
  await expect(page.getByText("Đơn hàng đã được ghi nhận")).toBeVisible();
  expect(new URL(page.url()).pathname).not.toBe(made);
});

test("going back through the steps loses nothing", async ({ page }) => {
  await addToCart(page, "/san-pham/khom-cau-duc-tuoi");
  await page.goto("/thanh-toan");
  await fillContact(page);
  await page.getByLabel("Lời nhắn cho người bán").fill("Gọi trước 🙏");
  await page.getByRole("button", { name: /Tiếp/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Xem lại trước khi đặt" })).toBeVisible();
  await page.reload();
  await expect(page.locator("main")).toContainText("12 ấp Thạnh Xuân 🏡, Xã Hỏa Lựu, Cần Thơ");
  await expect(page.locator("main")).toContainText("Gọi trước 🙏");
  await page.goBack();
  await expect(page.getByLabel("Họ tên người nhận")).toHaveValue("Trần Thị Thử");
  await expect(page.locator("#commune")).toHaveValue(/^Xã Hỏa Lựu/);
  await expect(page.getByLabel("Lời nhắn cho người bán")).toHaveValue("Gọi trước 🙏");
});

test("a line changed in another window is not changed back", async ({ page, context }) => {
  await addToCart(page, "/san-pham/khom-cau-duc-tuoi", "2");
  await page.goto("/gio-hang");
  const other = await context.newPage();
  await other.goto("/gio-hang");
  await other.getByRole("button", { name: /^Bỏ/ }).click();
  await expect(other.getByText("Giỏ hàng đang trống")).toBeVisible();
  await page.locator(".cart-seller .stepper__input").fill("5");
  await page.getByRole("button", { name: "Cập nhật" }).click();
  await expect(page.getByText("Món này không còn trong giỏ")).toBeVisible();
});

test("an order is found however its code and number are typed, and called off", async ({ page, isAccessible }) => {
  await addToCart(page, "/san-pham/khom-cau-duc-tuoi");
  await toReview(page);
  await page.getByRole("button", { name: /^Đặt hàng/ }).click();
  const code = await page.locator(".order-code").innerText();
  await page.goto("/don-hang");
  await page.getByLabel("Mã đơn hàng").fill("CB12");
  await page.getByLabel("Số điện thoại").fill("số nhà");
  await page.getByRole("button", { name: "Xem đơn" }).click();
  await expect(page.locator("#code-error")).toContainText("CB và tám");
  await expect(page.locator("#phone-error")).toContainText("Số điện thoại chưa đúng");
  await expect(page.getByLabel("Mã đơn hàng")).toHaveValue("CB12");
  await isAccessible();
  const typed = ` ${code.slice(0, 4)}-${code.slice(4).toLowerCase()}`.replaceAll("0", "o").replaceAll("1", "l");
  for (const [spelling, phone] of [
    [typed, "+84 912.345.678"],
    [code.replaceAll("0", "O").replaceAll("1", "I"), "0084912345678"],
    [code.slice(2).toLowerCase(), "84 912-345-678"],
  ]) {
    await page.goto("/don-hang");
    await page.getByLabel("Mã đơn hàng").fill(spelling);
    await page.getByLabel("Số điện thoại").fill(phone);
    await page.getByRole("button", { name: "Xem đơn" }).click();
    await expect(page.locator(".order-code")).toHaveText(code);
  }
  await page.locator("summary", { hasText: "Hủy phần này" }).click();
  await page.getByLabel("Lý do").fill("x".repeat(501));
  await page.getByRole("button", { name: "Hủy đơn" }).click();
  await expect(page.getByLabel("Lý do")).toHaveValue("x".repeat(501));
  await expect(page.getByLabel("Lý do")).toHaveAttribute("aria-invalid", "true");
  await isAccessible();
  await page.getByLabel("Lý do").fill("Đặt nhầm");
  await page.getByRole("button", { name: "Hủy đơn" }).click();
  await expect(page.locator(".order-part .state")).toHaveText("Đã hủy");
  await expect(page.getByText("Đặt nhầm")).toBeVisible();
});
