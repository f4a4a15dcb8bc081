// The declaration: drawing, tables, and files for other programs.

import { byId, element } from "./dom.js";
import { get, path } from "./server.js";

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
    byId("declaration-bar").addEventListener("submit", (event) => event.preventDefault());
  }

  get type() {
    return this.select.value;
  }

  /** Called when it comes into view. */
  async show() {
    if (this.shown === this.type) return;
    this.shown = this.type;
    const { type } = this;
    const schema = await get("schema", { type });
    byId("diagram").replaceChildren(element("img", { src: path("diagram.svg", { type }), alt: `The layout of ${type}` }));
    byId("tables").replaceChildren(...schema.frames.flatMap((frame) => this.frame(frame)));
  }

  frame(frame) {
    const sizes = frame.max_len == null ? `${frame.min_len} bytes or more`
      : frame.max_len === frame.min_len ? `${frame.min_len} bytes` : `${frame.min_len} to ${frame.max_len} bytes`;
    const shown = [element("h2", {}, frame.name), element("p", { class: "faint" }, sizes)];
    if (frame.doc) shown.push(element("p", {}, frame.doc));
    if (frame.head) shown.push(this.table(frame.head, "In front"));
    if (frame.fields) shown.push(this.table(frame.fields, "Fields"));
    for (const variant of frame.variants ?? []) {
      const title = element("h3", {}, variant.name, element("code", {}, ` ${variant.tag}`));
      shown.push(title, ...(variant.doc ? [element("p", {}, variant.doc)] : []));
      if (variant.fields.length > 0) shown.push(this.table(variant.fields, variant.name));
    }
    for (const check of frame.checks ?? []) shown.push(element("p", { class: "faint" }, `Holds: ${check.message} (${check.check})`));
    return shown;
  }

  table(fields, caption) {
    const head = element("tr", {}, ...["Field", "Type", "Ends, and what it is for", "What it means"].map((name) => element("th", { scope: "col" }, name)));
    const rows = fields.map((field) => element("tr", {},
      element("th", { scope: "row" }, field.name), element("td", {}, inWords(field.type)),
      element("td", {}, [field.extent, field.role, field.presence].filter((each) => each != null).map(inWords).join("; ")),
      element("td", {}, field.doc ?? "")));
    const table = element("table", {}, element("caption", { class: "visually-hidden" }, caption), element("thead", {}, head), element("tbody", {}, ...rows));
    return element("div", { class: "wide" }, table);
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

/** A part of the schema as text: `{"len_of": "body"}` is `len_of body`. */
function inWords(value) {
  if (value === null || typeof value !== "object") return String(value ?? "");
  if (Array.isArray(value)) return value.map(inWords).join(", ");
  return Object.entries(value).map(([key, inner]) => (key === "is" || key === "kind" ? inWords(inner) : `${key} ${inWords(inner)}`)).join(" ");
}
