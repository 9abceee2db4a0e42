"""Pages of visitors who are not signed in, given again without asking CKAN."""
