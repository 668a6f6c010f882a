#!/bin/bash
# Runs once when the database is first made: an owner who migrates and a role with which the portal works.
set -euo pipefail
psql -v ON_ERROR_STOP=1 -v owner="$PORTAL_OWNER_PASSWORD" -v app="$PORTAL_APP_PASSWORD" --username postgres <<'SQL'
CREATE ROLE portal_owner LOGIN PASSWORD :'owner' NOSUPERUSER NOBYPASSRLS;
CREATE ROLE portal_app LOGIN PASSWORD :'app' NOSUPERUSER NOBYPASSRLS;
CREATE DATABASE portal OWNER portal_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE portal FROM PUBLIC;
GRANT CONNECT ON DATABASE portal TO portal_app;
SQL
