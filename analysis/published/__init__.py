"""Published bounds beside ours: what is published, the chains that answer it, tables, report."""
