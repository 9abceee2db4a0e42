// The map of a dataset: where it lies, and on demand the layer of one of its links. A server that
// is down or slow gives a sentence, never an empty map that says nothing.
this.ckan.module("portal-layers", {
  TOO_LONG: 15000,

  initialize: function () {
    var module = this;
    var element = this.el[0];
    this.words = element.closest("section").querySelector("[data-map-words]");
    this.map = portalMaps.make(element, this.options);
    if (this.options.extent) {
      this._extent(portalMaps.colour(element, "--extent"));
    }
    document.querySelectorAll("button[data-layer]").forEach(function (button) {
      button.hidden = false;
      button.addEventListener("click", function () {
        module._toggle(button);
      });
    });
    // A resource's page has one layer, and shows it at once.
    var first = document.querySelector("button[data-layer][data-layer-first]");
    if (first) {
      first.click();
    }
  },

  _extent: function (colour) {
    var source = new ol.VectorSource({
      features: new ol.GeoJSON().readFeatures(this.options.extent, { featureProjection: "EPSG:3857" }),
    });
    this.area = new ol.VectorLayer({ source: source, style: portalMaps.style(colour, true) });
    this.map.addLayer(this.area);
    this._fit(source.getExtent());
  },

  _fit: function (extent) {
    this.map.getView().fit(extent, { padding: [32, 32, 32, 32], maxZoom: 15, size: this.map.getSize() });
  },

  _toggle: function (button) {
    var layer = JSON.parse(button.dataset.layer);
    var wanted = button.getAttribute("aria-pressed") !== "true";
    this._clear();
    if (!wanted) {
      return;
    }
    button.setAttribute("aria-pressed", "true");
    if (!button.dataset.layerFirst) {
      this.el[0].scrollIntoView({ block: "center", behavior: "auto" });
    }
    this._say(this.options.loading.replace("{name}", layer.name));
    this.attempt = {};
    (layer.kind === "image" ? this._image : this._features).call(this, layer, this.attempt);
  },

  _clear: function () {
    document.querySelectorAll('button[data-layer][aria-pressed="true"]').forEach(function (other) {
      other.setAttribute("aria-pressed", "false");
    });
    if (this.shown) {
      this.map.removeLayer(this.shown);
      this.shown = null;
      this._hideArea(false);
    }
    this.attempt = null;
    this._say("");
  },

  _say: function (sentence, wrong) {
    this.words.textContent = sentence;
    this.words.classList.toggle("map-wrong", Boolean(wrong));
  },

  // The extent would colour what lies under it.
  _put: function (shown) {
    this.shown = shown;
    this.map.addLayer(shown);
    this._hideArea(true);
  },

  _hideArea: function (hidden) {
    if (this.area) {
      this.area.setVisible(!hidden);
    }
  },

  _failed: function (layer, sentence) {
    if (this.shown) {
      this.map.removeLayer(this.shown);
      this.shown = null;
      this._hideArea(false);
    }
    this._say(sentence || this.options.down.replace("{name}", layer.name), true);
  },

  // A WMS draws: the browser asks it for one picture at a time.
  _image: function (layer, attempt) {
    var module = this;
    var url = location.protocol === "https:" ? layer.url.replace(/^http:/, "https:") : layer.url;
    var source = new ol.ImageWMS({
      url: url,
      params: { LAYERS: layer.layer, VERSION: "1.3.0", FORMAT: "image/png", TRANSPARENT: true },
      ratio: 1,
    });
    var clock = null;
    source.on("imageloadstart", function () {
      clearTimeout(clock);
      clock = setTimeout(function () {
        if (module.attempt === attempt) {
          module._failed(layer);
        }
      }, module.TOO_LONG);
    });
    source.on(["imageloadend", "imageloaderror"], function (event) {
      clearTimeout(clock);
      if (module.attempt !== attempt) {
        return;
      }
      if (event.type === "imageloaderror") {
        module._failed(layer);
      } else {
        module._say(module.options.drawn.replace("{name}", layer.name));
      }
    });
    this._put(new ol.ImageLayer({ source: source, zIndex: 3, opacity: 0.85 }));
  },

  _features: function (layer, attempt) {
    var module = this;
    var stop = new AbortController();
    var clock = setTimeout(function () {
      stop.abort();
    }, this.TOO_LONG);
    fetch(layer.url, { signal: stop.signal, headers: { Accept: "application/geo+json, application/json" } })
      .then(function (answer) {
        if (!answer.ok) {
          return answer.json().then(function (said) {
            throw new Error(said.message);
          });
        }
        return answer.text().then(function (text) {
          return module._read(text, answer.headers.get("Content-Type") || "");
        });
      })
      .then(
        function (features) {
          if (module.attempt === attempt) {
            module._draw(layer, features);
          }
        },
        function (error) {
          if (module.attempt === attempt) {
            // A sentence of the portal has spaces; a browser's error has a name.
            module._failed(layer, error.name === "Error" ? error.message : "");
          }
        }
      )
      .finally(function () {
        clearTimeout(clock);
      });
  },

  _read: function (text, type) {
    var options = { dataProjection: "EPSG:4326", featureProjection: "EPSG:3857" };
    if (type.indexOf("gml") < 0) {
      return new ol.GeoJSON().readFeatures(text, options);
    }
    return new ol.WFS({ version: "1.0.0" }).readFeatures(text, options);
  },

  _draw: function (layer, features) {
    var drawable = features.filter(function (feature) {
      var geometry = feature.getGeometry();
      return geometry && geometry.getExtent().every(isFinite);
    });
    if (!drawable.length) {
      this._failed(layer, this.options.empty.replace("{name}", layer.name));
      return;
    }
    var source = new ol.VectorSource({ features: drawable });
    var extent = source.getExtent();
    // Metres of Lambert 93 read as degrees lie beyond the world.
    if (Math.abs(extent[0]) > 2.1e7 || Math.abs(extent[2]) > 2.1e7) {
      this._failed(layer, this.options.metres.replace("{name}", layer.name));
      return;
    }
    var colour = portalMaps.colour(this.el[0], "--layer");
    this._put(new ol.VectorLayer({ source: source, style: portalMaps.style(colour), zIndex: 3 }));
    this._fit(extent);
    var sentence = drawable.length >= Number(this.options.most) ? this.options.many : this.options.drawn;
    this._say(sentence.replace("{name}", layer.name).replace("{number}", drawable.length));
  },
});

// A button that copies the address beside it.
this.ckan.module("portal-copy", {
  initialize: function () {
    var button = this.el[0];
    var options = this.options;
    if (!navigator.clipboard) {
      return;
    }
    button.hidden = false;
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(options.text).then(function () {
        button.textContent = options.done;
      });
    });
  },
});
