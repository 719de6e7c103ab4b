// The first screen: what it promises, its settings, files chosen and dropped.
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { settingsStore } from "../../api/settings";
import { forgetSession } from "../../api/session";
import { fakeFetch, kServer, kSession } from "../../testing/fake-fetch";
import { kModels } from "../../testing/mock-data";
import { renderPage } from "../../testing/render";
import { DropLayer } from "./drop-layer";
import { HomeScreen } from "./home-screen";

const answers = {
  "POST /api/v1/session": kSession,
  "GET /api/v1/server": kServer,
  "GET /api/v1/models": { body: { models: kModels, downloads: [{ model: "small", file: "model.bin", bytes_done: 25, bytes_total: 100 }] } },
};

beforeEach(() => {
  forgetSession();
  settingsStore.set({});
});

function show(locale: "en" | "ru" = "en") {
  const onFiles = vi.fn();
  renderPage(
    <HomeScreen isFirstVisit onFiles={onFiles}>
      {null}
    </HomeScreen>,
    { locale },
  );
  return onFiles;
}

describe("the first screen", () => {
  it("says what to do, what comes of it and where the files stay", async () => {
    fakeFetch(answers);
    show();
    expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Turn a video into text");
    expect(screen.getByText("Drop a video here")).toBeTruthy();
    expect(screen.getByText(/stay on this computer/)).toBeTruthy();
    expect(await screen.findByText(/up to 21.5 GB each/)).toBeTruthy();
  });
  it.each([
    [{}, "The media is kept for 24 hours at most. The text is kept until you delete it."],
    [{ transcripts_kept_days: 1 }, "The media is kept for 24 hours at most. The text is kept for 1 day."],
    [{ is_ephemeral: true }, "The media is kept for 24 hours at most. This server forgets files and texts whenever it restarts or falls asleep: download the text when it is done."],
    [{ media_kept_hours: null, transcripts_kept_days: 30 }, "The text is kept for 30 days."],
  ])("says what is kept and for how long: %j", async (kept, words) => {
    fakeFetch({ ...answers, "GET /api/v1/server": { body: { ...(kServer as { body: object }).body, ...kept } } });
    show();
    expect(await screen.findByText(words)).toBeTruthy();
  });
  it("says why the model cannot be used, with the server's own words", async () => {
    const error = { code: "model_unavailable", message: "model base: no way to the hub. Check HF_ENDPOINT" };
    fakeFetch({ ...answers, "GET /api/v1/server": { body: { ...(kServer as { body: object }).body, is_ready: false, error } } });
    show();
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toMatch(/model base cannot be used yet.*cannot be downloaded now.*Check HF_ENDPOINT/s);
    expect(screen.queryByText(/still starting/)).toBeNull();
  });
  it("speaks Russian", () => {
    fakeFetch(answers);
    show("ru");
    expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Превратите видео в текст");
  });
  it("hands over the files that were chosen", async () => {
    fakeFetch(answers);
    const onFiles = show();
    const input = document.querySelector<HTMLInputElement>("input[type=file]");
    const files = [new File(["a"], "a.mp4", { type: "video/mp4" }), new File(["b"], "b.mp3", { type: "audio/mpeg" })];
    await userEvent.upload(input as HTMLInputElement, files);
    expect(onFiles).toHaveBeenCalledWith(files);
  });
  it("tells what each model costs, and that one is on its way", async () => {
    fakeFetch(answers);
    show();
    const model = screen.getByLabelText("Model");
    await within(model).findByRole("option", { name: /large-v3-turbo/ });
    expect(screen.getByText(/base: 148 MB, on this server/)).toBeTruthy();
    await userEvent.selectOptions(model, "small");
    expect(screen.getByText(/small: being downloaded: 25%/)).toBeTruthy();
    await userEvent.selectOptions(model, "medium");
    expect(screen.getByText(/medium: 1.5 GB to download once/)).toBeTruthy();
  });
  it("warns about a model that cannot translate", async () => {
    fakeFetch(answers);
    show();
    await screen.findByRole("option", { name: /large-v3-turbo/ });
    await userEvent.selectOptions(screen.getByLabelText("Model"), "large-v3-turbo");
    await userEvent.selectOptions(screen.getByLabelText("Text"), "translate");
    expect(screen.getByText(/not trained to translate/)).toBeTruthy();
  });
  it("remembers the settings", async () => {
    fakeFetch(answers);
    show();
    await userEvent.selectOptions(screen.getByLabelText("Spoken language"), "ru");
    expect(settingsStore.get()).toEqual({ language: "ru" });
    expect(window.localStorage.getItem("v2t.settings")).toBe('{"language":"ru"}');
  });
  it("works without the list of models", async () => {
    fakeFetch({ ...answers, "GET /api/v1/models": { status: 500, body: { error: { code: "internal", message: "", param: null } } } });
    show();
    expect(await screen.findByText(/server's default will be used/)).toBeTruthy();
  });
});

describe("dropping", () => {
  const transfer = (files: File[]) => ({ dataTransfer: { types: ["Files"], files } });

  it("works anywhere on the page and says so", () => {
    const onFiles = vi.fn();
    renderPage(<DropLayer onFiles={onFiles} />);
    const file = new File(["a"], "a.mp4");
    fireEvent.dragEnter(document.body, transfer([file]));
    expect(screen.getByText("Let go to get the text")).toBeTruthy();
    fireEvent.drop(document.body, transfer([file]));
    expect(onFiles).toHaveBeenCalledWith([file]);
    expect(screen.queryByText("Let go to get the text")).toBeNull();
  });
  it("ignores what is not a file", async () => {
    const onFiles = vi.fn();
    renderPage(<DropLayer onFiles={onFiles} />);
    fireEvent.dragEnter(document.body, { dataTransfer: { types: ["text/plain"], files: [] } });
    await waitFor(() => expect(screen.queryByText("Let go to get the text")).toBeNull());
  });
});
