// The search over all texts: its hits, nothing found, failures, and where a hit leads.
import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { forgetSession } from "../../api/session";
import { fakeFetch, kSession } from "../../testing/fake-fetch";
import { renderPage } from "../../testing/render";
import { SearchScreen } from "./search-screen";

const hit = {
  job: "k5q2x7c6mf3w4v5zj2q4l3tebq",
  name: "lecture.mp4",
  segment: 7,
  start_ms: 61_000,
  at_ms: 62_500,
  parts: [
    { text: "how a ", match: false },
    { text: "river", match: true },
    { text: " finds its way", match: false },
  ],
};
const session = { "POST /api/v1/session": kSession };

beforeEach(() => {
  forgetSession();
  window.history.replaceState(null, "", "#/search");
});

describe("the search", () => {
  it("shows where it was said, and leads to that second", async () => {
    fakeFetch({ ...session, "GET /api/v1/search": { body: { total: 1, hits: [hit] } } });
    renderPage(<SearchScreen query="river" />);
    const link = await screen.findByRole("link", { name: /lecture.mp4/ });
    expect(link).toHaveProperty("hash", "#/jobs/k5q2x7c6mf3w4v5zj2q4l3tebq?t=62.5");
    expect(link.querySelector("mark")?.textContent).toBe("river");
    expect(screen.getByText("1 place found")).toBeTruthy();
  });
  it("says so when nothing is found", async () => {
    fakeFetch({ ...session, "GET /api/v1/search": { body: { total: 0, hits: [] } } });
    renderPage(<SearchScreen query="ocean" />);
    expect(await screen.findByText("“ocean” was not found in your texts.")).toBeTruthy();
  });
  it("puts what is typed into the address", async () => {
    fakeFetch({ ...session, "GET /api/v1/search": { body: { total: 0, hits: [] } } });
    renderPage(<SearchScreen query="" />);
    await userEvent.type(screen.getByRole("searchbox"), "river");
    await expect.poll(() => window.location.hash).toBe("#/search?q=river");
  });
});
