"""What a run leaves for readers: a manifest and pages, made from the executed notebooks."""
