// Puts into an answer of the open theme and size what this reader has: colours by their names, and of what depends on the
// size of the screen the one of three. So one answer is everybody's, and a change of theme asks for nothing.
(function () {
  "use strict";
  const board = window.board;
  // As layouts/theme.py writes them.
  const SIZES = ["phone", "desk", "wall"];
  const done = new WeakMap();

  function colours(answer, theme) {
    const found = { ...board.settings.palettes[theme] };
    ((answer.classes || {})[theme] || []).forEach((colour, place) => (found[`class-${place}`] = colour));
    return found;
  }

  // What nothing is put into stays the same object.
  function put(value, named, at) {
    if (typeof value === "string") return value[0] === "@" ? named[value.slice(1)] || value : value;
    if (value === null || typeof value !== "object") return value;
    if (value.by_size) return put(value.by_size[at], named, at);
    let made = null;
    for (const [key, before] of Object.entries(value)) {
      const after = put(before, named, at);
      if (after === before) continue;
      made = made || (Array.isArray(value) ? value.slice() : { ...value });
      made[key] = after;
    }
    return made || value;
  }

  board.dress = function (answer, theme, size) {
    if (!answer) return answer;
    if (!done.has(answer)) done.set(answer, {});
    const looks = done.get(answer);
    const look = `${theme} ${size}`;
    if (!looks[look]) looks[look] = { ...put(answer, colours(answer, theme), SIZES.indexOf(size)) };
    return looks[look];
  };
})();
