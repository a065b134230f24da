// Browsing: the list with its filters, the shop, the product; by thumb, by keyboard, on paper.
import { expect, type Page, test } from "../support";

const openFilters = async (page: Page) => {
  const summary = page.locator(".filter-panel > summary");
  if (await summary.isVisible()) await summary.press("Enter");
};

const card = (page: Page) => page.locator(".product-card");

test("every commune can be chosen by keyboard, and keeps its name", async ({ page, isAccessible }) => {
  await page.goto("/san-pham");
  await openFilters(page);
  const communes = page.getByRole("group", { name: "Xã, phường" });
  await expect(communes.getByRole("checkbox")).not.toHaveCount(0);
  const first = await communes.getByRole("checkbox").count();
  await communes.locator("summary").focus();
  await page.keyboard.press("Enter");
  const all = communes.getByRole("checkbox");
  expect(await all.count()).toBeGreaterThan(first);
  await isAccessible();
  // The last one by name, reached by the keyboard alone.
  const last = communes.locator("details label").last();
  const name = await last.locator("span").first().innerText();
  const count = Number(await last.locator(".facet__count").innerText());
  await last.getByRole("checkbox").focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
  await expect(card(page)).toHaveCount(Math.min(count, 24));
  await expect(page.locator(".list-head__count")).toHaveText(`${count} sản phẩm`);
  const chip = page.getByRole("link", { name: `Bỏ ${name}` });
  await expect(chip).toBeVisible();
  await isAccessible();
  await chip.click();
  await expect(page).toHaveURL(/\/san-pham$/);
});

test("communes behind the first stand in Vietnamese order", async ({ page }) => {
  await page.goto("/san-pham");
  const names = await page.locator(".facet details label > span:first-of-type").allTextContents();
  expect(names.length).toBeGreaterThan(10);
  const bare = names.map((name) => name.replace(/^(Xã|Phường|Thị trấn|Đặc khu) /, ""));
  expect(bare).toEqual([...bare].sort(new Intl.Collator("vi").compare));
});

test("a choice that finds nothing can be taken back", async ({ page, isAccessible }) => {
  await page.goto("/san-pham?commune=31120&seller=hop-tac-xa-thanh-thang&group=tourism");
  await expect(page.getByText("Chưa tìm thấy món nào")).toBeVisible();
  await isAccessible();
  await page.getByRole("link", { name: "Bỏ hết lọc" }).first().click();
  await expect(card(page)).toHaveCount(24);
});

test("what an address asks wrongly is told at its field", async ({ page, isAccessible }) => {
  await page.goto("/san-pham?commune=99999&page=0&stars=9&min_vnd=9000&max_vnd=100");
  await expect(page.locator("#commune-error")).toContainText("“99999”");
  await expect(page.locator("#stars-error")).toContainText("“9”");
  await expect(page.locator("#max_vnd-error")).toContainText("nhỏ hơn");
  await expect(page.locator("#max_vnd")).toHaveValue("100");
  await expect(page.locator("main .notice")).toContainText("Trang");
  await isAccessible();
});

test("a page past the end is the last one", async ({ page, isAccessible }) => {
  await page.goto("/san-pham?page=99");
  expect(await card(page).count()).toBeGreaterThan(0);
  const current = page.locator(".pagination [aria-current=page]");
  await expect(page.locator("link[rel=canonical]")).toHaveAttribute("href", new RegExp(`page=${await current.innerText()}$`));
  await expect(page.getByRole("link", { name: "Sau" })).toHaveCount(0);
  await isAccessible();
});

test("after dark nothing loses its contrast", async ({ page, isAccessible, javaScriptEnabled }) => {
  test.skip(javaScriptEnabled === false, "the copy that axe looks at is made by day");
  await page.emulateMedia({ colorScheme: "dark" });
  for (const path of ["/", "/san-pham?commune=99999&page=0&max_vnd=x", "/san-pham?commune=31339", "/san-pham?q=qzxqzx", "/san-pham/khom-cau-duc-tuoi", "/san-pham/bun-kho-khom-hoa-luu", "/gian-hang/hop-tac-xa-thanh-thang"]) {
    await page.goto(path);
    await isAccessible();
  }
});

test("what is pressed is as large as a thumb", async ({ page, isMobile }) => {
  test.skip(!isMobile, "a mouse is finer");
  for (const path of ["/", "/san-pham?group=food", "/san-pham?q=qzxqzx", "/san-pham/khom-cau-duc-tuoi", "/gian-hang/hop-tac-xa-thanh-thang"]) {
    await page.goto(path);
    await openFilters(page);
    const boxes = await page.locator(":is(main, footer) :is(a, button, summary, select, .choice, .facet__option, input:not([type=checkbox], [type=radio], [type=hidden]))").evaluateAll((all) =>
      all.filter((it) => it.checkVisibility()).map((it) => ({ height: it.getBoundingClientRect().height, html: it.outerHTML.slice(0, 120) })),
    );
    expect(boxes.length).toBeGreaterThan(5);
    // The link of a card is its heading, and fills the card by what it lays over it.
    expect(boxes.filter((box) => box.height < 44 && !box.html.includes("/san-pham/")), path).toEqual([]);
  }
});

test("on paper a product has its price, and a list only its products", async ({ page }) => {
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  await page.goto("/san-pham/khom-cau-duc-tuoi");
  await expect(page.getByText("12.000 ₫").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Thêm vào giỏ" })).toBeHidden();
  await expect(page.locator("body")).toHaveCSS("color", "rgb(43, 28, 17)");
  await page.goto("/san-pham");
  await expect(page.locator(".filter-panel")).toBeHidden();
  await expect(page.locator(".pagination")).toBeHidden();
  await expect(card(page).first()).toBeVisible();
});
