// An editor without a screen: drives yaml-language-server over stdio, the way an editor does.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import rpc from "vscode-jsonrpc/node.js";

const SERVER = fileURLToPath(
  new URL("node_modules/yaml-language-server/bin/yaml-language-server", import.meta.url),
);
const PATIENCE_MS = 20_000;

const CAPABILITIES = {
  textDocument: {
    completion: {
      completionItem: { snippetSupport: true, documentationFormat: ["markdown", "plaintext"] },
    },
    hover: { contentFormat: ["markdown", "plaintext"] },
    publishDiagnostics: {},
  },
  workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true } },
};

export class Editor {
  #process;
  #connection;
  #opened = 0;
  #diagnostics = new Map();

  /** Starts the server with one schema for all manifests, and waits until it has its settings. */
  static async start(schemaUrl) {
    const editor = new Editor();
    const configured = editor.#connect(settings(schemaUrl));
    await editor.#request("initialize", {
      processId: process.pid,
      rootUri: null,
      capabilities: CAPABILITIES,
    });
    await editor.#connection.sendNotification("initialized", {});
    await within(configured, "the server asks for its settings");
    return editor;
  }

  /** Opens a document, whose diagnostics can then be awaited. */
  async open(text, uri = this.#unusedUri()) {
    const published = new Promise((resolve) => this.#diagnostics.set(uri, resolve));
    await this.#connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri, languageId: "yaml", version: 1, text },
    });
    return { uri, published };
  }

  async completion({ uri }, position) {
    const answer = await this.#request("textDocument/completion", {
      textDocument: { uri },
      position,
    });
    return answer?.items ?? answer ?? [];
  }

  async hover({ uri }, position) {
    const answer = await this.#request("textDocument/hover", { textDocument: { uri }, position });
    return words(answer?.contents);
  }

  /** Resolves to what the server marks in the document. */
  diagnostics({ uri, published }) {
    return within(published, `diagnostics of ${uri}`);
  }

  stop() {
    this.#connection.dispose();
    this.#process.kill();
  }

  #connect(yaml) {
    this.#process = spawn(process.execPath, [SERVER, "--stdio"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#connection = rpc.createMessageConnection(
      new rpc.StreamMessageReader(this.#process.stdout),
      new rpc.StreamMessageWriter(this.#process.stdin),
    );
    this.#connection.onNotification("textDocument/publishDiagnostics", ({ uri, diagnostics }) =>
      this.#diagnostics.get(uri)?.(diagnostics),
    );
    this.#connection.onClose(() => this.#connection.dispose());
    this.#connection.onRequest("client/registerCapability", () => null);
    const configured = new Promise((resolve) => {
      this.#connection.onRequest("workspace/configuration", ({ items }) => {
        resolve();
        return items.map(({ section }) => (section === "yaml" ? yaml : null));
      });
    });
    this.#connection.listen();
    return configured;
  }

  #unusedUri() {
    this.#opened += 1;
    return `untitled:/${this.#opened}.yaml`;
  }

  #request(method, parameters) {
    return within(this.#connection.sendRequest(method, parameters), `the answer to ${method}`);
  }
}

/** The text of documentation or of a hover, whichever of the protocol's forms it has. */
export function words(content) {
  return typeof content === "string" ? content : (content?.value ?? "");
}

/** Nothing is fetched: the catalogues of schemas on the web stay off. */
function settings(schemaUrl) {
  return {
    schemas: { [schemaUrl]: "*.yaml" },
    schemaStore: { enable: false },
    kubernetesCRDStore: { enable: false },
    validate: true,
    completion: true,
    hover: true,
  };
}

async function within(promise, what) {
  let timer;
  const deadline = new Promise((_, reject) => {
    const late = () => reject(new Error(`waited ${PATIENCE_MS / 1000} s in vain: ${what}`));
    timer = setTimeout(late, PATIENCE_MS);
  });
  return Promise.race([promise, deadline]).finally(() => clearTimeout(timer));
}
