"""The names that feeds give to what a car park is, in order of preference.

Pure: imports neither ``ckan`` nor an HTTP client. Names are folded (``folding.folded``); they are
those met in the feeds of Grand Poitiers, Strasbourg and of forty towns read by ParkAPI, and the
obvious neighbours in French and English. Anything else is for a declared mapping.
"""

from collections.abc import Mapping

NAMES: Mapping[str, tuple[str, ...]] = {
    "id": (
        *("id", "ident", "idparking", "parkingid", "identifiant", "identifier", "uid", "parkid"),
        *("siteid", "originaluid", "parkinglotid", "facilityid", "plsid", "objectid", "gid"),
    ),
    "name": (
        *("nom", "name", "nomduparking", "nomparking", "parkname", "parkhausname", "libelle"),
        *("parkingname", "parkinglotname", "publicname", "displayname", "intitule", "titre"),
        *("title", "anlagenamen", "bezeichnung", "standort", "ort", "bez", "lage"),
    ),
    "capacity": (
        *("capacite", "capacity", "capacitetotale", "nbplaces", "nombredeplaces", "placestotales"),
        *("totalplaces", "placestotal", "total", "max", "maxplaces", "obsmax", "capacitycar"),
        *("totalspaces", "totalspacecount", "totalspotnumber", "parkingcapacity", "maxcap"),
        *("realtimecapacity", "maxcarparkfull", "gesamteparkplaetze", "kapazitat", "kapazitaet"),
        *("anzplaetze", "anzahl", "anzahlstellplatze", "anzahlstellplatzegesamt"),
        *("anzahlderpkwparkstande", "sumboxes", "countlogicalboxes", "dt"),
    ),
    "free": (
        *("placesrestantes", "placeslibres", "placesdisponibles", "nbplaceslibres", "libre"),
        *("nbplacesdisponibles", "nbplacesdispo", "libres", "disponible", "disponibles", "dispo"),
        *("free", "freespaces", "freeplaces", "freecapacity", "freecapacitycar", "available"),
        *("availablespaces", "availablespacecount", "availablespotnumber", "vacantspaces"),
        *("obsfree", "realtimefreecapacity", "freieparkplaetze", "bplsrest", "bookable"),
        *("countfreelogicalboxes", "df", "places"),
    ),
    "occupied": (
        *("occupied", "occupes", "occupe", "placesoccupees", "occupiedspaces", "occupiedsites"),
        *("occupiedplaces", "occupiedspacecount", "belegt", "currentcarparkfulltotal"),
    ),
    "occupancy": ("tauxdoccupation", "tauxoccupation", "occupancy", "occupancyrate"),
    "status": (
        *("etatdescriptif", "etat", "statut", "status", "state", "openingstate"),
        *("realtimeopeningstatus", "bplsstatus", "ouvert", "open", "isopen"),
    ),
    "latitude": ("latitude", "lat", "ylat", "locationlat", "ywgs84", "ykoord", "breitengrad"),
    "longitude": (
        "longitude",
        "lon",
        "lng",
        "long",
        "xlong",
        "locationlon",
        "xwgs84",
        "xkoord",
        "langengrad",
    ),
    "point": (
        *("geopoint2d", "infosparkingsgeopoint", "geopoint", "coordonneesgeo", "position"),
        *("location", "coords", "coordonnees", "localisation", "geometry", "geom"),
        *("wkt", "geoshape", "go"),
    ),
    "commune": (
        *("commune", "nomcommune", "ville", "city", "municipality", "gemeinde", "stadt"),
        *("ortsname", "addresslocality"),
    ),
    "measured_at": (
        *("dernieremiseajourbase", "dernieremiseajour", "dateheuredemiseajour", "datemiseajour"),
        *("datemaj", "maj", "heuremaj", "horodatage", "measuredat", "observedat", "lastupdated"),
        *("lastupdate", "lastupdatedat", "updatedat", "updated", "realtimedataupdatedat"),
        *("datetime", "timestamp", "obsts", "published", "valuesfrom", "bplszeit", "time"),
    ),
}

STATUSES: Mapping[str, str] = {
    **dict.fromkeys(
        (
            *("ouvert", "ouverte", "open", "opened", "geoffnet", "offen", "libre", "free", "ok"),
            *("active", "actif", "enservice", "frei", "true", "oui", "normal", "disponible"),
        ),
        "open",
    ),
    **dict.fromkeys(
        (
            *("ferme", "fermee", "closed", "geschlossen", "horsservice", "inactive", "false"),
            *("non", "abonnes", "closedabnormal", "outofservice"),
        ),
        "closed",
    ),
    **dict.fromkeys(("complet", "complete", "full", "besetzt", "belegt", "voll"), "full"),
    **dict.fromkeys(
        (
            "",
            "inconnu",
            "inconnue",
            "unknown",
            "nodata",
            "indisponible",
            "unbekannt",
            "na",
            "frequentationtempsreelindisponible",
        ),
        "unknown",
    ),
}
"""What sources say (folded) → ``open``, ``closed``, ``full`` or ``unknown``."""
