// <steward-chat>: the conversation on the page and in the frame. No framework, no build step; all words come with
// the page (data-strings), so this file holds behaviour only.

import { converse, Problem } from "./stream.js";
import { isHttps, outsideLink, textMaker } from "./text.js";

const API = "/api/v1/chat";
const SLOW_MS = 8000;
const SIZE_KEY = "steward.size";
const SESSION_KEY = "steward.session";
const PENDING_KEY = "steward.pending";

/** localStorage, or nothing where the browser forbids it. */
const store = {
  get(key) { try { return localStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, value); } catch { /* the page works without memory */ } },
};

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** A random id (crypto.randomUUID is missing on plain http). */
function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
const length = (text) => Array.from(text).length; // code points, as the server counts
const touch = () => matchMedia("(pointer: coarse)").matches;

class StewardChat extends HTMLElement {
  connectedCallback() {
    if (this.log) return;
    this.words = JSON.parse(this.dataset.strings);
    this.toNodes = textMaker(JSON.parse(this.dataset.hotlines));
    this.welcome = JSON.parse(this.dataset.welcome);
    this.embedded = this.dataset.surface === "embed";
    this.headers = this.embedded ? { "X-Steward-Surface": "embed" } : {};
    this.session = this.findSession();
    this.pending = this.loadPending();
    this.busy = false;
    this.build();
    this.setSize(Number(store.get(SIZE_KEY)) || 0);
    this.listen();
    this.start();
  }

  // ---- building

