// A list of any length. Only the visible rows have elements.

const BEYOND = 6;

export class Rows {
  /**
   * @param box the element that scrolls
   * @param make makes an empty row
   * @param fill fills a row with the entry at an index
   */
  constructor(box, make, fill) {
    Object.assign(this, { box, make, fill, count: 0, shown: new Map(), spare: [], due: false });
    this.ground = document.createElement("div");
    this.ground.className = "ground";
    box.append(this.ground);
    box.addEventListener("scroll", () => this.later(), { passive: true });
    new ResizeObserver(() => this.later()).observe(box);
  }

  /** The height of a row in pixels, from the style sheet. */
  get height() {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    return Math.round(parseFloat(getComputedStyle(this.box).getPropertyValue("--row")) * rem);
  }

  /** Sets the number of rows, and fills the visible rows again. */
  refresh(count = this.count) {
    this.count = count;
    this.stale = true;
    this.later();
  }

  later() {
    if (this.due) return;
    this.due = true;
    requestAnimationFrame(() => {
      this.due = false;
      this.draw();
    });
  }

  draw() {
    const height = this.height;
    this.ground.style.height = `${this.count * height}px`;
    const first = Math.max(0, Math.floor(this.box.scrollTop / height) - BEYOND);
    const end = Math.min(this.count, Math.ceil((this.box.scrollTop + this.box.clientHeight) / height) + BEYOND);
    for (const [index, row] of this.shown) {
      if (index >= first && index < end) continue;
      this.shown.delete(index);
      row.remove();
      this.spare.push(row);
    }
    for (let index = first; index < end; index++) {
      let row = this.shown.get(index);
      if (row && !this.stale) continue;
      if (!row) {
        row = this.spare.pop() ?? this.make();
        this.shown.set(index, row);
        this.ground.append(row);
      }
      row.style.top = `${index * height}px`;
      row.dataset.index = index;
      this.fill(row, index);
    }
    this.stale = false;
  }

  /** Scrolls a row into view, by as little as possible. */
  reveal(index) {
    const height = this.height;
    this.ground.style.height = `${this.count * height}px`;
    const top = index * height;
    if (top < this.box.scrollTop) this.box.scrollTop = top;
    else if (top + height > this.box.scrollTop + this.box.clientHeight) {
      this.box.scrollTop = top + height - this.box.clientHeight;
    }
    this.later();
  }

  /** The index of the row that an event is in; -1 if it is in none. */
  static of(event) {
    const row = event.target.closest("[data-index]");
    return row ? Number(row.dataset.index) : -1;
  }

  /** The number of rows that Page Up and Page Down move by: all visible ones but one. */
  get page() {
    return Math.max(1, Math.floor(this.box.clientHeight / this.height) - 1);
  }

  /** The index to which a key moves the selection; undefined for other keys. */
  led(key, from) {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: this.page, PageUp: -this.page, Home: -Infinity, End: Infinity };
    if (!(key in steps) || this.count === 0) return undefined;
    // If nothing is selected yet, the key starts before the first row or after the last one.
    const start = from >= 0 ? from : steps[key] > 0 ? -1 : this.count;
    return Math.min(this.count - 1, Math.max(0, start + steps[key]));
  }
}
