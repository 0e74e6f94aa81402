// Checks action.yml, and the workflows of docs/ci.md, by the schemas of GitHub Actions.

import { readFileSync } from "node:fs";
import { validateAction, validateWorkflow } from "@action-validator/core";

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

/** The blocks of YAML below the heading of a page. */
function examples(page, heading) {
    const section = page.split(/^## /m).find((part) => part.startsWith(heading));
    if (!section) throw new Error(`docs/ci.md has no section ${heading}`);
    return [...section.matchAll(/^```yaml\n(.*?)^```$/gms)].map((match) => match[1]);
}

const workflows = examples(read("docs/ci.md"), "GitHub Actions");
const checks = [
    ["action.yml", validateAction(read("action.yml"))],
    ...workflows.map((text, index) => [`workflow ${index + 1} of docs/ci.md`, validateWorkflow(text)]),
];
if (workflows.length === 0) throw new Error("docs/ci.md has no workflow");
// What is wrong must be found: otherwise nothing would be checked.
if (validateAction("name: x\nrunz: {}\n").errors.length === 0) throw new Error("nothing is checked");

for (const [name, { errors }] of checks) {
    if (errors.length > 0) {
        console.error(`${name}: ${JSON.stringify(errors, null, 2)}`);
        process.exitCode = 1;
    }
}
if (!process.exitCode) console.log(`${checks.length} files are as GitHub Actions wants them`);
