// Where the user is, kept in the address after "#": it survives a reload and needs nothing from the server.
import { useSyncExternalStore } from "react";

export type Route =
  | { screen: "home" }
  | { screen: "job"; id: string; atMs?: number } // atMs: the moment of the recording to go to
  | { screen: "search"; query: string };

export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.split("?", 2);
  const parameters = new URLSearchParams(query);
  const job = /^#\/jobs\/([a-z0-9]{1,64})$/.exec(path)?.[1];
  if (job) {
    const seconds = parameters.get("t") ?? "";
    return { screen: "job", id: job, ...(/^\d{1,7}(?:\.\d{1,3})?$/.test(seconds) ? { atMs: Math.round(Number(seconds) * 1000) } : {}) };
  }
  return path === "#/search" ? { screen: "search", query: parameters.get("q") ?? "" } : { screen: "home" };
}

export function hrefOf(route: Route): string {
  switch (route.screen) {
    case "job":
      return `#/jobs/${route.id}${route.atMs === undefined ? "" : `?t=${route.atMs / 1000}`}`;
    case "search":
      return `#/search${route.query ? `?${new URLSearchParams({ q: route.query }).toString()}` : ""}`;
    case "home":
      return "#/";
  }
}

export function navigate(route: Route): void {
  window.location.hash = hrefOf(route).slice(1);
}

// Without a new entry in the browser's history: what changes while the user types.
export function replaceRoute(route: Route): void {
  window.history.replaceState(null, "", hrefOf(route));
  window.dispatchEvent(new HashChangeEvent("hashchange"));
}

function subscribe(listener: () => void): () => void {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
}

export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(subscribe, () => window.location.hash));
}

// Inside a Hugging Face Space the page is an iframe: the outer address follows ours, so that it can be shared.
export function tellParentAboutRoute(): void {
  if (window.parent === window) return;
  window.parent.postMessage({ queryString: "", hash: window.location.hash }, "https://huggingface.co");
}
