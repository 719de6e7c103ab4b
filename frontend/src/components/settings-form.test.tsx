// The settings of a conversion: what is typed for words, languages, care and track is what is sent.
import { fireEvent, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, it, vi } from "vitest";
import type { ChosenSettings } from "../api/settings";
import { kModels } from "../testing/mock-data";
import { renderPage } from "../testing/render";
import { termsOf } from "./finer-settings";
import { SettingsForm } from "./settings-form";

function show(settings: ChosenSettings, isForOneFile = false) {
  const onChange = vi.fn<(settings: ChosenSettings) => void>();
  function Form() {
    const [chosen, setChosen] = useState(settings);
    const change = (next: ChosenSettings) => {
      setChosen(next);
      onChange(next);
    };
    return <SettingsForm settings={chosen} onChange={change} models={kModels} downloads={[]} isForOneFile={isForOneFile} />;
  }
  renderPage(<Form />);
  return () => onChange.mock.lastCall?.[0];
}

const summary = () => screen.getByText("For difficult recordings").closest("details") as HTMLDetailsElement;

describe("words to listen for", () => {
  it("are one per line or between commas, each once, as many and as long as the server takes", () => {
    expect(termsOf(" Okafor\nMeander,  oxbow lake;Okafor\n\n")).toEqual(["Okafor", "Meander", "oxbow lake"]);
    expect(termsOf(Array.from({ length: 300 }, (_, n) => `term ${n}`).join("\n"))).toHaveLength(200);
    expect(termsOf("x".repeat(150))[0]).toHaveLength(100);
  });
});

describe("the finer settings", () => {
  it("are folded away until they are in use", () => {
    show({});
    expect(summary().open).toBe(false);
    expect(screen.queryByText("in use")).toBeNull();
  });
  it("are open where something is set", () => {
    show({ hotwords: ["Okafor"] });
    expect(summary().open).toBe(true);
    expect(screen.getByText("in use")).toBeTruthy();
    expect(screen.getByLabelText<HTMLTextAreaElement>("Words to listen for").value).toBe("Okafor");
  });
  it("name languages one by one, as long as the language is detected", async () => {
    const latest = show({});
    await userEvent.selectOptions(screen.getByLabelText("Languages that may be heard"), "ru");
    await userEvent.selectOptions(screen.getByLabelText("Languages that may be heard"), "en");
    expect(latest()?.languages).toEqual(["ru", "en"]);
    await userEvent.click(screen.getByRole("button", { name: "Take out Russian" }));
    expect(latest()?.languages).toEqual(["en"]);
    await userEvent.selectOptions(screen.getByLabelText("Spoken language"), "de");
    expect(screen.queryByLabelText("Languages that may be heard")).toBeNull();
  });
  it("take a style, a care and, for one file, a track", async () => {
    const latest = show({}, true);
    fireEvent.change(screen.getByLabelText("A sentence in the style you want"), { target: { value: "Hello, Dr. Okafor." } });
    await userEvent.selectOptions(screen.getByLabelText("Care"), "5");
    await userEvent.selectOptions(screen.getByLabelText("Sound track"), "2");
    expect(latest()).toEqual({ initial_prompt: "Hello, Dr. Okafor.", beam_size: 5, audio_track: 2 });
    await userEvent.selectOptions(screen.getByLabelText("Care"), "");
    expect(latest()?.beam_size).toBeNull();
  });
  it("do not ask for a track where files of any kind may come", () => {
    show({});
    expect(screen.queryByLabelText("Sound track")).toBeNull();
  });
});
