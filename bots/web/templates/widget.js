// 縣民管家 on any page: <script src="https://HOST/widget.js" data-position="right" async></script>
// A button opens the chat in a frame of HOST's own origin; this page's scripts cannot read what is said in it.
// data-position: right (default) or left. data-label: other words for the button.
// A page with a Content-Security-Policy needs script-src and frame-src for HOST; styles are set by script only.
(() => {
  const TEXT = {{text}};
  const script = document.currentScript;
  const home = new URL(script.src).origin;
  const side = script.dataset.position === "left" ? "left" : "right";

  const styled = (element, style) => { Object.assign(element.style, style); return element; };
  const host = styled(document.createElement("div"), { all: "initial" });
  host.lang = "zh-Hant-TW";
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    * { box-sizing: border-box; font: 600 18px/1.4 system-ui, "Noto Sans TC", "Noto Sans CJK TC", "PingFang TC", "Microsoft JhengHei", sans-serif; }
    button { min-height: 48px; padding: 8px 20px; border: 2px solid #fff; border-radius: 28px; background: #0b5a6b; color: #fff; cursor: pointer; }
    button:hover { background: #084552; }
    button:focus-visible { outline: 4px solid #d98a1f; outline-offset: 2px; }
    .open, .panel { position: fixed; z-index: 2147483000; bottom: 16px; ${side}: 16px; }
    .open { box-shadow: 0 2px 10px rgb(0 0 0 / .35); }
    .panel { display: flex; flex-direction: column; width: min(460px, calc(100vw - 32px)); height: min(720px, calc(100vh - 32px));
      border: 1px solid #5d7278; border-radius: 14px; overflow: hidden; background: #0b5a6b; box-shadow: 0 6px 30px rgb(0 0 0 / .35); }
    .panel[hidden], .open[hidden] { display: none; }
    .close { align-self: flex-end; border-color: transparent; border-radius: 0; }
    .close:focus-visible { outline-offset: -6px; }
    iframe { flex: 1; width: 100%; min-height: 0; border: 0; background: #fff; }
    @media (max-width: 520px), (max-height: 480px) {
      .panel { inset: 0; width: 100%; height: 100%; border: 0; border-radius: 0; }
    }
    @media print { .open, .panel { display: none; } }
  `);
  root.adoptedStyleSheets = [sheet];

  const make = (tag, attributes, text = "") => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.textContent = text;
    return element;
  };
  const opener = make("button", { type: "button", class: "open", "aria-expanded": "false", "aria-haspopup": "dialog" },
    script.dataset.label || TEXT.open);
  const panel = make("div", { class: "panel", role: "dialog", "aria-label": TEXT.title, hidden: "" });
  const closer = make("button", { type: "button", class: "close" }, TEXT.close);
  let frame = null;

  const tellOpen = () => frame.contentWindow.postMessage("steward:open", home);
  const show = (open) => {
    panel.hidden = !open;
    opener.hidden = open;
    opener.setAttribute("aria-expanded", String(open));
    if (!open) { opener.focus(); return; }
    if (frame) {
      frame.focus();
      tellOpen();
      return;
    }
    // Only now: a page whose visitors never ask loads nothing but this script.
    frame = make("iframe", { src: `${home}/embed`, title: TEXT.title, referrerpolicy: "no-referrer" });
    frame.addEventListener("load", () => { frame.focus(); tellOpen(); });
    panel.append(frame);
  };
  opener.addEventListener("click", () => show(true));
  closer.addEventListener("click", () => show(false));
  panel.addEventListener("keydown", (event) => { if (event.key === "Escape") show(false); });
  addEventListener("message", (event) => {
    if (frame && event.source === frame.contentWindow && event.origin === home && event.data === "steward:close") show(false);
  });

  panel.append(closer);
  root.append(opener, panel);
  const attach = () => document.body.append(host);
  if (document.body) attach();
  else addEventListener("DOMContentLoaded", attach);
})();