  build() {
    const w = this.words;
    this.sizeButton = make("button", { type: "button", class: "tool size", onclick: () => this.nextSize() });
    this.newButton = make("button", { type: "button", class: "tool", onclick: () => this.dialog.showModal() }, w.newChat);
    this.note = make("p", { class: "note", role: "status" });
    this.log = make("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": w.log, tabindex: "-1" });
    this.draft = make("div", { class: "message theirs draft", "aria-hidden": "true", hidden: true });
    this.status = make("p", { class: "status", role: "status" });
    this.alert = make("div", { class: "problem", role: "alert" });
    this.quick = make("div", { class: "quick", role: "group", "aria-label": w.quickReplies, hidden: true });
    this.input = make("textarea", {
      id: "steward-input", rows: "1", enterkeyhint: "send", autocomplete: "off",
      "aria-describedby": "steward-hint steward-length",
    });
    this.lengthNote = make("p", { class: "small", id: "steward-length", role: "status" });
    this.form = make("form", { class: "composer" },
      make("label", { for: "steward-input" }, w.input),
      make("div", { class: "row" }, this.input, make("button", { type: "submit", class: "send" }, w.send)),
      this.lengthNote,
      make("div", { class: "row under" },
        make("button", { type: "button", class: "handoff", onclick: () => this.enqueue(w.handoffText) }, w.handoff),
        make("div", {},
          make("p", { class: "small hint", id: "steward-hint" }, w.hint),
          make("p", { class: "small" }, w.disclosure))));
    this.dialog = make("dialog", { "aria-labelledby": "steward-ask" },
      make("p", { id: "steward-ask" }, w.newChatAsk),
      make("form", { method: "dialog", class: "row" },
        make("button", { value: "yes", class: "send" }, w.newChatYes),
        make("button", { value: "no", class: "tool" }, w.newChatNo)));
    const bar = make("div", { class: "bar" }, this.sizeButton, this.newButton);
    if (this.embedded) {
      bar.append(make("a", { class: "tool", href: "/", target: "_blank", rel: "noopener" }, w.openWindow));
    }
    this.append(bar, this.note, this.log, this.draft, this.status, this.alert, this.quick, this.form, this.dialog);
  }

  listen() {
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.sendInput(); });
    this.input.addEventListener("input", () => this.measure());
    this.input.addEventListener("keydown", (event) => {
      // While an input method composes, Enter picks a word. Safari ends the composition first and then reports
      // the same key with code 229.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this.sendInput();
    });
    this.dialog.addEventListener("close", () => {
      if (this.dialog.returnValue === "yes") this.startAnew();
      this.dialog.returnValue = "";
    });
    addEventListener("offline", () => this.showNote(this.words.offline, true));
    addEventListener("online", () => { this.showNote(this.words.online); this.work(); });
    addEventListener("beforeprint", () => this.log.querySelectorAll("details").forEach((it) => { it.open = true; }));
    if (this.embedded) {
      // The frame's owner only learns "close me"; what it may say is only "you are open".
      this.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && !this.dialog.open && !event.isComposing) parent.postMessage("steward:close", "*");
      });
      addEventListener("message", (event) => {
        if (event.source === parent && event.data === "steward:open" && !touch()) this.input.focus();
      });
    }
  }

  // ---- sessions and history

  findSession() {
    const asked = new URLSearchParams(location.search).get("session");
    if (asked && /^[\w-]{1,64}$/.test(asked)) return asked;
    let session = store.get(SESSION_KEY);
    if (!session) store.set(SESSION_KEY, session = newId());
    return session;
  }

  loadPending() {
    try {
      const saved = JSON.parse(store.get(PENDING_KEY) ?? "[]");
      return saved.filter((message) => message.session === this.session);
    } catch {
      return [];
    }
  }

  savePending() {
    store.set(PENDING_KEY, JSON.stringify(this.pending));
  }

  async start() {
    // What was said before is shown, not announced.
    this.log.setAttribute("aria-live", "off");
    const path = `${API}/${encodeURIComponent(this.session)}/history`;
    const [past, hello] = await Promise.all([this.fetchJson(path), this.embedded ? this.fetchJson(`${API}/welcome`) : null]);
    const exchanges = past?.exchanges ?? [];
    this.addReply(this.welcome, { plain: true });
    for (const { id, text, message } of exchanges) {
      this.addMine(text);
      if (message) this.addReply(message);
      if (message) this.pending = this.pending.filter((waiting) => waiting.id !== id);
    }
    const shown = new Set(exchanges.map(({ id }) => id));
    if (exchanges.length) this.log.append(make("p", { class: "earlier" }, this.words.earlier));
    for (const { id, text } of this.pending) if (!shown.has(id)) this.addMine(text);
    if (hello && !hello.remembered) this.showNote(this.words.notRemembered, true);
    if (!navigator.onLine) this.showNote(this.words.offline, true);
    this.savePending();
    if (exchanges.length) this.reveal(this.log.lastElementChild);
    setTimeout(() => this.log.setAttribute("aria-live", "polite"), 300);
    this.dataset.ready = "";
    this.work();
  }

  async fetchJson(path) {
    try {
      const response = await fetch(path, { headers: this.headers, credentials: "same-origin" });
      return response.ok ? await response.json() : null;
    } catch {
      return null; // offline: the conversation begins without its past
    }
  }

  startAnew() {
    this.stopReading();
    this.cancel?.abort();
    this.session = newId();
    store.set(SESSION_KEY, this.session);
    this.pending = [];
    this.savePending();
    this.log.replaceChildren();
    this.alert.replaceChildren();
    this.input.value = "";
    this.measure();
    this.addReply(this.welcome, { plain: true });
    this.showNote(this.words.newChatDone);
    this.input.focus();
  }

  // ---- sending

  sendInput() {
    const text = this.input.value.trim();
    if (!text || length(text) > Number(this.dataset.maximum)) {
      this.measure();
      this.input.focus();
      return;
    }
    this.input.value = "";
    this.measure();
    this.enqueue(text);
  }

  enqueue(text) {
    this.pending.push({ session: this.session, id: newId(), text });
    this.savePending();
    this.showQuick([]);
    this.addMine(text);
    this.reveal(this.form);
    this.holdFocus();
    this.work();
  }

  /** Answer what is waiting, one at a time and in order; stops at the first that cannot be sent now. */
  async work() {
    if (this.busy) return;
    this.busy = true;
    this.alert.replaceChildren();
    while (this.pending.length) {
      const message = this.pending[0];
      const cancel = this.cancel = new AbortController();
      try {
        const reply = await this.ask(message, cancel.signal);
        this.pending = this.pending.filter((it) => it !== message);
        this.savePending();
        this.addReply(reply, { reveal: true });
      } catch (error) {
        if (cancel.signal.aborted) continue;
        if (!(error instanceof Problem)) throw error;
        if (!error.retryable) {
          this.pending = this.pending.filter((it) => it !== message);
          this.savePending();
          if (!this.input.value) this.input.value = message.text;
        }
        this.showProblem(error);
        if (error.retryable) break;
      } finally {
        this.draft.hidden = true;
        this.draft.replaceChildren();
        this.status.textContent = "";
      }
    }
    this.busy = false;
  }

  async ask(message, signal) {
    let reply = null;
    const slow = setTimeout(() => { this.status.textContent = this.words.slow; }, SLOW_MS);
    this.status.textContent = this.words.sending;
    try {
      await converse(API, message, {
        headers: this.headers,
        signal,
        onReconnect: () => { this.status.textContent = this.words.reconnecting; },
        onEvent: (event, data) => {
          if (event === "delta") {
            this.draft.hidden = false;
            this.draft.append(data.text);
          } else if (event === "message") {
            reply = data;
          }
        },
      });
    } finally {
      clearTimeout(slow);
    }
    if (!reply) throw new Problem("");
    return reply;
  }

  // ---- showing

  addMine(text) {
    this.log.append(make("article", { class: "message mine" },
      make("p", { class: "who" }, this.words.you), make("div", { class: "text" }, text)));
  }

  /** A finished reply enters the log in one piece, so it is announced once. */
  addReply(reply, { plain = false, reveal = false } = {}) {
    const w = this.words;
    const citations = reply.citations ?? [];
    const urls = citations.map(({ url }) => url).filter((url) => url && isHttps(url));
    const article = make("article", { class: "message theirs" },
      make("p", { class: "who" }, w.assistant),
      make("div", { class: "text" }, this.toNodes(reply.reply, urls)));
    if (citations.length) {
      article.append(make("details", { class: "citations" },
        make("summary", {}, fill(w.citations, { n: citations.length })),
        make("ul", {}, ...citations.map((citation) => this.citation(citation)))));
    }
    const files = (reply.attachments ?? []).map((file) => this.attachment(file)).filter(Boolean);
    if (files.length) article.append(make("ul", { class: "files" }, ...files));
    if (!plain && "speechSynthesis" in window) article.append(this.reader(reply.reply));
    this.log.append(article);
    this.showQuick(reply.quick_replies ?? []);
    if (reveal) this.reveal(article);
  }

  citation({ title, url, as_of: asOf }) {
    const item = make("li");
    const link = url ? outsideLink(url, title) : null;
    link?.append(make("span", { class: "hint-tab" }, this.words.newTab));
    item.append(link ?? title);
    if (asOf) item.append(make("span", { class: "as-of" }, fill(this.words.asOf, { date: asOf })));
    return item;
  }

  attachment({ url, title }) {
    if (typeof url !== "string") return null;
    const shown = typeof title === "string" && title ? title : this.words.attachment;
    // A path of this site is opened here; "//host" and "\" are other sites in disguise.
    const own = /^\/(?![/\\])/.test(url);
    const link = own ? make("a", { href: url, target: "_blank", rel: "noopener" }, shown) : outsideLink(url, shown);
    return link && make("li", {}, link);
  }

  showQuick(replies) {
    this.quick.hidden = replies.length === 0;
    this.quick.replaceChildren(...replies.map(({ label, text }) =>
      make("button", { type: "button", onclick: () => this.enqueue(text) }, label)));
  }

  showProblem(problem) {
    const w = this.words;
    const parts = problem.message ? [make("p", {}, problem.message)] : [];
    if (problem.retryable) {
      const retry = () => { this.work(); this.holdFocus(); };
      parts.push(make("button", { type: "button", class: "retry", onclick: retry }, problem.connection ? w.retry : w.retryAgain));
    }
    this.alert.replaceChildren(...parts);
    this.reveal(this.alert);
  }

  showNote(text, stays = false) {
    this.note.textContent = text;
    clearTimeout(this.noteTimer);
    if (!stays) this.noteTimer = setTimeout(() => { this.note.textContent = ""; }, 6000);
  }

  measure() {
    const count = length(this.input.value);
    const [most, good] = [Number(this.dataset.maximum), Number(this.dataset.comfortable)];
    const text = count > most ? this.words.tooLongStop : count > good ? this.words.tooLongHint : "";
    const shown = fill(text, { n: count.toLocaleString("en") });
    if (this.lengthNote.textContent !== shown) this.lengthNote.textContent = shown;
    this.input.style.height = "auto";
    this.input.style.height = `${this.input.scrollHeight + 4}px`;
  }

  /** A pressed button that disappears must not drop the focus; on a touch screen the keyboard stays away. */
  holdFocus() {
    (touch() ? this.log : this.input).focus({ preventScroll: true });
  }

  /** Bring into view: a long reply by its beginning. */
  reveal(element) {
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    const covered = getComputedStyle(this.form).position === "sticky" ? this.form.offsetHeight : 0;
    document.documentElement.style.scrollPaddingBottom = `${covered + 12}px`; // also keeps focused buttons uncovered
    const room = innerHeight - covered - 24;
    const long = element.offsetHeight + this.quick.offsetHeight > room;
    const target = element.parentElement === this.log && !long && !this.quick.hidden ? this.quick : element;
    target.scrollIntoView({ block: long ? "start" : "end", behavior });
  }

  // ---- text size and reading aloud

  setSize(size) {
    const names = this.words.textSizes.split("|");
    this.size = size % names.length;
    document.documentElement.dataset.size = this.size;
    this.sizeButton.textContent = fill(this.words.textSize, { size: names[this.size] });
    this.measure();
    return names[this.size];
  }

  nextSize() {
    const name = this.setSize(this.size + 1);
    store.set(SIZE_KEY, String(this.size));
    this.showNote(fill(this.words.textSizeChanged, { size: name }));
  }

  reader(text) {
    const button = make("button", { type: "button", class: "read" }, this.words.readAloud);
    button.addEventListener("click", () => {
      const reading = this.reading === button;
      this.stopReading();
      if (reading) return;
      const speech = new SpeechSynthesisUtterance(text);
      speech.lang = "zh-TW";
      speech.rate = 0.9; // elders follow more easily
      speech.onend = speech.onerror = () => { if (this.reading === button) this.stopReading(); };
      this.reading = button;
      button.textContent = this.words.stopReading;
      speechSynthesis.speak(speech);
    });
    return button;
  }

  stopReading() {
    if (!this.reading) return;
    this.reading.textContent = this.words.readAloud;
    this.reading = null;
    speechSynthesis.cancel();
  }
}

customElements.define("steward-chat", StewardChat);
