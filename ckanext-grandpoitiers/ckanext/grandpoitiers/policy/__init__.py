"""The Content-Security-Policy of the portal's pages: what a browser may load and run in them."""
