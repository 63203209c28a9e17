#!/bin/sh
# Sets PostgreSQL up from the binding at $SERVICE_BINDING_ROOT/database and becomes it.
set -eu

binding="${SERVICE_BINDING_ROOT:-/bindings}/database"
for folder in /usr/lib/postgresql/*/bin; do PATH="$folder:$PATH"; done
PGPORT=$(cat "$binding/port")
export PATH PGPORT binding

# A folder beneath the volume: the volume's own root has the wrong owner and may hold lost+found.
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  rm -rf "$PGDATA.unfinished"
  initdb --pgdata="$PGDATA.unfinished" --username=postgres --encoding=UTF8 --locale=C.UTF-8 \
    --auth-local=trust --auth-host=scram-sha-256
  mv "$PGDATA.unfinished" "$PGDATA"
fi

# The socket lies in this container's own /tmp, so only who may exec into it needs no password.
cat >"$PGDATA/pg_hba.conf" <<RULES
local all all trust
host all all all scram-sha-256
RULES

# Role and password anew at each start, so that a Secret made anew is heard of. Nobody else can connect
# meanwhile, and no statement that holds the password can get into the log.
mkdir -p /tmp/set-up
pg_ctl start --silent --wait --timeout=300 \
  -o "-c listen_addresses='' -c unix_socket_directories=/tmp/set-up -c log_min_error_statement=panic"
psql --host=/tmp/set-up --dbname=postgres --no-psqlrc --quiet --tuples-only --set=ON_ERROR_STOP=1 <<'SQL'
\set username `cat "$binding/username"`
\set password `cat "$binding/password"`
\set database `cat "$binding/database"`
SELECT format('CREATE ROLE %I LOGIN', :'username')
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'username') \gexec
ALTER ROLE :"username" PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'username')
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
SQL
pg_ctl stop --silent --wait --mode=fast

exec postgres -c listen_addresses='*' -c unix_socket_directories=/tmp -c max_connections=300 \
  -c shared_buffers=64MB
