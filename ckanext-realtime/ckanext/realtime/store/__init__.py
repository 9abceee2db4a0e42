"""Where rows go: the live tables of the DataStore, their history, and the ledger of each feed."""
