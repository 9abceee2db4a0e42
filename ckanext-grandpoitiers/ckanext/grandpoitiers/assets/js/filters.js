// On a narrow screen the filters start folded, so that the results come first.
this.ckan.module("portal-filters", {
  initialize: function () {
    if (window.matchMedia("(max-width: 767px)").matches) {
      this.el[0].open = false;
    }
  },
});
