// Accounts that people make themselves, with nothing but a telephone.
import { expect, type Page, person, test } from "../support";

/** A number that no other test uses. */
const number = (project: string) => {
  const first = { phone: "1", "phone-no-js": "2", desktop: "3" }[project] ?? "4";
  return `09${first}${String(Date.now()).slice(-7)}`;
};

test("a telephone is enough: code, name, account, password, devices", async ({ page, browser, isAccessible }, info) => {
  const phone = number(info.project.name);
  await page.goto("/tai-khoan");
  await page.getByLabel("Số điện thoại").fill(phone);
  await isAccessible();
  await page.getByRole("button", { name: "Tiếp" }).click();

  const digits = await page.locator(".notice strong").innerText();
  expect(digits).toMatch(/^\d{6}$/);
  await isAccessible();
  await page.getByLabel("Mã 6 số").fill(digits === "000000" ? "111111" : "000000");
  await page.getByRole("button", { name: "Tiếp" }).click();
  await expect(page.getByRole("alert")).toContainText("còn thử được 4 lần");
  // The code can still be read and typed with blanks, as a message shows it.
  await page.getByLabel("Mã 6 số").fill(`${digits.slice(0, 3)} ${digits.slice(3)}`);
  await page.getByRole("button", { name: "Tiếp" }).click();

  await page.getByLabel("Họ tên").fill("Nguyễn Thị Năm");
  await page.getByRole("button", { name: "Tạo tài khoản" }).click();
  await expect(page.locator("#agreed-error")).toContainText("Cần bạn đồng ý");
  await expect(page.getByLabel("Họ tên")).toHaveValue("Nguyễn Thị Năm");
  await isAccessible();
  await page.locator("#agreed").check();
  await page.getByRole("button", { name: "Tạo tài khoản" }).click();

  // Back to what was asked for at first.
  await expect(page).toHaveURL(/\/tai-khoan$/);
  await expect(page.getByLabel("Họ tên")).toHaveValue("Nguyễn Thị Năm");
  await expect(page.locator("main")).toContainText("Máy này");
  await isAccessible();
  await page.getByLabel("Mật khẩu mới").fill("12345678");
  await page.getByRole("button", { name: "Lưu mật khẩu" }).click();
  await expect(page.locator("#new-error")).toContainText("ai cũng đoán được");
  await page.getByLabel("Mật khẩu mới").fill("khóm ngọt quá");
  await page.getByRole("button", { name: "Lưu mật khẩu" }).click();
  await expect(page.getByRole("heading", { name: "Đổi mật khẩu" })).toBeVisible();

  // The other telephone comes in by password, and is thrown out from here.
  const other = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await other.goto("/dang-nhap");
  await other.locator("input[name=phone]").fill(phone);
  await other.locator("input[name=password]").fill("khóm ngọt quá");
  await other.getByRole("button", { name: "Tiếp" }).click();
  await other.goto("/tai-khoan");
  await expect(other.locator(".device")).toHaveCount(2);
  await page.reload();
  await page.getByRole("button", { name: "Đăng xuất máy đó" }).click();
  await expect(page.locator(".device")).toHaveCount(1);
  await other.reload();
  await expect(other).toHaveURL(/\/dang-nhap/);
  await other.context().close();
});

test("a code is not sent again at once, and the wait is told", async ({ page }, info) => {
  await page.goto("/dang-nhap");
  await page.getByLabel("Số điện thoại").fill(number(`${info.project.name} again`));
  await page.getByRole("button", { name: "Tiếp" }).click();
  await page.getByRole("button", { name: "Gửi lại mã" }).click();
  await expect(page.getByRole("alert")).toContainText("Hãy đợi");
  await expect(page.locator(".notice strong")).toHaveText(/^\d{6}$/);
});

/** Signs up with a number; the page is then the account's. */
async function signUp(page: Page, phone: string) {
  await page.goto("/tai-khoan");
  await page.getByLabel("Số điện thoại").fill(phone);
  await page.getByRole("button", { name: "Tiếp" }).click();
  await page.getByLabel("Mã 6 số").fill(await page.locator(".notice strong").innerText());
  await page.getByRole("button", { name: "Tiếp" }).click();
  await page.getByLabel("Họ tên").fill("Nguyễn Thị Năm");
  await page.locator("#agreed").check();
  await page.getByRole("button", { name: "Tạo tài khoản" }).click();
  await expect(page).toHaveURL(/\/tai-khoan$/);
}

