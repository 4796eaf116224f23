"""Writes newsbeam/language/data/places.tsv from CLDR and GeoNames: `python -m tests.gazetteer`."""
