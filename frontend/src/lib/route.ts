// Where the user is, kept in the address after "#": it survives a reload and needs nothing from the server.
import { useSyncExternalStore } from "react";

export type Route = { screen: "home" } | { screen: "job"; id: string };

export function parseRoute(hash: string): Route {
  const match = /^#\/jobs\/([a-z0-9]{1,64})$/.exec(hash);
  return match?.[1] ? { screen: "job", id: match[1] } : { screen: "home" };
}

export function hrefOf(route: Route): string {
  return route.screen === "job" ? `#/jobs/${route.id}` : "#/";
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
