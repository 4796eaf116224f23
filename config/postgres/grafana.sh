#!/bin/sh
# Run once, when the database is made: a user for the dashboards who may look at counts and alerts, and change nothing.
set -eu
password=$(cat /run/secrets/grafana_store_password)
psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set ON_ERROR_STOP=1 --set password="$password" <<'SQL'
CREATE ROLE grafana LOGIN PASSWORD :'password';
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO grafana;
SQL
