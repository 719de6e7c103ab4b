// How the page is built and served while developing: against a real server (`npm run dev`) or the mock (`npm run dev:mock`).
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { MockServer } from "./src/testing/mock-server";

function mockApi(): Plugin {
  return {
    name: "video2text-mock-api",
    configureServer(server) {
      const mock = new MockServer({ seed: "full" });
      server.middlewares.use((request, response, next) => {
        if (!mock.handle(request, response)) next();
      });
    },
  };
}

export default defineConfig(({ mode }) => ({
  plugins: [react(), ...(mode === "mock" ? [mockApi()] : [])],
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: {
    proxy:
      mode === "mock" ? {} : { "/api": { target: process.env["V2T_URL"] ?? "http://localhost:7860", changeOrigin: true } },
  },
}));
