// Checks that yaml-language-server completes, explains and marks manifests by the published schema.
// Run it from anywhere, after `npm ci --prefix tests/editor`.

import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { KINDS } from "./cases.mjs";
import { Editor, words } from "./editor.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SCHEMA = path.join(ROOT, "schema/ecsctl.schema.json");
const schema = JSON.parse(readFileSync(SCHEMA, "utf8"));
const kindNames = schema.properties.kind.anyOf[0].enum;

// A snippet holds what a structure needs and examples of text: no empty collections, no invented numbers.
const NONSENSE = /\[\]|\{\}|\[object|\bnull\b|\$\{\d+:(\d+|true|false)\}/;
const LINE_OF_A_SNIPPET = /^\s*(- )*([\w.-]+:( .*|$)|- *$|(- )?\$\{?\d+\}?$|$)/;

const editor = await Editor.start(pathToFileURL(SCHEMA).href);
const outcomes = await Promise.all(checks().map(outcome));
editor.stop();
process.exitCode = report(outcomes);

function checks() {
  const kinds = kindNames.flatMap((kind) => (KINDS[kind] ? checksOfKind(kind, KINDS[kind]) : []));
  return [
    { name: "every kind of the schema is checked", run: () => same(Object.keys(KINDS), kindNames) },
    { name: "an empty document: completes `kind`", run: () => offersField("|", "kind") },
    { name: "kind: completes the kinds", run: () => offersValues("kind: |", kindNames) },
    {
      name: "kind: completes the kinds in a second document",
      run: () => offersValues("kind: Cluster\nname: main\n---\nkind: |", kindNames),
    },
    {
      name: "kind: marks an unknown one",
      run: () => marks({ at: "kind: |Sevice\nname: web\n", says: '"TaskRole", "Service"' }),
    },
    { name: "kind: marks that it is missing", run: () => marks({ at: "|name: web\n", says: '"kind"' }) },
    ...kinds,
    ...manifests().map((file) => ({
      name: `${path.relative(ROOT, file)}: marks nothing`,
      run: () => isClean(pathToFileURL(file)),
    })),
  ];
}

function checksOfKind(kind, cases) {
  const start = `kind: ${kind}\nname: main\n`;
  const root = { at: "|", is: kind, without: ["kind", "name"] };
  const overlay = { at: "environments:\n  prod:\n    |", is: `${kind}Overlay` };
  const structures = [root, ...(kind === "App" ? [] : [overlay]), ...cases.structures];
  const described = (what, run) => (one) => ({
    name: `${kind}: ${what} in ${place(one.at)}`,
    run: () => run({ ...one, at: start + one.at }),
  });
  return [
    ...structures.map(described("completes the fields", offersFields)),
    ...cases.choices.map(described("completes the values", ({ at, are }) => offersValues(at, are))),
    ...cases.hovers.map(described("explains", explains)),
    ...cases.mistakes.map(described("marks the mistake", marks)),
    {
      name: `${kind}: completes the fields of a second document`,
      run: () => offersFields({ ...root, at: `kind: Cluster\nname: first\n---\n${start}|` }),
    },
    {
      name: `${kind}: explains the kind`,
      run: () => explains({ at: start.replace("kind", "ki|nd"), says: schema.$defs[kind].description }),
    },
    {
      name: `${kind}: marks that its name is missing`,
      run: () => marks({ at: `|kind: ${kind}\n`, says: 'Missing property "name"' }),
    },
    {
      name: `${kind}: marks a name that is none`,
      run: () => marks({ at: `kind: ${kind}\nname: |a b\n`, says: "letters" }),
    },
    {
      name: `${kind}: marks nothing in a valid document`,
      run: () => isClean(new URL(`valid/${kind}.yaml`, import.meta.url)),
    },
  ];
}

// Each check below resolves to the list of what is wrong.

async function offersFields({ at, is, without = [] }) {
  const { properties, title = is } = schema.$defs[is];
  const fields = Object.keys(properties).filter((field) => !without.includes(field));
  const items = await complete(at);
  const offered = items.filter(({ label }) => label !== title);
  return [
    ...same(labels(offered), fields),
    ...offered.flatMap((item) => isDocumented(item, properties[item.label])),
    ...offered.flatMap((item) => insertsWhatIsNeeded(item, properties[item.label] ?? {})),
    ...items.flatMap(insertsNoNonsense),
  ];
}

async function offersField(at, field) {
  const offered = (await complete(at)).filter(({ label }) => label === field);
  return offered.length === 1
    ? offered.flatMap(insertsNoNonsense)
    : [`\`${field}\` is offered ${offered.length} times`];
}

async function offersValues(at, values) {
  const items = await complete(at);
  const texts = new Set(items.map((item) => words(item.documentation)));
  return [
    ...same(labels(items), values),
    ...items.flatMap((item) => isDocumented(item)),
    ...(texts.size === items.length ? [] : ["several values have the same documentation"]),
  ];
}

async function explains({ at, says }) {
  const { text, position } = cursor(at);
  const explanation = await editor.hover(await editor.open(text), position);
  const plain = (markdown) => markdown.replaceAll(/[\\`]/g, "");
  return plain(explanation).includes(plain(says))
    ? []
    : [`expected \`${says}\` in ${JSON.stringify(explanation)}`];
}

async function marks({ at, says }) {
  const { text, position } = cursor(at);
  const diagnostics = await editor.diagnostics(await editor.open(text));
  const [first, ...others] = diagnostics;
  const isRight =
    first &&
    others.length === 0 &&
    first.message.includes(says) &&
    first.range.start.line === position.line &&
    first.range.start.character === position.character;
  const expected = `${position.line + 1}:${position.character + 1} … ${says}`;
  return isRight ? [] : [`expected one mark, ${expected}; there are: ${listed(diagnostics)}`];
}

async function isClean(url) {
  const diagnostics = await editor.diagnostics(await editor.open(readFileSync(url, "utf8"), url.href));
  return diagnostics.length === 0 ? [] : [listed(diagnostics)];
}

function isDocumented(item, property) {
  const documentation = words(item.documentation);
  const isRight = property ? documentation === property.description : documentation !== "";
  return isRight ? [] : [`\`${item.label}\` is documented as ${JSON.stringify(documentation)}`];
}

function insertsNoNonsense(item) {
  const snippet = inserted(item);
  const isSound =
    !NONSENSE.test(snippet) && snippet.split("\n").every((line) => LINE_OF_A_SNIPPET.test(line));
  return isSound ? [] : [`\`${item.label}\` inserts ${JSON.stringify(snippet)}`];
}

/** A field that holds a structure, or a list of them, brings the fields that the structure requires. */
function insertsWhatIsNeeded(item, property) {
  const required = resolved(resolved(property).items ?? property).required ?? [];
  const snippet = inserted(item);
  return required
    .filter((field) => !snippet.includes(`${field}:`))
    .map((field) => `\`${item.label}\` inserts ${JSON.stringify(snippet)} without \`${field}\``);
}

function labels(items) {
  return items.map(({ label }) => label);
}

function same(found, expected) {
  const sorted = (list) => [...list].sort().join(", ");
  return sorted(found) === sorted(expected) ? [] : [`expected ${sorted(expected)}; found ${sorted(found)}`];
}

async function complete(at) {
  const { text, position } = cursor(at);
  return editor.completion(await editor.open(text), position);
}

/** The text without its cursor, and where that was. */
function cursor(at) {
  const [before, after] = at.split("|");
  const lines = before.split("\n");
  return { text: before + after, position: { line: lines.length - 1, character: lines.at(-1).length } };
}

function resolved(part) {
  return part.$ref ? schema.$defs[part.$ref.split("/").at(-1)] : part;
}

function inserted(item) {
  return item.textEdit?.newText ?? item.insertText ?? item.label;
}

/** The keys that lead to the line with the cursor, and that line. */
function place(at) {
  const lines = at.split("\n");
  const last = lines.findIndex((line) => line.includes("|"));
  const indentation = (line) => line.search(/[^ -]/);
  const keys = [];
  for (let index = last - 1, limit = indentation(lines[last]); index >= 0; index -= 1) {
    if (indentation(lines[index]) < limit) {
      limit = indentation(lines[index]);
      keys.unshift(`${lines[index].slice(limit)} `);
    }
  }
  return `\`${keys.join("")}${lines[last].trim()}\``;
}

function listed(diagnostics) {
  const line = ({ range: { start }, message }) => `${start.line + 1}:${start.character + 1} ${message}`;
  return diagnostics.slice(0, 5).map(line).join("; ") || "none";
}

function manifests() {
  const folder = path.join(ROOT, "manifests");
  return readdirSync(folder, { recursive: true })
    .filter((file) => /\.ya?ml$/.test(file))
    .sort()
    .map((file) => path.join(folder, file));
}

async function outcome({ name, run }) {
  try {
    return { name, problems: await run() };
  } catch (error) {
    return { name, problems: [error.message] };
  }
}

/** Prints a line per check, and returns the exit code. */
function report(all) {
  for (const { name, problems } of all) {
    console.log(`${problems.length === 0 ? "ok  " : "FAIL"} ${name}`);
    problems.forEach((problem) => console.log(`       ${problem}`));
  }
  const failed = all.filter(({ problems }) => problems.length > 0).length;
  console.log(`${all.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}
