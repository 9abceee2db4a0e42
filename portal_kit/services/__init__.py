"""The services of the embedded portal, a module each; `catalogue` lists them in starting order."""
