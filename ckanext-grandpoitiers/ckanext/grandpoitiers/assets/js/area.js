// Search by place: a box drawn on a map, or around the visitor. It only fills the four coordinates
// of the form beside it, which anybody can also type.
this.ckan.module("portal-area", {
  initialize: function () {
    var module = this;
    this.form = this.el[0].closest("form");
    this.fold = this.el[0].closest("details");
    this.words = this.form.querySelector("[data-area-words]");
    var around = this.form.querySelector("[data-area-around]");
    if (navigator.geolocation && window.isSecureContext) {
      around.hidden = false;
      around.querySelector("button").addEventListener("click", function () {
        module._around(Number(around.querySelector("select").value));
      });
    }
    // A map in a closed fold has no size: it is made when the fold opens.
    if (this.fold.open) {
      this._open();
    }
    this.fold.addEventListener("toggle", function () {
      if (module.fold.open && !module.map) {
        module._open();
      }
    });
    this.form.querySelectorAll("[data-side]").forEach(function (field) {
      field.addEventListener("change", function () {
        module._show();
      });
    });
  },

  _open: function () {
    var module = this;
    var element = this.el[0];
    element.hidden = false;
    this.map = portalMaps.make(element, this.options);
    this.source = new ol.VectorSource();
    var style = portalMaps.style(portalMaps.colour(element, "--extent"), true);
    this.map.addLayer(new ol.VectorLayer({ source: this.source, style: style, zIndex: 6 }));
    var drag = new ol.DragBox({
      condition: function () {
        return module.drawing;
      },
    });
    drag.on("boxend", function () {
      module._drawing(false);
      module._set(ol.transformExtent(drag.getGeometry().getExtent(), "EPSG:3857", "EPSG:4326"));
    });
    this.map.addInteraction(drag);
    var button = this.form.querySelector("[data-area-draw]");
    button.hidden = false;
    button.addEventListener("click", function () {
      module._drawing(!module.drawing);
    });
    this.button = button;
    this._show();
  },

  _drawing: function (on) {
    this.drawing = on;
    this.button.setAttribute("aria-pressed", String(on));
    this.el[0].classList.toggle("map-drawing", on);
    this._say(on ? this.options.draw : "");
  },

  _say: function (sentence) {
    this.words.textContent = sentence;
  },

  _fields: function () {
    var form = this.form;
    return ["west", "south", "east", "north"].map(function (side) {
      return form.querySelector('[data-side="' + side + '"]');
    });
  },

  _set: function (extent) {
    this._fields().forEach(function (field, rank) {
      field.value = extent[rank].toFixed(4);
    });
    this._show();
    this.form.requestSubmit();
  },

  _values: function () {
    var values = this._fields().map(function (field) {
      return field.value.trim() === "" ? NaN : Number(field.value.replace(",", "."));
    });
    return values.every(isFinite) ? values : null;
  },

  _show: function () {
    if (!this.map) {
      return;
    }
    this.source.clear();
    var values = this._values();
    if (values) {
      var extent = ol.transformExtent(values, "EPSG:4326", "EPSG:3857");
      this.source.addFeature(new ol.Feature(ol.box(extent)));
      this.map.getView().fit(extent, { padding: [24, 24, 24, 24], maxZoom: 15, size: this.map.getSize() });
    }
  },

  _around: function (metres) {
    var module = this;
    this._say(this.options.locating);
    navigator.geolocation.getCurrentPosition(
      function (position) {
        var latitude = position.coords.latitude;
        var longitude = position.coords.longitude;
        var north = metres / 111320;
        var east = metres / (111320 * Math.cos((latitude * Math.PI) / 180));
        module._set([longitude - east, latitude - north, longitude + east, latitude + north]);
      },
      function () {
        module._say(module.options.lost);
      },
      { timeout: 15000, maximumAge: 300000 }
    );
  },
});
