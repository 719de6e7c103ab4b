// Makes dist/docs.html of backend/openapi.yaml: the interface for people, without scripts and without outside resources; and
// copies the description itself, for programs.
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { load } from "js-yaml";

const source = new URL("../../backend/openapi.yaml", import.meta.url);
const dist = new URL("../dist/", import.meta.url);
const api = load(readFileSync(source, "utf8"));
const methods = ["get", "head", "options", "post", "put", "patch", "delete"];

const escape = (text) => String(text).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
const resolve = (value) =>
  value?.$ref ? resolve(value.$ref.slice(2).split("/").reduce((at, key) => at[key], api)) : value;

// Paragraphs, **bold** and `code`: what the descriptions use.
function prose(text = "") {
  const inline = (part) =>
    escape(part).replace(/`([^`]+)`/g, "<code>$1</code>").replace(/\*\*([^*]+)\*\*/g, "<strong>$1</strong>");
  return text.trim().split(/\n\s*\n/).filter(Boolean).map((part) => `<p>${inline(part)}</p>`).join("\n");
}
const line = (text) => prose(text).replace(/^<p>|<\/p>$/g, "");

// "string", "array of Job", "integer 1..200", with links to the shapes.
function typeOf(schema) {
  if (schema === undefined || schema === true) return "anything";
  if (schema.$ref) {
    const name = schema.$ref.split("/").pop();
    return `<a href="#shape-${name}">${name}</a>`;
  }
  const union = schema.oneOf ?? schema.anyOf;
  if (union) return union.map(typeOf).join(" or ");
  if (schema.allOf) return schema.allOf.map(typeOf).join(" and ");
  if (schema.const !== undefined) return `<code>${escape(JSON.stringify(schema.const))}</code>`;
  if (schema.enum) return schema.enum.map((each) => `<code>${escape(each)}</code>`).join(", ");
  if (schema.type === "array") return `array of ${typeOf(schema.items)}`;
  const bounds = schema.minimum ?? schema.maximum;
  const range = bounds === undefined ? "" : ` ${schema.minimum ?? ""}..${schema.maximum ?? ""}`;
  return escape([schema.type ?? "object"].flat().join(" or ")) + range;
}

function fields(schema) {
  const shape = resolve(schema);
  const required = new Set(shape?.required ?? []);
  const rows = Object.entries(shape?.properties ?? {}).map(([name, field]) => {
    const fallback = field.default === undefined ? "" : ` Default: <code>${escape(JSON.stringify(field.default))}</code>.`;
    const optional = required.has(name) ? "" : ' <span class="optional">optional</span>';
    return `<tr><th scope="row"><code>${escape(name)}</code>${optional}</th><td>${typeOf(field)}</td><td>${line(field.description)}${fallback}</td></tr>`;
  });
  return rows.length === 0 ? "" : `<table>${rows.join("\n")}</table>`;
}

function parameters(list) {
  const rows = list.map(resolve).map((each) => {
    const optional = each.required ? "" : ' <span class="optional">optional</span>';
    return `<tr><th scope="row"><code>${escape(each.name)}</code>${optional}</th><td>${escape(each.in)}: ${typeOf(each.schema)}</td><td>${line(each.description)}</td></tr>`;
  });
  return rows.length === 0 ? "" : `<h4>Parameters</h4><table>${rows.join("\n")}</table>`;
}

function requestBody(body) {
  return Object.entries(resolve(body)?.content ?? {})
    .map(([type, media]) => `<h4>Body: <code>${escape(type)}</code></h4>${fields(media.schema) || `<p>${typeOf(media.schema)}</p>`}`)
    .join("\n");
}

function responses(all) {
  const rows = Object.entries(all).map(([status, given]) => {
    const response = resolve(given);
    const types = Object.entries(response.content ?? {}).map(([type, media]) => `<code>${escape(type)}</code> ${typeOf(media.schema)}`);
    return `<tr><th scope="row">${escape(status)}</th><td>${line(response.description)}</td><td>${types.join("<br>")}</td></tr>`;
  });
  return `<h4>Answers</h4><table>${rows.join("\n")}</table>`;
}

function operation(path, method, item) {
  const call = item[method];
  return `<section id="${call.operationId}"><h3><span class="method">${method.toUpperCase()}</span> <code>${escape(path)}</code></h3>
<p class="summary">${line(call.summary)}</p>
${prose(call.description)}
${parameters([...(item.parameters ?? []), ...(call.parameters ?? [])])}
${requestBody(call.requestBody)}
${responses(call.responses)}</section>`;
}

const calls = Object.entries(api.paths).flatMap(([path, item]) =>
  methods.filter((method) => item[method]).map((method) => ({ path, method, item, tag: item[method].tags[0] })));
const sections = api.tags.map((tag) => {
  const mine = calls.filter((call) => call.tag === tag.name);
  return { tag, mine, html: mine.map((call) => operation(call.path, call.method, call.item)).join("\n") };
});
const contents = sections
  .map(({ tag, mine }) => `<li><a href="#tag-${tag.name}">${escape(tag.name)}</a><ul>${mine
    .map((call) => `<li><a href="#${call.item[call.method].operationId}">${call.method.toUpperCase()} ${escape(call.path)}</a></li>`)
    .join("")}</ul></li>`)
  .join("\n");
const shapes = Object.entries(api.components.schemas)
  .map(([name, schema]) => `<section id="shape-${name}"><h3>${name}</h3>${prose(schema.description)}${fields(schema) || `<p>${typeOf(schema)}</p>`}</section>`)
  .join("\n");

writeFileSync(new URL("docs.html", dist), `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>The interface for programs</title><link rel="icon" href="/favicon.svg"><link rel="stylesheet" href="/docs.css"></head>
<body><nav aria-label="Contents"><a href="/">Back to the page</a><ul>${contents}<li><a href="#shapes">Shapes</a></li></ul></nav>
<main><h1>The interface for programs</h1>${prose(api.info.description)}
<p>For programs: <a href="/openapi.yaml">openapi.yaml</a> (OpenAPI ${escape(api.openapi)}).</p>
${sections.map(({ tag, html }) => `<h2 id="tag-${tag.name}">${escape(tag.name)}</h2>${prose(tag.description)}${html}`).join("\n")}
<h2 id="shapes">Shapes</h2>${shapes}</main></body></html>
`);
copyFileSync(source, new URL("openapi.yaml", dist));
