// Where the user is, kept in the address after "#": it survives a reload and needs nothing from the server.
import { useSyncExternalStore } from "react";

// `atMs`: the moment of the recording to go to.
export type Route = { screen: "home" } | { screen: "job"; id: string; atMs?: number };

export function parseRoute(hash: string): Route {
  const match = /^#\/jobs\/([a-z0-9]{1,64})(?:\?t=(\d{1,7}(?:\.\d{1,3})?))?$/.exec(hash);
  if (!match?.[1]) return { screen: "home" };
  return { screen: "job", id: match[1], ...(match[2] !== undefined && { atMs: Math.round(Number(match[2]) * 1000) }) };
}

export function hrefOf(route: Route): string {
  if (route.screen === "home") return "#/";
  return `#/jobs/${route.id}${route.atMs === undefined ? "" : `?t=${route.atMs / 1000}`}`;
}

export function navigate(route: Route): void {
  window.location.hash = hrefOf(route).slice(1);
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
