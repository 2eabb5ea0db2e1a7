// The live parts of pages, and keys. Without it, a page shows how things were when it was loaded, and all of it works.
//
// An element with data-live="/live/..." has events told to the page; data-from is the place up to which the page shows everything.
// - part: { id, html } puts html in the place of the element with that id
// - add: { id, html } puts html at the end of that element
// - reset: too much was missed: the page is loaded anew
// - looked: plan and preflight were looked at; a page that waits for that (data-waits) is loaded anew
// - end: nothing more comes
//
// What is put in was made by the server's templates, which escape all that they are given.
"use strict";

const source = document.querySelector("[data-live]");
const sign = document.querySelector("[data-live-state]");

// A page that is being left for the answer to a form is not loaded again: that would call the answer off.
let leaving = false;
addEventListener("submit", (event) => { leaving = !event.defaultPrevented; });
addEventListener("pageshow", () => { leaving = false; });

function reload() {
  if (!leaving) location.reload();
}

function listen() {
  const address = new URL(source.dataset.live, location.href);
  if (source.dataset.from) address.searchParams.set("from", source.dataset.from);
  const events = new EventSource(address);
  const on = (name, act) => events.addEventListener(name, (event) => {
    source.dataset.from = next(event.lastEventId) || source.dataset.from;
    act(JSON.parse(event.data));
  });
  on("part", ({ id, html }) => replace(id, html));
  on("add", ({ id, html }) => add(id, html));
  on("reset", reload);
  on("looked", () => "waits" in source.dataset && reload());
  on("end", () => {
    events.close();
    over = true;
    say("over");
  });
  events.onopen = () => say("live");
  events.onerror = () => {
    if (over) return;
    // A browser tries again by itself, but for an answer that is none: the session may be over.
    say(events.readyState === EventSource.CLOSED ? "not live: load the page again" : "not live: trying again");
  };
  return events;
}

// The place after an event: its number and one more.
function next(id) {
  const [epoch, number] = id.split("-");
  return number ? `${epoch}-${Number(number) + 1}` : "";
}

function say(state) {
  if (!sign) return;
  sign.textContent = state;
  sign.dataset.liveState = state === "live" || state === "over" ? "good" : "bad";
}

function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const field of template.content.querySelectorAll('input[name="csrf"]')) {
    if (!field.value) field.value = source.dataset.csrf ?? "";
  }
  ago(template.content);
  return template.content;
}

// What is open stays open, and what is focused stays so.
function replace(id, html) {
  const old = document.getElementById(id);
  if (!old) return;
  const fresh = fragment(html);
  for (const open of old.querySelectorAll("details[open][id]")) {
    fresh.getElementById(open.id)?.setAttribute("open", "");
  }
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const place = focused && path(old, focused);
  const element = fresh.firstElementChild;
  old.replaceWith(fresh);
  if (place) place.reduce((at, index) => at?.children[index], element)?.focus({ preventScroll: true });
}

function path(from, to) {
  const indices = [];
  for (let at = to; at !== from; at = at.parentElement) {
    indices.unshift([...at.parentElement.children].indexOf(at));
  }
  return indices;
}

function add(id, html) {
  const list = document.getElementById(id);
  if (!list) return;
  const fresh = fragment(html);
  if (list === log) return write(fresh);
  list.append(fresh);
}

// A page that nobody sees has no connection; browsers have six for all pages of the panel.
let over = false;
if (source) {
  let events = document.hidden ? null : listen();
  document.addEventListener("visibilitychange", () => {
    events?.close();
    events = document.hidden || over ? null : listen();
  });
}

// Times

function ago(within) {
  for (const time of within.querySelectorAll("time[data-ago]")) {
    const text = since((Date.now() - Date.parse(time.dateTime)) / 1000);
    if (time.textContent !== text) time.textContent = text;
  }
}

