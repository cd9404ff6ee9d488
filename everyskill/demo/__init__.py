"""The demo site: people, skills, examples and 30 days of use, all made through the product's own doors."""
