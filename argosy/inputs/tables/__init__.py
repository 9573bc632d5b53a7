"""Series out of tables: CSV and Parquet, with their incidents."""
