// How the page is built and served while developing: against a real server (`npm run dev`) or the mock (`npm run dev:mock`).
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import type * as mock from "./src/testing/mock-server";

function mockApi(): Plugin {
  return {
    name: "video2text-mock-api",
    async configureServer(server) {
      const { MockServer } = (await server.ssrLoadModule("/src/testing/mock-server.ts")) as typeof mock;
      const api = new MockServer({ seed: "full" });
      server.middlewares.use((request, response, next) => {
        if (!api.handle(request, response)) next();
      });
    },
  };
}

// The oldest browsers that the README names: syntax and styles are written so that these understand them.
const kOldestBrowsers = ["chrome111", "edge111", "firefox128", "safari16.4", "ios16.4"];

export default defineConfig(({ mode }) => ({
  plugins: [react(), ...(mode === "mock" ? [mockApi()] : [])],
  build: { target: kOldestBrowsers, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  ...(mode === "mock"
    ? {}
    : { server: { proxy: { "/api": { target: process.env["V2T_URL"] ?? "http://localhost:7860", changeOrigin: true } } } }),
}));
