// A text field for JSON, which marks errors and offers completions.

import { element, later } from "./dom.js";
import { names, place, read } from "./json.js";
import { pretty } from "./complete.js";

export class Editor {
  /** @param changed is called with the text once typing pauses @param moved with the path of the value at the caret */
  constructor(root, { changed, moved }) {
    Object.assign(this, { shapes: null, offers: [], active: 0, at: null, wrong: null, moved });
    this.text = element("textarea", { spellcheck: false, autocomplete: "off", autocapitalize: "off", wrap: "off", "aria-label": "Value as JSON",
      "aria-autocomplete": "list", "aria-controls": `${root.id}-offers`, "aria-describedby": `${root.id}-wrong` });
    this.behind = element("pre", { class: "behind", "aria-hidden": "true" });
    this.list = element("ul", { class: "offers", id: `${root.id}-offers`, role: "listbox", "aria-label": "Completions", hidden: true });
    this.said = element("p", { class: "wrong", id: `${root.id}-wrong`, role: "status" });
    this.hint = element("p", { class: "faint" }, "Ctrl+Space shows completions.");
    this.sheet = element("div", { class: "sheet" }, this.behind, this.text, this.list);
    root.append(this.sheet, this.said, this.hint);
    this.tell = later(120, () => changed(this.text.value));
    this.text.addEventListener("input", () => this.onInput());
    this.text.addEventListener("scroll", () => this.follow(), { passive: true });
    this.text.addEventListener("keydown", (event) => this.onKey(event));
    this.text.addEventListener("blur", () => this.close());
    this.text.addEventListener("click", () => this.close());
    document.addEventListener("selectionchange", () => document.activeElement === this.text && this.onMove());
    // A click in the list must not take the focus from the text.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const item = event.target.closest("[data-offer]");
      if (item) this.take(Number(item.dataset.offer));
    });
  }

  set(text) {
    this.text.value = text;
    this.wrong = null;
    this.close();
    this.paint();
    this.tell();
  }

  /** Shows the error that the program has found in the text, or hides it if there is none. */
  mark(wrong) {
    this.wrong = wrong;
    this.text.setAttribute("aria-invalid", String(!!wrong));
    this.said.textContent = wrong?.why ?? "";
    this.paint();
  }

  /** The position of the error in the text. */
  faultAt() {
    const text = this.text.value;
    if (!this.wrong) return undefined;
    if (this.wrong.line !== undefined) {
      const before = text.split("\n").slice(0, this.wrong.line - 1).reduce((sum, line) => sum + line.length + 1, 0);
      // The program counts columns in bytes.
      const line = new TextEncoder().encode(text.slice(before).split("\n", 1)[0]);
      const column = new TextDecoder().decode(line.slice(0, Math.max(0, this.wrong.column - 1))).length;
      const from = Math.min(before + column, Math.max(0, text.length - 1));
      return { from, to: Math.min(from + 1, text.length) };
    }
    const { values } = read(text);
    // The path ends at the object. The name of an unknown field is only in the message.
    const [, extra] = /^unknown field `([^`]*)`/.exec(this.wrong.why) ?? [];
    const { path = "" } = this.wrong;
    const whole = place(values, path);
    const named = extra === undefined ? undefined : place(values, `${path}.${extra}`);
    return named?.name && named !== whole ? named.name : whole;
  }

  /** Paints the layer behind the text, in which only the mark of the error is visible. */
  paint() {
    const text = this.text.value;
    const fault = this.faultAt();
    if (!fault) this.behind.replaceChildren(`${text}\n`);
    else {
      const marked = text.slice(fault.from, fault.to);
      const [line] = marked.split("\n", 1);
      // Of a value in several lines only the first line is marked.
      this.behind.replaceChildren(text.slice(0, fault.from), element("mark", {}, line || " "), `${text.slice(fault.from + (line.length || 1))}\n`);
    }
    this.follow();
  }

  follow() {
    this.behind.scrollTop = this.text.scrollTop;
    this.behind.scrollLeft = this.text.scrollLeft;
    this.put();
  }

  onInput() {
    this.paint();
    this.tell();
    const typed = this.text.value[this.text.selectionStart - 1];
    if (/[\w"]/.test(typed ?? "")) this.offer();
    else this.close();
  }

  onMove() {
    const { at } = read(this.text.value, this.text.selectionStart);
    const path = at && this.shapes ? this.shapes.at(at.expects === "name" ? at.segments.slice(0, -1) : at.segments).path : "";
    if (path !== this.path) this.moved(path);
    this.path = path;
  }

  /** Offers completions at the caret. */
  offer() {
    if (!this.shapes) return;
    const caret = this.text.selectionStart;
    const { values, at } = read(this.text.value, caret);
    const present = names(values, at.around);
    if (at.expects === "name") present.delete(at.typed);
    this.at = at;
    this.offers = this.shapes.offers(at, present).slice(0, 100);
    this.active = 0;
    if (this.offers.length === 0) return this.close();
    this.list.replaceChildren(...this.offers.map((offer, index) => element("li",
      { role: "option", id: `${this.list.id}-${index}`, "data-offer": String(index), title: offer.doc },
      element("strong", {}, offer.name), element("span", {}, offer.means), element("span", { class: "doc" }, offer.doc.split("\n", 1)[0]))));
    this.list.hidden = false;
    this.put();
    this.choose(0);
  }

  /** Puts the list below the caret. */
  put() {
    if (this.list.hidden) return;
    const style = getComputedStyle(this.text);
    const line = parseFloat(style.lineHeight);
    const before = this.text.value.slice(0, this.at.from);
    const row = before.split("\n").length;
    const column = before.length - before.lastIndexOf("\n") - 1;
    const character = this.character ??= this.measure();
    const left = parseFloat(style.paddingLeft) + column * character - this.text.scrollLeft;
    this.list.style.top = `${parseFloat(style.paddingTop) + row * line - this.text.scrollTop}px`;
    this.list.style.left = `${Math.max(0, Math.min(left, this.text.clientWidth - this.list.offsetWidth))}px`;
  }

  measure() {
    const probe = element("span", { class: "probe" }, "0".repeat(10));
    this.behind.append(probe);
    const width = probe.getBoundingClientRect().width / 10;
    probe.remove();
    return width;
  }

  choose(index) {
    this.active = (index + this.offers.length) % this.offers.length;
    [...this.list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === this.active)));
    this.list.children[this.active]?.scrollIntoView({ block: "nearest" });
    this.text.setAttribute("aria-activedescendant", `${this.list.id}-${this.active}`);
  }

  close() {
    this.list.hidden = true;
    this.text.removeAttribute("aria-activedescendant");
  }

  /** Replaces the typed text by a completion. */
  take(index) {
    const text = this.text.value;
    const { from, to, expects } = this.at;
    let { insert } = this.offers[index];
    // If the name already has a value, only the name is inserted.
    if (expects === "name" && /^\s*:/.test(text.slice(to))) insert = JSON.stringify(this.offers[index].name);
    const indent = /^[ \t]*/.exec(text.slice(text.lastIndexOf("\n", from - 1) + 1))[0];
    insert = insert.replaceAll("\n", `\n${indent}`);
    this.close();
    this.text.setSelectionRange(from, to);
    // `insertText` acts like typing, so the user can undo it.
    if (!document.execCommand("insertText", false, insert)) this.text.setRangeText(insert, from, to, "end");
    const inside = /""|0x"|: (0|\[\]|\{\}|false)$/.exec(insert);
    if (inside && inside[0] !== '""') this.text.setSelectionRange(from + insert.length - (inside[0] === '0x"' ? 1 : inside[1].length), from + insert.length - (inside[0] === '0x"' ? 1 : 0));
    else if (inside) this.text.setSelectionRange(from + inside.index + 1, from + inside.index + 1);
    this.close();
    this.paint();
    this.tell();
  }

  onKey(event) {
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      return this.offer();
    }
    if (!this.list.hidden) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        return this.choose(this.active + (event.key === "ArrowDown" ? 1 : -1));
      }
      if (event.key === "Enter" || event.key === "Tab") {
        event.preventDefault();
        return this.take(this.active);
      }
      if (event.key === "Escape") {
        event.preventDefault();
        return this.close();
      }
    }
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      const { value, selectionStart } = this.text;
      const line = value.slice(value.lastIndexOf("\n", selectionStart - 1) + 1, selectionStart);
      const more = /[{[]\s*$/.test(line) ? "  " : "";
      event.preventDefault();
      document.execCommand("insertText", false, `\n${/^[ \t]*/.exec(line)[0]}${more}`);
    }
  }
}

export { pretty };
