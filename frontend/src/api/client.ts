// Typed calls of the HTTP contract: what openapi.yaml says, with errors as ApiError.
import createClient from "openapi-fetch";
import { errorFromAnswer } from "./errors";
import type { paths } from "./schema";
import { sessionFetch } from "./session";

export const client = createClient<paths>({
  baseUrl: window.location.origin,
  fetch: (request) => sessionFetch(request),
});

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

export async function unwrap<T>(call: Promise<Answer<T>>): Promise<NonNullable<T>> {
  const { data, error, response } = await call;
  if (!response.ok) throw errorFromAnswer(response.status, error);
  return data as NonNullable<T>;
}

// For answers without a body.
export async function succeed(call: Promise<Answer<unknown>>): Promise<void> {
  const { error, response } = await call;
  if (!response.ok) throw errorFromAnswer(response.status, error);
}