test("name, number and data are one's own, and the account can be closed", async ({ page, isAccessible }, info) => {
  await signUp(page, number(info.project.name));
  await page.getByLabel("Thư điện tử").fill("nam");
  await page.getByRole("button", { name: "Lưu", exact: true }).click();
  await expect(page.locator("#email-error")).toContainText("chưa đúng");
  await isAccessible();
  await page.getByLabel("Thư điện tử").fill("nam@xa.vn");
  await page.getByRole("button", { name: "Lưu", exact: true }).click();
  await expect(page.getByLabel("Thư điện tử")).toHaveValue("nam@xa.vn");

  await page.getByRole("link", { name: "Đổi số điện thoại" }).click();
  await page.getByLabel("Số điện thoại mới").fill("12345");
  await page.getByRole("button", { name: "Tiếp" }).click();
  await expect(page.locator("#phone-error")).toBeVisible();
  await isAccessible();
  const next = number(`${info.project.name} next`);
  await page.getByLabel("Số điện thoại mới").fill(next);
  await page.getByRole("button", { name: "Tiếp" }).click();
  await page.getByLabel("Mã 6 số").fill(await page.locator(".notice strong").innerText());
  await isAccessible();
  await page.getByRole("button", { name: "Tiếp" }).click();
  await expect(page.locator(".facts")).toContainText(next.slice(-3));

  const data = await page.request.get("/tai-khoan/du-lieu");
  expect((await data.json()).account.email).toBe("nam@xa.vn");
  await page.getByRole("link", { name: "Đóng tài khoản" }).click();
  await isAccessible();
  await page.getByRole("button", { name: "Đóng tài khoản của tôi" }).click();
  await page.goto("/tai-khoan");
  await expect(page).toHaveURL(/\/dang-nhap/);
});

test("who lost a telephone is given the account back by an officer", async ({ page, browser, signIn, isAccessible }, info) => {
  const lost = number(info.project.name);
  const theirs = await (await browser.newContext()).newPage();
  await signUp(theirs, lost);

  await signIn(person("officer"));
  await page.goto("/khoi-phuc");
  await page.getByRole("button", { name: "Gửi mã" }).click();
  await expect(page.locator("#met-error")).toBeVisible();
  await isAccessible();
  await page.getByLabel("Số điện thoại đã mất").fill(lost);
  const next = number(`${info.project.name} next`);
  await page.getByLabel("Số điện thoại mới").fill(next);
  await page.getByLabel("Vì sao biết").fill("đã xem căn cước");
  await page.locator("#met").check();
  await page.getByRole("button", { name: "Gửi mã" }).click();
  await page.getByLabel("Mã 6 số").fill("1");
  await page.getByRole("button", { name: "Tiếp" }).click();
  await expect(page.getByRole("alert")).toContainText("còn thử được 4 lần");
  await isAccessible();
  await page.getByLabel("Mã 6 số").fill(await page.locator(".notice strong").innerText());
  await page.getByRole("button", { name: "Tiếp" }).click();
  await expect(page.locator(".notice")).toContainText("Xong");
  await theirs.reload();
  await expect(theirs).toHaveURL(/\/dang-nhap/);
  await theirs.context().close();
});

test("an administrator entrusts somebody with a place", async ({ page, signIn, isAccessible }, info) => {
  await signIn(person("admin"));
  await page.goto("/quan-tri/nguoi");
  await expect(page.locator("main")).toContainText("Võ Minh Tâm");
  await isAccessible();
  await page.getByRole("link", { name: "Giao việc cho người mới" }).click();
  await page.getByLabel("Họ tên").fill("Lê Văn Giúp");
  await page.getByLabel("Số điện thoại").fill(number(info.project.name));
  await page.getByLabel("Tổ công nghệ số", { exact: true }).check();
  await page.getByLabel("Tổ công nghệ số giúp ở đâu").fill("99999");
  await page.getByRole("button", { name: "Lưu" }).click();
  await expect(page.locator("#areas-error")).toContainText("99999");
  await isAccessible();
  await page.getByLabel("Tổ công nghệ số giúp ở đâu").fill("31338, Ấp 1");
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByRole("link", { name: "Lê Văn Giúp" }).first().click();
  await expect(page.getByLabel("Tổ công nghệ số giúp ở đâu")).toHaveValue(/^31338, Ấp 1\s*$/);
});
