// The menu of narrow screens: its button shows and hides it. Needs nothing of CKAN's scripts, which
// pages of text do without.
(function () {
  const button = document.querySelector(".portal-menu-button");
  const menu = button && document.getElementById(button.getAttribute("aria-controls"));
  if (!menu) {
    return;
  }

  function show(open) {
    menu.classList.toggle("show", open);
    button.setAttribute("aria-expanded", String(open));
  }

  button.addEventListener("click", function () {
    show(!menu.classList.contains("show"));
  });
  button.parentElement.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && menu.classList.contains("show")) {
      show(false);
      button.focus();
    }
  });
})();
