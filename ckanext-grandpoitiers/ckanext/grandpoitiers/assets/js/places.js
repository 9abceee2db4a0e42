// Places with a number on each: a click leads where the place's line in the page's list leads.
this.ckan.module("portal-places", {
  initialize: function () {
    var element = this.el[0];
    var drawn = this.options.places.map(function (place) { return place.name; });
    // A place that is drawn with its number needs no second mark.
    var others = (this.options.landmarks || []).filter(function (place) { return drawn.indexOf(place.name) < 0; });
    var map = portalMaps.make(element, Object.assign({}, this.options, { landmarks: others }));
    var ink = portalMaps.colour(element, "--town-primary");
    var paper = portalMaps.colour(element, "--town-surface");
    var most = Math.max.apply(null, this.options.places.map(function (place) { return place.number; }));
    var font = "700 12px " + getComputedStyle(element).fontFamily;
    var features = this.options.places.map(function (place) {
      var feature = new ol.Feature(new ol.Point(ol.fromLonLat([place.longitude, place.latitude])));
      feature.set("place", place);
      feature.setStyle(
        new ol.Style({
          image: new ol.Circle({
            radius: 9 + 9 * Math.sqrt(place.number / most),
            fill: new ol.Fill({ color: ink }),
            stroke: new ol.Stroke({ color: paper, width: 1.5 }),
          }),
          text: new ol.Text({ text: String(place.number), font: font, fill: new ol.Fill({ color: paper }) }),
        })
      );
      return feature;
    });
    var source = new ol.VectorSource({ features: features });
    map.addLayer(new ol.VectorLayer({ source: source, zIndex: 10 }));
    map.getView().fit(source.getExtent(), { padding: [36, 36, 36, 36], maxZoom: 13, size: map.getSize() });
    function at(event) {
      return map.forEachFeatureAtPixel(event.pixel, function (feature) { return feature.get("place"); });
    }
    map.on("pointermove", function (event) {
      var place = at(event);
      element.style.cursor = place ? "pointer" : "";
      element.title = place ? place.name : "";
    });
    map.on("singleclick", function (event) {
      var place = at(event);
      if (place) {
        window.location.href = place.address;
      }
    });
  },
});
