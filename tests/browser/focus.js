// Notes where the focus goes. `start` says how many stops there are, `told` what was wrong with them.
(() => {
  const SELECTOR = "a[href], button, input, select, textarea, summary, iframe, [tabindex]";

  function isStop(element) {
    if (element.tabIndex < 0 || element.disabled || element.type === "hidden" || element.closest("[inert]")) {
      return false;
    }
    if (element.type === "radio" && !element.checked) {
      // One stop for the group: the chosen one, or the first.
      const group = [...document.getElementsByName(element.name)];
      if (group.some((one) => one.checked) || group[0] !== element) {
        return false;
      }
    }
    return element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
  }

  function hasRing(element) {
    // The ring may be drawn around a field and its button, or a whole card.
    for (let one = element, steps = 0; one && steps < 5; one = one.parentElement, steps += 1) {
      const style = getComputedStyle(one);
      if (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 && !/, 0\)$/.test(style.outlineColor)) {
        return true;
      }
    }
    return getComputedStyle(element).boxShadow !== "none";
  }

  function named(element) {
    const text = (element.getAttribute("aria-label") || element.textContent || "").trim().slice(0, 30);
    return `${element.localName}${element.id ? "#" + element.id : ""}.${element.className} “${text}”`;
  }

  const stops = [...document.querySelectorAll(SELECTOR)].filter(isStop);
  const seen = [];
  const wrong = [];

  document.addEventListener("focusin", (event) => {
    const place = stops.indexOf(event.target);
    if (seen.includes(event.target)) {
      return;
    }
    seen.push(event.target);
    if (!hasRing(event.target)) {
      wrong.push(`no ring: ${named(event.target)}`);
    }
    const last = Math.max(-1, ...seen.slice(0, -1).map((one) => stops.indexOf(one)));
    if (place >= 0 && place < last) {
      wrong.push(`after what follows it: ${named(event.target)}`);
    }
  });

  // From the top, wherever the page has put the focus.
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
  seen.length = 0;
  wrong.length = 0;

  window.portalFocus = {
    stops: stops.length,
    left: () => stops.filter((one) => one.isConnected && isStop(one) && !seen.includes(one) && one.localName !== "iframe").map(named),
    first: () => (seen.length ? seen[0].className : ""),
    wrong,
  };
})();
