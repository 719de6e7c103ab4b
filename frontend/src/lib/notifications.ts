// The browser's notifications, for what happens while the user is elsewhere.
import { Store } from "./store";

type Permission = NotificationPermission | "unknown"; // unknown: this browser has none

function permission(): Permission {
  return typeof Notification === "undefined" ? "unknown" : Notification.permission;
}

export const permissionStore = new Store<Permission>(permission());

export async function askPermission(): Promise<void> {
  await Notification.requestPermission();
  permissionStore.set(permission());
}

// `tag`: a later notification with it takes the place of the earlier one.
export function notify(words: string, tag: string, onClick: () => void): void {
  if (document.visibilityState === "visible" || permission() !== "granted") return;
  try {
    const notification = new Notification(words, { tag, icon: "/favicon.svg" });
    notification.onclick = () => {
      window.focus();
      onClick();
      notification.close();
    };
  } catch {
    // Phones know notifications only from service workers; the title of the page tells it there.
  }
}
