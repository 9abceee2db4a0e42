"""What a dataset's page says beside its fields: a sentence, how to use it, what resembles it."""
