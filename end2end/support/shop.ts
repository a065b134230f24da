// A household that changes what it sells while somebody is buying.
import { join } from "node:path";

import { type Browser, type Page, expect } from "@playwright/test";

import { person } from "./people";
import { approveGoods } from "./work";

const photo = join(__dirname, "../../data/catalogue/photos/khom_04.jpg");

export interface Offer {
  name: string;
  /** The product's page. */
  path: string;
  /** Price and stock from now on, as the seller types them. */
  change: (to: { price?: string; stock?: string }) => Promise<void>;
  /** No longer on sale. */
  pause: () => Promise<void>;
}

/** Puts a product on sale, by the kilogram, in a browser of its own, and hands back what the seller may do. */
export const offer = async (
  browser: Browser,
  name: string,
  price = "10.000",
  stock = "50",
  seller = person("seller"),
): Promise<Offer> => {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto("/dang-nhap");
  await page.locator("input[name=phone]").fill(seller.phone);
  await page.locator("input[name=password]").fill(seller.password);
  await page.locator("form.sign-in button").click();
  await page.goto("/ban-hang/dang-ban");
  await page.getByRole("button", { name: "Bắt đầu" }).click();
  await page.locator("#photos").setInputFiles(photo);
  await page.getByRole("button", { name: "Gửi hình lên" }).click();
  await page.getByRole("link", { name: "Tiếp", exact: true }).click();
  await page.getByLabel("Tên món hàng").fill(name);
  await page.getByLabel("Loại hàng").selectOption("1");
  await page.getByLabel("Có bao nhiêu để bán").fill(stock);
  await page.getByRole("button", { name: "Tiếp" }).click();
  await page.getByLabel("Giá", { exact: true }).fill(price);
  await page.getByLabel("Bán theo").fill("kg");
  await page.getByRole("button", { name: "Tiếp" }).click();
  await page.getByRole("button", { name: "Gửi để đăng bán" }).click();
  await expect(page.getByText("Đã gửi.")).toBeVisible();
  await approveGoods(browser, name);
  const row = async (): Promise<ReturnType<Page["locator"]>> => {
    await page.goto("/ban-hang/san-pham");
    return page.locator(".own-product", { hasText: name });
  };
  const path = (await (await row()).getByRole("link", { name }).getAttribute("href")) as string;
  return {
    name,
    path,
    change: async (to) => {
      const own = await row();
      if (to.price) await own.locator("input[name=price_vnd]").fill(to.price);
      if (to.stock) await own.locator("input[name=stock]").fill(to.stock);
      await own.getByRole("button", { name: "Lưu" }).click();
    },
    pause: async () => {
      await (await row()).getByRole("button", { name: "Tạm ngưng bán" }).click();
    },
  };
};

/** A telephone's browser: looks of programs are not counted, and the test's own browser says that it is one. */
export const phone =
  "Mozilla/5.0 (Linux; Android 13; SM-A145F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36";

/** A guest buys so much of what stands at `path`; answers the page of the order, in a browser of its own. */
export const buy = async (browser: Browser, path: string, quantity: string): Promise<Page> => {
  const context = await browser.newContext({ javaScriptEnabled: false, userAgent: phone });
  const page = await context.newPage();
  await page.goto(path);
  await page.locator(".buy .stepper__input").fill(quantity);
  await page.getByRole("button", { name: "Thêm vào giỏ" }).click();
  await page.goto("/thanh-toan");
  await page.getByLabel("Họ tên người nhận").fill("Trần Thị Thử");
  await page.getByLabel("Số điện thoại").fill("0912 345 678");
  await page.locator("#commune").fill("Xã Hỏa Lựu");
  await page.getByLabel("Số nhà, đường, ấp").fill("12 ấp Thạnh Xuân");
  await page.getByRole("button", { name: /Tiếp/ }).click();
  await page.getByRole("button", { name: /^Đặt hàng/ }).click();
  await expect(page.locator(".order-code").first()).toBeVisible();
  return page;
};
