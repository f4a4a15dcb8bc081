// The parts of a frame as a tree.

import { element } from "./dom.js";
import { Rows } from "./rows.js";

export class Fields {
  constructor(state, id) {
    this.state = state;
    this.closed = new Set();
    this.open = [];
    this.box = element("div", { class: "fields rows", id: `${id}-fields`, tabindex: "0", role: "tree", "aria-label": "Fields" });
    this.rows = new Rows(this.box, () => this.makeRow(), (row, index) => this.fillRow(row, index));
    const part = (event) => this.open[Rows.of(event)];
    this.box.addEventListener("pointerover", (event) => state.points(event) && state.hover(part(event) === undefined ? null : { part: part(event) }));
    this.box.addEventListener("pointerleave", () => state.hover(null));
    this.box.addEventListener("click", (event) => {
      const index = part(event);
      if (index === undefined) return;
      if (event.target.closest(".twist")) this.toggle(index);
      state.choose({ part: index });
    });
    this.box.addEventListener("keydown", (event) => this.onKey(event));
  }

  /** Shows another frame, with everything expanded. */
  reset() {
    this.closed.clear();
    this.box.scrollTop = 0;
    this.list();
  }

  /** The parts whose parents are all expanded. */
  list() {
    this.open = [];
    const { parts } = this.state;
    let below = Infinity;
    (parts?.list ?? []).forEach((part, index) => {
      if (part.depth > below) return;
      below = this.closed.has(index) ? part.depth : Infinity;
      this.open.push(index);
    });
    this.rows.refresh(this.open.length);
  }

  refresh() {
    this.rows.refresh();
    const row = this.open.indexOf(this.state.chosen ? this.state.lit[0] ?? -1 : -1);
    if (row >= 0) this.box.setAttribute("aria-activedescendant", `${this.box.id}-${this.open[row]}`);
    else this.box.removeAttribute("aria-activedescendant");
  }

  reveal(index) {
    const around = this.state.parts.around(index);
    if (around.some((each) => this.closed.delete(each))) this.list();
    this.rows.reveal(this.open.indexOf(index));
  }

  toggle(index) {
    if (!this.state.parts.holds(index)) return;
    if (!this.closed.delete(index)) this.closed.add(index);
    this.list();
  }

  makeRow() {
    const cells = ["twist", "label", "type", "says"].map((name) => element("span", { class: name }));
    return element("div", { class: "row", role: "treeitem" }, ...cells);
  }

  fillRow(row, at) {
    const { parts, lit, looked } = this.state;
    const index = this.open[at];
    const part = parts.list[index];
    const holds = parts.holds(index);
    const [twist, label, type, says] = row.children;
    twist.textContent = holds ? (this.closed.has(index) ? "▸" : "▾") : "";
    label.textContent = part.label;
    type.textContent = part.type;
    const isFault = parts.fault?.part === index;
    says.textContent = isFault ? [part.value, parts.fault.what].filter(Boolean).join(": ") : part.value;
    row.style.setProperty("--depth", String(Math.min(part.depth, 24)));
    row.className = "row";
    row.classList.toggle("lit", lit.includes(index));
    row.classList.toggle("derived", part.derived);
    row.classList.toggle("fault", isFault);
    row.classList.toggle("counted", this.state.counts(index));
    row.id = `${this.box.id}-${index}`;
    row.setAttribute("aria-level", String(part.depth + 1));
    row.setAttribute("aria-selected", String(!!looked && lit.includes(index)));
    if (holds) row.setAttribute("aria-expanded", String(!this.closed.has(index)));
    else row.removeAttribute("aria-expanded");
  }

  onKey(event) {
    const { parts } = this.state;
    if (!parts || event.ctrlKey || event.altKey || event.metaKey) return;
    const index = this.state.chosen?.part ?? this.state.lit[0] ?? -1;
    const row = this.open.indexOf(index);
    let to = this.rows.led(event.key, row);
    if (event.key === "ArrowRight" && index >= 0 && parts.holds(index)) {
      if (this.closed.has(index)) return event.preventDefault(), this.toggle(index);
      to = row + 1;
    } else if (event.key === "ArrowLeft" && index >= 0) {
      if (parts.holds(index) && !this.closed.has(index)) return event.preventDefault(), this.toggle(index);
      to = this.open.indexOf(parts.around(index).at(-1) ?? index);
    }
    if (to === undefined) return;
    event.preventDefault();
    this.state.choose({ part: this.open[to] });
  }
}
