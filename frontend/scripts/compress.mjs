// Puts FILE.gz beside what is worth it: the server sends it to browsers that take gzip.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const names = readdirSync(dist, { recursive: true }).map(String);
for (const name of names.filter((each) => /\.(js|css|html|svg)$/.test(each))) {
  const content = readFileSync(new URL(name, dist));
  const packed = gzipSync(content, { level: 9 });
  if (packed.length < 0.9 * content.length) writeFileSync(new URL(`${name}.gz`, dist), packed);
}
