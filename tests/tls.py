"""A self-signed certificate for tests, made by openssl."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from neo4j_server import unavailable


def self_signed(folder: Path, *names: str) -> Path:
    """Write private.key and public.crt for 127.0.0.1, localhost and the names into the folder, and return it.

    Where openssl is missing the test is skipped; in CI it fails.
    """
    if shutil.which("openssl") is None:
        unavailable("openssl, which makes the test's certificate, is not installed")
    alternatives = ",".join(["IP:127.0.0.1", *(f"DNS:{name}" for name in ("localhost", *names))])
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-keyout", str(folder / "private.key"), "-out", str(folder / "public.crt"), "-subj", "/CN=localhost",
         "-addext", f"subjectAltName={alternatives}"],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    return folder
