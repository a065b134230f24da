// The sample people of data/people.csv.
import { readFileSync } from "node:fs";
import { join } from "node:path";

export type Role = "seller" | "helper" | "officer" | "admin" | "buyer";

export interface Person {
  role: Role;
  name: string;
  phone: string;
  password: string;
  seller_slug: string;
}

/** Lines of values without quotes and commas inside: the file is the project's own. */
const lines = readFileSync(join(__dirname, "../../data/people.csv"), "utf8")
  .trim()
  .split(/\r?\n/)
  .map((line) => line.split(","));
const [head, ...rows] = lines;

export const people: Person[] = rows.map(
  (row) => Object.fromEntries(head.map((column, at) => [column, row[at]])) as unknown as Person,
);

/** The first of a role; of several sellers, the one with that slug. */
export const person = (role: Role, sellerSlug?: string): Person => {
  const found = people.find((it) => it.role === role && (!sellerSlug || it.seller_slug === sellerSlug));
  if (!found) throw new Error(`data/people.csv has no ${role} ${sellerSlug ?? ""}`);
  return found;
};
