// What a screen reader should say now: short and seldom.
import { Store } from "./store";

export const announcementStore = new Store("");

export function announce(text: string): void {
  announcementStore.set(text);
}
