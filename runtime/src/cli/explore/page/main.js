// The page: three views of one protocol.

import { byId, trouble } from "./dom.js";
import { Declaration } from "./declaration.js";
import { Frames } from "./frames.js";
import { Make } from "./make.js";
import { get } from "./server.js";

const VIEWS = ["frames", "make", "declaration"];

/** Shows a view, and marks its tab as selected. */
function show(view) {
  for (const each of VIEWS) {
    const isShown = each === view;
    byId(each).hidden = !isShown;
    const tab = byId(`tab-${each}`);
    tab.setAttribute("aria-selected", String(isShown));
    tab.tabIndex = isShown ? 0 : -1;
  }
}

async function start() {
  const about = await get("about");
  byId("title").textContent = about.types.map((type) => type.name).join(", ");
  document.title = `${byId("title").textContent} - Framewright`;
  byId("source").textContent = about.source ?? "";
  const make = new Make(about);
  const declaration = new Declaration(about);
  const edit = (type, json) => {
    make.edit(type, json);
    show("make");
    byId("tab-make").focus();
  };
  new Frames(about, edit, make);
  for (const view of VIEWS) {
    const tab = byId(`tab-${view}`);
    tab.addEventListener("click", () => {
      show(view);
      if (view === "declaration") declaration.show().catch((error) => trouble(error.message));
    });
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = byId(`tab-${VIEWS[(VIEWS.indexOf(view) + step + VIEWS.length) % VIEWS.length]}`);
      next.focus();
      next.click();
    });
  }
}

start().catch((error) => trouble(error.message));
