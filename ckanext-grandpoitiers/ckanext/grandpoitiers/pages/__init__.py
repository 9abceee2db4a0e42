"""Pages that officers write: blocks, versions, drafts, menus."""
