// What a household writes down without a network: kept on its phone, sent once, seen by nobody else.
import type { BrowserContext } from "@playwright/test";

import { type Page, expect, person, test } from "../support";
import { picture } from "../support/work";

const AHEAD = "/ban-hang/dang-ban/viet-san";

/** The worker has the page: from here on it opens without a network. */
const isKept = async (page: Page) => {
  await expect(page.locator("html[data-keeps]")).toBeAttached();
  await expect
    .poll(() => page.evaluate(async (copy) => !!(await caches.match(copy)), `${AHEAD}?luu`))
    .toBe(true);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
};

const open = async (page: Page) => {
  await page.goto(AHEAD);
  await isKept(page);
};

const fill = async (page: Page, name: string, { stock = "20", price = "15.000" } = {}) => {
  await page.getByLabel("Tên món hàng").fill(name);
  await page.getByLabel("Loại hàng").selectOption("1");
  await page.getByLabel("Có bao nhiêu để bán").fill(stock);
  await page.getByLabel("Giá", { exact: true }).fill(price);
  await page.getByLabel("Bán theo").fill("kg");
};

/** How many goods of that name the shop has. */
const count = async (page: Page, name: string) => {
  await page.goto("/ban-hang/san-pham");
  return page.locator(".own-product", { hasText: name }).count();
};

const unique = (what: string) => `${what} ${Date.now()}`;

/** Without the cookie by which the server knows who is here, as after a session that has ended. */
const endSession = async (context: BrowserContext) => {
  const kept = (await context.cookies()).filter(({ name }) => !name.endsWith("session"));
  await context.clearCookies();
  await context.addCookies(kept);
};

