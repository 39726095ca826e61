"""The site as a server runs it: gunicorn over TLS with a server's settings, on a database of its own."""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from psycopg import sql

from tests.privacy.database import connect

ROOT = Path(__file__).parent.parent.parent
SECRET_KEY = "the key of the sweep " * 4
PREPARE = """
import json, django
django.setup()
from django.contrib.auth.models import User
from django.core.management import call_command
from directory.actions import issue_key
from directory.models import Partner, Scope
call_command("seed_demo", therapists=60, seed=7, verbosity=0)
User.objects.create_superuser("cora", password="correct horse battery")
key = issue_key(partner=Partner.objects.create(name="A partner site"), scopes=list(Scope.values))
print(json.dumps(key))
"""


class Site:
    """A running site. `sinks` is the directory of all that its process writes."""

    def __init__(self, sinks: Path, database: str) -> None:
        self.sinks, self.database = sinks, database
        self.started_at = time.time()
        self.host, self.port = "localhost", _free_port()
        for name in ("work", "tmp", "mail", "cache"):
            (sinks / name).mkdir()
        self.environment = {name: value for name, value in os.environ.items() if name not in {"DEBUG", "REQUEST_LOG"}}
        self.environment |= {
            "DJANGO_SETTINGS_MODULE": "tests.privacy.settings",
            "SECRET_KEY": SECRET_KEY,
            "ALLOWED_HOSTS": self.host,
            "SWEEP": str(sinks),
            "SWEEP_DATABASE": database,
            "TMPDIR": str(sinks / "tmp"),
            "PYTHONPATH": str(ROOT),
        }
        self.partner_key: str = json.loads(self._python("-c", PREPARE))

    @property
    def url(self) -> str:
        return f"https://{self.host}:{self.port}"

    @contextmanager
    def running(self) -> Iterator[None]:
        certificate, key = _certificate(self.sinks)
        # As docs/deployment.md starts it, and with an access log that somebody asked for by mistake.
        arguments = f"--bind 127.0.0.1:{self.port} --workers 1 --threads 4 --no-control-socket --graceful-timeout 1"
        files = ["--access-logfile", self.sinks / "access.log", "--certfile", certificate, "--keyfile", key]
        command = [sys.executable, "-m", "gunicorn", "config.wsgi", *arguments.split(), *files]
        command += ["--chdir", self.sinks / "work"]
        with (self.sinks / "stdout.log").open("wb") as out, (self.sinks / "stderr.log").open("wb") as err:
            process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=out, stderr=err)
        try:
            self._wait_for(process)
            yield
        finally:
            process.terminate()
            process.wait(30)

    def connect(self) -> psycopg.Connection[Any]:
        return connect(self.database)

    @contextmanager
    def database_stopped(self) -> Iterator[None]:
        """Nobody can connect, and whoever was connected is not any more."""
        name = sql.Identifier(self.database)
        with connect("postgres") as server:
            server.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [self.database])
            try:
                yield
            finally:
                server.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))

    def _wait_for(self, process: subprocess.Popen[bytes]) -> None:
        for _ in range(600):
            assert process.poll() is None, (self.sinks / "stderr.log").read_text()
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise TimeoutError("gunicorn does not listen")

    def _python(self, *arguments: str) -> str:
        ran = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _certificate(directory: Path) -> tuple[str, str]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (directory / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (directory / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return str(directory / "cert.pem"), str(directory / "key.pem")
