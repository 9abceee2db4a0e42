// What the portal's maps share: the base map or, without one, the places of landmarks.yaml; the
// tools in the reader's language. OpenLayers is vendor/ol.js. The only requests to another site
// are for the tiles that the portal's configuration names.
window.portalMaps = {
  colour: function (element, name) {
    return getComputedStyle(element).getPropertyValue(name).trim();
  },

  // A map in `element`, from the data-module-* options of its module.
  make: function (element, options) {
    var places = this.places(element, options.landmarks || []);
    var map = new ol.Map({
      target: element,
      layers: options.tiles ? [this.tiles(options, places)] : [],
      controls: [
        new ol.Zoom({ zoomInTipLabel: options.zoomIn, zoomOutTipLabel: options.zoomOut }),
        new ol.ScaleLine(),
        new ol.Attribution({ collapsible: false }),
      ],
      // The wheel scrolls the page; two fingers or the buttons zoom.
      interactions: ol.interactions({ mouseWheelZoom: false, altShiftDragRotate: false, pinchRotate: false }),
      view: new ol.View({ center: ol.fromLonLat([0.34, 46.58]), zoom: 9, maxZoom: 19 }),
    });
    places.setVisible(!options.tiles);
    map.addLayer(places);
    return map;
  },

  tiles: function (options, places) {
    var source = new ol.XYZ({ url: options.tiles, attributions: options.attribution, maxZoom: 18 });
    source.once("tileloaderror", function () {
      places.setVisible(true);
    });
    return new ol.TileLayer({ source: source });
  },

  places: function (element, landmarks) {
    var ink = this.colour(element, "--town-ink");
    var halo = this.colour(element, "--town-tint");
    var features = landmarks.map(function (place) {
      var feature = new ol.Feature(new ol.Point(ol.fromLonLat([place.longitude, place.latitude])));
      feature.setStyle(
        new ol.Style({
          image: new ol.Circle({ radius: 4, fill: new ol.Fill({ color: ink }) }),
          text: new ol.Text({
            text: place.name,
            font: "600 13px " + getComputedStyle(element).fontFamily,
            offsetX: 9,
            textAlign: "left",
            fill: new ol.Fill({ color: ink }),
            stroke: new ol.Stroke({ color: halo, width: 3 }),
          }),
        })
      );
      return feature;
    });
    return new ol.VectorLayer({ source: new ol.VectorSource({ features: features }), zIndex: 5 });
  },

  style: function (colour, filled) {
    var fill = new ol.Fill({ color: colour + (filled ? "26" : "40") });
    var stroke = new ol.Stroke({ color: colour, width: filled ? 3 : 2 });
    return new ol.Style({
      fill: fill,
      stroke: stroke,
      image: new ol.Circle({ radius: 6, fill: fill, stroke: stroke }),
    });
  },
};
