// Runs steps with OpenAI's client for Node and prints their outcomes as JSON.
// node client.mjs BASE_URL KEY '[{"call": "transcriptions", "file": "...", "options": {...}}, ...]'
import fs from "node:fs";
import OpenAI, { toFile } from "openai";

const [baseURL, apiKey, steps] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });

async function fileOf(step) {
  if (step.bytes !== undefined) return toFile(Buffer.from(step.bytes), step.name ?? "clip.mp3");
  return step.stream === false ? toFile(fs.readFileSync(step.file), "clip.mp3") : fs.createReadStream(step.file);
}

async function run(step) {
  if (step.call === "models") {
    const ids = [];
    for await (const model of client.models.list()) ids.push(model.id);
    return ids;
  }
  if (step.call === "model") return client.models.retrieve(step.id);
  const answer = await client.audio[step.call].create({ file: await fileOf(step), model: "whisper-1", ...step.options });
  if (!step.options?.stream) return answer;
  const events = [];
  for await (const event of answer) events.push(event);
  return events;
}

async function outcome(step) {
  try {
    return { value: await run(step) };
  } catch (error) {
    if (!(error instanceof OpenAI.APIError)) throw error;
    const { status, message, code, param, type, requestID } = error;
    return { error: { name: error.constructor.name, status, message, code, param, type, requestID } };
  }
}

const outcomes = [];
for (const step of JSON.parse(steps)) outcomes.push(await outcome(step));
console.log(JSON.stringify(outcomes));
