"""The database: tables, sealed columns, migrations."""
