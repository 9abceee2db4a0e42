// On a narrow screen the filters start folded, so that the results come first.
(function () {
  const filters = document.getElementById("search-facets");
  if (filters && window.matchMedia("(max-width: 767px)").matches) {
    filters.open = false;
  }
})();
