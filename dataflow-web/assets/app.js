// The live parts of a page. Without it, a page shows how things were when it was loaded.
//
// An element with data-live="/live/..." has events told to the page; data-from is the place up to which the page shows everything.
// - part: { id, html } puts html in the place of the element with that id
// - add: { id, html } puts html at the end of that element
// - reset: too much was missed: the page is loaded anew
// - end: nothing more comes
"use strict";

const source = document.querySelector("[data-live]");

function listen() {
  const address = new URL(source.dataset.live, location.href);
  if (source.dataset.from) address.searchParams.set("from", source.dataset.from);
  const events = new EventSource(address);
  const on = (name, act) => events.addEventListener(name, (event) => {
    source.dataset.from = next(event.lastEventId) || source.dataset.from;
    act(JSON.parse(event.data));
  });
  on("part", ({ id, html }) => {
    const old = document.getElementById(id);
    if (!old) return;
    old.outerHTML = html;
    // What is told to all pages has no session's secret in its forms.
    for (const field of document.getElementById(id)?.querySelectorAll("[name=csrf]") ?? []) {
      field.value = source.dataset.csrf;
    }
  });
  on("add", ({ id, html }) => document.getElementById(id)?.insertAdjacentHTML("beforeend", html));
  on("reset", () => location.reload());
  on("end", () => events.close());
  return events;
}

// The place after an event: its number and one more.
function next(id) {
  const [epoch, number] = id.split("-");
  return number ? `${epoch}-${Number(number) + 1}` : "";
}

// A page that nobody sees has no connection; browsers have six for all pages of the panel.
if (source) {
  let events = document.hidden ? null : listen();
  document.addEventListener("visibilitychange", () => {
    events?.close();
    events = document.hidden ? null : listen();
  });
}
