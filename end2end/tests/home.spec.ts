import { expect, test } from "../support";

test("the home page answers and is accessible", async ({ page, isAccessible }) => {
  const response = await page.goto("/");
  expect(response?.status()).toBe(200);
  await expect(page.locator("h1")).toBeVisible();
  await expect(page.locator(".site-header")).toBeVisible();
  await isAccessible();
});

test("every page speaks English too", async ({ page, isAccessible }) => {
  await page.goto("/");
  await page.locator("form[action='/ngon-ngu'] button").first().click();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await isAccessible();
});

test("what is not there is told with 404", async ({ page, isAccessible }) => {
  const response = await page.goto("/san-pham/khong-co-san-pham-nay");
  expect(response?.status()).toBe(404);
  await isAccessible();
});
