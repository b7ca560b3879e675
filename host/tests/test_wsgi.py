"""What a WSGI server serves."""

import os
import subprocess
import sys

from skillwise_kernel.embedded import EmbeddedPostgres

ASK = """
from skillwise_host.wsgi import application
from django.db import OperationalError, connection
with connection.cursor() as cursor:
    try:
        cursor.execute("SELECT pg_sleep(30)")
    except OperationalError as error:
        print(error)
"""


def test_no_statement_of_a_request_holds_a_connection_for_long(postgres: EmbeddedPostgres) -> None:
    asked = subprocess.run(
        [sys.executable, "-c", ASK],
        env={**os.environ, "DATABASE_URL": postgres.url},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )

    assert "statement timeout" in asked.stdout
