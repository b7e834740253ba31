// Checks one page after the other in a frame of a given width, and writes what is wrong into the document.
const LEAST = 11; // pixels of text in charts

function shown(element) {
  return element.getClientRects().length > 0;
}

// Text of charts: inside its drawing, apart from other text, and large enough.
function charts(doc, tell) {
  for (const svg of doc.querySelectorAll("svg")) {
    if (!shown(svg)) continue;
    const frame = svg.getBoundingClientRect();
    const scale = frame.width / svg.viewBox.baseVal.width;
    const boxes = [];
    for (const text of svg.querySelectorAll("text")) {
      const box = text.getBoundingClientRect();
      if (box.width === 0) continue;
      const label = text.textContent.slice(0, 40);
      const size = parseFloat(doc.defaultView.getComputedStyle(text).fontSize) * scale;
      if (size < LEAST) tell(`text of ${size.toFixed(1)} px: ${label}`);
      if (box.left < frame.left - 1.5 || box.right > frame.right + 1.5 || box.top < frame.top - 2 || box.bottom > frame.bottom + 2) {
        tell(`text leaves its drawing: ${label}`);
      }
      // A line of text is higher than its letters.
      const rim = box.height * 0.18;
      boxes.push([box.left + 0.5, box.top + rim, box.right - 0.5, box.bottom - rim, label]);
    }
    boxes.forEach((a, at) => {
      for (const b of boxes.slice(at + 1)) {
        if (Math.min(a[2], b[2]) > Math.max(a[0], b[0]) && Math.min(a[3], b[3]) > Math.max(a[1], b[1])) {
          tell(`text on text: ${a[4]} / ${b[4]}`);
        }
      }
    });
  }
}

// No sideways scrolling, no text cut off by its box, every chart has one drawing, keys go down the page.
function page(doc, width, tell) {
  const root = doc.documentElement;
  if (root.scrollWidth > width + 1) {
    const wide = [...doc.querySelectorAll("main *, .head *")].filter((e) => shown(e) && !e.closest(".wide") && e.getBoundingClientRect().right > width + 1);
    const last = wide.pop();
    tell(`scrolls sideways: ${root.scrollWidth} px, ${last ? last.tagName + "." + last.className + " " + last.textContent.slice(0, 40) : ""}`);
  }
  // Nothing leaves its card, though it may not reach the edge of the screen.
  for (const card of doc.querySelectorAll(".locs tr, .tile, .find, figure")) {
    if (!shown(card)) continue;
    const edge = card.getBoundingClientRect().right;
    for (const part of card.querySelectorAll("*")) {
      if (shown(part) && !part.closest("svg svg, svg *, .wide") && part.getBoundingClientRect().right > edge + 1) {
        tell(`leaves its card: ${part.tagName} ${part.textContent.slice(0, 40)}`);
        break;
      }
    }
  }
  for (const figure of doc.querySelectorAll("figure")) {
    const drawings = [...figure.querySelectorAll("svg")].filter(shown);
    if (drawings.length !== 1) tell(`${drawings.length} drawings shown: ${figure.querySelector("h3").textContent}`);
  }
  let before = null;
  for (const one of doc.querySelectorAll("a[href], summary, [tabindex]")) {
    if (one.tabIndex > 0) tell("a tabindex above 0");
    if (before && !(before.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING)) tell("keys do not go down the page");
    before = one;
  }
  const first = doc.querySelector("a[href], summary, [tabindex]");
  if (!first || first.getAttribute("href") !== "#main") tell("the first key does not lead to the content");
  // A finger needs room for each link on its own line.
  if (width < 500) {
    for (const link of doc.querySelectorAll("nav a, summary")) {
      if (shown(link) && link.getBoundingClientRect().height < 24) tell(`low link: ${link.textContent.slice(0, 30)}`);
    }
  }
}

async function run(pages, width, axe) {
  const wrong = [];
  for (const path of pages) {
    const frame = document.createElement("iframe");
    frame.style = `width:${width}px;height:900px;border:0`;
    const loaded = new Promise((done) => (frame.onload = done));
    frame.src = path;
    document.body.append(frame);
    await loaded;
    const tell = (text) => wrong.push(`${path} at ${width}: ${text}`);
    const doc = frame.contentDocument;
    charts(doc, tell);
    page(doc, width, tell);
    if (axe) {
      frame.contentWindow.eval(axe);
      const found = await frame.contentWindow.axe.run(doc, { resultTypes: ["violations"] });
      for (const one of found.violations) {
        tell(`axe ${one.id}: ${one.help}; ${one.nodes.length} times, such as ${one.nodes[0].html.slice(0, 160)}`);
      }
    }
    frame.remove();
  }
  const out = document.createElement("pre");
  out.id = "result";
  out.textContent = JSON.stringify({ pages: pages.length, wrong });
  document.body.append(out);
}