test.describe("with scripts", () => {
  test.skip(({ javaScriptEnabled, isMobile }) => javaScriptEnabled === false || !isMobile, "phones keep drafts");

  test("in airplane mode nothing typed is lost, and it is sent once", async ({ page, context, signIn, isAccessible }) => {
    test.slow();
    const name = unique("Khóm viết sẵn");
    await signIn(person("seller", "co-so-thanh-tu"));
    await page.goto("/ban-hang/dang-ban");
    await isKept(page);
    await isAccessible();
    await context.setOffline(true);

    await page.goto("/ban-hang/dang-ban");
    await expect(page).toHaveURL(AHEAD);
    await expect(page.locator("html[data-keeps]")).toBeAttached();
    await expect(page.getByText("Không có mạng. Cứ viết, máy giữ lại.")).toBeVisible();
    // The copy tells nothing of who looked at it.
    await expect(page.locator("body")).not.toContainText(person("seller", "co-so-thanh-tu").name);
    await isAccessible();
    await fill(page, name);
    await page.locator("#photos").setInputFiles([picture("khom_03.jpg"), picture("khom_04.jpg")]);
    await expect(page.locator("[data-chosen] .photo")).toHaveCount(2);

    await page.reload();
    await expect(page.getByLabel("Tên món hàng")).toHaveValue(name);
    await expect(page.getByLabel("Loại hàng")).toHaveValue("1");
    await expect(page.getByLabel("Giá", { exact: true })).toHaveValue("15.000");
    await expect(page.locator("[data-chosen] .photo")).toHaveCount(2);
    await page.close();
    page = await context.newPage();
    await page.goto(AHEAD);
    await expect(page.getByLabel("Tên món hàng")).toHaveValue(name);
    await page.getByRole("button", { name: "Xong, gửi đi" }).click();
    const kept = page.locator(".draft");
    await expect(kept).toContainText("Chưa gửi. Có mạng sẽ tự gửi.");
    await expect(page.getByLabel("Tên món hàng")).toHaveValue("");
    await page.reload();
    await expect(kept).toContainText(name);
    // A slip is mended before it goes.
    await kept.getByRole("link", { name: "Viết tiếp" }).click();
    await expect(page.getByLabel("Có bao nhiêu để bán")).toHaveValue("20");
    await page.getByLabel("Có bao nhiêu để bán").fill("25");
    await page.getByRole("button", { name: "Xong, gửi đi" }).click();
    await expect(kept).toContainText("Chưa gửi.");
    await kept.getByRole("button", { name: "Gửi ngay" }).dblclick();
    await expect(kept).toContainText("Chưa gửi.");

    await context.setOffline(false);
    await expect(kept).toContainText("Đã gửi xong.");
    await page.getByRole("link", { name: "Xem món này" }).click();
    await expect(page).toHaveURL(/\/xem$/);
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
    await page.goto(page.url().replace(/xem$/, "anh"));
    await expect(page.locator(".kept-photo")).toHaveCount(2);
    await page.goto(page.url().replace(/anh$/, "hang"));
    await expect(page.getByLabel("Có bao nhiêu để bán")).toHaveValue("25");
    expect(await count(page, name)).toBe(1);
    await page.goto(AHEAD);
    await expect(page.locator("html[data-keeps]")).toBeAttached();
    await expect(kept).toHaveCount(0);
  });

  test("an answer that is lost makes no second listing", async ({ page, context, signIn }) => {
    const name = unique("Khóm mất tin");
    await signIn(person("seller", "co-so-thanh-tu"));
    await open(page);
    let sent = 0;
    await context.route(`**${AHEAD}`, async (route) => {
      if (route.request().method() !== "POST") return route.continue();
      sent += 1;
      if (sent > 1) return route.continue();
      // It arrives, and its answer does not.
      await route.fetch({ maxRedirects: 0 });
      return route.abort();
    });
    await fill(page, name);
    await page.getByRole("button", { name: "Xong, gửi đi" }).click();
    await expect(page.locator(".draft")).toContainText("Chưa gửi.");
    // What the server may have is no longer changed.
    await expect(page.getByRole("link", { name: "Viết tiếp" })).toBeHidden();
    await page.reload();
    await expect(page.locator(".draft")).toContainText("Đã gửi xong.");
    expect(sent).toBe(2);
    expect(await count(page, name)).toBe(1);
  });

  test("what is wrong is said at the field, and sent once it is mended", async ({ page, context, signIn, isAccessible }) => {
    const name = unique("Khóm sai giá");
    await signIn(person("seller", "hop-tac-xa-ky-nhu"));
    await open(page);
    await context.setOffline(true);
    await fill(page, name, { price: "rẻ thôi" });
    await page.getByRole("button", { name: "Xong, gửi đi" }).click();
    await expect(page.locator(".draft")).toContainText("Chưa gửi.");
    // The form is free for the next one: what comes back belongs to the list.
    await expect(page.getByLabel("Tên món hàng")).toHaveValue("");
    await context.setOffline(false);
    await expect(page.locator(".draft")).toContainText("có chỗ phải sửa");
    await page.getByRole("link", { name: "Viết tiếp" }).click();
    await expect(page.getByLabel("Tên món hàng")).toHaveValue(name);
    await page.getByRole("button", { name: "Xong, gửi đi" }).click();
    await expect(page.locator("#price_vnd-error")).toBeVisible();
    await expect(page.getByLabel("Giá", { exact: true })).toHaveValue("rẻ thôi");
    await isAccessible();
    await page.getByLabel("Giá", { exact: true }).fill("12.000");
    await page.getByRole("button", { name: "Xong, gửi đi" }).click();
    await expect(page).toHaveURL(/\/xem$/);
    expect(await count(page, name)).toBe(1);
  });

  test("a session that has ended keeps the draft, and nobody else sees it", async ({ page, context, signIn, isAccessible }) => {
    test.slow();
    const name = unique("Khóm hết phiên");
    const household = person("seller", "co-so-truong-tho");
    await signIn(household);
    await open(page);
    await fill(page, name);
    await endSession(context);
    await page.getByRole("button", { name: "Xong, gửi đi" }).click();
    const kept = page.locator(".draft");
    await expect(kept).toContainText("Hết phiên đăng nhập.");
    await isAccessible();

    // Another household on the same phone.
    await signIn(person("seller", "co-so-thanh-tu"));
    await open(page);
    await expect(kept).toHaveCount(0);
    await expect(page.getByLabel("Tên món hàng")).toHaveValue("");
    expect(await count(page, name)).toBe(0);
    await page.getByRole("button", { name: "Đăng xuất" }).click();
    await expect(page).toHaveURL("/");

    // Nobody, without a network.
    await context.setOffline(true);
    await page.goto(AHEAD);
    await expect(page.getByText("Chưa đăng nhập nên chưa viết sẵn được.")).toBeVisible();
    await expect(page.locator("form[data-draft]")).toBeHidden();
    await expect(kept).toHaveCount(0);
    await context.setOffline(false);

    await signIn(household);
    await page.goto("/ban-hang");
    await expect(kept).toContainText("Đã gửi xong.");
    expect(await count(page, name)).toBe(1);
  });

  test("two tabs write on two drafts", async ({ page, context, signIn }) => {
    const [one, other] = [unique("Mít của thẻ một"), unique("Mít của thẻ hai")];
    await signIn(person("seller", "co-so-thanh-tu"));
    await open(page);
    await page.getByLabel("Tên món hàng").fill(one);
    const second = await context.newPage();
    await open(second);
    await expect(second.getByLabel("Tên món hàng")).toHaveValue("");
    const row = second.locator(".draft", { hasText: one });
    await expect(row).toContainText("Đang viết ở thẻ khác");
    await expect(row.getByRole("link")).toBeHidden();
    await second.getByLabel("Tên món hàng").fill(other);
    await page.getByLabel("Tên món hàng").press("End");
    await page.getByLabel("Tên món hàng").pressSequentially("!");

    // With its tab gone, a draft is anybody's to go on with.
    await page.close();
    await second.reload();
    await expect(second.getByLabel("Tên món hàng")).toHaveValue(`${one}!`);
    await expect(second.locator(".draft", { hasText: other })).toBeVisible();
    await second.close();
  });

  test("a draft is discarded by pressing twice", async ({ page, context, signIn }) => {
    await signIn(person("seller", "co-so-thanh-tu"));
    await open(page);
    await context.setOffline(true);
    await fill(page, unique("Khóm bỏ"));
    await page.getByRole("button", { name: "Xong, gửi đi" }).click();
    const kept = page.locator(".draft");
    await kept.getByRole("button", { name: "Bỏ" }).click();
    await kept.getByRole("button", { name: "Bấm lần nữa để bỏ hẳn" }).click();
    await expect(kept).toHaveCount(0);
    await context.setOffline(false);
  });

  test("the worker keeps one page, drops what another build kept, and leaves buyers alone", async ({ page, signIn }) => {
    // As an earlier build left it.
    await page.goto("/");
    await page.evaluate(() => caches.open("desk-earlier"));
    await signIn(person("seller", "co-so-thanh-tu"));
    await open(page);
    await expect.poll(() => page.evaluate(() => caches.has("desk-earlier"))).toBe(false);
    const paths = await page.evaluate(async () => {
      const found = [];
      for (const name of await caches.keys()) {
        for (const { url } of await (await caches.open(name)).keys()) found.push(new URL(url));
      }
      return found.map(({ pathname, search }) => pathname + search);
    });
    expect(paths.filter((path) => !/\.(css|js|svg|woff2)$/.test(path))).toEqual([`${AHEAD}?luu`]);
    await page.reload();
    expect(await page.evaluate(() => !!navigator.serviceWorker.controller)).toBe(true);
    await page.goto("/san-pham");
    expect(await page.evaluate(() => !!navigator.serviceWorker.controller)).toBe(false);
  });
});

test("one page is a form like any other", async ({ page, signIn, isAccessible, javaScriptEnabled }, info) => {
  const name = `${unique("Khóm một trang")} ${info.project.name}`;
  await signIn(person("seller", "co-so-thanh-tu"));
  await page.goto("/ban-hang/dang-ban");
  await page.getByRole("link", { name: "Viết sẵn một món" }).click();
  await isAccessible();
  if (javaScriptEnabled !== false) await expect(page.locator("html[data-keeps]")).toBeAttached();
  await fill(page, name, { stock: "nhiều" });
  await page.getByRole("button", { name: "Xong, gửi đi" }).click();
  await expect(page.locator("#stock-error")).toBeVisible();
  await expect(page.getByLabel("Tên món hàng")).toHaveValue(name);
  await isAccessible();
  await page.getByLabel("Có bao nhiêu để bán").fill("7");
  await page.getByRole("button", { name: "Xong, gửi đi" }).click();
  await expect(page).toHaveURL(javaScriptEnabled === false ? /\/anh$/ : /\/xem$/);
  expect(await count(page, name)).toBe(1);
});
