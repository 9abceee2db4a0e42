// The extent of a dataset on a map. Leaflet comes with ckanext-spatial. The only request to another
// site is for the tiles the portal's configuration names; without them, or when they don't come,
// the extent lies among the places of landmarks.yaml.
this.ckan.module("portal-extent", {
  initialize: function () {
    var options = this.options;
    var colour = getComputedStyle(this.el[0]).getPropertyValue("--extent").trim();
    var map = L.map(this.el[0], {
      attributionControl: Boolean(options.tiles),
      scrollWheelZoom: false,
      zoomControl: false,
    });
    L.control.zoom({ zoomInTitle: options.zoomIn, zoomOutTitle: options.zoomOut }).addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    var extent = L.geoJSON(options.extent, {
      style: { color: colour, weight: 3, fillColor: colour, fillOpacity: 0.15 },
      pointToLayer: function (feature, position) {
        return L.circleMarker(position, { radius: 9 });
      },
    }).addTo(map);
    map.fitBounds(extent.getBounds(), { padding: [24, 24], maxZoom: 14 });

    var places = this._places();
    if (options.tiles) {
      map.attributionControl.setPrefix(false);
      L.tileLayer(options.tiles, { attribution: options.attribution, maxZoom: 18 })
        .once("tileerror", function () {
          places.addTo(map);
        })
        .addTo(map);
    } else {
      places.addTo(map);
    }
  },

  // Names are set as text, never as HTML.
  _places: function () {
    return L.layerGroup(
      this.options.landmarks.map(function (place) {
        var name = document.createElement("span");
        name.textContent = place.name;
        return L.circleMarker([place.latitude, place.longitude], {
          className: "extent-place",
          interactive: false,
          radius: 4,
        }).bindTooltip(name, {
          className: "extent-name",
          direction: "right",
          offset: [4, 0],
          permanent: true,
        });
      })
    );
  },
});
