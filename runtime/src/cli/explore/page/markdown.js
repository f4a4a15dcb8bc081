// The output of `protocol markdown` as elements: headings, paragraphs, lists of one level, tables, and inline `code`.

import { element } from "./dom.js";

/** The elements of a text. */
export function elements(markdown) {
  return markdown.split(/\n{2,}/).filter((block) => block.trim() !== "").map((block) => {
    const lines = block.trim().split("\n");
    const [, marks, title] = /^(#+) (.*)$/.exec(lines[0]) ?? [];
    // The page has the `h1`, so these headings are one level lower.
    if (marks) return element(`h${Math.min(marks.length + 1, 4)}`, {}, ...inline(title));
    if (lines.every((line) => line.startsWith("|"))) return table(lines);
    if (lines.every((line) => line.startsWith("- "))) {
      return element("ul", {}, ...lines.map((line) => element("li", {}, ...inline(line.slice(2)))));
    }
    return element("p", {}, ...inline(lines.join(" ")));
  });
}

function table([head, , ...rows]) {
  const cells = (line) => line.replace(/^\|\s*|\s*\|$/g, "").split(/\s*(?<!\\)\|\s*/).map((cell) => cell.replaceAll("\\|", "|"));
  const titles = cells(head).map((title) => element("th", { scope: "col" }, title));
  const body = rows.map((row) => element("tr", {}, ...cells(row).map((cell) => element("td", {}, ...inline(cell)))));
  return element("div", { class: "wide", tabindex: "0", role: "group", "aria-label": "Fields" },
    element("table", {}, element("thead", {}, element("tr", {}, ...titles)), element("tbody", {}, ...body)));
}

/** Text, with the parts between backticks as code. */
function inline(text) {
  return text.split("`").map((part, index) => (index % 2 === 1 ? element("code", {}, part) : part.replaceAll(/\\([\\`*_{}[\]<>()#+.!|-])/g, "$1")));
}
