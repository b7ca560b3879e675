"""Reading catalogues out of CSV files, before anything is written anywhere."""
