// Draws long lists from the same component tree that Dash would get. Dash keeps a watcher for each of its components, so
// that a page of some thousand of them stands still for a minute; plain elements cost nothing once they are there.
(function () {
  "use strict";
  const board = window.board;
  const NAMES = { className: "class", htmlFor: "for", dateTime: "datetime", tabIndex: "tabindex", hrefLang: "hreflang", colSpan: "colspan" };
  const OURS = new Set(["children", "style", "n_clicks", "refresh"]);
  // Dash's link to another page of ours: an anchor that frame.js follows without loading the page anew.
  const tag = (part) => (part.type === "Link" ? "a" : part.type.toLowerCase());

  function list(children) {
    if (children === null || children === undefined || children === "") return [];
    return Array.isArray(children) ? children.flatMap(list) : [children];
  }

  function attributes(props) {
    const found = {};
    for (const [name, value] of Object.entries(props)) {
      if (!OURS.has(name) && value !== null && value !== undefined && value !== false) {
        found[NAMES[name] || name] = value === true ? "" : String(value);
      }
    }
    return found;
  }

  // What scripts and readers changed themselves (an open <details>, a tile's level) is not among `drawn` and stays.
  function dress(element, { type, props }) {
    const wanted = type === "Link" ? { ...attributes(props), "data-go": "" } : attributes(props);
    for (const name of element.drawn || []) if (!(name in wanted)) element.removeAttribute(name);
    for (const [name, value] of Object.entries(wanted)) {
      if (element.getAttribute(name) !== value) element.setAttribute(name, value);
    }
    element.drawn = Object.keys(wanted);
    if (props.style) Object.assign(element.style, props.style);
  }

  function made(part) {
    return typeof part === "object" ? document.createElement(tag(part)) : document.createTextNode("");
  }

  function fits(node, part) {
    if (typeof part !== "object") return node.nodeType === Node.TEXT_NODE;
    return node.nodeType === Node.ELEMENT_NODE && node.localName === tag(part) && node.id === (part.props.id || "");
  }

  function fill(node, part) {
    if (typeof part !== "object") {
      if (node.data !== String(part)) node.data = String(part);
      return;
    }
    dress(node, part);
    draw(node, part.props.children);
  }

  function named(part, id) {
    return typeof part === "object" && part.props.id === id;
  }

  // An element with an id is known by it: it keeps what was typed into it when others come before it or go.
  function put(place, node, part, later) {
    const id = typeof part === "object" && part.props.id;
    const known = id && Array.from(place.children).find((child) => child.id === id && fits(child, part));
    const fresh = known || made(part);
    if (!node) place.append(fresh);
    else if (known || (node.id && later.some((other) => named(other, node.id)))) place.insertBefore(fresh, node);
    else node.replaceWith(fresh);
    return fresh;
  }

  // Elements that are there already are changed, not replaced: focus, scrolling and open details survive a new version.
  function draw(place, children) {
    const parts = list(children);
    parts.forEach((part, index) => {
      let node = place.childNodes[index];
      if (!node || !fits(node, part)) {
        node = put(place, node, part, parts.slice(index + 1));
      }
      fill(node, part);
    });
    while (place.childNodes.length > parts.length) place.lastChild.remove();
  }

  board.draw = function (id, children) {
    draw(document.getElementById(id), children);
    board.clock.tick();
  };
})();
