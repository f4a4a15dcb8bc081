// The bytes in hex and as text.

import { element } from "./dom.js";
import { Rows } from "./rows.js";
import { hex } from "./parts.js";

const isPlain = (byte) => byte >= 0x20 && byte < 0x7f;

export class Bytes {
  constructor(state) {
    this.state = state;
    this.width = 16;
    this.box = element("div", { class: "bytes rows", tabindex: "0", role: "application", "aria-label": "Bytes" });
    this.rows = new Rows(this.box, () => this.makeRow(), (row, index) => this.fillRow(row, index));
    new ResizeObserver(() => this.fit()).observe(this.box);
    const byte = (event) => Number(event.target.closest("[data-at]")?.dataset.at ?? -1);
    this.box.addEventListener("pointerover", (event) => state.points(event) && state.hover(byte(event) < 0 ? null : { byte: byte(event) }));
    this.box.addEventListener("pointerleave", () => state.hover(null));
    this.box.addEventListener("click", (event) => byte(event) >= 0 && state.choose({ byte: byte(event) }));
    this.box.addEventListener("keydown", (event) => this.onKey(event));
  }

  /** Sets the number of bytes in a row to what fits. */
  fit() {
    const character = this.probe().width;
    const width = this.box.clientWidth >= character * 76 ? 16 : 8;
    if (width === this.width) return;
    this.width = width;
    this.refresh();
  }

  probe() {
    const probe = element("span", { class: "probe" }, "0".repeat(10));
    this.box.append(probe);
    const width = probe.getBoundingClientRect().width / 10;
    probe.remove();
    return { width };
  }

  get length() {
    return this.state.parts?.bytes.length ?? 0;
  }

  refresh() {
    // If the error is that the bytes end too early, one more cell shows where.
    const end = this.state.parts?.fault?.at >= this.length ? 1 : 0;
    this.rows.refresh(Math.ceil((this.length + end) / this.width));
  }

  reveal(byte) {
    this.rows.reveal(Math.floor(byte / this.width));
  }

  makeRow() {
    const row = element("div", { class: "row" }, element("span", { class: "offset" }));
    for (let column = 0; column < 16; column++) row.append(element("span", { class: "byte" }));
    for (let column = 0; column < 16; column++) row.append(element("span", { class: "char" }));
    return row;
  }

  fillRow(row, index) {
    const { parts } = this.state;
    const digits = Math.max(4, (this.length - 1).toString(16).length);
    row.firstChild.textContent = hex(index * this.width, digits);
    for (let column = 0; column < 16; column++) {
      const at = index * this.width + column;
      const cells = [row.children[1 + column], row.children[17 + column]];
      const byte = column < this.width ? parts?.bytes[at] : undefined;
      const isEnd = column < this.width && at === this.length && parts?.fault?.at >= this.length;
      const marks = byte === undefined ? "" : this.state.marks(at);
      cells[0].textContent = byte === undefined ? (isEnd ? "··" : "") : hex(byte, 2);
      cells[1].textContent = byte === undefined ? "" : isPlain(byte) ? String.fromCharCode(byte) : "·";
      cells[0].className = `byte ${marks}${isEnd ? " fault" : ""}`;
      cells[1].className = `char ${marks}`;
      cells.forEach((cell) => {
        cell.hidden = column >= this.width;
        if (byte === undefined) delete cell.dataset.at;
        else cell.dataset.at = at;
      });
    }
  }

  onKey(event) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.width, ArrowDown: this.width,
      PageUp: -this.width * this.rows.page, PageDown: this.width * this.rows.page, Home: -Infinity, End: Infinity };
    if (!(event.key in steps) || this.length === 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const from = this.state.chosen?.byte ?? -1;
    const to = Math.min(this.length - 1, Math.max(0, from < 0 ? 0 : from + steps[event.key]));
    this.state.choose({ byte: to });
  }
}
