// The live parking page: asks for the figures again, writes them where they are. Nothing moves but
// texts: neither the rows nor the focus. Nothing is announced unless it was asked for.
this.ckan.module("realtime-parking", {
  initialize: function () {
    var root = this.el[0];
    this.rows = {};
    var rows = this.rows;
    root.querySelectorAll("[data-park]").forEach(function (row) {
      rows[row.dataset.park] = row;
    });
    if (!Object.keys(rows).length) {
      return;
    }
    this.words = this.options.words;
    this.phrases = this.options.phrases;
    // The visitor's clock may be wrong: ages are counted on the portal's.
    this.offset = 0;
    this.paused = false;
    this.said = root.querySelector("[data-live-said]");
    this.status = root.querySelector("[data-live-status]");
    this.announce = root.querySelector("[data-live-announce]");
    this.button = root.querySelector("[data-live-pause]");
    root.querySelector("[data-live-tools]").hidden = false;
    var module = this;
    this.button.addEventListener("click", function () {
      module._pause(!module.paused);
    });
    document.addEventListener("visibilitychange", function () {
      if (!document.hidden && !module.paused) {
        module._ask();
      }
    });
    this._map();
    setInterval(this._ages.bind(this), 5000);
    setInterval(function () {
      if (!module.paused && !document.hidden) {
        module._ask();
      }
    }, Number(this.options.seconds) * 1000);
    this._ask();
  },

  _pause: function (paused) {
    this.paused = paused;
    this.button.textContent = paused ? this.phrases.resume : this.phrases.pause;
    this.said.textContent = paused ? this.phrases.paused : this.phrases.live;
    if (!paused) {
      this._ask();
    }
  },

  // The browser's cache keeps the ETag: an answer that has not changed is a 304 of some bytes.
  _ask: function () {
    var module = this;
    if (this.asking) {
      return;
    }
    this.asking = true;
    fetch(this.options.url, { cache: "no-cache", headers: { Accept: "application/json" } })
      .then(function (answer) {
        if (!answer.ok) {
          throw new Error(answer.status);
        }
        var date = Date.parse(answer.headers.get("Date") || "");
        if (date) {
          module.offset = date - Date.now();
        }
        return answer.json();
      })
      .then(
        function (found) {
          if (!module.paused) {
            module._show(found);
            module.said.textContent = module.phrases.live;
          }
        },
        function () {
          module.said.textContent = module.phrases.down;
        }
      )
      .finally(function () {
        module.asking = false;
        module._ages();
      });
  },

  _show: function (found) {
    var module = this;
    var changed = [];
    found.parks.forEach(function (park) {
      var row = module.rows[park.key];
      if (row && module._write(row, park)) {
        changed.push(module.phrases.places.replace("{name}", park.name).replace("{free}", park.free));
      }
    });
    this._warn(found.feeds);
    this._draw();
    if (this.announce.checked && changed.length) {
      this.status.textContent = this.phrases.changed
        .replace("{number}", changed.length)
        .replace("{names}", changed.join(", "));
    }
  },

  // Whether the number of free places is another one.
  _write: function (row, park) {
    var free = row.querySelector("[data-free]");
    var text = park.free === null ? "–" : String(park.free);
    var other = free.textContent !== text;
    this._text(free, text);
    this._text(row.querySelector("[data-word]"), this.words[park.state]);
    this._text(row.querySelector("[data-trend]"), this.words[park.trend]);
    this._text(
      row.querySelector("[data-usual]"),
      park.usual === null ? "" : this.phrases.usual.replace("{number}", park.usual)
    );
    row.querySelector("[data-bar]").style.width = (park.share || 0) + "%";
    row.dataset.state = park.state;
    row.dataset.measured = park.measured_at || "";
    row.classList.toggle("live-late", park.is_late);
    return other;
  },

  _text: function (element, text) {
    if (element.textContent !== text) {
      element.textContent = text;
    }
  },

  _warn: function (feeds) {
    var phrases = this.phrases;
    var place = this.el[0].querySelector("[data-live-warning]");
    var sentences = feeds
      .filter(function (feed) {
        return feed.freshness === "late" || feed.freshness === "silent";
      })
      .map(function (feed) {
        return phrases.late.replace("{title}", feed.title);
      });
    if (place.textContent.trim() !== sentences.join("")) {
      place.replaceChildren.apply(
        place,
        sentences.map(function (sentence) {
          var paragraph = document.createElement("p");
          paragraph.className = "feed-fault";
          paragraph.textContent = sentence;
          return paragraph;
        })
      );
    }
  },

  _ages: function () {
    var now = Date.now() + this.offset;
    Object.values(this.rows).forEach(function (row) {
      var measured = Date.parse(row.dataset.measured);
      if (measured) {
        this._text(row.querySelector("[data-age]"), this._age(Math.max(0, (now - measured) / 1000)));
      }
    }, this);
  },

  _age: function (seconds) {
    var phrases = this.phrases;
    if (seconds < 90) {
      return phrases.seconds.replace("{number}", Math.floor(seconds));
    }
    if (seconds < 5400) {
      return phrases.minutes.replace("{number}", Math.round(seconds / 60));
    }
    if (seconds < 172800) {
      return phrases.hours.replace("{number}", Math.round(seconds / 3600));
    }
    return phrases.days.replace("{number}", Math.round(seconds / 86400));
  },

  _map: function () {
    var element = this.el[0].querySelector("[data-live-map]");
    if (!window.portalMaps || !window.ol) {
      return;
    }
    element.hidden = false;
    this.source = new ol.VectorSource();
    var placed = Object.values(this.rows).filter(function (row) {
      return row.dataset.latitude;
    });
    placed.forEach(function (row, rank) {
      var point = ol.fromLonLat([Number(row.dataset.longitude), Number(row.dataset.latitude)]);
      var feature = new ol.Feature(new ol.Point(point));
      feature.set("row", row);
      feature.set("rank", rank);
      this.source.addFeature(feature);
    }, this);
    if (!placed.length) {
      element.hidden = true;
      return;
    }
    this.map = portalMaps.make(element, this.options);
    this.map.addLayer(
      new ol.VectorLayer({ source: this.source, zIndex: 6, style: this._style.bind(this) })
    );
    this.map.getView().fit(this._middle(), { padding: [40, 40, 40, 40], maxZoom: 15, size: this.map.getSize() });
  },

  // Where most of them are: one car park twenty kilometres away must not make a dot of the town.
  _middle: function () {
    var points = this.source.getFeatures().map(function (feature) {
      return feature.getGeometry().getCoordinates();
    });
    var edge = Math.floor(points.length / 6);
    var bounds = [0, 1].map(function (axis) {
      var values = points.map(function (point) { return point[axis]; }).sort(function (a, b) { return a - b; });
      return [values[edge], values[values.length - 1 - edge]];
    });
    return [bounds[0][0], bounds[1][0], bounds[0][1], bounds[1][1]];
  },

  _style: function (feature) {
    var row = feature.get("row");
    var name = { open: "--live-good", few: "--live-warm", full: "--live-bad" }[row.dataset.state] || "--town-muted";
    var element = this.el[0];
    var surface = portalMaps.colour(element, "--town-surface") || "#fff";
    return new ol.Style({
      image: new ol.Circle({
        radius: 15,
        fill: new ol.Fill({ color: portalMaps.colour(element, name) }),
        stroke: new ol.Stroke({ color: surface, width: 2 }),
      }),
      text: new ol.Text({
        text: row.querySelector("[data-free]").textContent,
        font: "700 12px " + getComputedStyle(element).fontFamily,
        fill: new ol.Fill({ color: surface }),
      }),
      // Its own: a figure stays on its disc where two overlap.
      zIndex: feature.get("rank"),
    });
  },

  _draw: function () {
    if (this.source) {
      this.source.changed();
    }
  },
});
