// A figure as PNG or SVG: drawn anew for paper, light and of one size whatever the screen is, with its title, the day, the
// snapshot and the denominator in it. Everything happens in the browser; nothing is sent anywhere.
(function () {
  "use strict";
  const board = window.board;
  const WIDTH = 1200;
  const HEIGHTS = { "coverage-map": 1180, "coverage-plot": 900 };
  const HEIGHT = 720;
  const LINE = 110;
  // The page's own fonts do not reach into a picture: with them words would be measured one way and drawn another.
  const FONT = "Arial, Liberation Sans, DejaVu Sans, sans-serif";
  // A picture is read in a report, smaller than it is drawn.
  const LARGER = 1.35;
  const INK = "#14202e";
  const MUTED = "#536475";
  const offers = new Map();

  // plotly.js reads a little HTML in texts; ours are names and sentences.
  function plain(text) {
    return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  }

  function lines(text) {
    const found = [""];
    for (const word of text.trim().split(/[ \n]+/)) {
      if (found.at(-1).length + word.length > LINE) found.push("");
      found[found.length - 1] += `${found.at(-1) ? " " : ""}${word}`;
    }
    return found.map(plain);
  }

  function textOf(part) {
    if (part === null || part === undefined) return "";
    if (Array.isArray(part)) return part.map(textOf).join(" ");
    return typeof part === "object" ? textOf(part.props.children) : String(part);
  }

  function items(part, found = []) {
    if (Array.isArray(part)) part.forEach((child) => items(child, found));
    else if (part && typeof part === "object") {
      if (part.type === "Li") found.push(part);
      else items(part.props.children, found);
    }
    return found;
  }

  function find(part, className) {
    if (Array.isArray(part)) return part.map((child) => find(child, className)).find(Boolean);
    if (!part || typeof part !== "object") return null;
    return (part.props.className || "").split(" ").includes(className) ? part : find(part.props.children, className);
  }

  // In the fonts and sizes of paper. Sizes of axes and legend follow the figure's own.
  function enlarge(part) {
    if (Array.isArray(part)) return part.map(enlarge);
    if (!part || typeof part !== "object") return part;
    const found = {};
    for (const [key, value] of Object.entries(part)) {
      found[key] = key === "font" || key === "textfont" ? lettered(value) : enlarge(value);
    }
    return found;
  }

  function lettered({ size, ...font }) {
    const larger = (one) => Math.round(one * LARGER);
    return { ...font, family: FONT, ...(size ? { size: Array.isArray(size) ? size.map(larger) : larger(size) } : {}) };
  }

  function note(text, place) {
    return { text, showarrow: false, xref: "paper", yref: "paper", align: "left", xanchor: "left", font: { family: FONT, size: 15, color: MUTED }, ...place };
  }

  // The map's legend is part of the page and not of its figure.
  function legend(tree, layout, top) {
    items(tree).forEach((line, index) => {
      const [swatch, label, count] = line.props.children;
      const y = top - index * 30;
      const { backgroundColor, borderColor } = swatch.props.style;
      const box = { type: "rect", xref: "paper", yref: "paper", xsizemode: "pixel", ysizemode: "pixel", xanchor: 0, yanchor: 0.62 };
      layout.shapes.push({ ...box, x0: 0, x1: 20, y0: y - 9, y1: y + 9, fillcolor: backgroundColor, line: { color: borderColor, width: 1 } });
      const said = count ? `${plain(textOf(label))} (${plain(textOf(count))})` : plain(textOf(label));
      layout.annotations.push(note(said, { x: 0, xshift: 28, y: 0.62, yshift: y, yanchor: "middle" }));
    });
  }

  function words(id, denominator) {
    const card = document.getElementById(id).closest(".card");
    const title = card.querySelector("h2, h3").textContent;
    const told = [...card.querySelectorAll(":scope > .card-note")].map((line) => line.textContent.trim()).filter(Boolean);
    const asOf = document.getElementById("header-as-of").textContent;
    const { version, key } = board.current;
    return {
      title,
      head: [...told.flatMap(lines)],
      foot: [
        ...(denominator ? lines(board.say("picture_denominator", { denominator })) : []),
        ...lines(`${document.getElementById("header-title").textContent} · ${asOf} · ${board.say("picture_snapshot", { version, key })}`),
      ],
    };
  }

  function composed(id, figure, said, tree) {
    const layout = enlarge(figure.layout);
    const margin = { l: 0, r: 0, t: 0, b: 0, ...layout.margin };
    const head = 84 + said.head.length * 22;
    const foot = 54 + said.foot.length * 22;
    const width = WIDTH;
    const height = HEIGHTS[id] || HEIGHT;
    Object.assign(layout, {
      autosize: false, width, height, paper_bgcolor: "#ffffff", plot_bgcolor: "#ffffff",
      margin: { l: margin.l + 30, r: margin.r + 30, t: margin.t + head, b: margin.b + foot },
      annotations: [...(layout.annotations || [])],
      shapes: [...(layout.shapes || [])],
      title: {
        text: [`<b>${plain(said.title)}</b>`, ...said.head.map((line) => `<span style="font-size:15px;color:${MUTED}">${line}</span>`)].join("<br>"),
        x: 30 / width, xref: "container", xanchor: "left", y: 1 - 36 / height, yref: "container", yanchor: "top", automargin: false,
        font: { family: FONT, size: 22, color: INK },
      },
    });
    const low = layout.margin;
    layout.annotations.push(note(said.foot.join("<br>"), { x: 0, xshift: 30 - low.l, y: 0, yshift: -low.b + 12, yanchor: "bottom" }));
    if (tree) legend(tree, layout, 0);
    return { data: figure.data.map((trace) => (trace.textfont ? { ...trace, textfont: lettered(trace.textfont) } : trace)), layout, config: { topojsonURL: "/topo/", locale: board.settings.language } };
  }

  async function act(button) {
    const { graph, format } = button.dataset;
    const offered = offers.get(graph);
    if (!offered || !window.Plotly) return;
    button.disabled = true;
    try {
      const { figure, denominator, legend: tree } = await offered();
      const drawing = composed(graph, figure, words(graph, denominator), tree);
      const { width, height } = drawing.layout;
      // Twice the size, so that a printed PNG is sharp.
      const scale = format === "png" ? 2 : 1;
      await window.Plotly.downloadImage(drawing, { format, width, height, scale, filename: `${graph}-${board.current.version}` });
    } catch (error) {
      board.failing(error);
    } finally {
      button.disabled = false;
    }
  }

  board.pictures = {
    // `figure`: gives the figure as it is on light paper, its denominator in words, and a legend that stands beside it.
    offer: (id, figure) => offers.set(id, figure),
    act,
    find,
  };
})();
