// Fails when what a first visit loads weighs more than 150 KB gzipped: the files that dist/index.html names.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const kLimitBytes = 150 * 1024;
const dist = new URL("../dist/", import.meta.url);
const html = readFileSync(new URL("index.html", dist), "utf8");
const named = [...html.matchAll(/(?:src|href)="\/([^"]+)"/g)].map((match) => match[1]);
const sizes = ["index.html", ...named].map((name) => [name, gzipSync(readFileSync(new URL(name, dist)), { level: 9 }).length]);
const total = sizes.reduce((sum, [, size]) => sum + size, 0);
for (const [name, size] of sizes) console.log(`${(size / 1024).toFixed(1).padStart(7)} KB  ${name}`);
console.log(`${(total / 1024).toFixed(1).padStart(7)} KB  first load, gzipped; at most ${kLimitBytes / 1024} KB`);
if (total > kLimitBytes) process.exit(1);
