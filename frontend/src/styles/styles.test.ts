// What the oldest browsers that the README names do not read in a stylesheet.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const kSources = join(import.meta.dirname, "..");
const sheets = readdirSync(kSources, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".css"));

// Safari reads one value only, and drops the line as well when one of several is a variable.
it("writes the parts of text-decoration one by one", () => {
  const found = sheets.filter((name) => /text-decoration:\s*[\w-]+\s[^;]*;/.test(readFileSync(join(kSources, name), "utf8")));
  expect(sheets.length).toBeGreaterThan(10);
  expect(found).toEqual([]);
});
