// Text of replies as DOM nodes. Nothing is ever parsed as HTML.

const PHONE = String.raw`(?:0800-?\d{3}-?\d{3}|09\d{2}-?\d{3}-?\d{3}|[(\uff08]0[2-8]\d{0,2}[)\uff09]\s?\d{3,4}-?\d{3,4}|0[2-8]\d{0,2}-\d{3,4}-?\d{3,4}|0[2-8]\d{7,8})(?:\s?(?:[#\uff03]|轉|分機)\s?\d{1,5})?(?!\d)`;
const CALLED = String.raw`(?:撥打?|打|電話|專線|報案|救護)[:\uff1a]?\s?`;

/** Makes `(text, urls) => DocumentFragment` for these hotlines: phones become tel: links, known addresses links.
 * (No look-behind: older phones' browsers would refuse the whole file.) */
export function textMaker(hotlines) {
  const always = String.raw`(?:${hotlines.always.join("|")})(?![,.]?\d|\s?[年元人次筆字])`;
  // 110 is a phone only where it is called one: 撥 110, 電話:113、119.
  const short = String.raw`(?:${hotlines.after_word.join("|")})(?![\d年元])`;
  return (text, urls = []) => {
    const known = urls.map((url) => url.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const pattern = new RegExp(
      [...known, `(?:^|[^\\d.,-])(?:${PHONE}|${always})`, `${CALLED}${short}(?:\\s?[、或]\\s?${short})*`].join("|"), "g");
    const fragment = document.createDocumentFragment();
    let end = 0;
    for (const match of text.matchAll(pattern)) {
      fragment.append(text.slice(end, match.index));
      end = match.index + match[0].length;
      if (urls.includes(match[0])) fragment.append(outsideLink(match[0], match[0]));
      else fragment.append(...phones(match[0], new RegExp(`(${PHONE}|${always}|${short})`)));
    }
    fragment.append(text.slice(end));
    return fragment;
  };
}

/** A matched stretch such as 「撥 110、113」 with its numbers as links. */
function phones(stretch, number) {
  return stretch.split(number).map((part, place) => (place % 2 ? phoneLink(part) : part));
}

function phoneLink(shown) {
  const [number, extension] = shown.split(/[#\uff03]|轉|分機/).map((part) => part.replace(/\D/g, ""));
  const link = document.createElement("a");
  link.href = `tel:${number}${extension ? `,${extension}` : ""}`;
  link.textContent = shown;
  return link;
}

/** A link that opens in a new tab; null unless it is https. */
export function outsideLink(url, shown) {
  if (!isHttps(url)) return null;
  const link = document.createElement("a");
  link.href = url;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  link.textContent = shown;
  return link;
}

/** Whether a text is an https address. */
export function isHttps(url) {
  try {
    return new URL(url).protocol === "https:";
  } catch {
    return false;
  }
}
