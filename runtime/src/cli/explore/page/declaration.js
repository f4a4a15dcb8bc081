// The declaration: drawing, tables, files for other programs, and what changed since a saved schema.

import { byId, element } from "./dom.js";
import { elements } from "./markdown.js";
import { get, path, post } from "./server.js";

const FILES = [["wireshark", "Wireshark"], ["kaitai", "Kaitai"], ["python", "Python"], ["typescript", "TypeScript"],
  ["schema", "Schema"], ["markdown", "Markdown"], ["svg", "SVG"]];

export class Declaration {
  constructor(about) {
    this.select = byId("declaration-type");
    this.select.append(...about.types.map((type) => element("option", { value: type.name }, type.name)));
    this.select.addEventListener("change", () => this.show());
    const port = Number(/:(\d+)$/.exec(about.to ?? "")?.[1]);
    if (port) byId("port").value = String(port);
    byId("downloads").append(...FILES.map(([what, name]) => {
      const button = element("button", { type: "button", "data-what": what }, name);
      button.addEventListener("click", () => this.download(what));
      return button;
    }));
    byId("saved").addEventListener("change", ({ target }) => {
      const [file] = target.files;
      target.value = "";
      if (file) this.compare(file);
    });
    byId("declaration-bar").addEventListener("submit", (event) => event.preventDefault());
  }

  get type() {
    return this.select.value;
  }

  /** Called when the declaration is shown. */
  async show() {
    const { type } = this;
    if (this.shown === type) return;
    byId("changes").textContent = "";
    const { text } = await get("markdown", { type });
    // Another type may have been chosen meanwhile.
    if (type !== this.type) return;
    this.shown = type;
    byId("diagram").replaceChildren(element("img", { src: path("diagram.svg", { type }), alt: `The layout of ${type}` }));
    byId("tables").replaceChildren(...elements(text));
  }

  async compare(file) {
    const told = await post("compare", { type: this.type }, file).catch((error) => ({ text: error.message, compatible: false }));
    byId("changes").textContent = told.text;
    byId("changes").className = told.compatible ? "wide" : "wide bad";
  }

  async download(what) {
    const place = path("download", { what, type: this.type, port: byId("port").value });
    byId("download-fault").textContent = "";
    const answer = await fetch(place).catch(() => undefined);
    if (!answer?.ok) {
      const told = await answer?.json().catch(() => undefined);
      byId("download-fault").textContent = told?.error ?? "The program does not answer.";
      return;
    }
    const name = /filename="([^"]*)"/.exec(answer.headers.get("content-disposition") ?? "")?.[1] ?? what;
    const link = element("a", { href: URL.createObjectURL(await answer.blob()), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }
}
