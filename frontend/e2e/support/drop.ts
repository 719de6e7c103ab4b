// A file from the disk, let go over the page as a user's mouse does.
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { makeWav } from "../../src/testing/mock-media";

export interface DroppedFile {
  name: string;
  type: string;
  content: Buffer;
}

export function fileFromDisk(path: string, name: string, type: string): DroppedFile {
  return { name, type, content: readFileSync(path) };
}

// Two minutes.
export const sound = (name: string): DroppedFile => ({ name, type: "audio/wav", content: makeWav(120_000) });

export async function dropFiles(page: Page, files: DroppedFile[]): Promise<void> {
  const packed = files.map(({ name, type, content }) => ({ name, type, base64: content.toString("base64") }));
  await page.evaluate((all) => {
    const transfer = new DataTransfer();
    for (const { name, type, base64 } of all) {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      transfer.items.add(new File([bytes], name, { type, lastModified: 1_700_000_000_000 }));
    }
    for (const type of ["dragenter", "dragover", "drop"]) {
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }
  }, packed);
}

// As the user's own files, that the browser reads from the disk while they are sent; a folder too.
export async function dropPaths(page: Page, files: string[]): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const) await devtools.send("Input.dispatchDragEvent", { type, x: 300, y: 300, data });
  await devtools.detach();
}
