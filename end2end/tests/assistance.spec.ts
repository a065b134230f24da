// A neighbour helps: consent by a code, acting under a bar, the diary, and the household that ends it meanwhile.
import { type Browser } from "@playwright/test";

import { expect, type Person, person, test } from "../support";
import { picture, signedIn } from "../support/work";

/** A household of the helper's communes for each window, so that windows don't wait for each other's codes. */
const household = (project: string) =>
  project === "phone-no-js"
    ? { slug: "co-so-truong-tho", name: "Cơ sở Trường Thọ", owner: person("seller", "co-so-truong-tho") }
    : { slug: "hop-tac-xa-thanh-thang", name: "Hợp tác xã Thạnh Thắng", owner: person("seller", "hop-tac-xa-thanh-thang") };

/** Somebody else at another telephone. */
const other = (browser: Browser, who: Person) => signedIn(browser, who, { width: 360, height: 740 });

test("a household consents by a code, is helped, and ends it while the helper works", async ({ page, browser, signIn, isAccessible }, info) => {
  test.skip(info.project.name === "desktop", "two telephones are two households");
  test.slow();
  const { slug, name, owner } = household(info.project.name);
  await signIn(person("helper"));
  await expect(page).toHaveURL(/\/to-so$/);
  await expect(page.getByRole("heading", { name: "Hộ tôi giúp" })).toBeVisible();
  await isAccessible();
  await page.getByLabel("Tìm hộ").fill(name);
  await page.getByRole("button", { name: "Tìm", exact: true }).last().click();
  const card = page.locator(`#ho-${slug}`);
  await card.getByRole("link", { name: /đồng ý/ }).click();

  // Nothing is ticked, and nothing is taken for granted.
  await expect(page.locator("input:checked")).toHaveCount(0);
  await isAccessible();
  await page.getByRole("button", { name: "Gửi mã cho hộ" }).click();
  await expect(page.locator("#tasks-error")).toContainText("ít nhất một việc");
  await isAccessible();
  await page.getByLabel("Đăng hàng").check();
  await page.getByLabel("3 tháng").check();
  await page.getByRole("button", { name: "Gửi mã cho hộ" }).click();
  const digits = await page.locator(".notice strong").innerText();
  await isAccessible();
  await page.getByLabel("Mã 6 số").fill(digits === "000000" ? "111111" : "000000");
  await page.getByRole("button", { name: "Hộ đồng ý" }).click();
  await expect(page.getByRole("alert")).toContainText("còn thử được 4 lần");
  await page.getByLabel("Mã 6 số").fill(digits);
  await page.getByRole("button", { name: "Hộ đồng ý" }).click();
  await expect(page.getByRole("status")).toContainText("đã đồng ý");

  // Acting: the bar says for whom on every page; what was not entrusted is not there.
  await card.getByRole("button", { name: "Làm giúp" }).click();
  await expect(page).toHaveURL(/\/ban-hang$/);
  const bar = page.locator(".acting-bar");
  await expect(bar).toContainText(name);
  await expect(bar).toContainText("đăng hàng");
  await expect(page.locator(".work-nav").getByRole("link", { name: "Đơn hàng" })).toHaveCount(0);
  await isAccessible();
  expect((await page.goto("/ban-hang/don-hang"))?.status()).toBe(403);
  await expect(page.locator("main")).toContainText("chưa giao cho bạn việc này");
  expect((await page.goto("/ban-hang/nguoi-giup"))?.status()).toBe(404);
  expect((await page.goto("/ban-hang/nhat-ky"))?.status()).toBe(404);
  await page.goto("/san-pham");
  await expect(bar).toContainText(name);
  await page.goto("/ban-hang/dang-ban");
  await page.getByRole("button", { name: "Bắt đầu" }).click();
  // With JavaScript what is picked is sent at once.
  const withScripts = info.project.name !== "phone-no-js";
  if (withScripts) await expect(page.locator("html[data-awake]")).toBeAttached();
  await page.locator("#photos").setInputFiles(picture("khom_04.jpg"));
  if (!withScripts) await page.getByRole("button", { name: "Gửi hình lên" }).click();
  await expect(page.locator(".kept-photo")).not.toHaveCount(0);

  // The household reads what was done in its name, and ends it elsewhere.
  const theirs = await other(browser, owner);
  await theirs.goto("/ban-hang/nhat-ky");
  const deed = theirs.locator(".deed", { hasText: "Thêm hình món hàng" }).first();
  await expect(deed).toContainText(person("helper").name);
  await expect(deed).toContainText("tổ công nghệ số");
  await expect(deed).toContainText(`làm giúp ${name}`);
  await theirs.goto("/ban-hang/nguoi-giup");
  await expect(theirs.locator(".household").first()).toContainText("Thêm hình món hàng");
  await theirs.getByRole("button", { name: "Không cho" }).first().click();
  await expect(theirs.getByText("Đã chấm dứt").first()).toBeVisible();

  // The helper's next click is stopped, in words.
  await page.getByRole("link", { name: "Tiếp", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Sự đồng ý đã chấm dứt" })).toBeVisible();
  await expect(page.locator("main")).toContainText(`${name} không còn cho bạn làm giúp`);
  await isAccessible();
  await page.goto("/ban-hang/dang-ban");
  await expect(page.getByRole("heading", { name: "Sự đồng ý đã chấm dứt" })).toBeVisible();
  await page.getByRole("button", { name: "Về các hộ tôi giúp" }).click();
  await expect(page).toHaveURL(/\/to-so$/);
  await expect(page.locator(".acting-bar")).toHaveCount(0);
  await theirs.context().close();
});

test("the household's own pages are accessible", async ({ page, signIn, isAccessible }, info) => {
  await signIn(household(info.project.name).owner);
  for (const path of ["/ban-hang/nguoi-giup", "/ban-hang/nhat-ky"]) {
    await page.goto(path);
    await isAccessible();
  }
});

test("a household without a telephone signs a paper that an officer looks at", async ({ page, browser, signIn, isAccessible }, info) => {
  await signIn(person("helper"));
  await page.goto("/to-so/mau-dong-y");
  await isAccessible();
  await page.goto("/to-so/ho-moi");
  await page.getByRole("button", { name: "Mở gian hàng" }).click();
  await expect(page.locator("#name-error")).toBeVisible();
  await isAccessible();
  const name = `Hộ Sáu ${info.project.name} ${Date.now()}`;
  await page.getByLabel("Tên gian hàng").fill(name);
  await page.getByLabel("Họ tên chủ hộ").fill("Trần Thị Sáu");
  await page.getByLabel("Xã, phường").selectOption("0");
  await page.getByLabel("Ấp, khu vực").fill("Ấp 3");
  await page.getByRole("button", { name: "Mở gian hàng" }).click();
  await page.getByRole("link", { name: "chụp giấy đồng ý" }).click();
  await page.getByRole("button", { name: "Gửi giấy cho cán bộ" }).click();
  await expect(page.locator("#photo-error")).toBeVisible();
  await isAccessible();
  await page.getByLabel("Đăng hàng").check();
  await page.getByLabel("6 tháng").check();
  await page.getByLabel("Hình chụp").setInputFiles(picture("khom_04.jpg"));
  await page.getByRole("button", { name: "Gửi giấy cho cán bộ" }).click();
  await expect(page.getByRole("status")).toContainText("Đã gửi giấy");

  const officer = await other(browser, person("officer"));
  await officer.goto("/tinh/dong-y");
  const paper = officer.locator(".household", { hasText: name });
  const scan = await paper.getByRole("link", { name: "Xem giấy" }).getAttribute("href");
  expect((await officer.request.get(scan as string)).headers()["content-type"]).toBe("image/jpeg");
  await paper.getByRole("button", { name: "Duyệt" }).click();
  await expect(paper.getByRole("button", { name: "Duyệt" })).toHaveCount(0);

  await page.goto(`/to-so?q=${encodeURIComponent(name)}`);
  await page.getByRole("button", { name: "Làm giúp" }).click();
  await expect(page.locator(".acting-bar")).toContainText(name);
  await page.getByRole("button", { name: "Thôi làm giúp" }).click();
  await expect(page).toHaveURL(/\/to-so$/);

  // The household comes to the office; ending it needs a reason.
  const held = officer.locator(".household", { hasText: name });
  await held.locator("summary").click();
  await held.getByLabel("Lý do").fill("Hộ tới xã nhờ");
  await held.getByRole("button").click();
  await expect(officer.locator(".household", { hasText: name })).toHaveCount(0);
  await officer.context().close();
});

test("the province reads who did what, and counts", async ({ page, signIn, isAccessible }) => {
  await signIn(person("officer"));
  await page.goto("/tinh/dong-y");
  await isAccessible();
  await page.goto("/tinh/to-so");
  await expect(page.locator("tfoot .num").first()).toHaveText(/^[1-9]/);
  await isAccessible();
  await page.getByRole("link", { name: "Theo người giúp" }).click();
  await expect(page.locator("tbody")).toContainText(person("helper").name);
  await isAccessible();
  const file = await page.request.get("/tinh/to-so.csv?by=helper");
  expect(await file.text()).toContain(`"${person("helper").name}";`);
  await page.goto("/tinh/to-so?from=2026-12-01&to=2026-11-01");
  await expect(page.getByRole("alert")).toContainText("Ngày đầu nằm sau ngày cuối");

  await page.goto("/tinh/nhat-ky");
  await isAccessible();
  await page.getByLabel("Người làm").fill(person("helper").phone);
  await page.getByLabel("Việc", { exact: true }).selectOption("consent");
  await page.getByRole("main").getByRole("button", { name: "Tìm" }).click();
  await expect(page.locator(".deed").first()).toContainText("đồng ý");
  await expect(page.locator(".deed").first()).toContainText(person("helper").name);
  await isAccessible();
});

test("nobody else comes in", async ({ page, signIn }) => {
  await page.goto("/to-so");
  await expect(page).toHaveURL(/\/dang-nhap/);
  await signIn(person("buyer"));
  for (const path of ["/to-so", "/to-so/ho-moi", "/tinh/dong-y", "/tinh/to-so", "/tinh/nhat-ky", "/ban-hang/nguoi-giup"]) {
    expect((await page.goto(path))?.status(), path).toBe(403);
  }
});