function since(seconds) {
  if (seconds < 1) return "now";
  if (seconds < 120) return `${Math.floor(seconds)} s ago`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 172800) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86400)} days ago`;
}

setInterval(() => ago(document), 1000);

// Logs: search as one types, pause, and stay at the end while one is there.

const LINES = 2000;
const log = document.getElementById("log");
const search = document.getElementById("log-search");
const only = document.getElementById("log-only");
const pause = document.getElementById("log-pause");
const found = document.getElementById("log-found");
let held = null;

function write(lines) {
  if (held) {
    held.append(lines);
    trim(held);
    pause.textContent = `Go on (${held.children.length} new)`;
    return;
  }
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  sift(lines);
  log.append(lines);
  trim(log);
  count();
  if (atEnd) log.scrollTop = log.scrollHeight;
}

function trim(list) {
  while (list.children.length > LINES) list.firstElementChild.remove();
}

function sift(within) {
  const wanted = (search?.value ?? "").toLowerCase();
  for (const line of within.querySelectorAll("li")) {
    const said = line.querySelector(".said");
    const text = said.textContent;
    const at = wanted ? text.toLowerCase().indexOf(wanted) : 0;
    line.hidden = at < 0 || Boolean(only?.value && line.dataset.of !== only.value);
    if (!wanted || at < 0) {
      if (said.firstElementChild) said.textContent = text;
      continue;
    }
    const mark = document.createElement("mark");
    mark.textContent = text.slice(at, at + wanted.length);
    said.replaceChildren(text.slice(0, at), mark, text.slice(at + wanted.length));
  }
}

function count() {
  if (!found) return;
  const shown = log.querySelectorAll("li:not([hidden])").length;
  found.textContent = `${shown} of ${log.children.length} lines`;
}

function toggle() {
  held = held ? null : document.createDocumentFragment();
  pause.setAttribute("aria-pressed", String(Boolean(held)));
}

if (log) {
  log.scrollTop = log.scrollHeight;
  pause.hidden = false;
  pause.addEventListener("click", () => {
    const waiting = held;
    toggle();
    pause.textContent = held ? "Go on" : "Pause";
    if (waiting) {
      write(waiting);
      log.scrollTop = log.scrollHeight;
    }
  });
  const again = () => {
    sift(log);
    count();
  };
  search.addEventListener("input", again);
  only.addEventListener("change", again);
  search.form.addEventListener("submit", (event) => event.preventDefault());
  search.form.querySelector("button").hidden = true;
  again();
}

// The theme, without loading the page anew.

for (const form of document.querySelectorAll("[data-theme-form]")) {
  form.addEventListener("submit", async (event) => {
    const chosen = event.submitter?.value;
    if (!chosen) return;
    event.preventDefault();
    const body = new URLSearchParams({ theme: chosen });
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => null);
    if (answer?.type !== "opaqueredirect") return location.reload();
    document.documentElement.dataset.theme = chosen;
    for (const button of form.elements) {
      if (button.name === "theme") button.setAttribute("aria-pressed", String(button.value === chosen));
    }
  });
}

// A link that is to be sent to somebody is of use with the machine in it.
for (const link of document.querySelectorAll("[data-link]")) {
  link.textContent = new URL(link.dataset.link, location.href).href;
}

// Keys. Who has them typed by a voice or a switch can turn them off.

const places = { o: "/", w: "/wall", s: "/settings" };
const tabs = { n: "", p: "/plan", f: "/preflight", l: "/logs", h: "/history" };
const server = location.pathname.match(/^\/servers\/[^/]+/)?.[0];
const off = "keys-off";
let going = 0;

function keysAreOff() {
  return localStorage.getItem(off) === "1";
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const target = event.target;
  if (target === search && event.key === "Escape") return search.blur();
  if (target.closest?.("input, select, textarea, [contenteditable]") || keysAreOff()) return;
  const isGoing = Date.now() - going < 1500;
  going = 0;
  if (isGoing) {
    const to = server && event.key in tabs ? server + tabs[event.key] : places[event.key];
    if (to) location.assign(to);
  } else if (event.key === "g") {
    going = Date.now();
  } else if (event.key === "?") {
    location.assign("/keys");
  } else if (event.key === "/" && search) {
    event.preventDefault();
    search.focus();
  } else if (event.key === " " && log && !target.closest?.("button, a, summary")) {
    event.preventDefault();
    pause.click();
  }
});

const keys = document.getElementById("keys-switch");
if (keys) {
  const show = () => {
    keys.hidden = false;
    keys.textContent = keysAreOff() ? "Turn keys on" : "Turn keys off";
  };
  keys.addEventListener("click", () => {
    localStorage.setItem(off, keysAreOff() ? "0" : "1");
    show();
  });
  show();
}
